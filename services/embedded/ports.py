"""TCP ports on this machine."""

import random
import socket

CHOICE = range(20_000, 28_000)
"""Below those that the kernel gives to connections (from 32,768 on): none of them is taken while a server restarts."""
_TRIES = 100


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell if a server could listen on the port now; never for 0."""
    if port == 0:
        return False
    with socket.socket(_family(host)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now, and that no connection is given meanwhile. Raises OSError for a foreign host.

    Where nearly all of these are taken, any port that is free now.
    """
    for port in random.sample(CHOICE, _TRIES):
        if is_free(port, host):
            return port
    with socket.socket(_family(host)) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
