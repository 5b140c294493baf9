"""Answers of Daybook, written down once and compared byte for byte, whatever is changed behind them.

After a change that is wanted, `GOLDEN=write pytest tests/golden` writes the files anew; git shows what differs.
"""

import os
from pathlib import Path

_FOLDER = Path(__file__).parent


def differing(name: str, found: str) -> str:
    """Find where a text differs from the file of that name, in words for people; empty when it does not."""
    path = _FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(found)
    kept, now = path.read_text().splitlines(), found.splitlines()
    if kept == now:
        return ""
    for number, (before, after) in enumerate(zip(kept, now, strict=False), 1):
        if before != after:
            return f"{path.name}, line {number}\nkept: {before}\nnow:  {after}"
    return f"{path.name} has {len(kept)} lines, now there are {len(now)}"
