"""Collection, its curve, the collection plan, statutory terms and suggestions, whose figures are worked out by hand."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.query.service import running
from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import PRACTICE
from tests.servers import Servers


def invoice(account: str, number: str, day: str, amount: str, due_on: str, currency: str = "CNY", **more: Any) -> Any:
    return event(
        f"{account}-{number}", "invoice_issued", f"account/{account}", day, invoice=number, amount=amount,
        currency=currency, due_on=due_on, **more,
    )  # fmt: skip


def paid(
    account: str, number: str, day: str, amount: str, pays: dict[str, str], currency: str = "CNY", **more: Any
) -> Any:
    return event(
        f"{account}-{number}", "payment_received", f"account/{account}", day, payment=number, amount=amount,
        currency=currency, allocations=[{"invoice": one, "amount": part} for one, part in pays.items()], **more,
    )  # fmt: skip


def said(account: str, name: str, day: str, **data: Any) -> dict[str, Any]:
    return event(f"{account}-{name}-{day}-{len(str(data))}", name, f"account/{account}", day, **data)


def signed(
    account: str, number: str, day: str, amount: str, terms: list[dict[str, Any]], currency: str = "CNY", **more: Any
) -> dict[str, Any]:
    told = event(
        f"{account}-{number}", "contract_signed", f"deal/D-{account}", day, contract=number, account_id=account,
        amount=amount, currency=currency, terms=terms, **more,
    )  # fmt: skip
    return told | {"type": "daybook.contract_signed.v2"}


def term(name: str, trigger: str, share: str, days: int | None = None, **more: Any) -> dict[str, Any]:
    return {"term": name, "trigger": trigger, "share": share, **({} if days is None else {"days": days}), **more}


def confirmed(account: str, contract: str, of: str, **days: str) -> dict[str, Any]:
    (day,) = days.values()
    return event(
        f"{contract}-{of}", "acceptance_confirmed", f"deal/D-{account}", day, contract=contract, account_id=account,
        term=of, **days,
    )  # fmt: skip


PERIOD = (
    invoice("G", "M-1", "2026-05-10", "1000.00", "2026-06-09"),
    invoice("G", "M-2", "2026-05-20", "2000.00", "2026-06-19"),
    paid("G", "P-0", "2026-05-25", "400.00", {"M-1": "400.00"}),
    invoice("G", "J-1", "2026-06-05", "3000.00", "2026-07-05"),
    invoice("G", "J-2", "2026-06-10", "1000.00", "2026-06-25"),
    said("G", "credit_note_issued", "2026-06-12", credit_note="CN-1", amount="200.00", currency="CNY",
         allocations=[{"invoice": "J-2", "amount": "200.00"}]),
    paid("G", "P-1", "2026-06-15", "600.00", {"M-1": "600.00"}),
    paid("G", "P-2", "2026-06-19", "900.00", {"M-2": "900.00"}),
    said("G", "receivable_written_off", "2026-06-20", invoice="M-2", amount="100.00", currency="CNY", reason="broke",
         approver="Wu"),
    paid("G", "P-3", "2026-06-22", "300.00", {}),
    paid("G", "P-4", "2026-06-30", "500.00", {"J-2": "500.00"}),
    paid("G", "P-5", "2026-07-10", "3000.00", {"J-1": "3000.00"}),
    said("G", "payment_reversed", "2026-07-20", payment="P-5", amount="1000.00", currency="CNY"),
    invoice("H", "H-1", "2026-06-01", "50.00", "2026-06-10"),
)  # fmt: skip


PLANNED = (
    # 100000.01 of which 30, 60 and 7 per cent are due on signing, delivery and acceptance, and 3 are kept back.
    signed("PA", "PC-1", "2026-03-01", "100000.01", [
        term("advance", "signing", "30", 10), term("delivery", "delivery", "60", 15),
        term("acceptance", "acceptance", "7", 30),
    ], "USD", retention_percent="3", retention_until="2027-06-30"),
    invoice("PA", "PI-1", "2026-03-02", "30000.00", "2026-03-11", "USD", contract="PC-1", term="advance"),
    paid("PA", "PP-1", "2026-03-10", "30000.00", {"PI-1": "30000.00"}, "USD"),
    confirmed("PA", "PC-1", "delivery", delivered_on="2026-04-01"),
    invoice("PA", "PI-2", "2026-04-02", "60000.01", "2026-04-16", "USD", contract="PC-1", term="delivery"),
    paid("PA", "PP-2", "2026-04-20", "20000.00", {"PI-2": "20000.00"}, "USD"),
    confirmed("PA", "PC-1", "acceptance", accepted_on="2026-05-20"),
    signed("PB", "PC-2", "2026-03-01", "1000.00", [
        term("later", "date", "20", on="2026-09-01"), term("billed", "invoice", "30", 20),
        term("half", "signing", "40"),
    ], "USD", retention_percent="10", retention_until="2026-05-31"),
    invoice("PB", "PI-3", "2026-05-01", "300.00", "2026-06-30", "USD", contract="PC-2", term="billed"),
    invoice("PB", "PI-4", "2026-05-01", "400.00", "2026-06-30", "USD", contract="PC-2", term="half"),
    said("PB", "credit_note_issued", "2026-05-02", credit_note="PN-1", amount="50.00", currency="USD",
         allocations=[{"invoice": "PI-4", "amount": "50.00"}]),
    paid("PB", "PP-3", "2026-05-03", "150.00", {"PI-4": "150.00"}, "USD"),
    invoice("PB", "PI-5", "2026-05-01", "70.00", "2026-06-30", "EUR", contract="PC-2", term="half"),  # another currency
    said("PB", "retention_released", "2026-06-02", contract="PC-2", amount="80.00", currency="USD"),
    # The rest of PI-4 is paid later; PI-7 is cancelled by a credit note, and PI-8 given up.
    paid("PB", "PP-4", "2026-06-10", "200.00", {"PI-4": "200.00"}, "USD"),
    signed("PC", "PC-4", "2026-03-01", "100.00", [
        term("cancelled", "signing", "50", 10), term("lost", "signing", "50", 10),
    ], "EUR"),
    invoice("PC", "PI-7", "2026-05-01", "50.00", "2026-06-30", "EUR", contract="PC-4", term="cancelled"),
    said("PC", "credit_note_issued", "2026-05-02", credit_note="PN-2", amount="50.00", currency="EUR",
         allocations=[{"invoice": "PI-7", "amount": "50.00"}]),
    invoice("PC", "PI-8", "2026-05-01", "50.00", "2026-06-30", "EUR", contract="PC-4", term="lost"),
    said("PC", "receivable_written_off", "2026-05-10", invoice="PI-8", amount="50.00", currency="EUR", reason="broke",
         approver="Wu"),
    # Of PI-12, 50 is paid, 10 credited, and the rest given up.
    said("PE", "account_profiled", "2026-02-01", region="South"),
    signed("PE", "PC-7", "2026-03-01", "100.00", [term("whole", "signing", "100", 10)], "CHF"),
    invoice("PE", "PI-12", "2026-05-01", "100.00", "2026-06-30", "CHF", contract="PC-7", term="whole"),
    paid("PE", "PP-11", "2026-05-02", "50.00", {"PI-12": "50.00"}, "CHF"),
    said("PE", "credit_note_issued", "2026-05-03", credit_note="PN-3", amount="10.00", currency="CHF",
         allocations=[{"invoice": "PI-12", "amount": "10.00"}]),
    said("PE", "receivable_written_off", "2026-05-10", invoice="PI-12", amount="40.00", currency="CHF", reason="broke",
         approver="Wu"),
    signed("PB", "PC-3", "2026-03-01", "500.00", [], "EUR"),
    invoice("PB", "PI-6", "2026-05-01", "500.00", "2026-06-30", "EUR", contract="PC-3"),
    # Of invoices that name no term, one is of a contract of one term and retention, one of a contract of two terms.
    signed("PD", "PC-5", "2026-03-01", "1000.00", [term("all", "signing", "90", 10)], "GBP", retention_percent="10"),
    invoice("PD", "PI-9", "2026-05-01", "900.00", "2026-06-30", "GBP", contract="PC-5"),
    paid("PD", "PP-9", "2026-05-02", "900.00", {"PI-9": "900.00"}, "GBP"),
    signed("PD", "PC-6", "2026-03-01", "500.00", [term("one", "signing", "50"), term("two", "signing", "50")], "GBP"),
    invoice("PD", "PI-10", "2026-05-01", "250.00", "2026-06-30", "GBP", contract="PC-6", term="one"),
    invoice("PD", "PI-11", "2026-05-01", "250.00", "2026-06-30", "GBP", contract="PC-6"),
    paid("PD", "PP-10", "2026-05-02", "150.00", {"PI-10": "50.00", "PI-11": "100.00"}, "GBP"),
)  # fmt: skip


DECLARED = {"sme_declared": True}


def bound(
    account: str, number: str, trigger: str, days: int | None = None, day: str = "2026-01-10", **more: Any
) -> list[dict[str, Any]]:
    """A contract of one term, and an invoice of its number."""
    given = DECLARED | {"buyer_kind": "public"} | more
    given = {name: value for name, value in given.items() if value is not None}
    return [
        signed(account, number, day, "600000.00", [term("all", trigger, "100", days)], **given),
        invoice(account, f"I-{number}", "2026-02-02", "600000.00", "2026-09-30", contract=number, term="all"),
    ]


STATUTORY = (
    # Delivered on 1 February without days agreed: 30 days, to 3 March.
    *bound("SA", "S-1", "delivery"), confirmed("SA", "S-1", "all", delivered_on="2026-02-01"),
    paid("SA", "SP-1", "2026-03-13", "200000.00", {"I-S-1": "200000.00"}),
    said("SA", "receivable_disputed", "2026-03-20", invoice="I-S-1", amount="100000.00", currency="CNY"),
    # 90 days agreed from the acceptance on 10 February: 60 for a public buyer, to 11 April.
    *bound("SB", "S-2", "acceptance", 90), confirmed("SB", "S-2", "all", accepted_on="2026-02-10"),
    # A large enterprise: 90 days as agreed, to 2 May; 60 without, to 2 April.
    *bound("SB", "S-3", "delivery", 90, buyer_kind="large_enterprise"),
    confirmed("SB", "S-3", "all", delivered_on="2026-02-01"),
    *bound("SB", "S-4", "delivery", buyer_kind="large_enterprise", late_rate_per_day="0.000123"),
    confirmed("SB", "S-4", "all", delivered_on="2026-02-01"),
    # The profile says what the contract does not, as it was on the day of signing.
    event("SC-f1", "account_profiled", "account/SC", "2026-01-05", buyer_kind="public"),
    event("SC-f2", "account_profiled", "account/SC", "2026-01-20", buyer_kind="sme"),
    *bound("SC", "S-5", "delivery", buyer_kind=None), confirmed("SC", "S-5", "all", delivered_on="2026-02-01"),
    # None of these: signed before the order, not declared, another buyer, another trigger, not delivered yet.
    *bound("SD", "S-6", "delivery", day="2025-05-31"), confirmed("SD", "S-6", "all", delivered_on="2026-02-01"),
    *bound("SD", "S-7", "delivery", sme_declared=None), confirmed("SD", "S-7", "all", delivered_on="2026-02-01"),
    *bound("SD", "S-8", "delivery", buyer_kind="sme"), confirmed("SD", "S-8", "all", delivered_on="2026-02-01"),
    *bound("SD", "S-9", "signing", 3), *bound("SD", "S-10", "delivery"),
    # Paid in time, paid late, and paid late but taken back.
    *bound("SE", "S-11", "delivery"), confirmed("SE", "S-11", "all", delivered_on="2026-02-01"),
    paid("SE", "SP-11", "2026-03-03", "600000.00", {"I-S-11": "600000.00"}),
    *bound("SE", "S-12", "delivery"), confirmed("SE", "S-12", "all", delivered_on="2026-02-01"),
    paid("SE", "SP-12", "2026-03-05", "599000.00", {"I-S-12": "599000.00"}),
    said("SE", "receivable_written_off", "2026-03-10", invoice="I-S-12", amount="1000.00", currency="CNY",
         reason="settled", approver="Wu"),
    *bound("SE", "S-13", "delivery"), confirmed("SE", "S-13", "all", delivered_on="2026-02-01"),
    paid("SE", "SP-13", "2026-03-13", "600000.00", {"I-S-13": "600000.00"}),
    said("SE", "payment_reversed", "2026-03-23", payment="SP-13", amount="600000.00", currency="CNY"),
    # The term is not named by the invoices of a contract of one, nor of a contract of two.
    signed("SF", "S-14", "2026-01-10", "1000.00", [term("all", "delivery", "95")], retention_percent="5",
           buyer_kind="public", sme_declared=True),
    invoice("SF", "I-S-14", "2026-02-02", "950.00", "2026-09-30", contract="S-14"),
    confirmed("SF", "S-14", "all", delivered_on="2026-02-01"),
    signed("SF", "S-15", "2026-01-10", "1000.00", [term("one", "delivery", "50"), term("two", "delivery", "50")],
           buyer_kind="public", sme_declared=True),
    invoice("SF", "I-S-15", "2026-02-02", "500.00", "2026-09-30", contract="S-15"),
    confirmed("SF", "S-15", "one", delivered_on="2026-02-01"),
)  # fmt: skip


UNAPPLIED = (
    invoice("XA", "X-1", "2025-02-01", "100.00", "2025-03-01", "GBP"),
    invoice("XA", "X-2", "2025-02-01", "250.00", "2025-03-10", "GBP"),
    invoice("XA", "X-12", "2025-02-01", "70.00", "2025-04-01", "GBP"),
    invoice("XA", "X-3", "2025-02-01", "60.00", "2025-05-01", "GBP"),
    invoice("XA", "X-9", "2025-01-01", "40.00", "2025-01-20", "USD"),
    paid("XA", "R-1", "2025-06-01", "80.00", {}, "GBP"),
    paid("XA", "R-2", "2025-06-02", "70.00", {}, "GBP"),
    paid("XA", "R-3", "2025-06-03", "50.00", {}, "GBP", remittance="paying x-12, thanks"),
    paid("XA", "R-4", "2025-06-04", "60.00", {}, "GBP"),
    invoice("XB", "Y-1", "2025-02-01", "100.00", "2025-03-01", "GBP"),
    invoice("XB", "Y-2", "2025-02-01", "100.00", "2025-02-10", "GBP"),
    paid("XB", "Q-1", "2025-06-01", "100.00", {}, "GBP"),
    paid("XB", "Q-2", "2025-06-03", "130.00", {}, "GBP", remittance="Y-1"),
    said("XB", "credit_note_issued", "2025-06-04", credit_note="CN-9", amount="9.00", currency="GBP"),
    *(invoice("XC", number, "2025-02-01", f"{number}.00", f"2025-03-0{number[0]}", "SEK")
      for number in ("100", "200", "300")),
    paid("XC", "Z-1", "2025-06-01", "50.00", {}, "SEK"),
    paid("XC", "Z-2", "2025-06-02", "100.00", {}, "SEK", remittance="inv 100"),
    paid("XC", "Z-3", "2025-06-03", "250.00", {}, "SEK", remittance="pays 200"),
    paid("XC", "Z-4", "2025-06-04", "300.00", {}, "SEK"),
)  # fmt: skip


@pytest.fixture(scope="module")
async def told(servers: Servers) -> AsyncIterator[Told]:
    async with fresh_ledger(servers, (PRACTICE,)) as ledger:
        told = Told(ledger)
        await told.tell(*PERIOD, *PLANNED, *STATUTORY, *UNAPPLIED)
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


JUNE: dict[str, Any] = {"from": "2026-06-01", "to": "2026-06-30"}


async def collection(read: Api, **asked: Any) -> dict[str, Any]:
    answer = await read.get("/reports/collection", **{"as_of": "2026-08-31", "account": "G", **JUNE, **asked})
    (row,) = answer["rows"]
    found: dict[str, Any] = row
    return found


async def test_collection_of_a_month(read: Api) -> None:
    """Opening: 1000 + 2000 − 400. Sales: 3000 + 1000 − 200 − 100. Cash: 600 + 900 + 300 + 500. Current: J-1 alone.
    DSO: 4000 ÷ 3700 × 30. CEI: (2600 + 3700 − 4000) ÷ (2600 + 3700 − 3000) × 100. Due: M-1 1000, M-2 2000 − 100, J-2
    1000 − 200; on these 400 + 600, 900 and 500 were paid. Days: (600 × 36 + 900 × 30 + 500 × 20) ÷ 2000; late:
    (600 × 6 + 900 × 0 + 500 × 5) ÷ 2000."""
    assert await collection(read) == {
        "currency": "CNY", "begin": "2600.00", "sales": "3700.00", "cash_in": "2300.00", "end": "4000.00",
        "current": "3000.00", "dso": "32.43", "cei": "69.70", "due": "3700.00", "collected_of_due": "2400.00",
        "collection_rate": "0.6486", "days_to_collect": "29.30", "days_late": "3.05",
    }  # fmt: skip


async def test_a_period_that_is_not_over_ends_now(read: Api) -> None:
    """On 15 June, M-1 alone has fallen due, 1000 of which 1000 are paid. Sales of 15 days: 3000 + 1000 − 200."""
    row = await collection(read, as_of="2026-06-15")
    assert [row[name] for name in ("sales", "cash_in", "end", "due", "collection_rate")] == [
        "3800.00", "600.00", "5800.00", "1000.00", "1.0000"
    ]  # fmt: skip
    assert row["dso"] == "22.89"  # 5800 ÷ 3800 × 15
    assert row["days_to_collect"] == "36.00"


async def test_what_cannot_be_divided_is_null(read: Api) -> None:
    """In August nothing was sold, due or paid; 100 of M-2's 1000 were written off, J-2 owes 300, J-1 1000."""
    row = await collection(read, **{"from": "2026-08-01", "to": "2026-08-31"})
    assert [row[name] for name in ("sales", "end", "dso", "cei")] == ["0.00", "2000.00", None, "0.00"]
    assert [row[name] for name in ("collection_rate", "days_to_collect", "days_late")] == [None, None, None]


async def test_cash_that_is_taken_back_was_never_collected(read: Api) -> None:
    """July: 3000 on the 10th, 35 days after J-1 and 5 late; 1000 of it is taken back on the 20th, so that 2000 came in
    after 35 days, 5 late."""
    row = await collection(read, **{"from": "2026-07-01", "to": "2026-07-31"})
    assert [row[name] for name in ("cash_in", "collection_rate", "days_to_collect", "days_late")] == [
        "2000.00", "0.6667", "35.00", "5.00"
    ]  # fmt: skip


async def test_without_an_account_all_of_them_are_collected_from(read: Api) -> None:
    answer = await read.get("/reports/collection", as_of="2026-08-31", currency="CNY", **JUNE)
    assert [(row["sales"], row["due"]) for row in answer["rows"]] == [("3750.00", "3750.00")]


async def test_a_region_is_collected_from_by_itself(read: Api) -> None:
    """PE alone is in the south: 100 less 10 credited and 40 given up, and 50 paid on the day after the invoice."""
    asked: dict[str, Any] = {"from": "2026-05-01", "to": "2026-05-31", "region": "South"}
    (row,) = (await read.get("/reports/collection", as_of="2026-08-31", **asked))["rows"]
    assert [row[name] for name in ("currency", "sales", "cash_in", "end", "days_to_collect")] == [
        "CHF", "50.00", "50.00", "0.00", "1.00"
    ]  # fmt: skip
    (first, *_) = (await read.get("/reports/collection", as_of="2026-08-31", curve="yes", **asked))["rows"]
    assert [first[name] for name in ("currency", "invoiced", "collected")] == ["CHF", "50.00", "0.00"]


async def test_the_curve_follows_the_invoices_of_a_month(read: Api) -> None:
    """May: 3000 less 100 written off. After 15 days 400 of M-1 and after 30 days 900 of M-2; after 36 the 600 of M-1.
    On 31 August M-2 is 103 days old. June: J-1, J-2 and H-1, 4050 − 200; after 20 days 500, after 35 3000, of which
    1000 were taken back after 45."""
    asked: dict[str, Any] = {
        "from": "2026-05-01", "to": "2026-06-30", "as_of": "2026-08-31", "currency": "CNY",
    }  # fmt: skip
    rows = (await read.get("/reports/collection_curve", **asked))["rows"]
    assert [(row["month"], row["age"], row["invoiced"], row["collected"], row["share"]) for row in rows] == [
        ("2026-05", 0, "2900.00", "0.00", "0.0000"),
        ("2026-05", 30, "2900.00", "1300.00", "0.4483"),
        ("2026-05", 60, "2900.00", "1900.00", "0.6552"),
        ("2026-05", 90, "2900.00", "1900.00", "0.6552"),
        ("2026-06", 0, "3850.00", "0.00", "0.0000"),
        ("2026-06", 30, "3850.00", "500.00", "0.1299"),
        ("2026-06", 60, "3850.00", "2500.00", "0.6494"),
    ]
    earlier = (await read.get("/reports/collection_curve", **{**asked, "as_of": "2026-06-18"}))["rows"]
    assert [(row["month"], row["age"]) for row in earlier] == [("2026-05", 0), ("2026-06", 0)]  # M-2 is 29 days old


PLAN = ("term", "planned", "due_on", "invoiced", "collected", "open", "status")


async def plan(read: Api, **asked: Any) -> dict[str, Any]:
    """Rows by contract and term, and the totals."""
    answer = await read.get("/reports/collection_plan", **{"as_of": "2026-05-31", **asked})
    rows = {(row["contract"], row["term"]): row for row in answer["rows"]}
    return {"rows": rows, "totals": answer["totals"]}


async def test_the_plan_holds_each_term_against_what_came_in(read: Api) -> None:
    """The last term takes what rounding leaves: 3 % of 100000.01 is 3000.0003. Collected: 50000 of 100000.01. Due: 10
    days after signing on 1 March, 15 after the delivery on 1 April, 30 after the acceptance on 20 May."""
    found = await plan(read, contract="PC-1")
    assert [tuple(row[name] for name in PLAN) for row in found["rows"].values()] == [
        ("advance", "30000.00", "2026-03-11", "30000.00", "30000.00", "0.00", "paid"),
        ("delivery", "60000.01", "2026-04-16", "60000.01", "20000.00", "40000.01", "overdue"),
        ("acceptance", "7000.00", "2026-06-19", "0.00", "0.00", "0.00", "to_invoice"),
        ("retention", "3000.00", "2027-06-30", "0.00", "0.00", "0.00", "held"),
    ]
    assert found["totals"] == {"collected_share": "0.5000"}
    assert {row["collected_share"] for row in found["rows"].values()} == {"0.5000"}


async def test_a_term_waits_is_invoiced_and_partly_paid_and_retention_is_released(read: Api) -> None:
    """The trigger `invoice` is the invoice itself: 20 days after 1 May. No days were agreed for the half. Of its 400,
    150 were paid and 50 credited; what was invoiced in another currency is none of it."""
    rows = (await plan(read, contract="PC-2"))["rows"].values()
    assert {row["term"]: tuple(row[name] for name in PLAN[2:]) for row in rows} == {
        "later": ("2026-09-01", "0.00", "0.00", "0.00", "waiting"),
        "billed": ("2026-05-21", "300.00", "0.00", "300.00", "overdue"),
        "half": (None, "350.00", "150.00", "200.00", "part_paid"),
        "retention": ("2026-05-31", "0.00", "0.00", "0.00", "to_release"),
    }  # fmt: skip
    before, after = await plan(read, as_of="2026-05-30"), await plan(read, as_of="2026-06-02")
    assert before["rows"]["PC-2", "retention"]["status"] == "held"
    released = after["rows"]["PC-2", "retention"]
    assert (released["status"], released["released"]) == ("to_invoice", "80.00")
    # A term is overdue by its own day, whatever day the invoice says; without one of its own, by that of the invoice.
    on_the_day = await plan(read, contract="PC-2", as_of="2026-05-21")
    assert on_the_day["rows"]["PC-2", "billed"]["status"] == "invoiced"
    late = await plan(read, contract="PC-6", as_of="2026-07-01")
    assert late["rows"]["PC-6", "one"]["status"] == "overdue"
    in_time = await plan(read, contract="PC-6", as_of="2026-06-30")
    assert in_time["rows"]["PC-6", "one"]["status"] == "part_paid"
    assert (await plan(read, as_of="2026-09-01"))["rows"]["PC-2", "later"]["status"] == "to_invoice"


async def test_credit_and_what_was_given_up_are_no_cash(read: Api) -> None:
    """The half of PC-2: 400 less 50 credited, of which 150 + 200 came. What was cancelled is to be invoiced again."""
    half = (await plan(read, contract="PC-2", as_of="2026-06-10"))["rows"]["PC-2", "half"]
    assert (half["collected"], half["status"]) == ("350.00", "paid")
    rows = (await plan(read, contract="PC-4"))["rows"].values()
    assert [tuple(row[name] for name in PLAN[3:]) for row in rows] == [
        ("0.00", "0.00", "0.00", "to_invoice"),
        ("50.00", "0.00", "0.00", "invoiced"),
    ]
    before = (await plan(read, contract="PC-7", as_of="2026-05-09"))["rows"]["PC-7", "whole"]
    after = (await plan(read, contract="PC-7", as_of="2026-05-10"))["rows"]["PC-7", "whole"]
    assert (before["open"], before["status"]) == ("40.00", "overdue")
    assert (after["open"], after["status"]) == ("0.00", "part_paid"), "what was written off was not paid"


async def test_a_contract_without_terms_has_the_invoices_that_name_none(read: Api) -> None:
    rows = (await plan(read, contract="PC-3"))["rows"]
    assert [rows["PC-3", ""][name] for name in ("planned", "due_on", "invoiced", "status")] == [
        "500.00", None, "500.00", "invoiced"
    ]  # fmt: skip


async def test_an_invoice_without_a_term_is_that_of_the_only_one(read: Api) -> None:
    """900 of 1000; 50 + 100 of 500, of which only the 50 are in a row; 1050 of 1500 of both."""
    found = await plan(read, account="PD")
    shown = ("planned", "invoiced", "collected", "status", "collected_share")
    assert {key: tuple(row[name] for name in shown) for key, row in found["rows"].items()} == {
        ("PC-5", "all"): ("900.00", "900.00", "900.00", "paid", "0.9000"),
        ("PC-5", "retention"): ("100.00", "0.00", "0.00", "held", "0.9000"),
        ("PC-6", "one"): ("250.00", "250.00", "50.00", "part_paid", "0.3000"),
        ("PC-6", "two"): ("250.00", "0.00", "0.00", "to_invoice", "0.3000"),
    }
    assert found["totals"] == {"collected_share": "0.7000"}


async def test_the_share_collected_is_that_of_one_currency(read: Api) -> None:
    """USD: 50000 + 150 of 100000.01 + 1000; with the EUR of PC-3 there is none."""
    assert (await plan(read))["totals"] == {"collected_share": None}
    assert (await plan(read, currency="USD"))["totals"] == {"collected_share": "0.4965"}
    assert (await plan(read, account="nobody"))["totals"] == {"collected_share": None}


LAW = ("statutory_due", "days_late", "bearing", "rate", "interest")


async def law(read: Api, **asked: Any) -> dict[str, dict[str, Any]]:
    answer = await read.get("/reports/statutory", **{"as_of": "2026-03-31", **asked})
    return {row["contract"]: row for row in answer["rows"]}


async def test_what_is_late_by_law_bears_interest(read: Api) -> None:
    """200000 paid 10 days late, 300000 not disputed 28 days late, at 0.0005 a day: 1000 + 4200."""
    row = (await law(read, account="SA"))["S-1"]
    assert [row[name] for name in LAW] == ["2026-03-03", 28, "300000.00", "0.000500", "5200.00"]
    assert (row["open"], row["begins_on"], row["buyer_kind"]) == ("400000.00", "2026-02-01", "public")
    # The day before the dispute: 1000, and 400000 for 16 days.
    before = (await law(read, account="SA", as_of="2026-03-19"))["S-1"]
    assert [before[name] for name in LAW] == ["2026-03-03", 16, "400000.00", "0.000500", "4200.00"]
    in_time = (await law(read, account="SA", as_of="2026-03-03"))["S-1"]
    assert [in_time[name] for name in LAW] == ["2026-03-03", 0, "0.00", "0.000500", "0.00"]


async def test_the_days_agreed_hold_up_to_what_the_law_allows(read: Api) -> None:
    assert {contract: row["statutory_due"] for contract, row in (await law(read, account="SB")).items()} == {
        "S-2": "2026-04-11",  # 10 February + 60
        "S-3": "2026-05-02",  # 1 February + 90
        "S-4": "2026-04-02",  # 1 February + 60
    }
    agreed = (await law(read, account="SB", as_of="2026-04-12"))["S-4"]
    assert (agreed["days_late"], agreed["rate"], agreed["interest"]) == (10, "0.000123", "738.00")


async def test_the_law_binds_buyers_by_what_they_were_on_the_day_of_signing(read: Api) -> None:
    assert (await law(read, account="SC"))["S-5"]["buyer_kind"] == "public"
    assert await law(read, account="SD") == {}


async def test_what_was_paid_late_still_bears_the_interest_until_then(read: Api) -> None:
    """S-12: 599000 × 0.0005 × 2 days; what was given up bears none. S-13: paid for the 10 days from 13 to 23 March, so
    600000 × 0.0005 × 18 days."""
    rows = await law(read, account="SE")
    assert {contract: [row[name] for name in LAW] for contract, row in rows.items()} == {
        "S-12": ["2026-03-03", 2, "0.00", "0.000500", "599.00"],
        "S-13": ["2026-03-03", 28, "600000.00", "0.000500", "5400.00"],
    }


async def test_an_invoice_without_a_term_is_owed_by_law_for_the_only_one(read: Api) -> None:
    """950 for 28 days behind 3 March: 13.30."""
    rows = await law(read, account="SF")
    assert {contract: (row["term"], row["statutory_due"], row["interest"]) for contract, row in rows.items()} == {
        "S-14": ("all", "2026-03-03", "13.30")
    }


async def test_a_figure_of_the_law_names_its_policies_and_their_days(read: Api) -> None:
    legal, agreed = (await law(read))["S-1"], (await law(read))["S-4"]
    assert (legal["policy"], legal["policy_from"]) == ("statutory_terms", "2025-06-01")
    assert (legal["rate_policy"], legal["rate_policy_from"]) == ("late_interest", "2025-06-01")
    assert (agreed["rate_policy"], agreed["rate_policy_from"]) == (None, None)


async def suggested(read: Api, **asked: Any) -> list[tuple[str, str, str, str]]:
    rows = (await read.get("/reports/suggestions", **{"as_of": "2025-06-30", **asked}))["rows"]
    return [(row["payment"], row["invoice"], row["amount"], row["reason"]) for row in rows]


async def test_cash_may_be_for_what_is_named_or_of_its_amount_or_oldest(read: Api) -> None:
    """R-1 has 80 of X-1, which is due first. R-2 is X-12 exactly, so that nothing of it is left for R-3, which names
    it; R-4 is X-3 exactly. Nothing is for X-9, which is in another currency."""
    assert await suggested(read, account="XA") == [
        ("R-1", "X-1", "80.00", "oldest"),
        ("R-2", "X-12", "70.00", "exact"),
        ("R-4", "X-3", "60.00", "exact"),
    ]


async def test_a_payment_goes_by_one_rule_behind_those_before_it(read: Api) -> None:
    """Z-1 50 has half of 100, which is due first; Z-2 100 names 100 and has the other half, and nothing else for the
    rest; Z-3 250 names 200; Z-4 is 300 exactly."""
    assert await suggested(read, account="XC") == [
        ("Z-1", "100", "50.00", "oldest"),
        ("Z-2", "100", "50.00", "named"),
        ("Z-3", "200", "200.00", "named"),
        ("Z-4", "300", "300.00", "exact"),
    ]


async def test_what_is_suggested_before_is_left_for_no_other_payment(read: Api) -> None:
    """Both are of the amount of Q-1: the one that is due first. Q-2 has Y-1, which it names; for the 30 left of it
    there is none, and credit is no cash."""
    assert await suggested(read, account="XB") == [
        ("Q-1", "Y-2", "100.00", "oldest"),
        ("Q-2", "Y-1", "100.00", "named"),
    ]
    assert {row[0] for row in await suggested(read, currency="GBP")} == {"R-1", "R-2", "R-4", "Q-1", "Q-2"}


@pytest.mark.parametrize(
    ("said", "number", "named"),
    [
        *(("INV-7 and INV-8", "INV-7", True), ("inv-7.", "INV-7", True), ("支付INV-7货款", "INV-7", True)),
        *(("ＩＮＶ-７", "INV-7", True), ("2026/INV-7", "INV-7", True), ("A+B(1)", "a+b(1)", True)),
        *(("INV-71", "INV-7", False), ("INV-7-2", "INV-7", False), ("XINV-7", "INV-7", False), ("AAB", "A+B", False)),
        (None, "INV-7", None),
    ],
)
async def test_a_text_names_a_number_that_stands_by_itself(told: Told, said: Any, number: str, named: Any) -> None:
    owner = await told.ledger.connect()
    assert await owner.fetchval("select served.names($1, $2)", said, number) is named


async def test_the_curve_is_collection_with_curve(read: Api) -> None:
    asked = {"as_of": "2026-08-31", "account": "G", **JUNE}
    curve = await read.get("/reports/collection", **asked, curve="yes")
    assert curve["report"] == "collection_curve"
    assert curve["rows"] == (await read.get("/reports/collection_curve", **asked))["rows"] != []
    assert await collection(read, curve="no") == await collection(read)
