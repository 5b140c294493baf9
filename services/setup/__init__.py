"""Setting a ledger up: stream, database, roles, playbooks and first views."""
