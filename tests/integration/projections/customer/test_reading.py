"""Customers as SQL reads them: at any two times, and with texts as long as contracts allow."""

from random import Random
from typing import Any

import pytest

from tests.integration.query.telling import event
from tests.ledger import Ledger

LINE = "".join(map(chr, Random(1).sample(range(0x20000, 0x2A000), 200)))
"""The longest line, 800 bytes that do not compress."""
TEXT = "".join(Random(2).choices(LINE, k=4000))
SUBJECT = "account/A-1"


async def projected(ledger: Ledger, *events: dict[str, Any]) -> None:
    await ledger.append(*events)
    async with ledger.process("recorder"), ledger.process("projector"):
        await ledger.projected()


@pytest.mark.long
async def test_texts_of_every_length_that_contracts_allow_are_kept(empty_ledger: Ledger) -> None:
    await projected(
        empty_ledger,
        event(
            "1",
            "account_profiled",
            SUBJECT,
            "2026-03-01",
            region=LINE,
            goals=TEXT,
            competitors=[LINE, *("x" * 50)][:50],
        ),
        event("2", "activity_planned", SUBJECT, "2026-03-01", plan=LINE, kind="call", due_on="2026-03-09", agenda=TEXT),
        event("3", "call_made", SUBJECT, "2026-03-02", plan=LINE, contact_id="c" * 64),
        event("4", "feedback_given", SUBJECT, "2026-03-02", kind="complaint", case=LINE, text=TEXT),
        event("5", "referral_received", SUBJECT, "2026-03-02", referral=LINE, referred_name=LINE),
        event("6", "account_plan_set", SUBJECT, "2026-03-02", plan=LINE, period="2026-Q1", strategy=TEXT, owner=LINE),
        event("7", "contact_recorded", SUBJECT, "2026-03-02", contact_id="c" * 64, role="user", position=LINE),
    )
    reader = await empty_ledger.connect("daybook_reader")
    found = {row["fact"]: row for row in await reader.fetch("select * from reporting.account_fact")}
    assert {name: (row["value"], row["segment"]) for name, row in found.items() if name != "competitors"} == {
        "region": (LINE, LINE), "goals": (TEXT, None),
    }  # fmt: skip
    assert found["competitors"]["segment"] is None
    todos = await reader.fetch("select todo, state from reporting.account_todo where to_at is null")
    assert [tuple(row) for row in todos] == [(LINE, "done")]
    touches = await reader.fetch("select kind, contacts, plan from reporting.touch order by entry")
    assert [tuple(row) for row in touches] == [("call_made", ["c" * 64], LINE), ("complaint", [], None)]


@pytest.mark.long
async def test_accounts_are_grouped_by_a_fact_as_it_was_and_as_it_was_known(empty_ledger: Ledger) -> None:
    await projected(
        empty_ledger,
        event("1", "account_profiled", "account/A-1", "2026-03-01", region="East"),
        event("2", "account_profiled", "account/A-2", "2026-03-01", region="East"),
        event("3", "account_profiled", "account/A-1", "2026-03-05", region="West"),
        event("4", "account_profiled", "account/A-1", "2026-02-01", region="North"),
    )
    reader = await empty_ledger.connect("daybook_reader")
    query = (
        "select segment, count(*) from reporting.account_fact(timestamptz '{} 00:00Z', {}) "
        "where fact = 'region' group by segment order by segment"
    )
    for as_of, known_at, wanted in (
        ("2026-02-02", 4, [("North", 1)]),
        ("2026-02-02", 3, []),
        ("2026-03-03", 4, [("East", 2)]),
        ("2026-03-06", 2, [("East", 2)]),
        ("2026-03-06", 4, [("East", 1), ("West", 1)]),
    ):
        assert [tuple(row) for row in await reader.fetch(query.format(as_of, known_at))] == wanted
