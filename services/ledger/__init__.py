"""The durable tables: journal, concerns, sources, readers, quarantine decisions, generations."""
