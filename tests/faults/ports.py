"""TCP ports for servers that are killed and come back: none that the kernel gives to connections meanwhile."""

import itertools
import os
import socket

_LOWEST, _BEHIND = 20_000, 32_000
_numbers = itertools.count(os.getpid() * 97)


def free() -> int:
    """A port of loopback below the range for outgoing connections; every call gives another one."""
    for number in itertools.islice(_numbers, _BEHIND - _LOWEST):
        port = _LOWEST + number % (_BEHIND - _LOWEST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port from {_LOWEST} to {_BEHIND - 1} is free")
