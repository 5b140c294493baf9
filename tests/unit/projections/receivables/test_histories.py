"""Whatever happens, in whatever order it is told: the identity holds, and the rows are those of the plain reading."""

from random import Random

from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from projections.entry import FOREVER
from projections.receivables import ItemRow, UnappliedRow
from tests.given import Said

from .histories import histories
from .reference import state_at
from .story import Told, given, totals


@settings(max_examples=150, deadline=None)
@holds_for(histories())
def test_open_items_less_unapplied_is_the_balance_at_every_instant_in_every_state_of_knowledge(
    facts: list[Said],
) -> None:
    account = given()
    for each in facts:
        account.when(each).assert_identity()


@settings(max_examples=150, deadline=None)
@holds_for(histories(max_size=14))
def test_the_rows_are_those_of_the_plain_reading_at_every_instant(facts: list[Said]) -> None:
    account = given(*facts)
    entries = account.story.replay.entries
    for as_of in account.instants():
        expected = state_at("A", entries, as_of)
        found = {number: (row.currency, row.open_amount, row.disputed) for number, row in account.items(as_of).items()}
        assert found == expected.open_items()
        parts = {number: (row.kind, row.currency, row.amount) for number, row in account.unapplied(as_of).items()}
        assert parts == expected.unapplied_parts()
        moved = {(row.entry, row.kind, row.currency, row.amount) for row in account.movements(as_of)}
        assert moved == set(expected.moved)
        assert account.balance(as_of) == totals((currency, amount) for _, _, currency, amount in expected.moved)
    assert account.flags() == state_at("A", entries, FOREVER).flags


@settings(max_examples=100, deadline=None)
@holds_for(histories(distinct_instants=True), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_present_rows(facts: list[Said], random: Random) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert _present(given(*facts)) == _present(given(*shuffled))


@settings(max_examples=100, deadline=None)
@holds_for(histories())
def test_rows_show_only_what_is_there(facts: list[Said]) -> None:
    account = given(*facts)
    assert all(0 < row.open_amount <= row.amount for row in account.rows_of(ItemRow))
    assert all(row.amount > 0 for row in account.rows_of(UnappliedRow))
    assert all(row.amount for row in account.movements())


def _present(account: Told) -> set[str]:
    """The rows to the last digit, with events' ids in the place of sequences, which depend on the order of arrival."""
    ids = {each.sequence: each.said.id for each in account.story.history}
    found = set()
    for row in account.story.rows():
        values = dict(zip(row.columns(), row.values(), strict=True))
        found.add(f"{type(row).__name__} {values | {'entry': ids[values['entry']]}}")
    return found
