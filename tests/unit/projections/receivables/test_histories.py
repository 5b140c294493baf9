"""Whatever happens, in whatever order it is told: the identity holds, and the rows are those of the plain reading."""

from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.entry import FOREVER
from projections.history import effective
from projections.playbooks import Playbooks
from projections.receivables import ItemRow, MovementRow, UnappliedRow, receivables
from projections.replay import Replay
from projections.view import Row

from .histories import histories
from .reference import state_at
from .story import Fact, Ledger, concerning, recorded, totals


@settings(max_examples=150, deadline=None)
@given(histories())
def test_open_items_less_unapplied_is_the_balance_at_every_instant_in_every_state_of_knowledge(
    facts: list[Fact],
) -> None:
    ledger = Ledger()
    for each in concerning("A", recorded(facts)):
        ledger.take(each)
        ledger.assert_identity()


@settings(max_examples=150, deadline=None)
@given(histories(max_size=14))
def test_the_rows_are_those_of_the_plain_reading_at_every_instant(facts: list[Fact]) -> None:
    journal = concerning("A", recorded(facts))
    ledger = Ledger()
    for each in journal:
        ledger.take(each)
    entries = effective(journal).entries
    for as_of in ledger.instants():
        expected = state_at("A", entries, as_of)
        found = {number: (row.currency, row.open_amount, row.disputed) for number, row in ledger.items(as_of).items()}
        assert found == expected.open_items()
        parts = {number: (row.kind, row.currency, row.amount) for number, row in ledger.unapplied(as_of).items()}
        assert parts == expected.unapplied_parts()
        moved = {
            (row.entry, row.kind, row.currency, row.amount)
            for row in ledger.rows.values()
            if isinstance(row, MovementRow) and row.at <= as_of
        }
        assert moved == set(expected.moved)
        assert ledger.balance(as_of) == totals((currency, amount) for _, _, currency, amount in expected.moved)
    flags = state_at("A", entries, FOREVER).flags
    assert {each for each in ledger.flags() if each[0] != "correction_without_effect"} == flags


@settings(max_examples=150, deadline=None)
@given(histories(distinct_instants=True), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_present_rows(facts: list[Fact], random: Random) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert _present(facts) == _present(shuffled)


@settings(max_examples=100, deadline=None)
@given(histories())
def test_folding_on_leaves_the_rows_that_folding_anew_gives(facts: list[Fact]) -> None:
    journal = concerning("A", recorded(facts))
    ledger = Ledger()
    for each in journal:
        ledger.take(each)
    anew = Replay("account/A", [receivables])
    anew.load(journal, Playbooks())
    assert {key: repr(row) for key, row in ledger.rows.items()} == {key: repr(row) for key, row in anew.rows().items()}


@settings(max_examples=100, deadline=None)
@given(histories())
def test_intervals_follow_each_other_without_overlap_and_say_only_what_is_there(facts: list[Fact]) -> None:
    ledger = Ledger()
    for each in concerning("A", recorded(facts)):
        ledger.take(each)
    of: dict[tuple[type[Row], str], list[ItemRow | UnappliedRow]] = {}
    for row in ledger.rows.values():
        if isinstance(row, ItemRow):
            assert 0 < row.open_amount <= row.amount
            of.setdefault((ItemRow, row.invoice), []).append(row)
        elif isinstance(row, UnappliedRow):
            assert row.amount > 0
            of.setdefault((UnappliedRow, row.document), []).append(row)
        elif isinstance(row, MovementRow):
            assert row.amount
    for rows in of.values():
        rows.sort(key=lambda each: each.from_at)
        assert all(each.from_at < each.to_at for each in rows)
        assert all(one.to_at <= next_.from_at for one, next_ in pairwise(rows))


def _present(facts: list[Fact]) -> set[str]:
    """The rows, with events' ids in the place of sequences, which depend on the order of arrival."""
    journal = concerning("A", recorded(facts))
    ledger = Ledger()
    for each in journal:
        ledger.take(each)
    ids = {each.sequence: each.said.id for each in journal}
    found = set()
    for row in ledger.rows.values():
        values = dict(zip(row.columns(), row.values(), strict=True))
        found.add(f"{type(row).__name__} {values | {'entry': ids[values['entry']]}}")
    return found
