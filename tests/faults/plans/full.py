"""No room: the stream at its limit, and PostgreSQL and NATS on disks that are full."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, NamedTuple

import httpx
import nats

from services.embedded.postgres import PostgresServer
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
_NATS_DISK_BYTES = 64 * 1024 * 1024
_BLOCK = 64 * 1024
"""Less room than that is none for a batch."""
_NO_ROOM = "No space left on device"
_WORK_ON_POSTGRES = ("intake", "recorder", "projector")
_SENDER = "intake, to who sends,"
_ASKS_EVERY_S = 0.3


class Told(NamedTuple):
    """One answer, with its reasons if it is a refusal."""

    who: str
    status: int
    why: list[str]


class OnSmallDisk(OneOfEach):
    """PostgreSQL has a small disk to itself."""

    server = "postgres"
    size = _DISK_BYTES

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.disk = SmallDisk(home / self.server, self.size)

    async def start(self) -> None:
        self.disk.mount()
        await super().start()

    async def stop(self) -> None:
        try:
            await super().stop()
        finally:
            self.disk.unmount()


class NatsOnSmallDisk(OnSmallDisk):
    """NATS has a small disk to itself."""

    server = "nats"
    size = _NATS_DISK_BYTES


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
                    world.receipts.acknowledge(sent, [each["sequence"] for each in answer.json()])
                elif answer.status_code == 503:
                    refused = sent
                    break
        _check_refusal(world, answer)
        await asyncio.sleep(world.draw.uniform(1, 4))
        if (said := await world.readiness("intake")) != (503, ["stream_full"]):
            world.complain(f"while the stream is full, intake says of itself: {said}")
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
    world.all_in_first_life()


def fill_disk(leave: int, for_s: float) -> Callable[[World[OnSmallDisk]], Awaitable[None]]:
    """All room but so many bytes is taken for a while. PostgreSQL, where it ends, is started again and again."""

    async def strike(world: World[OnSmallDisk]) -> None:
        disk, postgres = world.servers.disk, world.servers.postgres
        token = await world.source("filler")
        taken = await asyncio.to_thread(disk.fill, leave)
        until = monotonic() + for_s
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(_keep(postgres, until))
            asking = group.create_task(_ask(world, token, until))
        told_by, ends = asking.result(), keeping.result()
        disk.free()
        if postgres.process.exit_code is not None:
            await postgres.start()
        told = postgres.log.read_text(errors="replace").count(_NO_ROOM)
        world.note(f"{taken} bytes were taken; PostgreSQL ended {ends} times, and said {told} times: {_NO_ROOM}")
        if not told:
            world.complain("the disk was never full for PostgreSQL")

        for complaint in wrongly_told(told_by):
            world.complain(f"with a full disk {complaint}")
        world.note(f"told with a full disk: {dict(Counter(map(str, told_by)))}")

    return strike


def fill_nats_disk(leave: int, for_s: float) -> Callable[[World[OnSmallDisk]], Awaitable[None]]:
    """Fill NATS's disk but for `leave` bytes for a while. Then make room and start NATS anew, or it writes no more."""

    async def strike(world: World[OnSmallDisk]) -> None:
        disk = world.servers.disk
        token = await world.source("filler")
        taken = await asyncio.to_thread(disk.fill, leave)
        told_by = await _ask_until_refused(world, token, monotonic() + for_s)
        full = disk.room() < _BLOCK
        disk.free()
        await world.servers.kill("nats", 0)
        world.note(f"{taken} bytes were taken; told with a full disk: {dict(Counter(map(str, told_by)))}")
        if not full:
            world.complain("the disk was never full for NATS")
        for each in told_by:
            if each.who == _SENDER and each.status not in (200, 201, 503):  # 200: it had been taken already
                world.complain(f"with a full disk {each.who} says {each.status}")
        if all(each.status == 200 for each in told_by if each.who == "intake"):
            world.complain("with a full disk of NATS intake says all the time that it is ready")

    return strike


async def _keep(postgres: PostgresServer, until: float) -> int:
    """Starts PostgreSQL again whenever it ends; how often it did."""
    ends = 0
    while monotonic() < until:
        if postgres.process.exit_code is not None:
            ends += 1
            with suppress(ServerFailed):
                await postgres.start()
        await asyncio.sleep(0.1)
    return ends


async def _ask_until_refused(world: World[Any], token: str, until: float) -> list[Told]:
    """Ask as `_ask` does, and on until intake has refused somebody and had time to say that it cannot take anything."""
    told: list[Told] = []
    async with asyncio.timeout(_FILLED_S):
        while not any(each.who == _SENDER and each.status == 503 for each in told):
            told += await _ask(world, token, max(until, monotonic() + _ASKS_EVERY_S))
        return told + await _ask(world, token, max(until, monotonic() + 3))


async def _ask(world: World[Any], token: str, until: float) -> list[Told]:
    """Collect until a time what processes say of themselves, and what intake says to a sender."""
    told = []
    async with httpx.AsyncClient(timeout=10) as client:
        for number in itertools.takewhile(lambda _: monotonic() < until, itertools.count()):
            with suppress(httpx.HTTPError):  # it has died, of which there is a complaint, or is slow
                told += [Told(name, *await world.readiness(name)) for name in _WORK_ON_POSTGRES]
                sent = [Sent(_call(f"{number}-{each}")) for each in range(_BATCH)]
                answer = await _post(world, client, token, sent)
                if answer.status_code == 201:
                    world.receipts.acknowledge(sent, [each["sequence"] for each in answer.json()])
                retry = [answer.headers["Retry-After"]] if "Retry-After" in answer.headers else []
                told.append(Told(_SENDER, answer.status_code, retry))
            await asyncio.sleep(_ASKS_EVERY_S)
    return told


def wrongly_told(told: Sequence[Told]) -> list[str]:
    """Events are taken, or refused for a while; whoever cannot do its work says so, and why."""
    wrong = [f"{each.who} says {each.status} without a reason" for each in told if each.status == 503 and not each.why]
    wrong += [
        f"{each.who} says {each.status}"
        for each in told
        if each.status not in (201 if each.who == _SENDER else 200, 503)
    ]
    if not any(each.who == _SENDER for each in told):
        wrong.append("nobody who sends is answered")
    if all(each.status == 200 for each in told if each.who in ("recorder", "projector")):
        wrong.append("recorder and projector say all the time that they are ready")
    return wrong


def _full_stream(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [Fault("fill the stream up to its limit", draw.uniform(0, 2), fill_stream)]


def _full_disk(draw: Random) -> Sequence[Fault[OnSmallDisk]]:
    leave, for_s = draw.choice([0, 100_000, 1_000_000]), draw.uniform(6, 12)
    return [Fault(f"all but {leave} bytes are taken for {for_s:.1f} s", draw.uniform(0, 3), fill_disk(leave, for_s))]


def _full_nats_disk(draw: Random) -> Sequence[Fault[OnSmallDisk]]:
    leave, for_s = draw.choice([0, 100_000, 1_000_000]), draw.uniform(6, 12)
    strike = fill_nats_disk(leave, for_s)
    return [Fault(f"all but {leave} bytes of NATS are taken for {for_s:.1f} s", draw.uniform(0, 3), strike)]


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
        check=refused_batches_are_whole_or_absent,
        impossible=impossible,
    ),
    Plan(
        "full_nats_disk",
        "NATS's disk full, until it gets more room and is started anew",
        _full_nats_disk,
        NatsOnSmallDisk,
        impossible=impossible,
    ),
)
