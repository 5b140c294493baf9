"""What Daybook answered when it was written down: kept byte for byte, whatever is changed behind it.

After a change that is wanted, `GOLDEN=write pytest tests/golden` writes the files anew; git shows what differs.
"""

import os
from pathlib import Path

_FOLDER = Path(__file__).parent


def differing(name: str, found: str) -> str:
    """Where a text differs from the file of that name, for people; empty when it does not."""
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
