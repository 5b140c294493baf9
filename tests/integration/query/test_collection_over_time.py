"""Collection, plans and suggestions at random moments of a seeded turmoil: against a plain reading, and by what always
holds."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from services.ledger import zone_rules
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import projecting
from tests.integration.query.contracts import contracts
from tests.integration.query.customers import among
from tests.ledger import fresh_ledger
from tests.servers import Servers

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
MICROSECOND = timedelta(microseconds=1)

Rows = list[asyncpg.Record]


@dataclass
class Turned:
    """The ledger after the turmoil."""

    connection: asyncpg.Connection
    last: int

    async def ask(self, call: str, as_of: datetime, known_at: int, *given: Any) -> Rows:
        """Rows of a function of reporting; its own arguments come first."""
        places = [f"${place}" for place in range(1, len(given) + 1)]
        places += [f"as_of => ${len(given) + 1}", f"known_at => ${len(given) + 2}"]
        return await self.connection.fetch(f"select * from {call}({', '.join(places)})", *given, as_of, known_at)

    def moments(self, seed: int, number: int = 25) -> Iterator[tuple[datetime, int]]:
        draw = random.Random(seed)
        for _ in range(number):
            as_of = FIRST_DAY + timedelta(hours=draw.randrange(24 * 60))
            yield as_of, draw.randint(self.last // 4, self.last)


@pytest.fixture(scope="module")
async def turned(servers: Servers) -> AsyncIterator[Turned]:
    async with fresh_ledger(servers, []) as ledger:
        connection, journal = await ledger.connect(), Journal()
        await connection.execute("update ledger.identity set time_zone = $1", ZONE.key)
        await zone_rules.keep(connection)
        told = turmoil(seed=21, events=500, deals=8, accounts=3)
        await journal.record(connection, *among(told, contracts(seed=9, events=200), seed=9))
        async with projecting(ledger):
            await ledger.projected(journal.last)
        yield Turned(connection, journal.last)


def day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(days=1) - MICROSECOND


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def left_of_cash(applied: Iterable[asyncpg.Record]) -> list[tuple[asyncpg.Record, Decimal]]:
    """Applications of cash, each with what was not taken back: the latest of a payment's goes first."""
    stacks: dict[tuple[Any, ...], list[tuple[asyncpg.Record, Decimal]]] = {}
    for each in sorted(applied, key=lambda row: (row["at"], row["entry"], row["place"])):
        if each["kind"] != "cash":
            continue
        names = ("account", "invoice", "series", "document", "document_series")
        stack, amount = stacks.setdefault(tuple(each[name] for name in names), []), each["amount"]
        while amount < 0 and stack:
            row, kept = stack.pop()
            amount += kept
            if amount > 0:
                stack.append((row, amount))
        if each["amount"] > 0:
            stack.append((each, amount))
    return [one for stack in stacks.values() for one in stack]


async def test_collection_is_that_of_a_plain_reading(turned: Turned) -> None:
    draw, seen = random.Random(1), 0
    for as_of, known_at in turned.moments(seed=1):
        first = date(2026, 1, 1) + timedelta(draw.randrange(30))
        asked_to = first + timedelta(draw.randrange(40))
        last, ends = min(asked_to, day_of(as_of)), min(as_of, end_of(asked_to))
        if last < first:
            continue
        invoices = await turned.ask("reporting.invoice", ends, known_at)
        applied = await turned.ask("reporting.application", ends, known_at)
        ageing = {(row["currency"], row["line"]): row["amount"]
                  for row in await turned.ask("reporting.ageing", ends, known_at)}  # fmt: skip
        before = await turned.ask("reporting.collection", as_of, known_at, date(2025, 1, 1), first - timedelta(1))
        closed = {row["currency"]: row["end"] for row in before}
        for row in await turned.ask("reporting.collection", as_of, known_at, first, asked_to):
            currency = row["currency"]
            assert row["begin"] == closed.get(currency, 0)
            assert row["begin"] + row["sales"] - row["cash_in"] == row["end"] == ageing[currency, "balance"]
            assert row["current"] == ageing[currency, "not_due"]
            due = sum(each["amount"] for each in invoices
                      if each["currency"] == currency and first <= each["due_on"] <= last)  # fmt: skip
            collected, cash, days, late = Decimal(0), Decimal(0), Decimal(0), Decimal(0)
            for each in applied:
                if each["currency"] != currency:
                    continue
                if first <= each["due_on"] <= last:
                    if each["kind"] == "cash":
                        collected += each["amount"]
                    else:
                        due -= each["amount"]
            for each, kept in left_of_cash(applied):
                on = day_of(each["at"])
                if each["currency"] == currency and on >= first:
                    cash += kept
                    days += kept * (on - day_of(each["issued_at"])).days
                    late += kept * max(0, (on - each["due_on"]).days)
            assert (row["due"], row["collected_of_due"]) == (due, collected)
            assert 0 <= collected <= due
            assert row["collection_rate"] == (rounded(collected / due, 4) if due else None)
            assert row["days_to_collect"] == (rounded(days / cash, 2) if cash > 0 else None)
            assert row["days_late"] == (rounded(late / cash, 2) if cash > 0 else None)
            seen += bool(due) + bool(cash)
    assert seen > 20


def of_one(term: asyncpg.Record, row: asyncpg.Record) -> bool:
    return bool((term["account"], term["contract"]) == (row["account"], row["contract"]))


async def test_terms_of_contracts_add_up_to_their_invoices(turned: Turned) -> None:
    seen: set[str] = set()
    for as_of, known_at in turned.moments(seed=2):
        rows = await turned.ask("reporting.collection_plan", as_of, known_at)
        terms = await turned.ask("reporting.contract_term", as_of, known_at)
        invoices = await turned.ask("reporting.invoice", as_of, known_at)
        applied: dict[Any, Decimal] = defaultdict(Decimal)
        for each in await turned.ask("reporting.application", as_of, known_at):
            applied[each["account"], each["invoice"], each["kind"]] += each["amount"]
        for row in rows:
            of_contract = [
                each for each in invoices
                if all(each[name] == row[name] for name in ("account", "contract", "currency"))
            ]  # fmt: skip
            beside = [each["term"] for each in terms if not each["retention"] and of_one(each, row)]
            only = beside[0] if len(beside) == 1 else None
            mine = [each for each in of_contract if (each["term"] if each["term"] is not None else only) == row["term"]]
            cash, credit, given_up = (
                sum((applied[row["account"], each["invoice"], kind] for each in mine), Decimal(0))
                for kind in ("cash", "credit", "write_off")
            )
            assert (row["invoiced"], row["collected"]) == (sum(each["amount"] for each in mine) - credit, cash)
            assert row["open"] == row["invoiced"] - cash - given_up
            (amount,) = {each["contract_amount"] for each in terms if of_one(each, row)}
            whole = sum((applied[row["account"], each["invoice"], "cash"] for each in of_contract), Decimal(0))
            assert row["collected_share"] == (rounded(whole / amount, 4) if amount else None)
            seen.add(row["status"])
    assert seen >= {"overdue", "invoiced", "held", "to_release", "to_invoice", "waiting"}


async def plainly_suggested(turned: Turned, paid: Rows, owed: Rows) -> list[tuple[Any, ...]]:
    """Suggestions for the cash and open invoices of one account and currency, one payment after the other."""
    left = {(each["invoice"], each["series"]): each["open_amount"] for each in owed}
    found = []
    for payment in paid:
        names = [
            await turned.connection.fetchval("select served.names($1, $2)", payment["remittance"], each)
            for each, _ in left
        ]
        named = [key for key, is_named in zip(left, names, strict=True) if is_named]
        exact = [key for key, amount in left.items() if amount == payment["amount"]]
        reason = "named" if named else "exact" if len(exact) == 1 else "oldest"
        rest = payment["amount"]
        for key in {"named": named, "exact": exact, "oldest": list(left)}[reason]:
            if amount := min(rest, left[key]):
                found.append((payment["document"], payment["series"], *key, amount, reason))
                rest, left[key] = rest - amount, left[key] - amount
    return found


async def test_suggestions_are_those_of_a_plain_reading_and_never_more_than_is_left(turned: Turned) -> None:
    seen: set[str] = set()
    for as_of, known_at in turned.moments(seed=3):
        unapplied = await turned.ask("served.receivables_unapplied", as_of, known_at)
        items = await turned.ask("served.receivables_item", as_of, known_at)
        rows = await turned.ask("reporting.suggestions", as_of, known_at)
        cash = sorted(
            (each for each in unapplied if each["kind"] == "cash"),
            key=lambda each: (each["received_at"], each["document"], each["series"]),
        )
        items.sort(key=lambda each: (each["due_on"], each["invoice"], each["series"]))
        wanted = []
        for whose in {(each["account"], each["currency"]) for each in cash}:
            paid, owed = (
                [each for each in some if (each["account"], each["currency"]) == whose] for some in (cash, items)
            )
            mine = await plainly_suggested(turned, paid, owed)
            wanted += [(*whose, *each) for each in mine]
            for place, amounts in (
                (0, {(each["document"], each["series"]): each["amount"] for each in paid}),
                (2, {(each["invoice"], each["series"]): each["open_amount"] for each in owed}),
            ):
                for key, amount in amounts.items():
                    assert sum(each[4] for each in mine if each[place : place + 2] == key) <= amount
        found = [
            (row["account"], row["currency"], row["payment"], row["payment_series"] or "", row["invoice"],
             row["series"] or "", row["amount"], row["reason"])
            for row in rows
        ]  # fmt: skip
        assert sorted(found) == sorted(wanted)
        seen |= {row["reason"] for row in rows}
    assert seen == {"named", "exact", "oldest"}


async def test_interest_by_law_is_for_what_is_late(turned: Turned) -> None:
    seen = 0
    for as_of, known_at in turned.moments(seed=4):
        for row in await turned.ask("reporting.statutory", as_of, known_at):
            assert 0 <= row["bearing"] <= row["open"]
            assert row["interest"] >= rounded(row["bearing"] * row["days_late"] * row["rate"], 2)
            assert (row["open"], row["interest"]) != (0, 0)
            seen += row["interest"] > 0
    assert seen > 5


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("0001-01-01", "9999-12-31", {"collection", "collection_curve"}),
        ("2026-02-01", "2026-01-15", {"collection"}),  # balances there are
        ("9999-12-31", "0002-01-02", set()),
    ],
)
async def test_days_in_any_order_and_at_the_ends_of_the_calendar_are_answered(
    turned: Turned, first: str, last: str, told: set[str]
) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    for report in ("collection", "collection_curve"):
        rows = await turned.ask(f"reporting.{report}", FIRST_DAY + timedelta(days=30), turned.last, *days)
        assert bool(rows) == (report in told)
