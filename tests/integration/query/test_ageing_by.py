"""Ageing as a whole and in groups: by hand, and against a plain reading at random moments of a seeded turmoil."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import pytest

from services.ledger import zone_rules
from services.query.service import running
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import projecting
from tests.integration.query.conftest import Api
from tests.integration.query.contracts import contracts
from tests.integration.query.customers import among, customers
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import PRACTICE
from tests.servers import Servers

BUCKETS = ("not_due", "1-30", "31-60", "61-90", "over_90")
AS_OF = "2026-06-30"
DUE = ("2026-06-30", "2026-06-29", "2026-05-31", "2026-05-30", "2026-05-01", "2026-04-30", "2026-04-01", "2026-03-31")
"""0, 1, 30, 31, 60, 61, 90 and 91 days before that day."""


def invoice(account: str, number: str, amount: str, due_on: str, **more: Any) -> dict[str, Any]:
    return event(
        f"{account}-{number}", "invoice_issued", f"account/{account}", "2026-01-10", invoice=number, amount=amount,
        currency="CNY", due_on=due_on, **more,
    )  # fmt: skip


STORY = (
    *(invoice("A-1", f"I-{place}", f"{place}00.00", due) for place, due in enumerate(DUE, 1)),
    event("p", "payment_received", "account/A-1", "2026-06-01", payment="P", amount="250.00", currency="CNY",
          allocations=[{"invoice": "I-2", "amount": "150.00"}]),
    # Of another region; the deal of one invoice has an owner, that of the other was never opened.
    event("r1", "account_profiled", "account/A-2", "2026-01-01", region="north"),
    event("r2", "account_profiled", "account/A-3", "2026-01-01", region="north"),
    event("o", "deal_opened", "deal/D-1", "2026-01-01", playbook="practice", owner="Li"),
    event("o2", "deal_reassigned", "deal/D-1", "2026-07-01", owner="Wu"),
    invoice("A-2", "J-1", "40.00", "2026-06-30", deal_id="D-1"),
    invoice("A-3", "J-1", "30.00", "2026-05-31", deal_id="D-2"),
    invoice("A-3", "J-2", "20.00", "2026-05-31", deal_id="D-1"),
    event("d", "receivable_disputed", "account/A-3", "2026-02-01", invoice="J-2"),
    event("q", "payment_received", "account/A-3", "2026-06-01", payment="Q", amount="25.00", currency="CNY",
          allocations=[{"invoice": "J-1", "amount": "10.00"}]),
    event("w", "receivable_written_off", "account/A-3", "2026-06-02", invoice="J-1", amount="5.00", currency="CNY",
          reason="broke", approver="Wu"),
    event("c", "credit_note_issued", "account/A-3", "2026-06-03", credit_note="CN", amount="3.00", currency="CNY",
          allocations=[{"invoice": "J-2", "amount": "2.00"}]),
    invoice("A-4", "J-1", "9.00", "2026-06-30", deal_id="D-3"),
    event("s", "payment_received", "account/A-4", "2026-06-01", payment="S", amount="9.00", currency="CNY",
          allocations=[{"invoice": "J-1", "amount": "9.00"}]),
    # A-7 was merged into A-6, which has another region, and A-6 into A-8 on 1 August.
    event("r6", "account_profiled", "account/A-6", "2026-07-02", region="east"),
    event("r7", "account_profiled", "account/A-7", "2026-07-02", region="west"),
    event("r8", "account_profiled", "account/A-8", "2026-07-02", region="south"),
    *(event(f"A-{number}-into", "account_merged", f"account/A-{number}", day, into_account_id=into, reason="one firm",
            approver="Wu") for number, into, day in ((7, "A-6", "2026-07-03"), (6, "A-8", "2026-08-01"))),
    event("A-7-L", "invoice_issued", "account/A-7", "2026-07-02", invoice="L-1", amount="70.00", currency="EUR",
          due_on="2026-07-31"),
    # Sent on 2 July. A part of K-1 is contested, all of K-2, and of K-3 as much as was open.
    *(event(f"A-5-{number}", "invoice_issued", "account/A-5", "2026-07-02", invoice=number, amount=amount,
            currency="EUR", due_on="2026-07-31")
      for number, amount in (("K-1", "1000.00"), ("K-2", "50.00"), ("K-3", "80.00"), ("K-4", "7.00"))),
    *(event(f"A-5-d{number}", "receivable_disputed", "account/A-5", "2026-07-03", invoice=number, **part)
      for number, part in (("K-1", {"amount": "100.00", "currency": "EUR"}), ("K-2", {}),
                           ("K-3", {"amount": "60.00", "currency": "EUR"}))),
    event("v", "payment_received", "account/A-5", "2026-07-04", payment="V", amount="50.00", currency="EUR",
          allocations=[{"invoice": "K-3", "amount": "50.00"}]),
)  # fmt: skip


@pytest.fixture(scope="module")
async def read(servers: Servers) -> AsyncIterator[Api]:
    async with fresh_ledger(servers, (PRACTICE,)) as ledger:
        owner = await ledger.connect()
        await owner.execute("update ledger.identity set time_zone = 'Asia/Shanghai'")
        await zone_rules.keep(owner)
        told = Told(ledger)
        await told.tell(*STORY)
        await told.projected()
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with (
            running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            yield Api(client)


async def grouped(read: Api, by: str, as_of: str = AS_OF) -> dict[str | None, dict[str, tuple[int | None, str]]]:
    """Items and amount of each line, by group."""
    found: dict[str | None, dict[str, tuple[int | None, str]]] = defaultdict(dict)
    for row in (await read.get("/reports/ageing_by", by=by, as_of=as_of))["rows"]:
        found[row["group"]][row["line"]] = (row["items"], row["amount"])
    return found


async def test_a_bucket_holds_both_its_ends(read: Api) -> None:
    """100 is due on the day; 50 of 200 are left after 1 day, 300 after 30; 400 and 500 after 31 and 60; 600 and 700
    after 61 and 90; 800 after 91. 3450 less 100 unapplied."""
    assert (await grouped(read, "account"))["A-1"] == {
        "not_due": (1, "100.00"), "1-30": (2, "350.00"), "31-60": (2, "900.00"), "61-90": (2, "1300.00"),
        "over_90": (1, "800.00"), "unapplied_cash": (1, "100.00"), "unapplied": (1, "100.00"),
        "balance": (None, "3350.00"),
    }  # fmt: skip
    whole = (await read.get("/reports/ageing", account="A-1", as_of=AS_OF))["rows"]
    assert [(row["line"], row["amount"]) for row in whole] == [
        ("not_due", "100.00"), ("1-30", "350.00"), ("31-60", "900.00"), ("61-90", "1300.00"), ("over_90", "800.00"),
        ("disputed", "0.00"), ("unapplied_cash", "100.00"), ("unapplied_credit", "0.00"), ("unapplied", "100.00"),
        ("balance", "3350.00"),
    ]  # fmt: skip


async def test_a_day_of_ageing_ends_where_the_ledger_is(read: Api) -> None:
    evening = await grouped(read, "account", "2026-06-30T15:59:59Z")
    night = await grouped(read, "account", "2026-06-30T16:00:00Z")
    assert (evening["A-1"]["not_due"], "not_due" in night["A-1"]) == ((1, "100.00"), False)
    assert night["A-1"]["1-30"] == (2, "150.00")  # the 100, and the 50


async def test_a_settled_account_has_no_lines(read: Api) -> None:
    """A-3: J-1 30 − 10 − 5, J-2 20 − 2; unapplied 15 of Q and 1 of CN."""
    found = await grouped(read, "account")
    assert list(found) == ["A-1", "A-2", "A-3"]
    assert found["A-3"] == {
        "1-30": (2, "33.00"), "disputed": (1, "18.00"), "unapplied_cash": (1, "15.00"), "unapplied_credit": (1, "1.00"),
        "unapplied": (2, "16.00"), "balance": (None, "17.00"),
    }  # fmt: skip


async def test_what_is_disputed_is_the_amount_contested(read: Api) -> None:
    """K-1 100 of 1000, K-2 all 50, K-3 60 of 80 of which 30 are left."""
    asked: dict[str, Any] = {"account": "A-5", "as_of": "2026-07-31"}
    told = (await read.get("/reports/ageing", **asked))["rows"]
    assert {row["line"]: (row["items"], row["amount"]) for row in told if row["items"]} == {
        "not_due": (4, "1087.00"), "disputed": (3, "180.00")
    }  # fmt: skip
    assert (await grouped(read, "account", "2026-07-31"))["A-5"]["disputed"] == (3, "180.00")
    before = (await grouped(read, "account", "2026-07-03"))["A-5"]
    assert before["disputed"] == (3, "210.00")
    rows = (await read.get("/reports/receivables_open", **asked))["rows"]
    assert {row["invoice"]: row["disputed_amount"] for row in rows} == {
        "K-1": "100.00", "K-2": "50.00", "K-3": "30.00", "K-4": "0.00"
    }  # fmt: skip


async def test_by_region_accounts_stand_together(read: Api) -> None:
    found = await grouped(read, "region")
    assert list(found) == [None, "north"]
    assert found["north"]["balance"] == (None, "57.00")  # 40 + 17
    assert found["north"]["1-30"] == (2, "33.00")
    assert found[None]["balance"] == (None, "3350.00")


async def test_a_merged_account_is_in_the_region_of_the_one_it_was_merged_into(read: Api) -> None:
    for day, region in (("2026-07-02", "west"), ("2026-07-03", "east"), ("2026-08-01", "south")):
        asked: dict[str, Any] = {"by": "region", "as_of": day, "currency": "EUR"}
        rows = (await read.get("/reports/ageing", **asked))["rows"]
        assert [(row["group"], row["amount"]) for row in rows if row["line"] == "balance" and row["group"]] == [
            (region, "70.00")
        ]
        assert (await read.get("/reports/ageing", **asked, region=region))["rows"] == [
            row for row in rows if row["group"] == region
        ]


async def test_by_deal_and_owner_unapplied_parts_stand_by_themselves(read: Api) -> None:
    """D-1: 40 of A-2 and 18 of A-3; D-2 15; without a deal 3450 less 100, 15 and 1."""
    deals = await grouped(read, "deal")
    assert deals["D-1"] == {
        "not_due": (1, "40.00"), "1-30": (1, "18.00"), "disputed": (1, "18.00"), "balance": (None, "58.00")
    }  # fmt: skip
    assert deals["D-2"] == {"1-30": (1, "15.00"), "balance": (None, "15.00")}
    assert (deals[None]["unapplied"], deals[None]["balance"]) == ((3, "116.00"), (None, "3334.00"))
    assert list(deals) == [None, "D-1", "D-2"]
    owners = await grouped(read, "owner")
    assert (owners["Li"], list(owners)) == (deals["D-1"], [None, "Li"])
    assert owners[None]["balance"] == (None, "3349.00")  # D-2 was never opened
    assert (await grouped(read, "owner", "2026-07-01"))["Wu"]["balance"] == (None, "58.00")


async def test_a_group_is_one_of_four(read: Api) -> None:
    refused = await read.get("/reports/ageing_by", 400, by="colour")
    assert "account, owner, deal, region" in refused["detail"]


@pytest.fixture(scope="module")
async def turned(servers: Servers) -> AsyncIterator[tuple[asyncpg.Connection, int]]:
    async with fresh_ledger(servers, []) as ledger:
        connection, journal = await ledger.connect(), Journal()
        told = turmoil(seed=11, events=400, deals=8, accounts=3)
        told = among(among(told, contracts(seed=3, events=80), seed=3), customers(seed=4, events=40), seed=4)
        await journal.record(connection, *told)
        async with projecting(ledger):
            await ledger.projected(journal.last)
        yield connection, journal.last


@pytest.mark.parametrize("by", ["account", "owner", "deal", "region"])
async def test_buckets_less_unapplied_are_the_balance_in_every_group(
    turned: tuple[asyncpg.Connection, int], by: str
) -> None:
    """All groups together are the ageing of the whole, line by line."""
    connection, last = turned
    draw, seen = random.Random(5), set()
    for _ in range(25):
        as_of = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=draw.randrange(24 * 60))
        known_at = draw.randint(last // 4, last)
        found = await connection.fetch("select * from reporting.ageing_by($1, $2, $3)", by, as_of, known_at)
        groups: dict[tuple[str | None, str], dict[str, Decimal]] = defaultdict(dict)
        for row in found:
            groups[row["group"], row["currency"]][row["line"]] = row["amount"]
        for lines in groups.values():
            owed = sum((lines.get(each, Decimal(0)) for each in BUCKETS), Decimal(0))
            assert owed - lines.get("unapplied", Decimal(0)) == lines.get("balance", Decimal(0))
        whole = await connection.fetch("select * from reporting.ageing($1, $2)", as_of, known_at)
        for row in whole:
            same = [each for each in found if (each["currency"], each["line"]) == (row["currency"], row["line"])]
            assert sum((each["amount"] for each in same), Decimal(0)) == row["amount"]
            if row["line"] != "balance":
                assert sum(each["items"] for each in same) == row["items"]
        contested: dict[str, Decimal] = defaultdict(Decimal)
        for row in await connection.fetch("select * from reporting.receivables_open($1, $2)", as_of, known_at):
            contested[row["currency"]] += row["disputed_amount"]
        assert all(row["amount"] == contested[row["currency"]] for row in whole if row["line"] == "disputed")
        seen |= {group for group, _ in groups}
    assert len(seen) > 1


async def test_ageing_by_groups_is_ageing_with_by(read: Api) -> None:
    asked: dict[str, Any] = {"by": "account", "as_of": AS_OF}
    rows = (await read.get("/reports/ageing", **asked))["rows"]
    assert rows == (await read.get("/reports/ageing_by", **asked))["rows"]
    assert "group" not in (await read.get("/reports/ageing", as_of=AS_OF))["rows"][0]
    behind = await read.get("/reports/ageing/rows", **asked, line="A-1,CNY,over_90")
    assert {each["row"]["account"] for each in behind["rows"]} == {"A-1"}


async def test_a_filter_keeps_what_is_grouped(read: Api) -> None:
    rows = (await read.get("/reports/ageing", by="account", as_of=AS_OF, account="A-1"))["rows"]
    assert {row["group"] for row in rows} == {"A-1"}
    assert rows == [
        row for row in (await read.get("/reports/ageing", by="account", as_of=AS_OF))["rows"] if row["group"] == "A-1"
    ]
