"""Damage to streams behind the ledger's back: on the server's disk, and through its API."""

import itertools
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from services.stream.configuration import configuration
from services.stream.read import RECORDED_AT, Stored
from services.stream.state import ask
from services.stream.state import state as stream_state
from tests.integration.recorder.recording import stream
from tests.ledger import STREAM_MAX_BYTES, Ledger
from tests.service import until

_numbers = itertools.count(1)


def directory(ledger: Ledger) -> Path:
    """Directory in which the server keeps the stream."""
    user = urlsplit(ledger.endpoints.nats_url).username
    assert user is not None
    account = user.upper()
    return ledger.servers.nats.directory / "jetstream" / account / "streams" / ledger.settings.stream


@asynccontextmanager
async def server_down(ledger: Ledger, *, kill: bool = False) -> AsyncIterator[Path]:
    """The NATS server is down while the context is open; gives the stream's directory."""
    server = ledger.servers.nats
    await (server.process.kill() if kill else server.stop())
    try:
        yield directory(ledger)
    finally:
        await server.start()
        nc = await ledger.nats()

        async def is_back() -> bool:
            return nc.is_connected

        await until(is_back, "no connection to NATS")


async def snapshot(ledger: Ledger) -> Path:
    """A copy of the stream's files."""
    copy = ledger.home / f"snapshot-{next(_numbers)}"
    async with server_down(ledger) as files:
        shutil.copytree(files, copy)
    return copy


async def rewind(ledger: Ledger, to: Path) -> None:
    """The stream as it was when the copy was made."""
    async with server_down(ledger) as files:
        shutil.rmtree(files)
        shutil.copytree(to, files)


async def flip(ledger: Ledger, block: int, *, kill: bool = False) -> None:
    """One bit in the middle of one block of the stream's files."""
    async with server_down(ledger, kill=kill) as files:
        path = files / "msgs" / f"{block}.blk"
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0x20
        path.write_bytes(data)


async def delete(ledger: Ledger) -> None:
    """The stream is gone."""
    await ask(await ledger.nats(), f"STREAM.DELETE.{ledger.settings.stream}")


async def replace(ledger: Ledger, *, forget: bool = False, **other: object) -> None:
    """A new, empty stream in its place; `forget`: as if it had been made when the ledger was."""
    nc = await ledger.nats()
    await delete(ledger)
    name = ledger.settings.stream
    await ask(nc, f"STREAM.CREATE.{name}", configuration(ledger.settings, STREAM_MAX_BYTES) | other)
    if forget:
        owner = await ledger.connect()
        created_at = (await stream_state(nc, name)).created_at
        await owner.execute("update ledger.identity set stream_created_at = $1", created_at)


async def exchange(ledger: Ledger, change: Callable[[Stored], Stored | None], **how: bool) -> None:
    """Put the same messages with the same times into another stream, but for those that are changed, or left out."""
    messages = await stream(ledger)
    await replace(ledger, forget=how.get("forget", True), deny_delete=False)
    nc = await ledger.nats()
    for each in messages:
        changed = change(each)
        said = changed or each
        headers = {RECORDED_AT: str(said.taken_at_ns // 1000)}
        await ledger.publish(said.data, said.subject, headers)
        if changed is None:
            await ask(nc, f"STREAM.MSG.DELETE.{ledger.settings.stream}", {"seq": each.sequence})
