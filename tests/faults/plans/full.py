"""No room: the stream at its limit, and PostgreSQL on a disk that is full."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import httpx
import nats

from services.errors import ServerFailed
from tests.faults.doors import BATCH
from tests.faults.plan import Fault, Plan
from tests.faults.receipts import Sent
from tests.faults.servers import OneOfEach
from tests.faults.small_disk import SmallDisk, impossible
from tests.faults.world import STREAM, World

_LEAST_BYTES = 1024 * 1024
_MORE_BYTES = 256 * 1024 * 1024
_BATCH = 25
_FILLED_S = 60.0
_DISK_BYTES = 320 * 1024 * 1024
_NO_ROOM = "No space left on device"


class OnSmallDisk(OneOfEach):
    """PostgreSQL has a small disk to itself."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.disk = SmallDisk(home / "postgres", _DISK_BYTES)

    async def start(self) -> None:
        self.disk.mount()
        await super().start()

    async def stop(self) -> None:
        try:
            await super().stop()
        finally:
            self.disk.unmount()


async def fill_stream(world: World[OneOfEach]) -> None:
    """Sends batches until there is no room, and a while longer; then there is more room again."""
    token = await world.source("filler")
    refused: list[Sent] = []
    async with httpx.AsyncClient(timeout=10) as client:
        async with asyncio.timeout(_FILLED_S):
            for number in range(10**6):
                sent = [Sent(_call(f"{number}-{each}")) for each in range(_BATCH)]
                answer = await _post(world, client, token, sent)
                if answer.status_code == 201:
                    await world.receipts.acknowledge(sent, [each["sequence"] for each in answer.json()])
                elif answer.status_code == 503:
                    refused = sent
                    break
        _check_refusal(world, answer)
        await asyncio.sleep(world.draw.uniform(1, 4))
        _check_refusal(world, await _post(world, client, token, refused))
        rows = await world.look("select count(*) from ledger.journal where source = 'filler'")
        await _give_room(world)
        world.note(f"full after {rows[0][0]} entries of the filler")


async def _post(world: World[Any], client: httpx.AsyncClient, token: str, sent: Sequence[Sent]) -> httpx.Response:
    world.receipts.note(sent)
    body = b"[" + b",".join(each.message for each in sent) + b"]"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": BATCH}
    return await client.post(f"{world.kept['intake'].url}/events", content=body, headers=headers)


def _check_refusal(world: World[Any], answer: httpx.Response) -> None:
    kind = str(answer.json().get("type") if answer.status_code == 503 else "")
    if not kind.endswith(":stream-full") or int(answer.headers.get("Retry-After", 0)) <= 0:
        world.complain(f"a full stream was answered {answer.status_code} {dict(answer.headers)}: {answer.text}")


async def _give_room(world: World[OneOfEach]) -> None:
    nc = await nats.connect(world.servers.nats_url)
    try:
        info = json.loads((await nc.request(f"$JS.API.STREAM.INFO.{STREAM}", timeout=10)).data)
        wanted = json.dumps(info["config"] | {"max_bytes": _MORE_BYTES}).encode()
        answer = json.loads((await nc.request(f"$JS.API.STREAM.UPDATE.{STREAM}", wanted, timeout=10)).data)
        if "error" in answer:
            world.complain(f"the stream gets no more room: {answer['error']}")
    finally:
        await nc.close()


def _call(number: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"fill-{number}",
        "source": "filler",
        "type": "daybook.call_made.v1",
        "subject": "deal/D-full",
        "time": "2026-03-02T09:00:00Z",
        "actor": "filler",
        "data": {
            "contact_id": "C-1",
            "direction": "outbound",
            "duration_s": 60,
            "outcome": "interested",
            "note": "x" * 1000,
        },
    }


async def refused_batches_are_whole_or_absent(world: World[Any]) -> None:
    """Of a batch all events are entries, or none."""
    rows = await world.look(
        "select split_part(id, '-', 2) as batch, count(*) from ledger.journal where source = 'filler'"
        " and disposition = 'entry' group by 1 having count(*) <> $1",
        _BATCH,
    )
    if rows:
        world.complain(f"batches were recorded in part: {[tuple(each) for each in rows]}")


def fill_disk(leave: int, for_s: float) -> Callable[[World[OnSmallDisk]], Awaitable[None]]:
    """All room but so many bytes is taken for a while. PostgreSQL, where it ends, is started again and again."""

    async def strike(world: World[OnSmallDisk]) -> None:
        disk, postgres = world.servers.disk, world.servers.postgres
        ends = 0
        taken = await asyncio.to_thread(disk.fill, leave)
        until = asyncio.get_running_loop().time() + for_s
        while asyncio.get_running_loop().time() < until:
            if postgres.process.exit_code is not None:
                ends += 1
                try:
                    await postgres.start()
                except ServerFailed:
                    await asyncio.sleep(0.5)
            await asyncio.sleep(0.1)
        disk.free()
        if postgres.process.exit_code is not None:
            await postgres.start()
        told = postgres.log.read_text(errors="replace").count(_NO_ROOM)
        world.note(f"{taken} bytes were taken; PostgreSQL ended {ends} times, and said {told} times: {_NO_ROOM}")
        if not told:
            world.complain("the disk was never full for PostgreSQL")

    return strike


def _full_stream(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [Fault("fill the stream up to its limit", draw.uniform(0, 2), fill_stream)]


def _full_disk(draw: Random) -> Sequence[Fault[OnSmallDisk]]:
    leave, for_s = draw.choice([0, 100_000, 1_000_000]), draw.uniform(6, 12)
    return [Fault(f"all but {leave} bytes are taken for {for_s:.1f} s", draw.uniform(0, 3), fill_disk(leave, for_s))]


PLANS = (
    Plan(
        "full_stream",
        "stream full, until it gets more room",
        _full_stream,
        OneOfEach,
        settings={"stream_max_bytes": str(_LEAST_BYTES)},
        check=refused_batches_are_whole_or_absent,
    ),
    Plan(
        "full_disk",
        "PostgreSQL's disk full, until it gets more room",
        _full_disk,
        OnSmallDisk,
        impossible=impossible,
    ),
)
