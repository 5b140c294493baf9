"""What the events mean: pure folds and the SQL of their tables. No I/O, no clock, no random."""
