"""The stream is rewound, replaced or damaged behind the ledger's back, and put right by `daybook reconcile`.

On one NATS server, which has no other copy to mend itself from.
"""

import asyncio
import json
import re
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import nats

from tests.faults.flip import flip_bit
from tests.faults.memory import remember_rows, rows_are_as_remembered
from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.world import STREAM, World

Damage = Callable[[World[OneOfEach]], Awaitable[None]]

_NOTICED_S = 30.0
_REASON = "the harness damaged it"
_NAMED = re.compile(r"\d+ (missing|held by other messages): \d+")


async def rewind(world: World[OneOfEach]) -> None:
    """An older copy of the server's files is put in their place."""
    server, older = world.servers.nats, world.home / "older"
    await server.stop()
    await asyncio.to_thread(shutil.rmtree, server.directory)
    await asyncio.to_thread(older.rename, server.directory)
    await server.start()


async def replace(world: World[OneOfEach]) -> None:
    """The stream is removed, and an empty one made with the same settings."""
    config = (await _ask(world, "STREAM.INFO"))["config"]
    await _ask(world, "STREAM.DELETE")
    await _ask(world, "STREAM.CREATE", config)


async def flip(world: World[OneOfEach]) -> None:
    """A bit of the server's files changes while it is down."""
    server = world.servers.nats
    await server.process.kill()
    world.note(await flip_bit(server.directory, STREAM, world.draw))
    await server.start()


def damaged(damage: Damage, *, used_again: bool) -> Callable[[World[OneOfEach]], Awaitable[None]]:
    """Damage, when everything is recorded. Nobody sends until it is put right; with `used_again` everybody does.

    Over when it is put right.
    """

    async def strike(world: World[OneOfEach]) -> None:
        await _copy(world)
        await asyncio.sleep(world.draw.uniform(1, 4))
        async with AsyncExitStack() as silence:
            await silence.enter_async_context(world.writers.quiet())
            await world.caught_up()
            rows = await remember_rows(world)
            recorder = world.kept["recorder"]
            said = len(recorder.output())
            await damage(world)
            if used_again:
                world.note(f"{await _use_again(world)} foreign messages have got numbers")
                await silence.aclose()
            last = await _last(world)
            world.note(f"{rows} rows are recorded, the stream ends at {last}")
            await _stops(world, said, last < rows)
            await recorder.hold()
            await _reconcile(world)
            await recorder.release()

    return strike


async def _copy(world: World[OneOfEach]) -> None:
    """The server's files as they are now, from a server that was stopped for it."""
    server = world.servers.nats
    await server.stop()
    try:
        await asyncio.to_thread(shutil.copytree, server.directory, world.home / "older")
    finally:
        await server.start()


async def _use_again(world: World[OneOfEach]) -> int:
    """Somebody who may do everything writes to the stream, past intake: events that nobody has a receipt for."""
    nc = await nats.connect(world.servers.nats_url)
    try:
        count = world.draw.randint(1, 40)
        for number in range(count):
            await nc.request("daybook.deal.foreign", f"foreign {number}".encode(), timeout=10)
    finally:
        await nc.close()
    return count


async def _stops(world: World[OneOfEach], said: int, lost: bool) -> None:
    """The recorder writes nothing more and says which sequences it misses, or finds under other messages."""
    if not lost:
        return  # damage that nobody sees but who compares everything
    recorder = world.kept["recorder"]
    try:
        async with asyncio.timeout(_NOTICED_S):
            while not _NAMED.search(recorder.output(), said):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
    except TimeoutError:
        world.complain("the recorder does not name what is missing")
    world.note("the recorder has named what is missing")


async def _reconcile(world: World[OneOfEach]) -> None:
    look = await _reconciled(world, 1)
    done = await _reconciled(world, 0, "--apply", "--reason", _REASON)
    world.note(f"{look['action']}: {_counted(look)}")
    if not done["applied"] or done["action"] != look["action"]:
        world.complain(f"reconcile said {look}, did {done}")
    for each in done["moved"]:
        old, new = (range(first, last + 1) for first, last in (each["old"], each["new"]))
        world.moved |= dict(zip(old, new, strict=True))


async def _reconciled(world: World[OneOfEach], wanted: int, *words: str) -> dict[str, Any]:
    """What the command says; where nothing differs it ends with 0."""
    code, output, complaint = await world.daybook("reconcile", *words, "--json")
    try:
        said: dict[str, Any] = json.loads(output)
    except ValueError:
        said = {"action": None, "applied": False, "moved": []}
    if code != (0 if said["action"] == "none" else wanted):
        world.complain(f"daybook reconcile {' '.join(words)} ended with {code}: {output}{complaint}")
    return said


def _counted(look: dict[str, Any]) -> str:
    names = ("missing", "other", "retimed", "lost", "unrecorded")
    return ", ".join(f"{sum(last - first + 1 for first, last in look.get(name, ()))} {name}" for name in names)


async def _last(world: World[OneOfEach]) -> int:
    info = await _ask(world, "STREAM.INFO")
    return int(info["state"]["last_seq"]) if "state" in info else 0


async def _ask(world: World[OneOfEach], verb: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    nc = await nats.connect(world.servers.nats_url)
    try:
        question = json.dumps(payload).encode() if payload else b""
        answer: dict[str, Any] = json.loads((await nc.request(f"$JS.API.{verb}.{STREAM}", question, timeout=10)).data)
    finally:
        await nc.close()
    return answer


def _faults(name: str, damage: Damage, used_again: bool) -> Callable[[Random], Sequence[Fault[OneOfEach]]]:
    def faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
        return [Fault(name, draw.uniform(1, 4), damaged(damage, used_again=used_again))]

    return faults


def _plan(name: str, about: str, damage: Damage, *, used_again: bool = False) -> Plan[OneOfEach]:
    return Plan(name, about, _faults(about, damage, used_again), OneOfEach, check=rows_are_as_remembered)


PLANS = (
    _plan("rewound", "stream rewound", rewind),
    _plan("rewound_used_again", "stream rewound, its numbers used again", rewind, used_again=True),
    _plan("replaced", "stream replaced by an empty one", replace),
    _plan("replaced_used_again", "stream replaced, its numbers used again", replace, used_again=True),
    _plan("flipped", "a flipped bit on the only NATS server", flip),
)
