"""Subjects of the notices that say "there is more": of the journal and of the lanes.

A notice may be lost: whoever listens looks by itself now and then as well.
"""

RECORDED = "notice.recorded"
"""Told after each commit of the recorder, with the highest sequence of the journal in decimal digits."""
PROJECTED = "notice.projected"
"""A lane's, `notice.projected.<lane>`, with its position."""
