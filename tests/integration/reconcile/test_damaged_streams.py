"""Whatever became of the stream: what the journal holds is put back at its numbers, and nothing that it has is lost."""

import pytest

from services.ledger.stream_identity import remembered
from services.reconcile import records
from services.reconcile.plan import Action, Moved
from services.stream.read import Stored, message_at
from tests.integration.reconcile.damage import delete, exchange, flip, replace, rewind, snapshot
from tests.integration.reconcile.putting_right import applied, assert_whole, everything, looked, recorded
from tests.integration.recorder.events import call, stored
from tests.integration.recorder.recording import journal
from tests.ledger import Ledger


@pytest.mark.long
async def test_a_healthy_ledger_is_left_alone(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger)
    await empty_ledger.append(call(id="not recorded yet"))
    found = (await looked(empty_ledger)).look
    assert (found.action, found.comparison.beyond) == (Action.NONE, [(11, 11)])
    done = await applied(empty_ledger)
    assert (done.look.action, done.applied) == (Action.NONE, False)
    assert await records.past(await empty_ledger.connect()) == []
    await assert_whole(empty_ledger, before)


async def test_a_stream_that_was_rewound_regains_its_end(empty_ledger: Ledger) -> None:
    await empty_ledger.append(*[call(id=f"first {number}") for number in range(5)])
    older = await snapshot(empty_ledger)
    before = await recorded(empty_ledger, 7)
    await rewind(empty_ledger, older)
    found = (await looked(empty_ledger)).look
    assert (found.action, found.comparison.missing) == (Action.APPEND, [(6, 12)])
    assert found.comparison.words() == "7 missing: 6-12"
    created_at = found.ours.created_at
    done = await applied(empty_ledger)
    assert (done.look.action, done.applied) == (Action.APPEND, True)
    await assert_whole(empty_ledger, before)
    owner = await empty_ledger.connect()
    (past,) = await records.past(owner)
    assert (past.begun_by, past.reason, past.found, past.moved) == ("Li", "a test", "7 missing: 6-12", [])
    assert past.stream_created_at == past.old_stream_created_at == created_at


@pytest.mark.long
async def test_numbers_that_were_used_again_are_given_back(empty_ledger: Ledger) -> None:
    await empty_ledger.append(*[call(id=f"first {number}") for number in range(5)])
    older = await snapshot(empty_ledger)
    before = await recorded(empty_ledger, 3)
    await rewind(empty_ledger, older)
    await empty_ledger.append(*[call(id=f"other {number}") for number in range(6)])
    found = (await looked(empty_ledger)).look
    assert found.action is Action.MAKE_ANEW
    assert (found.comparison.other, found.comparison.beyond) == ([(6, 8)], [(9, 11)])
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["id"] for row in rows[8:]] == [f"other {number}" for number in (3, 4, 5, 0, 1, 2)]
    assert {row["disposition"] for row in rows} == {"entry"}
    (past,) = await records.past(await empty_ledger.connect())
    assert past.moved == [Moved((9, 11), (9, 11)), Moved((6, 8), (12, 14))]


@pytest.mark.long
async def test_messages_keep_the_time_at_which_they_were_taken(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 3)
    (sequence,) = await empty_ledger.append(call(id="taken before"))
    nc = await empty_ledger.nats()
    taken = await message_at(nc, "DAYBOOK", sequence)
    assert taken is not None
    await exchange(empty_ledger, lambda each: each._replace(data=b"x") if each.sequence == 2 else each)
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert rows[3]["id"] == "taken before"
    assert rows[3]["recorded_at"].timestamp() == taken.taken_at_ns // 1000 / 1e6


@pytest.mark.long
async def test_a_stream_that_is_gone_is_made_from_the_journal(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger)
    await delete(empty_ledger)
    found = (await looked(empty_ledger)).look
    assert (found.action, found.comparison.missing) == (Action.MAKE_ANEW, [(1, 10)])
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_a_stream_that_is_gone_with_an_empty_journal_is_made(empty_ledger: Ledger) -> None:
    await delete(empty_ledger)
    await applied(empty_ledger)
    await empty_ledger.append(call())
    await assert_whole(empty_ledger, [])


@pytest.mark.long
async def test_a_stream_in_the_place_of_another(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger)
    await replace(empty_ledger)
    await empty_ledger.append(call(id="recorded 3"), *[call(id=f"other {number}") for number in range(3)])
    found = (await looked(empty_ledger)).look
    assert (found.comparison.other, found.comparison.missing) == ([(1, 4)], [(5, 10)])
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["disposition"] for row in rows[10:]] == ["duplicate", "entry", "entry", "entry"]
    assert [row["id"] for row in rows[11:]] == ["other 0", "other 1", "other 2"]


@pytest.mark.long
async def test_an_empty_stream_in_the_place_of_another(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger)
    await replace(empty_ledger)
    assert (await looked(empty_ledger)).look.action is Action.APPEND
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_a_stream_that_does_not_begin_at_1(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 3)
    await replace(empty_ledger, first_seq=8)
    await empty_ledger.append(call(id="other"))
    found = (await looked(empty_ledger)).look
    assert (found.comparison.missing, found.comparison.lost, found.comparison.beyond) == ([(1, 3)], [(4, 7)], [(8, 8)])
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["id"] for row in rows[3:]] == ["other"]


@pytest.mark.long
async def test_a_message_in_the_middle_that_is_another_one(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger)
    await empty_ledger.append(call(id="not recorded yet"))

    def change(each: Stored) -> Stored:
        return each._replace(data=stored(call(id="forged"))) if each.sequence == 4 else each

    await exchange(empty_ledger, change)
    found = (await looked(empty_ledger)).look
    assert (found.comparison.other, found.comparison.beyond) == ([(4, 4)], [(11, 11)])
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["id"] for row in rows[10:]] == ["not recorded yet", "forged"]


@pytest.mark.long
async def test_messages_that_were_removed_from_the_middle(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger)
    await exchange(empty_ledger, lambda each: None if each.sequence in (2, 5, 6) else each)
    found = (await looked(empty_ledger)).look
    assert found.comparison.missing == [(2, 2), (5, 6)]
    assert found.comparison.words() == "3 missing: 2, 5-6"
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_messages_that_were_removed_before_they_were_recorded_are_named(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 3)
    await empty_ledger.append(*[call(id=f"late {number}") for number in range(4)])
    await exchange(empty_ledger, lambda each: None if each.sequence in (5, 6) else each)
    found = (await looked(empty_ledger)).look
    assert (found.comparison.lost, found.comparison.beyond) == ([(5, 6)], [(4, 4), (7, 7)])
    assert found.comparison.words() == "2 neither in the stream nor in the journal: 5-6"
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["id"] for row in rows[3:]] == ["late 0", "late 3"]
    (past,) = await records.past(await empty_ledger.connect())
    assert past.moved == [Moved((4, 4), (4, 4)), Moved((7, 7), (5, 5))]


@pytest.mark.long
async def test_the_same_messages_taken_at_other_times(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 3)
    messages = [(row["message"], row["stream_subject"]) for row in await journal(empty_ledger)]
    await replace(empty_ledger, forget=True)
    for message, subject in messages:
        await empty_ledger.publish(message, subject)
    assert (await looked(empty_ledger)).look.comparison.retimed == [(1, 3)]
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert len(rows) == 3


@pytest.mark.long
async def test_a_stream_that_was_copied_with_all_it_held_is_adopted(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger)
    await exchange(empty_ledger, lambda each: each, forget=False)
    await replace_settings(empty_ledger)
    found = (await looked(empty_ledger)).look
    assert (found.action, found.comparison.fits) == (Action.ADOPT, True)
    await applied(empty_ledger)
    ours = await remembered(await empty_ledger.connect("daybook_recorder"), "DAYBOOK")
    assert found.found is not None
    assert ours.created_at == found.found.created_at
    await assert_whole(empty_ledger, before)


async def replace_settings(ledger: Ledger) -> None:
    """Give the stream the settings that a copy has to be made with."""
    from services.stream.configuration import configuration
    from services.stream.state import ask
    from tests.ledger import STREAM_MAX_BYTES

    await ask(await ledger.nats(), "STREAM.UPDATE.DAYBOOK", configuration(ledger.settings, STREAM_MAX_BYTES))


@pytest.mark.long
async def test_a_flipped_bit_that_cut_the_stream_off(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 60)
    await flip(empty_ledger, 1, kill=True)
    found = (await looked(empty_ledger)).look
    assert found.found is not None
    last = found.found.last_sequence
    assert 0 < last < 60
    assert (found.action, found.comparison.missing) == (Action.APPEND, [(last + 1, 60)])
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_what_was_saved_is_put_back_again_when_it_is_lost_before_it_is_recorded(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 4)
    await replace(empty_ledger)
    await empty_ledger.append(call(id="other"))
    await applied(empty_ledger)
    await delete(empty_ledger)
    assert (await looked(empty_ledger)).look.comparison.missing == [(1, 5)]
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["id"] for row in rows[4:]] == ["other"]
    assert len(await everything(empty_ledger)) == 5
