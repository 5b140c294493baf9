"""Stopping the `up` that holds a data directory, from another process."""

import os
import signal
import time
from pathlib import Path

from services.embedded.data_directory import UP, Holder, holder
from services.errors import DaybookError, StillRunning

_POLL_INTERVAL_S = 0.05
_UNNAMED_S = 5.0
"""Whoever has just taken the lock writes its name within so long."""


def stop(data: Path, patience_s: float) -> int | None:
    """Tells it to stop, as Ctrl-C does, and waits for its end. Gives its process id, None when nothing runs.

    Raises StillRunning when it takes longer, and DaybookError for another command, which is left alone.
    """
    found = _named(data)
    if found is None or found.pid is None:
        return None
    if found.command != UP:
        raise DaybookError(
            f"`daybook {found.command}` (process {found.pid}) works on {data}, and is not stopped by this: wait for "
            "its end, or stop it where it runs."
        )
    try:
        os.kill(found.pid, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it has just ended by itself
    except PermissionError:
        raise DaybookError(f"The `daybook up` on {data} (process {found.pid}) is another user's.") from None
    deadline = time.monotonic() + patience_s
    while (now := holder(data)) is not None and now.pid in (found.pid, None):
        if time.monotonic() > deadline:
            raise StillRunning(
                f"The `daybook up` on {data} (process {found.pid}) was told to stop, and still runs after "
                f"{patience_s:g} s. Run this again to wait longer; its logs are in {data / 'logs'}."
            )
        time.sleep(_POLL_INTERVAL_S)
    return found.pid


def _named(data: Path) -> Holder | None:
    deadline = time.monotonic() + _UNNAMED_S
    while (found := holder(data)) is not None and found.pid is None:
        if time.monotonic() > deadline:
            raise DaybookError(f"Something holds {data / 'lock'}, and does not say what it is.")
        time.sleep(_POLL_INTERVAL_S)
    return found
