"""Backups: the durable tables in files that can be checked anywhere, and a ledger made of them again."""
