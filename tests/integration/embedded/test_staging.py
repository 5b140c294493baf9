"""Batches that are not committed yet: in memory, and gone with the server."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nats.aio.client import Client

from services.embedded import staging
from services.embedded.nats import NatsServer
from services.embedded.staging import MEMORY, Staging
from services.nats import connection
from services.nats.client import frame, send
from services.settings import Settings
from services.stream.append import Appended, Away, Message, Outcome, append
from services.stream.configuration import provision
from services.stream.state import state

pytestmark = pytest.mark.skipif(not MEMORY.is_dir(), reason=f"there is no {MEMORY}: batches stay on the disk")

SETTINGS = Settings(stream_max_bytes=2**24)
STREAM = SETTINGS.stream


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    server = NatsServer(tmp_path / "nats", tmp_path / "nats.log")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def nc(server: NatsServer) -> AsyncIterator[Client]:
    nc = await connection.connect(server.url, "test")
    await provision(nc, SETTINGS, None)
    server.staging.open()
    yield nc
    await nc.close()


def _batches(server: NatsServer) -> Path:
    return server.directory / "jetstream" / "$G" / "streams" / STREAM / "batches"


def _staged(server: NatsServer) -> list[str]:
    return sorted(each.name for each in _batches(server).iterdir())


async def _begin(nc: Client) -> None:
    """A batch that its sender never commits."""
    headers = "Nats-Batch-Id: open\r\nNats-Batch-Sequence: 1\r\n"
    reply = nc.new_inbox()
    begun = await nc.subscribe(reply, max_msgs=1)
    await send(nc, frame("daybook.deal.D-1", reply, headers, b"never committed"))
    await begun.next_msg(timeout=5)


async def _append(nc: Client, name: str, count: int = 20) -> Outcome:
    messages = [Message("daybook.deal.D-1", f"{name}:{each}", b"x" * 400) for each in range(count)]
    return await append(nc, STREAM, messages)


async def test_batches_are_staged_in_memory_and_committed_to_the_disk(server: NatsServer, nc: Client) -> None:
    assert _batches(server).resolve().parent == MEMORY
    await _begin(nc)
    assert len(_staged(server)) == 1
    assert await _append(nc, "a") == Appended(range(1, 21))
    await nc.close()
    await server.process.kill()
    await server.start()
    again = await connection.connect(server.url, "test")
    assert (await state(again, STREAM)).messages == 20
    await again.close()


async def test_what_a_killed_server_had_staged_is_gone_and_the_next_one_stages_in_memory_again(
    server: NatsServer, nc: Client
) -> None:
    await _begin(nc)
    before = _batches(server).resolve()
    await nc.close()
    await server.process.kill()
    assert len(list(before.iterdir())) == 1
    await server.start()
    assert not before.exists()
    assert _batches(server).resolve().parent == MEMORY
    assert _staged(server) == []
    again = await connection.connect(server.url, "test")
    assert await _append(again, "a") == Appended(range(1, 21))
    await again.close()


async def test_a_server_that_stops_leaves_nothing_in_memory(server: NatsServer, nc: Client) -> None:
    await _begin(nc)
    room = _batches(server).resolve()
    await nc.close()
    await server.stop()
    assert not room.exists()
    assert not _batches(server).is_symlink()


async def test_a_batch_that_cannot_be_staged_is_refused_whole_until_there_is_room_again(
    server: NatsServer, nc: Client
) -> None:
    shutil.rmtree(_batches(server).resolve())  # as systemd does when a user logs out
    refused = await _append(nc, "a")
    assert isinstance(refused, Away)
    assert not refused.ambiguous
    assert (await state(nc, STREAM)).messages == 0
    keeping = asyncio.create_task(server.staging.keep_open())
    await asyncio.sleep(0)  # its first look
    keeping.cancel()
    assert await _append(nc, "a") == Appended(range(1, 21))


async def test_nothing_is_staged_in_a_room_that_others_have_put_in_the_place_of_ours(
    server: NatsServer, nc: Client
) -> None:
    room = _batches(server).resolve()
    shutil.rmtree(room)
    room.mkdir(mode=0o777)
    server.staging.open()
    assert _batches(server).resolve() not in (room, _batches(server))
    assert await _append(nc, "a") == Appended(range(1, 21))


async def test_a_copy_of_the_files_of_a_running_server_leaves_its_batches_alone(
    server: NatsServer, nc: Client, tmp_path: Path
) -> None:
    await _begin(nc)
    copy = tmp_path / "copy"
    shutil.copytree(server.directory, copy, symlinks=True)
    Staging(copy).clear()
    assert len(_staged(server)) == 1
    assert not (copy / "jetstream" / "$G" / "streams" / STREAM / "batches").is_symlink()


async def test_batches_that_are_under_way_on_the_disk_stay_there(server: NatsServer, nc: Client) -> None:
    server.staging.clear()
    await _begin(nc)
    server.staging.open()
    assert _batches(server).resolve() == _batches(server)
    assert len(_staged(server)) == 1


async def test_where_room_in_memory_gets_scarce_batches_go_to_the_disk_again(
    server: NatsServer, nc: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = _batches(server).resolve()
    await _begin(nc)
    monkeypatch.setattr(staging, "LOW_BYTES", 2**60)
    server.staging.open()
    assert len(_staged(server)) == 1, "what is under way stays"
    shutil.rmtree(room / _staged(server)[0])  # as the server does when it gives a batch up
    monkeypatch.setattr(staging, "MIN_FREE_BYTES", 2**60)
    server.staging.open()
    assert not room.exists()
    assert not _batches(server).is_symlink()
    assert await _append(nc, "a") == Appended(range(1, 21))


async def test_without_room_in_memory_batches_stay_on_the_disk(server: NatsServer, nc: Client, tmp_path: Path) -> None:
    server.staging.clear()
    Staging(server.directory, memory=tmp_path / "nowhere").open()
    await _begin(nc)
    assert _batches(server).resolve() == _batches(server)
    assert len(_staged(server)) == 1
    assert await _append(nc, "a") == Appended(range(1, 21))
