"""CloudEvents: the envelope, its strict and its fast reader, the canonical form, and the reasons of refusals."""
