"""A reconciliation may die at any instant: nothing is lost, nothing comes twice, and the next one goes on."""

import asyncio
import os
import sys
from typing import Any

import pytest

from services.errors import StreamMismatch
from services.reconcile import records
from services.reconcile.plan import Action
from services.stream.state import state
from tests.integration.reconcile.damage import delete, replace, rewind, snapshot
from tests.integration.reconcile.putting_right import applied, looked
from tests.integration.recorder.events import call, stored
from tests.integration.recorder.recording import assert_recorded, journal, recorder
from tests.ledger import Ledger
from tests.up import REPOSITORY

POINTS = [
    ("comparing", 1, 0),
    ("closing", 1, 0),
    ("comparing", 2, 0),
    ("saving", 1, 0),
    ("saving", 1, 1),
    ("removing", 1, 0),
    ("making", 1, 0),
    ("writing", 1, 0),
    ("writing", 1, 1),
    ("writing", 1, 7),
    ("checking", 1, 0),
    ("ending", 1, 0),
    ("opening", 1, 0),
]
"""Step, for the how manyth time, and how many parts of it are done."""
NAMES = ["-".join(map(str, each)) for each in POINTS]
REWOUND = [each for each in POINTS if each[0] not in ("removing", "making") and each != ("saving", 1, 1)]


async def dies(ledger: Ledger, step: str, time: int, parts: int) -> None:
    """A reconciliation that is killed there."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.reconcile.killed",
        *map(str, (step, time, parts)),
        env={name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")} | ledger.environment,
        cwd=REPOSITORY,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        _, complaint = await process.communicate()
    assert process.returncode == -9, complaint.decode()


async def recorded(ledger: Ledger, count: int) -> list[Any]:
    """So many calls and two that are not recorded yet; gives the journal."""
    await ledger.append(*[call(id=f"recorded {number}") for number in range(count)])
    async with recorder(ledger):
        await ledger.recorded()
    return await journal(ledger)


async def used_again(ledger: Ledger) -> list[Any]:
    """A ledger whose stream is another one, with other messages, one of which nobody has recorded at its number."""
    before = await recorded(ledger, 5)
    await replace(ledger)
    await ledger.append(*[call(id=f"other {number}") for number in range(6)])
    return before


async def assert_put_right(ledger: Ledger, before: list[Any], after: list[str]) -> None:
    """The journal is what it was, and then come these."""
    async with recorder(ledger):
        await ledger.append(call(id="new"))
        await ledger.recorded()
    rows = await journal(ledger)
    assert rows[: len(before)] == before
    assert [row["id"] for row in rows[len(before) :]] == [*after, "new"]
    assert {row["disposition"] for row in rows} == {"entry"}
    await assert_recorded(ledger)
    assert (await looked(ledger)).look.action is Action.NONE


async def refused(ledger: Ledger) -> str:
    """Return what the recorder says while the reconciliation is not finished."""
    async with recorder(ledger) as task, asyncio.timeout(30):
        with pytest.raises(StreamMismatch) as raised:
            await task
    return str(raised.value)


OTHERS = ["other 5", *[f"other {number}" for number in range(5)]]


@pytest.mark.long_cases
@pytest.mark.parametrize("point", POINTS, ids=NAMES)
async def test_killed_while_a_stream_is_made_anew(empty_ledger: Ledger, point: tuple[str, int, int]) -> None:
    before = await used_again(empty_ledger)
    await dies(empty_ledger, *point)
    assert "daybook reconcile" in await refused(empty_ledger)
    await applied(empty_ledger)
    await assert_put_right(empty_ledger, before, OTHERS)
    (past,) = await records.past(await empty_ledger.connect())
    assert past.ended_at is not None
    assert [(each.old, each.new) for each in past.moved] == [((6, 6), (6, 6)), ((1, 5), (7, 11))]


@pytest.mark.long
async def test_killed_at_every_point_one_after_the_other(empty_ledger: Ledger) -> None:
    before = await used_again(empty_ledger)
    for point in [("comparing", 1, 0), ("closing", 1, 0), ("saving", 1, 2), ("removing", 1, 0), ("making", 1, 0)]:
        await dies(empty_ledger, *point)
    for _ in range(5):
        await dies(empty_ledger, "writing", 1, 2)
    for point in [("checking", 1, 0), ("ending", 1, 0), ("opening", 1, 0)]:
        await dies(empty_ledger, *point)
    await applied(empty_ledger)
    await assert_put_right(empty_ledger, before, OTHERS)
    assert len(await records.past(await empty_ledger.connect())) == 1


@pytest.mark.long
async def test_killed_while_the_end_is_put_back(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call(id="first"))
    older = await snapshot(empty_ledger)
    before = await recorded(empty_ledger, 8)
    await rewind(empty_ledger, older)
    for point in REWOUND:
        if point != ("writing", 1, 7):
            await dies(empty_ledger, *point)
            if point[0] != "ending":  # nothing is missing any more, and yet
                assert "daybook reconcile" in await refused(empty_ledger)
    await applied(empty_ledger)
    await assert_put_right(empty_ledger, before, [])


async def test_the_stream_is_lost_again_after_a_death(empty_ledger: Ledger) -> None:
    before = await used_again(empty_ledger)
    await dies(empty_ledger, "writing", 1, 3)
    await delete(empty_ledger)
    await applied(empty_ledger)
    await assert_put_right(empty_ledger, before, OTHERS)


async def test_a_message_that_is_among_the_saved_ones_twice(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 2)
    await replace(empty_ledger)
    for _ in range(3):
        await empty_ledger.publish(stored(call(id="twice")), "daybook.deal.D-1")
    await dies(empty_ledger, "writing", 1, 3)
    await applied(empty_ledger)
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    rows = await journal(empty_ledger)
    assert rows[:2] == before
    assert [row["disposition"] for row in rows[2:]] == ["entry", "duplicate", "duplicate"]
    await assert_recorded(empty_ledger)


async def test_another_stream_again_after_a_death(empty_ledger: Ledger) -> None:
    before = await used_again(empty_ledger)
    await dies(empty_ledger, "writing", 1, 3)
    await replace(empty_ledger)
    await empty_ledger.append(call(id="yet another"))
    await applied(empty_ledger)
    await assert_put_right(empty_ledger, before, [*OTHERS, "yet another"])
    one, other = await records.past(await empty_ledger.connect())
    assert one.ended_at == other.ended_at is not None
    assert [(each.old, each.new) for each in other.moved] == [((1, 1), (12, 12))]


async def test_a_message_that_slips_in_before_the_stream_is_removed_is_saved_as_well(empty_ledger: Ledger) -> None:
    before = await used_again(empty_ledger)
    await dies(empty_ledger, "removing", 1, 0)
    nc = await empty_ledger.nats()
    await nc.request("reconcile.daybook.deal.D-1", stored(call(id="late")), timeout=5)
    assert (await state(nc, "DAYBOOK")).last_sequence == 7
    await applied(empty_ledger)
    await assert_put_right(empty_ledger, before, [*OTHERS, "late"])
