"""The fold engine: effective history, partitions of a subject, playbooks, and replay entry by entry."""
