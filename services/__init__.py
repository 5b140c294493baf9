"""Who does the work: the only place with NATS, Postgres, HTTP, files and the clock."""
