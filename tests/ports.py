"""TCP ports for servers of tests: none that the kernel, Daybook or another worker of the same run gives meanwhile."""

import itertools
import os
from zlib import crc32

from services.embedded.ports import is_free

_LOWEST, _BEHIND = 28_000, 32_000
"""Above those of `services.embedded.ports`, below those of outgoing connections."""
_SHARE = 500
_run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_first = _LOWEST + (crc32(_run.encode()) + _worker) % ((_BEHIND - _LOWEST) // _SHARE) * _SHARE
"""Runs at the same time rarely share their ports, workers of one run never."""
_numbers = itertools.count(os.getpid() * 97)


def free() -> int:
    """A port of loopback that nobody listens on, and that is not given again before all others of this process's."""
    for number in itertools.islice(_numbers, _SHARE):
        port = _first + number % _SHARE
        if is_free(port):
            return port
    raise OSError(f"no port of loopback from {_first} on is free, {_SHARE} were tried")
