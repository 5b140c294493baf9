"""How services tell that they live, whether they can do their work, and in what figures."""
