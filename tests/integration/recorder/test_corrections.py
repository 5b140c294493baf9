"""A correction concerns all that its target concerns, whichever of the two comes first."""

from tests.integration.recorder.events import call, event, payment, stored, void
from tests.integration.recorder.recording import assert_recorded, concerned, recorder
from tests.ledger import Ledger


async def test_a_correction_behind_its_target(empty_ledger: Ledger) -> None:
    async with recorder(empty_ledger):
        await empty_ledger.append(payment("A-1", id="P", deal="D-9"))
        await empty_ledger.recorded()
        await empty_ledger.append(void("P", "account/A-1"))
        await empty_ledger.recorded()
    assert await concerned(empty_ledger, 2) == {"account/A-1", "deal/D-9"}
    await assert_recorded(empty_ledger)


async def test_a_correction_before_its_target(empty_ledger: Ledger) -> None:
    async with recorder(empty_ledger):
        await empty_ledger.append(void("P", "account/A-1"))
        await empty_ledger.recorded()
        assert await concerned(empty_ledger, 1) == {"account/A-1"}
        await empty_ledger.append(payment("A-1", id="P", deal="D-9"))
        await empty_ledger.recorded()
        assert await concerned(empty_ledger, 1) == {"account/A-1", "deal/D-9"}
    await assert_recorded(empty_ledger)


async def test_a_correction_that_waits_while_the_recorder_is_away(empty_ledger: Ledger) -> None:
    async with recorder(empty_ledger):
        await empty_ledger.append(void("P", "account/A-1"), void("never sent", "account/A-1"))
        await empty_ledger.recorded()
    async with recorder(empty_ledger):
        await empty_ledger.append(payment("A-1", id="P", deal="D-9"))
        await empty_ledger.recorded()
    assert await concerned(empty_ledger, 1) == {"account/A-1", "deal/D-9"}
    await assert_recorded(empty_ledger)


async def test_correction_and_target_in_one_batch(empty_ledger: Ledger) -> None:
    await empty_ledger.append(
        void("P", "account/A-1"),
        payment("A-1", id="P", deal="D-9"),
        void("P", "account/A-1"),
        void("P", "account/A-2"),
    )
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    for correction in (1, 3):
        assert await concerned(empty_ledger, correction) == {"account/A-1", "deal/D-9"}
    assert await concerned(empty_ledger, 4) == {"account/A-2", "account/A-1", "deal/D-9"}
    await assert_recorded(empty_ledger)


async def test_a_correction_of_a_correction_concerns_that_ones_subject(empty_ledger: Ledger) -> None:
    await empty_ledger.append(
        void("second", "account/A-3", id="third"),
        payment("A-1", id="first", deal="D-9"),
        void("first", "account/A-2", id="second"),
    )
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    assert await concerned(empty_ledger, 1) == {"account/A-3", "account/A-2"}
    await assert_recorded(empty_ledger)


async def test_a_quarantined_message_is_nobodys_target(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call("D-1", id="c", note="one"), void("c", "deal/D-3"))
    other = call("D-2", id="c", note="two")
    await empty_ledger.publish(stored(other), "daybook.deal.D-2")
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    assert await concerned(empty_ledger, 2) == {"deal/D-1", "deal/D-3"}
    assert await concerned(empty_ledger, 3) == set()
    await assert_recorded(empty_ledger)


async def test_a_replacement_names_nobody_else(empty_ledger: Ledger) -> None:
    replacement = {"time": "2026-03-31T09:30:00+08:00", "data": payment("A-1", deal="D-9")["data"]}
    target = {"source": "crm", "id": "P"}
    await empty_ledger.append(
        payment("A-1", id="P", deal="D-1"),
        event(
            "event_corrected",
            "account/A-1",
            target=target,
            target_type="daybook.payment_received.v1",
            replacement=replacement,
            reason="another deal",
            approver="Li",
        ),
    )
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    assert await concerned(empty_ledger, 2) == {"account/A-1", "deal/D-1"}
    await assert_recorded(empty_ledger)
