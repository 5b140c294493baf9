"""Checks of data_quality: each finds the history that is odd and leaves out the one beside it that is not."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from projections.reports import BY_NAME
from services.query import report_answers, report_changes
from services.query.moment import Between, Moment
from services.query.report_question import Question
from services.query.service import running
from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import CLAIMED, by, item, playbook, stage
from tests.servers import Servers

D = "2026-03-31"
BOOK = playbook(
    "mini",
    stage("find", "0.25", (item("found"),), (item("qualified"),), commitment=False),
    stage("collect", "1", (item("planned", by("activity_planned")),), (item("cash_in_full"),), commitment=False),
)
Events = list[dict[str, Any]]


def opened(deal: str, book: str = "mini", day: str = "2026-01-05", **changed: Any) -> dict[str, Any]:
    whole = {"owner": "Li", "account_id": "A", "amount": "100.00", "currency": "CNY"} | changed
    given = {name: value for name, value in whole.items() if value is not None}
    return event(f"{deal}-o", "deal_opened", f"deal/{deal}", day, playbook=book, **given)


def of(deal: str, id: str, name: str, day: str, **data: Any) -> dict[str, Any]:
    return event(f"{deal}-{id}", name, f"deal/{deal}", day, **data)


def invoice(account: str, number: str, day: str, amount: str, **more: Any) -> dict[str, Any]:
    given = {"invoice": number, "amount": amount, "currency": "CNY", "due_on": "2026-03-01"} | more
    return event(f"{account}-{number}", "invoice_issued", f"account/{account}", day, **given)


def paid(account: str, number: str, day: str, amount: str, *applied: tuple[str, str]) -> dict[str, Any]:
    allocations = [{"invoice": invoice, "amount": part} for invoice, part in applied]
    given = {"payment": number, "amount": amount, "currency": "CNY", "allocations": allocations}
    return event(f"{account}-{number}", "payment_received", f"account/{account}", day, **given)


def signed(deal: str, account: str, number: str, day: str, amount: str, rate: str | None = None) -> dict[str, Any]:
    given = {"contract": number, "account_id": account, "amount": amount, "currency": "CNY"}
    given |= {"late_rate_per_day": rate} if rate else {}
    return of(deal, number, "contract_signed", day, **given) | {"type": "daybook.contract_signed.v2"}


def disputed(account: str, number: str, day: str) -> dict[str, Any]:
    return event(f"{account}-{number}-d-{day}", "receivable_disputed", f"account/{account}", day, invoice=number)


def settled(account: str, number: str, day: str) -> dict[str, Any]:
    return event(f"{account}-{number}-r", "dispute_resolved", f"account/{account}", day, invoice=number)


def claimed(deal: str, day: str, name: str) -> dict[str, Any]:
    return of(deal, name, "stage_claimed", day, stage=name)


def visit(deal: str, id: str, day: str) -> dict[str, Any]:
    return of(deal, id, "visit_done", day, purpose="survey")


def quote(deal: str, id: str, day: str, amount: str, currency: str = "CNY") -> dict[str, Any]:
    return of(deal, id, "quote_submitted", day, quote=id, amount=amount, currency=currency)


def budget(deal: str, id: str, day: str, amount: str, currency: str = "CNY") -> dict[str, Any]:
    return of(deal, id, "need_recorded", day, need="N", kind="explicit", budget=amount, currency=currency)


STORY: Events = [
    # The first visit uses up the appointment, the second finds none.
    opened("V"), of("V", "a", "appointment_made", "2026-02-01", scheduled_at="2026-02-03T09:00:00Z"),
    visit("V", "1", "2026-02-03"), visit("V", "2", "2026-02-04"),
    # 110 of a budget of 100; 90 is within it; 130 within the budget of 150 that replaced it; dollars have no budget.
    opened("Q"), quote("Q", "0", "2026-01-31", "500.00"), budget("Q", "n1", "2026-02-01", "100.00"),
    quote("Q", "1", "2026-02-02", "110.00"), quote("Q", "2", "2026-02-03", "90.00"),
    budget("Q", "n2", "2026-02-04", "150.00"), quote("Q", "3", "2026-02-05", "130.00"),
    quote("Q", "4", "2026-02-06", "900.00", "USD"),
    # Won with a contract, and without one.
    opened("W-1"), of("W-1", "w", "deal_won", "2026-02-10"), signed("W-1", "A", "C-W", "2026-02-09", "100.00"),
    opened("W-2"), of("W-2", "w", "deal_won", "2026-02-10"),
    # Finance says that all money is in: 40 of F-1's invoice are open, F-2's is settled.
    opened("F-1"), invoice("F", "I-1", "2026-02-01", "100.00", deal_id="F-1"),
    paid("F", "P-1", "2026-02-20", "60.00", ("I-1", "60.00")),
    of("F-1", "c", "criterion_met", "2026-03-01", criterion="cash_in_full"),
    opened("F-2"), invoice("F", "I-2", "2026-02-01", "100.00", deal_id="F-2"),
    paid("F", "P-2", "2026-02-20", "100.00", ("I-2", "100.00")),
    of("F-2", "c", "criterion_met", "2026-03-01", criterion="cash_in_full"),
    # Of contract C-1 over 100: 70 + 50 − 10 credited = 110. Of C-2: 70 + 50 − 20 = 100.
    opened("K"), signed("K", "K", "C-1", "2026-01-10", "100.00"), signed("K", "K", "C-2", "2026-01-10", "100.00"),
    invoice("K", "I-1", "2026-02-01", "70.00", contract="C-1"),
    invoice("K", "I-2", "2026-02-02", "50.00", contract="C-1"),
    invoice("K", "I-3", "2026-02-01", "70.00", contract="C-2"),
    invoice("K", "I-4", "2026-02-02", "50.00", contract="C-2"),
    event("K-cn", "credit_note_issued", "account/K", "2026-02-10", credit_note="N", amount="30.00", currency="CNY",
          allocations=[{"invoice": "I-2", "amount": "10.00"}, {"invoice": "I-4", "amount": "20.00"}]),
    # Deals that lack one thing; a lost one lacks nothing.
    opened("L-1", account_id=None), opened("L-2", owner=None), opened("L-3", amount=None, currency=None),
    opened("L-4", account_id=None, owner=None), of("L-4", "l", "deal_lost", "2026-02-01"),
    opened("U", "projct"),
    # Expected yesterday, today, and yesterday but on hold.
    opened("E-1", expected_close_on="2026-03-30"), opened("E-2", expected_close_on="2026-03-31"),
    opened("E-3", expected_close_on="2026-03-30"),
    of("E-3", "h", "deal_put_on_hold", "2026-02-01", reason="budget frozen"),
    # prospecting, then closing; prospecting, engaging, back, closing.
    opened("S-1", "claimed"), claimed("S-1", "2026-02-01", "prospecting"), claimed("S-1", "2026-02-02", "closing"),
    opened("S-2", "claimed"), claimed("S-2", "2026-02-01", "1"), claimed("S-2", "2026-02-02", "2"),
    claimed("S-2", "2026-02-03", "prospecting"), claimed("S-2", "2026-02-04", "closing"),
    # 31 days before D, and a part of it applied since; 30 days before; a credit note.
    paid("N", "P-1", "2026-02-28", "50.00"), invoice("N", "I-1", "2026-03-01", "20.00"),
    event("N-al", "payment_allocated", "account/N", "2026-03-05", payment="P-1", currency="CNY",
          allocations=[{"invoice": "I-1", "amount": "20.00"}]),
    paid("N", "P-2", "2026-03-01", "50.00"),
    event("N-cn", "credit_note_issued", "account/N", "2026-01-01", credit_note="N-1", amount="5.00", currency="CNY"),
    # Contested since 28 February, 31 days, and partly paid since; since 1 March; since January, but not for a while.
    *(invoice("G", f"I-{n}", "2026-01-05", "50.00") for n in (1, 2, 3)),
    disputed("G", "I-1", "2026-02-28"), paid("G", "P-1", "2026-03-10", "20.00", ("I-1", "20.00")),
    disputed("G", "I-2", "2026-03-01"),
    disputed("G", "I-3", "2026-01-10"), settled("G", "I-3", "2026-02-01"), disputed("G", "I-3", "2026-03-20"),
    # Recorded on a deal: without account, with it, and without but voided.
    *(of("V", f"c{n}", "contact_recorded", "2026-02-01", contact_id=f"X{n}", role="user", **given)
      for n, given in enumerate(({}, {"account_id": "A"}, {}), 1)),
    event("V-x3", "event_voided", "deal/V", "2026-03-01", target={"source": "crm", "id": "V-c3"}, reason="other",
          approver="Wu"),
    # The rate of 2026-01-10 is 3 % a year: 0.00008 × 365 = 2.92 %, 0.00009 × 365 = 3.285 %.
    signed("K", "R", "R-1", "2026-01-10", "10.00", "0.00008"),
    signed("K", "R", "R-2", "2026-01-10", "10.00", "0.00009"),
]  # fmt: skip

FOUND = {
    "visit_without_appointment": {("deal/V", "V-2", "survey")},
    "quote_over_budget": {("deal/Q", "Q-1", "110.00 CNY quoted of a budget of 100.00")},
    "won_without_contract": {("deal/W-2", "W-2-w", None)},
    "collected_but_open": {("deal/F-1", "F-1-c", "I-1: 40.00 CNY open")},
    "invoiced_over_contract": {("account/K", "K-I-2", "C-1: 110.00 CNY invoiced of 100.00")},
    "no_account": {("deal/L-1", "L-1-o", "open")},
    "no_owner": {("deal/L-2", "L-2-o", "open")},
    "no_amount": {("deal/L-3", "L-3-o", "open")},
    "unknown_playbook": {("deal/U", "U-o", "projct")},
    "close_date_past": {("deal/E-1", "E-1-o", "expected on 2026-03-30")},
    "stage_skipped": {("deal/S-1", "S-1-closing", "stage 3 claimed after 1")},
    "unapplied_over_30_days": {("account/N", "N-P-1", "P-1: 30.00 CNY since 2026-02-28")},
    "dispute_over_30_days": {("account/G", "G-I-1-d-2026-02-28", "I-1 since 2026-02-28")},
    "contact_without_account": {("deal/V", "V-c1", "X1")},
    "rate_below_lpr": {("account/R", "K-R-1", "R-1: 0.00008 a day, 0.0292 a year, of at least 0.0300")},
}  # fmt: skip


@pytest.fixture(scope="module")
async def told(servers: Servers) -> AsyncIterator[Told]:
    async with fresh_ledger(servers, [BOOK, CLAIMED]) as ledger:
        told = Told(ledger)
        await told.tell(*STORY)
        await told.projected()
        yield told


@pytest.fixture(scope="module")
async def read(told: Told) -> AsyncIterator[Api]:
    settings = told.ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
    async with (
        running(settings) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        yield Api(client)


async def found(read: Api, checks: str, **asked: Any) -> Events:
    rows: Events = (await read.get("/reports/data_quality", **({"as_of": D} | asked), checks=checks))["rows"]
    return rows


@pytest.mark.parametrize("check", FOUND)
async def test_a_check_finds_what_is_odd_and_nothing_else(read: Api, check: str) -> None:
    rows = await found(read, check)
    assert {(row["subject"], row["id"], row["detail"]) for row in rows} == FOUND[check]
    assert all(row["rule"] == row["flag"] == check for row in rows)


async def test_an_entry_is_late_two_days_after_it_happened(told: Told, read: Api) -> None:
    """Times of today: the ledger records by its own clock."""
    now = datetime.now(UTC)
    days = {"T-1": timedelta(days=1, hours=23), "T-2": timedelta(days=2, hours=1)}
    await told.tell(*(opened(deal, day=(now - ago).isoformat()) for deal, ago in days.items()))
    await told.projected()
    rows = await found(read, "late_entry", as_of=now.isoformat())
    late = {row["subject"]: row["detail"] for row in rows if row["subject"].startswith("deal/T-")}
    assert late == {"deal/T-2": "recorded 2 days after it happened"}
    assert {row["id"] for row in rows} >= {"V-1", "V-x3"}
    assert not any(row["subject"].startswith("playbook/") for row in rows)


async def test_flags_are_found_alone(read: Api) -> None:
    rows = await found(read, "flags")
    assert {(row["flag"], row["subject"], row["view"], row["rule"]) for row in rows} == {
        ("unknown_playbook", "deal/U", "stage_position", "unknown_playbook")
    }


async def test_without_checks_all_is_found(read: Api) -> None:
    whole = await found(read, "all")
    assert (await read.get("/reports/data_quality", as_of=D))["rows"] == whole
    assert all((row["check"], row["what"]) == (row["flag"], row["detail"]) for row in whole)
    single = [row for check in (*FOUND, "late_entry", "flags") for row in await found(read, check)]
    assert sorted(map(str, whole)) == sorted({str(row) for row in single})
    assert await found(read, "no_owner,no_amount") == [row for row in whole if row["rule"] in ("no_owner", "no_amount")]


async def test_a_period_has_its_entries_as_at_its_end(read: Api) -> None:
    # At the end of 24 March I-1 had been contested for 24 days, and E-1 was not past.
    early = {"to": "2026-03-24", "as_of": "2027-01-01"}
    assert await found(read, "dispute_over_30_days,close_date_past", **early) == []
    # G-I-1's entry is of 28 February.
    assert [row["id"] for row in await found(read, "dispute_over_30_days", **{"from": "2026-02-28"})] == [
        "G-I-1-d-2026-02-28"
    ]
    assert await found(read, "dispute_over_30_days", **{"from": "2026-03-01"}) == []


async def test_changes_have_the_entries_by_which_rows_came_to_differ(told: Told) -> None:
    connection, report = await told.ledger.connect(), BY_NAME["data_quality"]
    question = Question(report, {"checks": None, "from": None, "to": None})
    as_of = datetime(2026, 3, 31, 23, tzinfo=UTC)

    async def known(at: int) -> dict[tuple[Any, ...], Any]:
        rows = [json.loads(row) for row in await report_answers.rows(connection, question, Moment(as_of, at))]
        return {tuple(row[name] for name in report.key): row for row in rows}

    states = [await known(at) for at in range(told.last + 1)]
    for start, end in ((0, told.last), (told.last // 3, told.last)):
        found = await report_changes.differences(connection, question, Between(as_of, start, end))
        assert {tuple(row.key.values()): (row.before, row.after, list(row.causes)) for row in found.rows} == {
            key: (states[start].get(key), states[end].get(key), causes)
            for key in {*states[start], *states[end]}
            if states[start].get(key) != states[end].get(key)
            for causes in [[at for at in range(start + 1, end + 1) if states[at - 1].get(key) != states[at].get(key)]]
        }


async def test_an_entry_leads_to_the_rows_that_make_it_odd(told: Told, read: Api) -> None:
    line = f"deal/F-1,check,collected_but_open,{told.at['F-1-c']}"
    behind = await read.get("/reports/data_quality/rows", as_of=D, checks="collected_but_open", line=line)
    assert {row["view"] for row in behind["rows"] if row["row"].get("deal") == "F-1"} >= {"stage_item", "invoice"}
    flag = f"deal/U,stage_position,unknown_playbook,{told.at['U-o']}"
    (row,) = (await read.get("/reports/data_quality/rows", as_of=D, line=flag))["rows"]
    assert row["row"]["detail"] == "projct"


async def test_a_check_that_does_not_exist_is_refused(read: Api) -> None:
    problem = await read.get("/reports/data_quality", 400, checks="flags,no_acount")
    assert problem["detail"].startswith("checks: 'flags,no_acount' is none of its values; there are flags, late_entry")
