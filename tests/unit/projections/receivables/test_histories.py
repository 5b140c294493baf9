"""Whatever happens, in whatever order it is told: the identity holds, and the rows are those of the plain reading."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby
from random import Random
from typing import Any

from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from projections.views.receivables import ApplicationRow, ItemRow, PromiseRow, ReminderRow, UnappliedRow
from tests.given import Said

from .histories import histories, histories_of_contracts
from .reference import Application, books_at
from .reference_contracts import Planned, contracts_at
from .story import UNIDENTIFIED, Told, given

ACCOUNTS = ("A", "B", UNIDENTIFIED)
CASH = ("payment", "reversal", "transfer_in", "transfer_out")


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
def test_the_rows_of_each_account_are_those_of_the_plain_reading_at_every_instant(facts: list[Said]) -> None:
    told = given(*facts)
    entries = told.story.replay.entries
    for name in ACCOUNTS:
        account = told if name == "A" else told.seen_by(name)
        ids = {each.sequence: each.cloud_event.id for each in account.story.history}
        plain = {each.sequence: each.cloud_event.id for each in told.story.history}
        for as_of in account.instants():
            expected = books_at(entries, as_of)
            items = {
                (r.invoice, r.currency, r.open_amount, r.disputed, r.disputed_amount)
                for r in account.standing(ItemRow, as_of)
            }
            parts = {(r.kind, r.document, r.currency, r.amount) for r in account.standing(UnappliedRow, as_of)}
            moved = {(ids[r.entry], r.kind, r.currency, r.amount) for r in account.movements(as_of)}
            if name == "A":
                assert items == expected.open_items(name)
                assert parts == expected.unapplied_parts(name)
                assert _applied(account.applications(as_of)) == _applied(
                    each for each in expected.applications if each.account == name
                )
                assert {
                    (r.invoice, r.entry, r.amount, r.promised_at, r.state) for r in account.standing(PromiseRow, as_of)
                } == expected.promised(name)
                assert {(name, r.invoice, r.entry, r.at) for r in account.rows_of(ReminderRow) if r.at <= as_of} == {
                    each for each in expected.reminders if each[0] == name
                }
                assert {(r.invoice, r.issued_at, r.amount, r.entry) for r in account.invoices(as_of)} == {
                    (number, entry.occurred_at, entry.event.amount, entry.sequence)
                    for (owner, number), entry in expected.issued.items()
                    if owner == name
                }
                assert account.flags(as_of) == {each[1:] for each in expected.flags if each[0] == name}
            assert {each for each in moved if each[1] not in ("invoice", "credit_note")} == {
                (plain[entry], *rest)
                for owner, entry, *rest in expected.moved
                if owner == name and rest[0] not in ("invoice", "credit_note")
            }
            for currency in ("CNY", "USD"):
                assert account.balance(as_of).get(currency, 0) == expected.balance(name, currency)


@settings(max_examples=200, deadline=None)
@holds_for(histories_of_contracts())
def test_the_terms_of_contracts_are_those_of_the_plain_reading_at_every_instant(facts: list[Said]) -> None:
    account = given(*facts)
    entries = account.story.replay.entries
    for as_of in account.instants():
        terms, flags = contracts_at(entries, "A", as_of)
        assert [
            Planned(
                each.contract,
                each.place,
                each.term,
                each.retention,
                Fraction(each.planned),
                Fraction(each.contract_amount),
                each.currency,
                each.triggered_on,
                each.due_on,
                each.delivered_on,
                each.accepted_on,
                Fraction(each.released),
            )
            for each in account.terms(as_of)
        ] == terms
        assert account.flags(as_of) == flags


@settings(max_examples=150, deadline=None)
@holds_for(histories_of_contracts())
def test_planned_amounts_of_a_contract_whose_shares_are_whole_add_up_to_its_amount(facts: list[Said]) -> None:
    account = given(*facts)
    for as_of in account.instants():
        for _, terms in groupby(account.terms(as_of), key=lambda each: each.contract):
            found = list(terms)
            if sum(each.share for each in found) == 100:
                assert sum(each.planned for each in found) == found[0].contract_amount


@settings(max_examples=300, deadline=None)
@holds_for(histories(max_size=14), st.data())
def test_what_all_accounts_hold_of_a_payment_is_what_was_received_less_what_was_reversed(
    facts: list[Said], data: st.DataObject
) -> None:
    """Conservation: at every instant, in every state of knowledge, in any order of arrival."""
    known = data.draw(st.permutations(facts))[: data.draw(st.integers(1, len(facts)))]
    accounts = {name: Told(name, *known) for name in ACCOUNTS}
    instants = sorted({instant for each in accounts.values() for instant in each.instants()})
    as_of = data.draw(st.sampled_from(instants))
    moved = [row for each in accounts.values() for row in each.movements(as_of)]
    for number, currency in {(row.document, row.currency) for row in moved}:
        of_it = [row for row in moved if (row.document, row.currency) == (number, currency)]
        received = -sum(row.amount for row in of_it if row.kind == "payment")
        reversed_ = sum(row.amount for row in of_it if row.kind == "reversal")
        held = -sum(row.amount for row in of_it if row.kind in CASH)
        assert held == received - reversed_
        assert 0 <= reversed_ <= received
        for each in accounts.values():
            its = -sum(r.amount for r in each.movements(as_of) if (r.document, r.currency) == (number, currency))
            assert its >= 0 or number.startswith("INV")
    for each in accounts.values():
        each.assert_identity()


@settings(max_examples=150, deadline=None)
@holds_for(
    histories(distinct_instants=True) | histories_of_contracts(distinct_instants=True),
    st.randoms(use_true_random=False),
)
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
    assert all(row.amount for row in account.applications())


def _applied(found: Iterable[ApplicationRow | Application]) -> Counter[tuple[Any, ...]]:
    return Counter((a.invoice, a.kind, a.document, a.amount, a.at, a.entry, a.deal) for a in found)


def _present(account: Told) -> set[str]:
    """The rows to the last digit, with events' ids in the place of sequences, which depend on the order of arrival."""
    ids = {each.sequence: each.cloud_event.id for each in account.story.history}
    found = set()
    for row in account.story.rows():
        values = dict(zip(row.columns(), row.values(), strict=True))
        found.add(f"{type(row).__name__} {values | {'entry': ids[values['entry']]}}")
    return found
