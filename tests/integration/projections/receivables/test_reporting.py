"""The reports over receivables, as any reader asks for them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from projections.replay.replay import Change
from projections.replay.view import FlagRow, Row, RowKey
from tests.given import Said, day
from tests.integration.projections.receivables.conftest import Tables
from tests.integration.projections.receivables.plain import ageing
from tests.unit.projections.receivables.histories import histories
from tests.unit.projections.receivables.story import (
    acceptance,
    contract,
    credit_note,
    dispute,
    given,
    invoice,
    payment,
    promise,
    reminder,
    reversal,
    term,
    write_off,
)

ALL = 2**62


@pytest.mark.long
@settings(max_examples=40, deadline=None)
@holds_for(
    history=histories(),
    other=histories(),
    zone=st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"]),
    hours=st.lists(st.integers(-30, 24 * 7), min_size=5, max_size=5),
)
async def test_ageing_is_that_of_a_plain_reading_as_of_any_moment_as_known_at_any(
    tables: Tables, history: list[Said], other: list[Said], zone: str, hours: list[int]
) -> None:
    versions = await tables.refill(given(*history).changes, _of_account("B", other))
    await tables.cut_days_in(zone)
    for hour in hours:
        as_of = day(0) + timedelta(hours=hour)
        for known_at in (5, 9, ALL):
            rows = await tables.reader.fetch("select * from reporting.ageing($1, $2)", as_of, known_at)
            wanted = ageing(versions, zone, as_of, known_at)
            assert {(row["currency"], row["line"]): row["amount"] for row in rows} == {
                key: line.amount for key, line in wanted.items()
            }
            assert {(row["currency"], row["line"]): row["items"] for row in rows if row["line"] != "balance"} == {
                key: line.items for key, line in wanted.items() if key[1] != "balance"
            }
            assert [row["currency"] for row in rows] == sorted(row["currency"] for row in rows)


@pytest.mark.parametrize(
    ("past_due", "bucket"),
    [
        *((-1, "not_due"), (0, "not_due"), (1, "1-30"), (30, "1-30"), (31, "31-60")),
        *((60, "31-60"), (61, "61-90"), (90, "61-90"), (91, "over_90"), (4000, "over_90")),
    ],
)
async def test_a_bucket_holds_both_its_ends(tables: Tables, past_due: int, bucket: str) -> None:
    due = date(2026, 1, 31)
    await tables.refill(given(invoice("INV-1", "100.00", due=due)).changes)
    await tables.cut_days_in("UTC")
    as_of = datetime(2026, 1, 31, 12, tzinfo=UTC) + timedelta(days=past_due)
    (row,) = await tables.reader.fetch("select * from reporting.receivables_open($1, $2)", as_of, ALL)
    assert (row["days_past_due"], row["bucket"]) == (past_due, bucket)


async def test_a_day_ends_where_the_ledger_says(tables: Tables) -> None:
    await tables.refill(given(invoice("INV-1", "100.00", due=date(2026, 1, 31))).changes)
    query = "select bucket from reporting.receivables_open($1, $2)"
    for zone, last_hour in (("UTC", 23), ("Asia/Shanghai", 15)):
        await tables.cut_days_in(zone)
        last = datetime(2026, 1, 31, last_hour, 59, 59, 999999, tzinfo=UTC)
        assert await tables.reader.fetchval(query, last, ALL) == "not_due"
        assert await tables.reader.fetchval(query, last + timedelta(microseconds=1), ALL) == "1-30"


async def test_the_present_is_all_that_is_known_with_no_end(tables: Tables) -> None:
    account = given(
        invoice("INV-1", "100.00", at=0, deal="D-1"),
        invoice("INV-2", "50.00", at=0),
        payment("P-1", "120.00", at=1, pays={"INV-1": "100.00"}),
        credit_note("CN-1", "5.00", at=1),
        dispute("INV-2", at=2),
        reversal("P-1", "30.00", at=3),
    )
    await tables.refill(account.changes)
    open_ = await tables.reader.fetch("select * from reporting.receivables_open order by invoice")
    assert [tuple(row)[:9] for row in open_] == [
        ("A", "INV-1", "D-1", "CNY", Decimal(100), Decimal(10), date(2026, 1, 31), False, day(3)),
        ("A", "INV-2", None, "CNY", Decimal(50), Decimal(50), date(2026, 1, 31), True, day(2)),
    ]
    unapplied = await tables.reader.fetch("select * from reporting.receivables_unapplied")
    assert [tuple(row)[:6] for row in unapplied] == [("A", "CN-1", "credit", "CNY", Decimal(5), day(1))]
    balance = await tables.reader.fetch("select * from reporting.receivables_balance")
    assert [tuple(row) for row in balance] == [("A", "CNY", Decimal(55), False)]


async def test_readers_see_settled_invoices_what_paid_them_terms_promises_and_reminders(tables: Tables) -> None:
    account = given(
        contract("C-1", "100000.01", term("first", "acceptance", "97", 30), at=0, retention_percent="3"),
        invoice("INV-1", "100.00", at=0, contract="C-1", term="first"),
        promise("INV-1", "60.00", at=1),
        reminder("INV-1", at=1),
        payment("P-1", "60.00", at=2, pays={"INV-1": "60.00"}),
        write_off("INV-1", "40.00", at=3),
        acceptance("C-1", at=4, accepted=date(2026, 2, 1)),
        reversal("P-1", "10.00", at=5),
    )
    await tables.refill(account.changes)

    async def read(columns: str, table: str, *times: object) -> list[tuple[object, ...]]:
        call = f"{table}($1, $2)" if times else table
        rows = await tables.reader.fetch(f"select {columns} from reporting.{call} order by {columns}", *times)
        return [tuple(row) for row in rows]

    assert await read("invoice, series, contract, term, amount", "invoice", day(4), ALL) == [
        ("INV-1", None, "C-1", "first", Decimal(100))
    ]
    assert await read("at, kind, document, amount", "application") == [
        (day(2), "cash", "P-1", Decimal(60)),
        (day(3), "write_off", "", Decimal(40)),
        (day(5), "cash", "P-1", Decimal(-10)),
    ]
    assert await read("sum(amount)", "application", day(4), ALL) == [(Decimal(100),)]
    assert await read("place, term, planned, due_on", "contract_term", day(4), ALL) == [
        (1, "first", Decimal("97000.01"), date(2026, 3, 3)),
        (2, "retention", Decimal("3000.00"), None),
    ]
    assert await read("due_on", "contract_term", day(3), ALL) == [(None,), (None,)]
    for as_of, state in ((day(1), "open"), (day(2), "kept"), (day(5), "open")):
        assert await read("invoice, amount, state", "promise", as_of, ALL) == [("INV-1", Decimal(60), state)]
    assert await read("invoice, at, level", "reminder") == [("INV-1", day(1), 1)]


async def test_what_could_not_be_folded_to_the_end_is_stale(tables: Tables) -> None:
    await tables.refill(given(invoice("INV-1", "9.00")).changes, _of_account("B", [invoice("INV-1", "9.00")]))
    await tables.owner.execute(
        f'insert into "{tables.schema}".stale (subject, view, sequence, error) values'
        " ('account/B', 'receivables', 7, 'a fault'), ('account/A', 'another_view', 7, 'a fault')"
    )
    for name in ("receivables_open", "receivables_open(now(), 99)", "receivables_balance"):
        rows = await tables.reader.fetch(f"select account, stale from reporting.{name} order by account")
        assert [tuple(row) for row in rows] == [("A", False), ("B", True)]
    for known_at, stale in ((6, False), (7, True)):
        query = "select stale from reporting.receivables_open(now(), $1) where account = 'B'"
        assert await tables.reader.fetchval(query, known_at) is stale


def _of_account(account: str, history: list[Said]) -> list[Change]:
    """The changes of account A under another name."""
    told = given(*history)
    return [
        change._replace(
            key=RowKey(change.key.row, (account, *change.key.key[1:])),
            before=_renamed(change.before, account),
            after=_renamed(change.after, account),
        )
        for change in told.changes
        if change.key.row is not FlagRow
    ]


def _renamed(row: Row | None, account: str) -> Row | None:
    return None if row is None else replace(row, account=account)  # type: ignore[call-arg]
