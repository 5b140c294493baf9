"""PostgreSQL restored from a base backup: the stream goes further than the journal, which is recorded anew.

With a backup that is older than the stream's window, neither stream nor journal knows what was sent in between, until
it is recorded anew: what is sent again meanwhile is taken again, its receipt does not say that it is new, and only the
database sees that it is not.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.doors import Answer, HttpDoor, NoAnswer
from tests.faults.memory import remember_rows, rows_are_as_remembered
from tests.faults.pair import base_backup
from tests.faults.plan import Fault, Plan
from tests.faults.receipts import Sent
from tests.faults.servers import OneOfEach
from tests.faults.world import World

_WINDOW_S = 120.0
"""How long the stream knows what it has."""
_MARGIN_S = 15.0
_ANSWERED_S = 60.0
_SOURCE = "late-repeater"
_EVENTS = 25


def restore(after_s: float) -> Callable[[World[OneOfEach]], Awaitable[None]]:
    """A base backup is taken, writes go on, and then the disk is lost and the backup put in its place."""

    async def strike(world: World[OneOfEach]) -> None:
        backup = await _back_up(world)
        await asyncio.sleep(after_s)
        await world.caught_up()
        await _lose_disk(world, backup)

    return strike


async def restore_beyond_the_window(world: World[OneOfEach]) -> None:
    """Lose the disk and put back a backup older than the window; send again what was sent right after the backup."""
    door = HttpDoor([each.url for each in world.of("intake")], await world.source(_SOURCE))
    try:
        backup = await _back_up(world)
        sent = [Sent(_call(number)) for number in range(_EVENTS)]
        world.receipts.note(sent)
        answers = [await _settled(door, each) for each in sent]
        sequences = [int(each.said["sequence"]) for each in answers]
        world.receipts.acknowledge(sent, sequences)
        async with world.writers.quiet():
            await asyncio.sleep(_WINDOW_S + _MARGIN_S)
            await world.caught_up()
            recorder = world.kept["recorder"]
            await recorder.hold()
            await _lose_disk(world, backup)
            for each in sent:
                again = await _settled(door, each)
                if again.status != 201 or again.said["duplicate"] is not None:
                    world.complain(f"{each.identity} was sent again, which nobody could know, and answered {again}")
            await recorder.release()
            await world.caught_up()
            for each, sequence in zip(sent, sequences, strict=True):
                again = await _settled(door, each)
                if again.status != 200 or again.said["sequence"] != sequence:
                    world.complain(f"{each.identity} has a receipt for {sequence}, and now is answered {again}")
    finally:
        await door.close()


async def _settled(door: HttpDoor, sent: Sent) -> Answer:
    async with asyncio.timeout(_ANSWERED_S):
        while True:
            with suppress(NoAnswer):
                answer = await door.send(sent.message.decode(), batch=False)
                if answer.status != 503:
                    return answer
            await asyncio.sleep(0.1)


async def _back_up(world: World[OneOfEach]) -> Path:
    backup = world.home / "base-backup"
    await base_backup(f"host={world.servers.postgres.socket} user=postgres", backup)
    world.note(f"base backup taken at about {world.receipts.highest}")
    return backup


async def _lose_disk(world: World[OneOfEach], backup: Path) -> None:
    postgres = world.servers.postgres
    rows = await remember_rows(world)
    await postgres.process.kill()
    await asyncio.to_thread(shutil.rmtree, postgres.data)
    await asyncio.to_thread(backup.rename, postgres.data)
    await postgres.start()
    world.note(f"restored; {rows} rows were recorded")


def _call(number: int) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"late-{number}",
        "source": _SOURCE,
        "type": "daybook.call_made.v1",
        "subject": "deal/D-late",
        "time": "2026-03-02T09:00:00Z",
        "data": {"outcome": "interested"},
    }


async def counted_once(world: World[OneOfEach]) -> None:
    """Check that events that were taken again are duplicates in the journal, and nothing else."""
    await rows_are_as_remembered(world)
    rows = await world.look(
        "select disposition, count(*) from ledger.journal where source = $1 group by 1 order by 1", _SOURCE
    )
    if [tuple(each) for each in rows] != [("duplicate", _EVENTS), ("entry", _EVENTS)]:
        world.complain(f"{_EVENTS} events were taken twice, and are {[tuple(each) for each in rows]}")


def _faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
    after_s = draw.uniform(3, 8)
    return [
        Fault(f"lose PostgreSQL's disk, restore a backup {after_s:.1f} s old", draw.uniform(0, 4), restore(after_s))
    ]


def _beyond(draw: Random) -> Sequence[Fault[OneOfEach]]:
    name = f"lose PostgreSQL's disk, restore a backup more than {_WINDOW_S:g} s old"
    return [Fault(name, draw.uniform(0, 4), restore_beyond_the_window)]


PLANS = (
    Plan(
        "restored",
        "PostgreSQL: restored from an older base backup",
        _faults,
        OneOfEach,
        check=rows_are_as_remembered,
    ),
    Plan(
        "restored_beyond_window",
        "PostgreSQL: restored from a backup older than the stream's window",
        _beyond,
        OneOfEach,
        check=counted_once,
        in_fixed_set=False,
    ),
)
