"""PostgreSQL: connections, statements in files, and the lock of a leader."""
