"""Ctrl-C ends a command as such, whatever a library makes of the cancellation."""

import asyncio
import os
import signal

import pytest

from services.cli import serve
from services.cli.context import wait_for


async def _turned_into_an_error() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise TimeoutError("the connection was closed") from None


def test_ctrl_c_that_a_library_turned_into_an_error_is_ctrl_c() -> None:
    with pytest.raises(KeyboardInterrupt):
        wait_for(_turned_into_an_error())


def test_an_error_without_ctrl_c_is_raised() -> None:
    async def fails() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        wait_for(fails())


def test_a_service_that_is_told_to_stop_while_it_is_loaded_ends_cleanly(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(serve, "load", told)
    serve.serve(serve.Name.PROJECTOR)
