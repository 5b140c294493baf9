"""Generations of views and their row tables: made, compared, promoted and read."""
