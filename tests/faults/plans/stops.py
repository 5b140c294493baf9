"""SIGSTOP and SIGCONT: who was stopped has lost its place when it wakes up, and must not write.

PostgreSQL ends the connection of a worker that has been silent for 15 s, so a worker stopped for 30 s wakes up behind
another one that has taken its place; one stopped for less goes on.
"""

import asyncio
import itertools
import re
from collections.abc import Sequence
from random import Random
from time import monotonic
from typing import Any

from tests.faults.kept import Kept
from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.strikes import freeze, freeze_server
from tests.faults.taking_over import others_go_on
from tests.faults.world import World

_LONG_S = 30.0
_TAKES_OVER_WITHIN_S = 28.0
_NOTICES_WITHIN_S = 10.0
_LOST = {
    "recorder": ("leadership_lost", "recorder_interrupted"),
    "projector": ("session_ended", "lane_lost"),
    "notary": ("leadership_lost", "notary_interrupted"),
}
"""What a worker says of itself when it finds that it has lost its place."""
_TOLD_AT_LEAST = 0.5
"""The share of all rows of which logs tell."""
_RECORDED = re.compile(r"batch_recorded .*\bfirst=(\d+) last=(\d+)")


def freeze_workers(for_s: float) -> Fault[OneOfEach]:
    """The recorder and the notary that lead, and one of two projectors; others take over, and they must notice."""

    async def strike(world: World[OneOfEach]) -> None:
        leaders = [await world.leading("recorder"), await world.leading("notary")]
        frozen = [each for each in (*leaders, world.kept["projector"]) if each is not None]
        if len(frozen) < 3:
            world.complain("nobody leads")
        began, marks = monotonic(), {each.name: len(each.output()) for each in frozen}
        for each in frozen:
            each.freeze()
        world.note(f"stopped: {', '.join(each.name for each in frozen)}")
        recorded = await _recorded(world)  # one batch may have been on its way to the disk
        try:
            await others_go_on(world, "workers", began, within_s=_TAKES_OVER_WITHIN_S)
            await asyncio.sleep(for_s - (monotonic() - began))
        finally:
            for each in frozen:
                each.thaw()
        for each in frozen:
            await _notices(world, each, marks[each.name])
            _wrote_nothing(world, each, each.output()[marks[each.name] :], recorded)

    return Fault(f"stop the recorder, notary and projector at work for {for_s:g} s", 2.0, strike)


async def _recorded(world: World[Any]) -> int:
    rows = await world.look("select coalesce(max(sequence), 0) from ledger.journal")
    return int(rows[0][0])


async def _notices(world: World[Any], woken: Kept, mark: int) -> None:
    words = _LOST[woken.name.partition("-")[0]]
    began = monotonic()
    while not any(each in woken.output()[mark:] for each in words):
        if monotonic() - began > _NOTICES_WITHIN_S:
            world.complain(f"{woken.name} has not said that it lost its place")
            return
        await asyncio.sleep(0.05)
    said = next(line for line in woken.output()[mark:].splitlines() if any(each in line for each in words))
    world.note(f"{woken.name} woke up: {said[:160]}")


def _wrote_nothing(world: World[Any], woken: Kept, said: str, recorded: int) -> None:
    """Until it leads again, a recorder that woke up has recorded nothing behind what stood when it was stopped."""
    for line in said.splitlines():
        if "recorder_started" in line:
            return
        if (batch := _RECORDED.search(line)) and int(batch[2]) > recorded:
            world.complain(f"{woken.name} recorded {batch[1]} to {batch[2]} after it woke up")


async def recorded_once(world: World[Any]) -> None:
    """Every row was written by one recorder, and once."""
    for complaint in not_recorded_once([each.output() for each in world.of("recorder")], await _recorded(world)):
        world.complain(complaint)


def not_recorded_once(logs: Sequence[str], rows: int) -> list[str]:
    """List what is wrong with the batches that recorders' logs tell of: they must be all rows, and none twice.

    A recorder that was killed between its commit and its log line has not told of its batch: of those there are few.
    """
    batches = sorted((int(first), int(last)) for log in logs for first, last in _RECORDED.findall(log))
    wrong = [
        f"rows {first} to {last} and those from {following} on were both recorded"
        for (first, last), (following, _) in itertools.pairwise(batches)
        if following <= last
    ]
    told = sum(last - first + 1 for first, last in batches)
    if told < rows * _TOLD_AT_LEAST:
        wrong.append(f"of {rows} rows, the recorders' logs tell of {told}: what they say cannot be read any more")
    return wrong


def _servers(draw: Random) -> Sequence[Fault[OneOfEach]]:
    faults = [
        Fault(f"stop {name} for {for_s:.1f} s", draw.uniform(0, 2), freeze_server(name, for_s))
        for name, for_s in (("nats", draw.uniform(2, 7)), ("postgres", draw.uniform(2, 7)))
    ]
    for_s = draw.uniform(2, 7)
    faults.append(
        Fault(f"stop intake and query for {for_s:.1f} s", draw.uniform(0, 2), freeze(["intake", "query"], for_s))
    )
    return draw.sample(faults, len(faults))


PLANS = (
    Plan(
        "stop_workers",
        "SIGSTOP of workers for 30 s, standbys take over",
        lambda draw: [freeze_workers(_LONG_S)],
        OneOfEach,
        services=("intake", "recorder", "recorder-2", "projector", "projector-2", "notary", "notary-2", "query"),
        check=recorded_once,
    ),
    Plan("stop_servers", "SIGSTOP of NATS, PostgreSQL, intake", _servers, OneOfEach),
)
