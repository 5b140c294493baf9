"""Random histories of an account: few numbers, amounts and days, so that facts collide as often as they can."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.given import Said

from .story import (
    UNIDENTIFIED,
    acceptance,
    allocation,
    amendment,
    contract,
    correction,
    credit_note,
    dispute,
    invoice,
    named,
    payment,
    promise,
    release,
    reminder,
    resolution,
    reversal,
    term,
    transfer,
    void,
    write_off,
)

_days = st.integers(0, 5)
_amounts = st.sampled_from(["10", "35.5", "60.00", "100.00"])
_paid = st.sampled_from(["70.00", "100.00", "150.00"])
_currencies = st.sampled_from(["CNY", "CNY", "CNY", "CNY", "USD"])
_invoices = st.sampled_from(["INV-1", "INV-2", "INV-3"])
_documents = st.sampled_from(["P-1", "P-2"])
_pays = st.dictionaries(_invoices, st.sampled_from(["5.00", "20.00", "23"]), min_size=1, max_size=3)

_due = st.sampled_from(
    [date(2026, 1, 3) - timedelta(days=late) for late in (-30, -1, 0, 1, 29, 30, 31, 60, 61, 90, 91)]
)

_issued = st.builds(invoice, _invoices, _amounts, at=_days, due=_due, currency=_currencies)
_received = st.builds(payment, _documents, _paid, at=_days, pays=st.none() | _pays, currency=_currencies)
_credited = st.builds(credit_note, _documents, _paid, at=_days, pays=st.none() | _pays, currency=_currencies)
_allocated = st.builds(allocation, _documents, _pays, at=_days, currency=_currencies)
_reversed = st.builds(reversal, _documents, _amounts, at=_days, currency=_currencies)
_accounts = st.sampled_from(["A", "A", "B", UNIDENTIFIED])
_moved = st.builds(transfer, _documents, _amounts, at=_days, currency=_currencies, out_of=_accounts, into=_accounts)
_elsewhere = st.one_of(
    st.builds(payment, _documents, _paid, at=_days, currency=_currencies, account=st.sampled_from(["B", UNIDENTIFIED])),
    st.builds(reversal, _documents, _amounts, at=_days, currency=_currencies, account=_accounts),
)
_contested = st.one_of(
    st.builds(dispute, _invoices, at=_days, amount=st.none() | _amounts, currency=_currencies),
    st.builds(resolution, _invoices, at=_days),
)
_collected = st.one_of(
    st.builds(promise, _invoices, _amounts, at=_days, currency=_currencies),
    st.builds(lambda numbers, at: reminder(*numbers, at=at), st.lists(_invoices, min_size=1, max_size=3), _days),
)
_given_up = st.builds(write_off, _invoices, _amounts, at=_days, currency=_currencies)
_facts = st.one_of(
    _issued,
    _issued,
    _received,
    _received,
    _allocated,
    _allocated,
    _reversed,
    _credited,
    _elsewhere,
    _elsewhere,
    _moved,
    _moved,
    _contested,
    _collected,
    _given_up,
)

_contracts = st.sampled_from(["C-1", "C-2"])
_dates = st.sampled_from([date(2026, 1, 2), date(2026, 1, 5)])
_TERMS = (
    (),
    (term("first", "signing", "30", 0), term("rest", "acceptance", "70", 30)),
    (
        term("first", "delivery", "33.3333", 10),
        term("second", "acceptance", "33.3333"),
        term("last", "date", "33.3334", on=date(2026, 6, 1)),
    ),
)
_signed = st.builds(
    lambda number, amount, terms, at, currency: contract(number, amount, *terms, at=at, currency=currency),
    _contracts,
    st.sampled_from(["100000.01", "70"]),
    st.sampled_from(_TERMS),
    _days,
    st.sampled_from(["CNY", "CNY", "USD"]),
)
_kept_back = st.builds(
    lambda number, at, until: contract(
        number,
        "100000.01",
        *(term("first", "signing", "30"), term("second", "delivery", "60.5", 7), term("third", "acceptance", "6.5", 0)),
        at=at,
        retention_percent="3",
        **({"retention_until": "2027-01-01"} if until else {}),
    ),
    _contracts,
    _days,
    st.booleans(),
)
_amended = st.one_of(
    st.builds(lambda number, at: amendment(number, at, amount="99.99", currency="CNY"), _contracts, _days),
    st.builds(lambda number, at, terms: amendment(number, at, terms=terms), _contracts, _days, st.sampled_from(_TERMS)),
    st.builds(lambda number, at: amendment(number, at, retention_percent="5.5"), _contracts, _days),
    st.builds(lambda number, at: amendment(number, at, amount="7", currency="USD"), _contracts, _days),
    st.builds(lambda number, at: amendment(number, at, retention_until="2028-02-29"), _contracts, _days),
)
_accepted = st.builds(
    lambda number, at, of, delivered, accepted: acceptance(
        number, at, of, delivered if delivered or accepted else date(2026, 1, 1), accepted
    ),
    _contracts,
    _days,
    st.sampled_from([None, None, "first", "second", "retention", "no such"]),
    st.none() | _dates,
    st.none() | _dates,
)
_released = st.builds(
    release, _contracts, st.sampled_from(["1000", "2500.01"]), at=_days, currency=st.sampled_from(["CNY", "CNY", "USD"])
)
_about_contracts = st.one_of(_signed, _kept_back, _amended, _accepted, _accepted, _released)

_ACROSS = (
    payment("P-1", "100.00", at=0, account=UNIDENTIFIED),
    transfer("P-1", "60.00", at=1, out_of=UNIDENTIFIED, into="A"),
    transfer("P-1", "35.5", at=2, out_of="A", into="B"),
)
"""A start from which cash is on three accounts."""

_BUSY = (
    invoice("INV-1", "60.00", at=0),
    invoice("INV-2", "60.00", at=0),
    allocation("P-2", {"INV-1": "20.00"}, at=0),
    payment("P-1", "70.00", at=0, pays={"INV-1": "20.00", "INV-2": "23.00", "INV-3": "20.00"}),
)
"""A start from which there is something to reverse and something that waits."""


@st.composite
def histories(draw: st.DrawFn, max_size: int = 20, distinct_instants: bool = False) -> list[Said]:
    """Facts about account A, and payments of three accounts, in order of arrival.

    Some are voided or corrected, some before they arrive. At most one correction or void for each fact: of several the
    last to arrive counts, and then order matters.
    """
    start = draw(st.sampled_from([(), _BUSY, _ACROSS]))
    return _told(draw, [*start, *draw(st.lists(_facts, min_size=1, max_size=max_size))], distinct_instants)


@st.composite
def histories_of_contracts(draw: st.DrawFn, distinct_instants: bool = False) -> list[Said]:
    """Facts about contracts of account A in order of arrival, voided and corrected as those of `histories`."""
    return _told(draw, draw(st.lists(_about_contracts, min_size=1, max_size=14)), distinct_instants)


def _told(draw: st.DrawFn, said: list[Said], distinct_instants: bool) -> list[Said]:
    facts = [named(f"f{place}", _apart(fact, place) if distinct_instants else fact) for place, fact in enumerate(said)]
    told = list(facts)
    for place in draw(st.lists(st.integers(0, len(facts) - 1), max_size=3, unique=True)):
        change = named(f"c{place}", draw(_changes(facts[place])))
        told.insert(draw(st.integers(0, len(told))), change)
    return told


@st.composite
def _changes(draw: st.DrawFn, target: Said) -> Said:
    if draw(st.booleans()):
        return void(target)
    data: dict[str, Any] = dict(target.data)
    if "amount" in data and not data.get("allocations"):
        data["amount"] = draw(_amounts)
    if "payment" in data and draw(st.booleans()):
        data["payment"] = draw(_documents)
    assert target.at is not None
    moved = target.at + timedelta(days=draw(st.integers(-2, 2)), microseconds=500)
    return correction(target, replace(target, at=moved, data=data))


def _apart(said: Said, place: int) -> Said:
    assert said.at is not None
    return replace(said, at=said.at + timedelta(microseconds=1000 * (place + 1)))
