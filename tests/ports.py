"""TCP ports for servers of tests: each is given once, and none of them by the kernel, by Daybook or by another test."""

import itertools
import os

from services.embedded.ports import is_free

_LOWEST, _BEHIND = 28_000, 32_000
"""Above those of `services.embedded.ports`, below those of outgoing connections."""
_SHARE = 500
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % ((_BEHIND - _LOWEST) // _SHARE)
_numbers = itertools.count(os.getpid() * 97)


def free() -> int:
    """A port of loopback that nobody listens on, and that is not given again before all others of this process's."""
    for number in itertools.islice(_numbers, _SHARE):
        port = _LOWEST + _worker * _SHARE + number % _SHARE
        if is_free(port):
            return port
    raise OSError(f"no port of loopback from {_LOWEST + _worker * _SHARE} on is free, {_SHARE} were tried")
