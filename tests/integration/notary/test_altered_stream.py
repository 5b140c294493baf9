"""Checks that `daybook verify` finds and names what is changed, dropped, reordered, inserted or backdated in a stream.

Whoever does the same to the journal, so that stream and journal agree again, is found by the heads.
"""

from collections.abc import Callable
from functools import partial

import pytest

from services.stream.read import RECORDED_AT, Stored
from tests.integration.notary.signing import Notarised
from tests.integration.notary.test_altered import REHASH
from tests.integration.notary.test_verify import checked
from tests.integration.reconcile.damage import exchange
from tests.integration.reconcile.putting_right import looked
from tests.integration.recorder.events import call, stored
from tests.integration.recorder.recording import stream

ROWS = 8
FORGED = stored(call(id="forged"))
Found = dict[str, list[int | None]]


@pytest.fixture
async def told(mine: Notarised) -> Notarised:
    """A ledger with one deal, whose rows are signed."""
    async with mine.ledger.process("recorder"), mine.ledger.process("projector"):
        await mine.ledger.append(*[call(id=f"c{number}") for number in range(ROWS)])
        await mine.ledger.recorded(ROWS)
        await mine.ledger.projected()
    await mine.signs(ROWS)
    return mine


def changed(messages: list[Stored], each: Stored) -> Stored | None:
    return each._replace(data=FORGED) if each.sequence == 4 else each


def dropped(messages: list[Stored], each: Stored) -> Stored | None:
    return None if each.sequence == 4 else each


def reordered(messages: list[Stored], each: Stored) -> Stored | None:
    return messages[8 - each.sequence] if each.sequence in (4, 5) else each


def inserted(messages: list[Stored], each: Stored) -> Stored | None:
    before = messages[max(0, each.sequence - 2)]
    return each if each.sequence < 4 else before._replace(data=FORGED) if each.sequence == 4 else before


def backdated(messages: list[Stored], each: Stored) -> Stored | None:
    return each._replace(taken_at_ns=each.taken_at_ns - 1000) if each.sequence == 4 else each


Change = Callable[[list[Stored], Stored], Stored | None]
CHANGES: list[tuple[Change, Found, str]] = [
    (changed, {"message_altered": [4]}, "1 held by other messages: 4"),
    (dropped, {"message_missing": [4]}, "1 missing: 4"),
    (reordered, {"message_altered": [4, 5]}, "2 held by other messages: 4-5"),
    (inserted, {"message_altered": [4, 5, 6, 7, 8]}, "5 held by other messages: 4-8"),
    (backdated, {"recorded_at_altered": [4]}, "1 taken at another time: 4"),
]


@pytest.mark.long_cases
@pytest.mark.parametrize(("change", "expected", "words"), CHANGES)
async def test_what_was_done_to_the_stream_is_named(
    told: Notarised, change: Change, expected: Found, words: str
) -> None:
    messages = await stream(told.ledger)
    await exchange(told.ledger, partial(change, messages))
    if change is inserted:
        last = messages[-1]
        await told.ledger.publish(last.data, last.subject, {RECORDED_AT: str(last.taken_at_ns // 1000)})
    answer = await checked(told)
    assert not answer["ok"]
    for kind, sequences in expected.items():
        assert [each["sequence"] for each in answer["differences"] if each["kind"] == kind] == sequences
    assert words in (await looked(told.ledger)).look.comparison.words()


SWAP = (
    "create temp table held on commit drop as select * from ledger.journal where sequence in (4, 5)",
    "create temp table concerned on commit drop as select * from ledger.concerns where sequence in (4, 5)",
    "delete from ledger.concerns where sequence in (4, 5)",
    "delete from ledger.journal where sequence in (4, 5)",
    "update held set sequence = other.sequence, recorded_at = other.recorded_at"
    "  from held other where other.sequence = 9 - held.sequence",
    "insert into ledger.journal select * from held",
    "insert into ledger.concerns select * from concerned",
    REHASH,
)
BACKDATE = ("update ledger.journal set recorded_at = recorded_at - interval '1 us' where sequence = 4", REHASH)


def swapped(messages: list[Stored], each: Stored) -> Stored | None:
    """Each keeps its place's time, so that the times do not give it away."""
    return each._replace(data=messages[8 - each.sequence].data) if each.sequence in (4, 5) else each


@pytest.mark.long_cases
@pytest.mark.parametrize(("change", "statements"), [(swapped, SWAP), (backdated, BACKDATE)])
async def test_who_makes_stream_and_journal_agree_again_is_found_by_the_heads(
    told: Notarised, change: Change, statements: tuple[str, ...]
) -> None:
    await exchange(told.ledger, partial(change, await stream(told.ledger)))
    await told.alter(*statements)
    answer = await checked(told)
    assert answer["counts"] == {"rows_not_signed": 1}
