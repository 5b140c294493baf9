"""Entries reach every account that their payment was transferred to, and those that reach too many do no harm."""

from collections import defaultdict

from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from projections.replay.entry import JournalEntry
from projections.replay.payment_chain import Link, Tie, links, of_entries, ties
from projections.replay.playbooks import Playbooks
from projections.replay.replay import Replay
from projections.replay.view import Row, RowKey
from projections.views.receivables import receivables
from tests.given import Said
from tests.unit.projections.receivables.histories import histories
from tests.unit.projections.receivables.story import (
    UNIDENTIFIED,
    Told,
    correction,
    named,
    payment,
    transfer,
    void,
)

ACCOUNTS = ("A", "B", UNIDENTIFIED)
RECEIPT = named("receipt", payment("P-1", "100.00", at=0, account="A"))
MOVED = named("moved", transfer("P-1", "50.00", at=1, out_of="A", into="B"))
ONWARD = transfer("P-1", "20.00", at=2, out_of="B", into="C")


def recorded(*facts: Said) -> list[JournalEntry]:
    """The facts as one journal has them, from sequence 1."""
    story = Told("A", *facts).story
    return [JournalEntry(sequence, each.cloud_event) for sequence, each in enumerate(story.history, start=1)]


def tied(history: list[JournalEntry]) -> set[Tie]:
    """All ties of a journal, worked out from all of it at once."""
    chains: defaultdict[str, list[Link]] = defaultdict(list)
    for link in of_entries(history):
        chains[link.reference].append(link)
    first: dict[tuple[str, int], Tie] = {}
    for tie in sorted(tie for chain in chains.values() for tie in ties(chain)):
        first.setdefault(tie[:2], tie)
    return set(first.values())


def test_a_receipt_concerns_the_account_that_its_cash_was_transferred_to_since_the_transfer() -> None:
    assert tied(recorded(RECEIPT, MOVED)) == {Tie("A", 1, 1), Tie("B", 1, 2), Tie("A", 2, 2), Tie("B", 2, 2)}


def test_a_receipt_that_comes_behind_the_transfer_concerns_both_at_once() -> None:
    assert tied(recorded(MOVED, RECEIPT)) == {Tie("A", 1, 1), Tie("B", 1, 1), Tie("A", 2, 2), Tie("B", 2, 2)}


def test_a_chain_ties_all_of_its_accounts_whichever_transfer_comes_first() -> None:
    since = {(each.account, each.sequence): each.since for each in tied(recorded(ONWARD, RECEIPT, MOVED))}
    assert since["C", 2] == since["C", 3] == since["A", 1] == 3
    assert since["C", 1] == 1


def test_a_void_of_the_receipt_concerns_the_account_that_the_cash_went_to() -> None:
    since = {(each.account, each.sequence): each.since for each in tied(recorded(RECEIPT, MOVED, void(RECEIPT)))}
    assert since["B", 3] == 3
    early = {(each.account, each.sequence): each.since for each in tied(recorded(void(RECEIPT), MOVED, RECEIPT))}
    assert early["B", 1] == early["B", 3] == 3


def test_a_correction_to_another_reference_ties_by_that_one_too() -> None:
    history = recorded(RECEIPT, MOVED, correction(MOVED, transfer("P-2", "50.00", out_of="A", into="B")))
    assert {link.reference for each in history for link in links(each.cloud_event, each.sequence)} == {"P-1", "P-2"}
    assert Tie("B", 3, 3) in tied(history)


def test_payments_of_one_reference_that_no_transfer_ties_stay_apart() -> None:
    assert {each.account for each in tied(recorded(RECEIPT, payment("P-1", "7.00", account="C")))} == {"A", "C"}
    assert Tie("C", 1, 1) not in tied(recorded(RECEIPT, payment("P-1", "7.00", account="C")))


@settings(max_examples=300, deadline=None)
@holds_for(histories(max_size=14), st.data())
def test_an_account_that_hears_what_concerns_it_shows_what_one_shows_that_hears_all(
    facts: list[Said], data: st.DataObject
) -> None:
    journal = recorded(*facts)
    told = tied(journal)
    about = {each.sequence: each for each in journal}
    for account in ACCOUNTS:
        subject = f"account/{account}"
        since = {each.sequence: each.since for each in told if each.account == account}
        for each in journal:
            if subject in {each.cloud_event.subject, *each.cloud_event.event.concerns()}:
                since[each.sequence] = each.sequence
        exact, everything = Replay(subject, [receivables]), Replay(subject, [receivables])
        cut = data.draw(st.integers(0, len(journal)))
        for sequence in range(1, len(journal) + 1):
            later = [each for each, known in sorted(since.items()) if known == sequence and each < sequence]
            changes = [change for each in later for change in exact.take(about[each], Playbooks(), sequence)]
            if since.get(sequence) == sequence:
                changes += exact.take(about[sequence], Playbooks())
            heard = about[sequence].cloud_event
            if heard.subject == subject or heard.event.family == "correction" or links(heard, sequence):
                everything.take(about[sequence], Playbooks())
            assert {change.sequence for change in changes} <= {sequence}
            assert of_view(exact) == of_view(everything)
            if sequence == cut:  # a restart loads what is noted by then, what it cannot know yet included
                exact = Replay(subject, [receivables])
                exact.load([about[each] for each in sorted(since) if each <= sequence], Playbooks())


def of_view(replay: Replay) -> dict[RowKey, Row]:
    assert replay.stale == {}
    return replay.rows()
