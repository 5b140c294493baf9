"""Console: pages of the read API for people, made of the same answers. Pages are pure functions of answers."""
