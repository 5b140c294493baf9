"""What `daybook verify` checks: the journal against the stream, and the views against a replay of the journal."""
