"""Entries that arrive in a surprising order: playbooks behind their deals, corrections before their targets."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from projections.views import VIEWS
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import event, published
from tests.integration.projector.working import projecting, served
from tests.ledger import Ledger
from tests.playbooks import PRACTICE, SHORTER

_AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


class _Live:
    """A ledger whose lanes have passed everything before the next entry arrives."""

    def __init__(self, ledger: Ledger, owner: asyncpg.Connection) -> None:
        self.ledger = ledger
        self.owner = owner
        self.journal = Journal()

    async def say(self, *events: dict[str, Any]) -> None:
        for each in events:
            await self.ledger.projected(await self.journal.record(self.owner, each))

    async def holds(self) -> None:
        found = await stored(self.owner, (await served(self.owner)).schema, VIEWS)
        assert not differing(found, expected(self.journal, VIEWS))


async def test_a_playbook_published_after_its_deals(empty_ledger: Ledger) -> None:
    live = _Live(empty_ledger, await empty_ledger.connect())
    deals = [f"deal/D-{number}" for number in range(40)]
    async with projecting(empty_ledger):
        for number, deal in enumerate(deals):
            version = 2 if number % 4 == 0 else None
            live.journal.take(
                [
                    event("deal_opened", deal, _AT, f"o{number}", playbook="practice", playbook_version=version),
                    event("call_made", deal, _AT, f"c{number}", outcome="interested"),
                ]
            )
        await live.ledger.projected(await live.journal.write(live.owner))
        waiting = await live.owner.fetchval("select count(*) from reporting.flag where flag = 'unknown_playbook'")
        assert waiting == len(deals)
        await live.say(published(PRACTICE))
        stages = await live.owner.fetch("select stage, count(*) as deals from reporting.deal group by 1 order by 1")
        assert [tuple(row) for row in stages] == [(1, 30), (None, 10)]
        await live.say(published(SHORTER))
        assert await live.owner.fetchval("select count(*) from reporting.deal where stage = 1") == len(deals)
        await live.holds()


async def test_a_target_of_a_playbook_publishes_nothing_and_holds_no_lane_up(empty_ledger: Ledger) -> None:
    live = _Live(empty_ledger, await empty_ledger.connect())
    aim = {"metric": "deals_opened", "period": "2026-03", "value": "8"}

    def target(id: str) -> dict[str, Any]:
        return event("target_set", "playbook/practice", _AT, id, target=id, **aim)

    async def deals(flag: str) -> int:
        found: int = await live.owner.fetchval("select count(*) from reporting.flag where flag = $1", flag)
        return found

    async with projecting(empty_ledger):
        live.journal.take(
            [target("t1"), event("deal_opened", "deal/D-1", _AT, "o1", playbook="practice"), target("t2")]
        )
        await live.ledger.projected(await live.journal.write(live.owner))
        await live.say(target("t3"), event("deal_opened", "deal/D-2", _AT, "o2", playbook="practice"))
        assert await deals("unknown_playbook") == 2
        await live.say(
            published(PRACTICE), target("t4"), event("call_made", "deal/D-1", _AT, "c", outcome="interested")
        )
        assert await deals("unknown_playbook") == 0
        assert await live.owner.fetchval("select stage from reporting.deal where deal = 'D-1'") == 1
        await live.holds()


@pytest.mark.long
async def test_a_correction_recorded_before_its_target(empty_ledger: Ledger) -> None:
    """The lane of the account has passed the correction, of which it knew nothing: the target brings it along."""
    live = _Live(empty_ledger, await empty_ledger.connect())
    named = {"target": {"source": "crm", "id": "late"}, "reason": "amount", "approver": "Li"}
    said = {"payment": "P-2", "amount": "50.00", "currency": "CNY", "to_account_id": "A-9"}
    async with projecting(empty_ledger):
        await live.say(
            event("payment_received", "account/A-1", _AT, "p2", payment="P-2", amount="80.00", currency="CNY"),
            event("payment_received", "account/A-9", _AT, "p9", payment="P-9", amount="5.00", currency="CNY"),
            event(
                "event_corrected",
                "account/A-1",
                _AT,
                "fix",
                **named,
                target_type="daybook.payment_transferred.v1",
                replacement={"time": _AT.isoformat(), "data": {**said, "amount": "30.00"}},
            ),
            event("payment_received", "account/A-9", _AT, "p8", payment="P-8", amount="1.00", currency="CNY"),
            event("payment_transferred", "account/A-1", _AT, "late", **said),
        )
        rows = await live.owner.fetch(
            "select account, amount::text from reporting.receivables_unapplied where document = 'P-2' order by 1"
        )
        assert [tuple(row) for row in rows] == [("A-1", "50.00"), ("A-9", "30.00")]
        await live.holds()


@pytest.mark.long
async def test_payments_reach_every_account_that_transfers_tie_to_them(empty_ledger: Ledger) -> None:
    """The lanes of later accounts have passed the receipt, and learn of it from the transfer."""
    live = _Live(empty_ledger, await empty_ledger.connect())
    money = {"payment": "P", "currency": "CNY"}
    owed = {"invoice": "I", "amount": "60.00", "currency": "CNY", "due_on": "2026-04-01"}
    pays = {"allocations": [{"invoice": "I", "amount": "60.00"}]}
    voided = {"target": {"source": "crm", "id": "receipt"}, "reason": "twice", "approver": "Li"}

    async def told() -> list[tuple[Any, ...]]:
        rows = await live.owner.fetch(
            "select account, sum(amount)::text from (select account, -amount as amount from "
            "reporting.receivables_unapplied union all select account, open_amount from reporting.receivables_open) "
            "as owed group by account order by account"
        )
        balance = await live.owner.fetch(
            "select account, balance::text from reporting.receivables_balance where balance <> 0 order by account"
        )
        assert [tuple(row) for row in rows] == [tuple(row) for row in balance]
        return [tuple(row) for row in rows]

    async with projecting(empty_ledger):
        await live.say(
            event("invoice_issued", "account/A-9", _AT, "i", **owed),
            event("payment_received", "account/A-1", _AT, "receipt", amount="100.00", **money),
            event("payment_transferred", "account/A-2", _AT, "on", to_account_id="A-9", amount="60.00", **money),
        )
        assert await told() == [("A-1", "-100.00"), ("A-9", "60.00")]
        await live.say(
            event("payment_transferred", "account/A-1", _AT, "off", to_account_id="A-2", amount="80.00", **money),
            event("payment_allocated", "account/A-9", _AT, "pays", **money, **pays),
        )
        assert await told() == [("A-1", "-20.00"), ("A-2", "-20.00")]
        await live.say(event("payment_reversed", "account/A-1", _AT, "bounced", amount="50.00", **money))
        assert await told() == [("A-9", "10.00")]
        await live.say(event("event_voided", "account/A-1", _AT, "void", **voided))
        assert await told() == [("A-9", "60.00")]
        await live.holds()


async def test_a_void_recorded_before_its_target(empty_ledger: Ledger) -> None:
    live = _Live(empty_ledger, await empty_ledger.connect())
    named = {"target": {"source": "crm", "id": "late"}, "reason": "twice", "approver": "Li"}
    async with projecting(empty_ledger):
        await live.say(
            event(
                "invoice_issued",
                "account/A-1",
                _AT,
                "i1",
                invoice="I-1",
                amount="9",
                currency="CNY",
                due_on="2026-04-01",
            ),
            event("event_voided", "account/A-1", _AT, "void", **named),
            event("deal_opened", "deal/D-1", _AT, "o", playbook="practice"),
            event(
                "invoice_issued",
                "account/A-1",
                _AT,
                "late",
                invoice="I-2",
                amount="7",
                currency="CNY",
                due_on="2026-04-01",
                deal_id="D-1",
            ),
        )
        assert await live.owner.fetchval("select string_agg(invoice, ' ') from reporting.receivables_open") == "I-1"
        await live.holds()
