"""Answers of every report, whatever the order in which events came, how they were cut, and after a rebuild."""

import json
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from projections.columns import Column, columns_of
from projections.reports import REPORTS
from projections.reports.report import Report
from services.errors import NotKnown
from services.query import report_answers
from services.query.moment import Moment
from services.query.report_question import Question
from tests.conformance.reports import questions
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import Event, turmoil, with_dealings
from tests.integration.projector.working import projecting
from tests.integration.query.contracts import contracts
from tests.integration.query.customers import among, customers
from tests.integration.query.following import followed
from tests.ledger import fresh_ledger
from tests.playbooks import WATCHED
from tests.servers import Servers

MOMENTS = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in (5, 12, 19, 26)]
Ledgers = list[tuple[asyncpg.Connection, int]]


def told() -> tuple[list[Event], list[Event]]:
    """Playbooks, and events of which no two happened at one time."""
    found = turmoil(seed=12, events=220, deals=6, accounts=2, corrected=0, playbooks=WATCHED)
    found = with_dealings(found, seed=12, number=40, deals=6)
    for others in (customers, contracts, followed):
        found = among(found, others(seed=12, events=60), seed=12)
    books = [each for each in found if each["subject"].startswith("playbook/")]
    rest = [each for each in found if each not in books]
    for place, each in enumerate(rest):
        each["time"] = (datetime.fromisoformat(each["time"]) + timedelta(seconds=place)).isoformat()
    return books, sorted(rest, key=lambda each: datetime.fromisoformat(each["time"]))


@pytest.fixture(scope="module")
async def ledgers(servers: Servers) -> AsyncIterator[Ledgers]:
    """Two ledgers of the same events: one has them in the order in which they happened, all at once; the other one
    shuffled, a few at a time."""
    books, events = told()
    shuffled = random.Random(12).sample(events, len(events))
    async with fresh_ledger(servers, []) as first, fresh_ledger(servers, []) as second:
        found: Ledgers = []
        for ledger, order, batch in ((first, events, len(events)), (second, shuffled, 7)):
            connection, journal = await ledger.connect(), Journal()
            await journal.record(connection, *books)
            async with projecting(ledger):
                for place in range(0, len(order), batch):
                    await journal.record(connection, *order[place : place + batch])
                    await ledger.projected(journal.last)
            found.append((connection, journal.last))
        yield found


async def answer(connection: asyncpg.Connection, report: Report, asked: dict[str, Any], moment: Moment) -> Any:
    """Rows in an order of their own, and totals, without what tells when each entry came: its sequence and time,
    and that it was late."""
    question = Question(report, asked)
    try:
        if report.totals is None:
            rows, totals = await report_answers.rows(connection, question, moment), ""
        else:
            rows, totals = await report_answers.answer(connection, question, moment)
    except NotKnown as reason:
        return type(reason)
    kept = [_without_arrival(report.columns, json.loads(row)) for row in rows if '"late_entry"' not in row]
    beside = {} if report.totals is None else _without_arrival(columns_of(report.totals), json.loads(totals))
    return sorted(kept, key=json.dumps), beside


def _without_arrival(columns: tuple[Column, ...], row: dict[str, Any]) -> dict[str, Any]:
    arrival = {"recorded_at", *(each.name for each in columns if each.kind.name in ("sequence", "sequences"))}
    return {name: value for name, value in row.items() if name not in arrival}


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
async def test_a_report_depends_on_what_happened_not_on_how_it_came(ledgers: Ledgers, report: Report) -> None:
    (first, last), (second, other_last) = ledgers
    assert last == other_last
    for asked in await questions(first, report):
        for as_of in MOMENTS:
            moment = Moment(as_of, last)
            assert await answer(first, report, asked, moment) == await answer(second, report, asked, moment)
