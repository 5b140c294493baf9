"""Contracts of the ledger: the events, their envelope, their canonical bytes, and the playbooks. Pure."""
