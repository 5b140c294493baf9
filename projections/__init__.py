"""Projections of the events: pure folds and the SQL of their tables. No I/O, no clock, no random numbers."""
