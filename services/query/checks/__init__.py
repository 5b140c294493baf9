"""Checks of `daybook verify`: the journal against the stream, and the views against a replay of the journal."""
