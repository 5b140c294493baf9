"""Services that do the work: the only package that uses NATS, PostgreSQL, HTTP, files and the clock."""
