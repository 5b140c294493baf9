"""What may be said: the events, their envelope, their one byte form, and the playbooks. Pure."""
