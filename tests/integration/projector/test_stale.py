"""A fold that raises, which is a bug, stops nobody: its subject is marked, the others go on, and it heals."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.view import View
from projections.views import VIEWS
from projections.views.stage_position import stage_position
from services.projector import lane
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import event, published, turmoil
from tests.integration.projector.working import projecting, served
from tests.ledger import Ledger
from tests.playbooks import PRACTICE


def raising(*ids: str) -> tuple[View[Any], ...]:
    """The views, with a bug in stage_position that some events bring to light."""

    def evolve(state: Any, entry: Entry[Any], playbooks: Playbooks) -> Any:
        if entry.id in ids:
            raise ZeroDivisionError(f"no idea what {entry.id} means")
        return stage_position.evolve(state, entry, playbooks)

    return tuple(replace(view, evolve=evolve) if view is stage_position else view for view in VIEWS)


@pytest.mark.long_cases
@pytest.mark.parametrize("read", [3, 1000])
async def test_only_the_subject_goes_stale_and_any_cut_agrees(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, read: int
) -> None:
    monkeypatch.setattr(lane, "READ_BATCH_SIZE", read)
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=41, events=300))
    victims = [e.cloud_event for e in journal.entries if e.cloud_event.type == "daybook.milestone_achieved.v1"][20:23]
    views = raising(*(each.id for each in victims))
    for cut in (1, 1000):
        if cut == 1:
            await journal.write(owner)
        async with projecting(empty_ledger, views=views, batch=cut, cache_entries=0):
            await empty_ledger.projected(journal.last)
    schema = (await served(owner)).schema
    wanted = expected(journal, views)
    assert not differing(await stored(owner, schema, views), wanted)
    stale = await owner.fetch("select subject, view, sequence, error from reporting.stale order by subject")
    assert {row["subject"] for row in stale} <= {each.subject for each in victims}
    assert stale
    for row in stale:
        assert row["view"] == "stage_position"
        assert "ZeroDivisionError" in row["error"]
        assert (await _entry(owner, row["sequence"])) is not None
    marked = await owner.fetch("select deal from reporting.deal where stale order by deal")
    assert {f"deal/{row['deal']}" for row in marked} <= {row["subject"] for row in stale}


async def test_mended_folds_heal_with_the_next_entry_of_anybody(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=42, events=300))
    victims = [e.cloud_event.id for e in journal.entries if e.cloud_event.type == "daybook.criterion_met.v1"][5:15]
    await journal.write(owner)
    async with projecting(empty_ledger, views=raising(*victims)):
        await empty_ledger.projected(journal.last)
    schema = (await served(owner)).schema
    assert await owner.fetchval("select count(*) from reporting.stale") > 0
    wrong = await stored(owner, schema, VIEWS)
    assert differing(wrong, expected(journal, VIEWS))
    known = journal.last
    async with projecting(empty_ledger):
        last = journal.entries[-1].cloud_event
        await journal.record(owner, event("account_registered", "account/A-new", last.occurred_at, "any", name="New"))
        await empty_ledger.projected(journal.last)
    assert await owner.fetchval("select count(*) from reporting.stale") == 0
    healed, right = await stored(owner, schema, VIEWS), expected(journal, VIEWS)
    for table in right:
        assert _standing(healed[table]) == _standing(right[table])
        # What was known before stays known: only versions from the next sequence on are new.
        before = {row[:-1] for row in wrong[table]}
        assert before == {row[:-1] for row in healed[table] if row[-2] <= known}


async def test_what_heals_with_the_playbook_that_it_waits_for_follows_it(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    opened = event("deal_opened", "deal/D-1", datetime(2026, 1, 5, tzinfo=UTC), "opened", playbook="practice")
    await journal.record(owner, opened)
    async with projecting(empty_ledger, views=raising("opened")):
        await empty_ledger.projected(journal.last)
    assert await owner.fetchval("select count(*) from reporting.stale") == 1
    await journal.record(owner, published(PRACTICE))
    async with projecting(empty_ledger):
        await empty_ledger.projected(journal.last)
    assert await owner.fetchval("select count(*) from reporting.stale") == 0
    found, right = await stored(owner, (await served(owner)).schema, VIEWS), expected(journal, VIEWS)
    for table, rows in right.items():
        assert _standing(found[table]) == _standing(rows)


def _standing(rows: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    return {row[:-2] for row in rows if row[-1] == 2**63 - 1}


async def _entry(owner: asyncpg.Connection, sequence: int) -> Any:
    return await owner.fetchrow("select * from reporting.entry where sequence = $1", sequence)
