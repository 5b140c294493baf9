"""CloudEvents: the envelope, its strict reader and its fast one, and the rules of intake."""
