"""The stream is rewound, replaced or damaged behind the ledger's back, and put right by `daybook reconcile`.

On one NATS server, which has no other copy to mend itself from.
"""

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import httpx
import nats

from tests.faults.flip import flip_bit
from tests.faults.memory import remember_rows, rows_are_as_remembered
from tests.faults.plan import Fault, Plan
from tests.faults.recorded import Message, read_stream
from tests.faults.servers import OneOfEach
from tests.faults.stream_damage import Damage, Snapshot, ask, damage, sequences, snapshot
from tests.faults.world import STREAM, World

Disaster = Callable[[World[OneOfEach], Snapshot], Awaitable[None]]

_RECORDED_S = 30.0
_NOTICED_S = 30.0
_FLIPS = 10
_REASON = "the harness damaged it"
_FOREIGN = "daybook.deal.foreign"


async def rewind(world: World[OneOfEach], _: Snapshot) -> None:
    """An older copy of the server's files is put in their place."""
    server, older = world.servers.nats, world.home / "older"
    await server.stop()
    await asyncio.to_thread(shutil.rmtree, server.directory)
    await asyncio.to_thread(older.rename, server.directory)
    await server.start()


async def replace(world: World[OneOfEach], _: Snapshot) -> None:
    """The stream is removed, and an empty one made with the same settings."""
    url = world.servers.nats_url
    config = (await ask(url, "STREAM.INFO", STREAM))["config"]
    await ask(url, "STREAM.DELETE", STREAM)
    await ask(url, "STREAM.CREATE", STREAM, config)


async def behead(world: World[OneOfEach], whole: Snapshot) -> None:
    """The stream is told to keep fewer messages than it has, and drops the first ones."""
    url = world.servers.nats_url
    config = (await ask(url, "STREAM.INFO", STREAM))["config"]
    keeps = whole.last - world.draw.randint(1, whole.last // 2)
    await ask(url, "STREAM.UPDATE", STREAM, config | {"max_msgs": keeps, "discard": "old"})
    await ask(url, "STREAM.UPDATE", STREAM, config)


async def flip(world: World[OneOfEach], whole: Snapshot) -> None:
    """Bits of the server's files change while it is down, one at a time, until something is damaged."""
    server = world.servers.nats
    for _ in range(_FLIPS):
        await server.process.kill()
        world.note(await flip_bit(server.directory, STREAM, world.draw))
        await server.start()
        if damage(whole, await snapshot(server.url, STREAM)).any:
            return
        world.note("which damages nothing")


def damaged(disaster: Disaster, *, used_again: str) -> Callable[[World[OneOfEach]], Awaitable[None]]:
    """Damage, when everything is recorded. Nobody sends until it is put right.

    With numbers `used_again`, "some" or "all and more" of those that were lost, everybody sends.

    Over when it is put right.
    """

    async def strike(world: World[OneOfEach]) -> None:
        await _copy(world)
        await asyncio.sleep(world.draw.uniform(1, 4))
        async with AsyncExitStack() as silence:
            await silence.enter_async_context(world.writers.quiet())
            whole = await _all_recorded(world)
            recorder = world.kept["recorder"]
            said = len(recorder.output())
            await disaster(world, whole)
            if used_again:
                await _use_again(world, whole, past_the_end=used_again != "some")
                await silence.aclose()
            await _is_noticed(world, whole, said)
            await recorder.hold()
            await _reconcile(world, whole)
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


async def _all_recorded(world: World[OneOfEach]) -> Snapshot:
    """The stream once every message of it is a row, which is remembered."""
    await world.caught_up()
    whole = await snapshot(world.servers.nats_url, STREAM)
    async with asyncio.timeout(_RECORDED_S):
        while await remember_rows(world) < len(whole.messages):  # noqa: ASYNC110 - the recorder is another process
            await asyncio.sleep(0.1)
    return whole


async def _use_again(world: World[OneOfEach], whole: Snapshot, *, past_the_end: bool) -> None:
    """Somebody who may do everything writes to the stream, past intake: events that nobody has a receipt for."""
    count = world.draw.randint(1, 40)
    nc = await nats.connect(world.servers.nats_url)
    try:
        if past_the_end:
            count += whole.last - int((await ask(world.servers.nats_url, "STREAM.INFO", STREAM))["state"]["last_seq"])
        for number in range(count):
            await nc.request(_FOREIGN, f"foreign {number}".encode(), timeout=10)
    finally:
        await nc.close()
    world.note(f"{count} foreign messages have got numbers")


async def _is_noticed(world: World[OneOfEach], whole: Snapshot, said: int) -> None:
    """Intake takes nothing more, and the recorder writes nothing more and names what is missing or another message."""
    url = world.servers.nats_url
    found = damage(whole, await snapshot(url, STREAM))
    world.note(f"{len(whole.messages)} rows are recorded; {_counted(found)}")
    if not found.any:
        world.complain("nothing is damaged")
    if not found.shows:
        world.note("nobody is to notice it who does not compare everything")
        return
    if not await _within(_NOTICED_S, lambda: _refuses(world)):
        world.complain(f"intake still takes events {_NOTICED_S:g} s later")
    found = damage(whole, await snapshot(url, STREAM))  # until then messages may have come
    recorder = world.kept["recorder"]

    async def names() -> bool:
        return found.is_named_in(recorder.output()[said:])

    if not await _within(_NOTICED_S, names):
        world.complain(f"the recorder does not name what differs: {_counted(found)}")
    if not await _refuses(world):
        world.complain("intake takes events again, and nothing was put right")
    world.note("looked at what intake and the recorder say")


async def _within(seconds: float, holds: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.05)
    except TimeoutError:
        return False
    return True


async def _refuses(world: World[OneOfEach]) -> bool:
    """Tell if intake says that the stream is not the ledger's."""
    url = world.kept["intake"].url
    async with httpx.AsyncClient(timeout=5) as client:
        try:
            answer = await client.get(f"{url}/ready")
        except httpx.HTTPError:
            return False
    return answer.status_code == 503 and "stream_foreign" in answer.text


async def _reconcile(world: World[OneOfEach], whole: Snapshot) -> None:
    """A dry run, which changes nothing and says what differs, and then for good."""
    url = world.servers.nats_url
    before = await snapshot(url, STREAM)
    found = damage(whole, before)
    look = await _reconciled(world, 1)
    if await snapshot(url, STREAM) != before:
        world.complain("the stream is another one after a dry run")
    for name, wanted in (("missing", found.missing), ("other", found.other)):
        if sequences(look[name]) != wanted:
            world.complain(f"{name} are {wanted}, and the dry run says {look[name]}")
    done = await _reconciled(world, 0, "--apply", "--reason", _REASON)
    world.note(f"{look['action']}: {_counted(found)}")
    if not done["applied"] or done["action"] != look["action"]:
        world.complain(f"reconcile said {look}, did {done}")
    for each in done["moved"]:
        old, new = (range(first, last + 1) for first, last in (each["old"], each["new"]))
        world.moved |= dict(zip(old, new, strict=True))
    world.remembered["foreign"] = found.foreign


async def _reconciled(world: World[OneOfEach], wanted: int, *words: str) -> dict[str, Any]:
    """Run `daybook reconcile` and return what the command says; complain of an exit code other than `wanted`."""
    code, output, complaint = await world.daybook("reconcile", *words, "--json")
    try:
        said: dict[str, Any] = json.loads(output)
    except ValueError:
        said = {"action": None, "applied": False, "moved": [], "missing": [], "other": []}
    if code != wanted:
        world.complain(f"daybook reconcile {' '.join(words)} ended with {code}: {output}{complaint}")
    return said


def _counted(found: Damage) -> str:
    return (
        f"{len(found.missing)} missing, {len(found.other)} other, {len(found.foreign)} that the journal does not know"
    )


async def put_right(world: World[OneOfEach]) -> None:
    """Every row is as it was, and every foreign message stands once, where the reconciliation says that it is now."""
    await rows_are_as_remembered(world)
    foreign: list[Message] | None = world.remembered.get("foreign")
    if foreign is None:
        world.complain("it was never reconciled")
        return
    now = {each.sequence: each for each in await read_stream(world.servers.nats_url, STREAM)}
    for complaint in not_kept(foreign, world.moved, now):
        world.complain(complaint)
    world.note(f"{len(foreign)} messages that the journal did not know are kept")


def not_kept(foreign: Sequence[Message], moved: dict[int, int], now: dict[int, Message]) -> list[str]:
    """List what is wrong with messages that the journal did not know, by where they are said to be now."""
    wrong = []
    if sorted(moved) != sorted(each.sequence for each in foreign) or len(set(moved.values())) != len(moved):
        wrong.append(f"{len(foreign)} messages were foreign, and these were moved: {moved}")
    for each in foreign:
        there = now.get(moved.get(each.sequence, 0))
        if there is None or (there.subject, there.data) != (each.subject, each.data):
            wrong.append(f"message {each.sequence}, {each.data[:80]!r}, was moved to where {there} is")
    twice = [data for data, times in Counter(each.data for each in now.values()).items() if times > 1]
    wrong += [f"{data!r} stands more than once" for data in twice if data.startswith(b"foreign ")]
    return wrong


def _faults(name: str, disaster: Disaster, used_again: bool) -> Callable[[Random], Sequence[Fault[OneOfEach]]]:
    def faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
        again = draw.choice(["some", "all and more"]) if used_again else ""
        said = f"{name}: {again}" if again else name
        return [Fault(said, draw.uniform(1, 4), damaged(disaster, used_again=again))]

    return faults


def _plan(name: str, about: str, disaster: Disaster, *, used_again: bool = False) -> Plan[OneOfEach]:
    return Plan(name, about, _faults(about, disaster, used_again), OneOfEach, check=put_right)


PLANS = (
    _plan("rewound", "stream rewound", rewind),
    _plan("rewound_used_again", "stream rewound, its numbers used again", rewind, used_again=True),
    _plan("replaced", "stream replaced by an empty one", replace),
    _plan("replaced_used_again", "stream replaced, its numbers used again", replace, used_again=True),
    _plan("beheaded", "stream without its first messages", behead),
    _plan("flipped", "a flipped bit on the only NATS server", flip),
)
