"""Random histories of an account: few numbers, amounts and days, so that facts collide as often as they can."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.given import Said

from .story import (
    UNIDENTIFIED,
    allocation,
    correction,
    credit_note,
    dispute,
    invoice,
    named,
    payment,
    resolution,
    reversal,
    transfer,
    void,
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
_contested = st.builds(dispute, _invoices, at=_days) | st.builds(resolution, _invoices, at=_days)
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
)

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
    facts = [
        named(f"f{place}", _apart(fact, place) if distinct_instants else fact)
        for place, fact in enumerate([*start, *draw(st.lists(_facts, min_size=1, max_size=max_size))])
    ]
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
