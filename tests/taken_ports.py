"""A plugin of pytest that keeps the ports which services have by default, as `make up` in another terminal does.

A test that needs one of them fails: `pytest -p tests.taken_ports`.
"""

import socket
from contextlib import ExitStack, suppress

import pytest

from services.settings import Settings

_kept = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Takes them, in the process that runs the others; one that somebody else has is taken as well."""
    if hasattr(config, "workerinput"):
        return
    for name, field in Settings.model_fields.items():
        if name.endswith("_port"):
            listener = _kept.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                listener.bind(("127.0.0.1", field.default))
                listener.listen()


def pytest_unconfigure() -> None:
    """Gives them back."""
    _kept.close()
