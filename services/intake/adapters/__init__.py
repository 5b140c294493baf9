"""Emitting systems that cannot send events themselves: one file each turns what they export into events.

To add one: write `read(path, zone, …) -> ImportResult` in a file of its own, and a command for it in
`services/cli/imports.py`.
"""
