"""The rows are those that the folds give in memory, however the work is cut."""

import pytest

from projections.views import VIEWS
from services.projector import lane, write
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import projecting, served
from tests.ledger import Ledger


@pytest.mark.long_cases
@pytest.mark.parametrize(
    ("batch", "read", "changes", "cache_entries", "projectors", "corrected"),
    [
        (1, 1, 50_000, 200_000, 1, 1 / 8),
        (3, 1000, 50_000, 0, 2, 1 / 8),
        (7, 2, 50_000, 800, 3, 1 / 8),
        (100, 3, 50_000, 0, 2, 1 / 8),
        (100, 4, 10, 20, 1, 1 / 8),
        (1000, 1000, 50_000, 200_000, 1, 1 / 8),
        (20, 7, 50_000, 100, 2, 1.0),
        (1000, 1000, 50_000, 200_000, 1, 1.0),
    ],
)
async def test_any_cut_of_the_work_gives_the_rows_of_the_folds(
    empty_ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    batch: int,
    read: int,
    changes: int,
    cache_entries: int,
    projectors: int,
    corrected: float,
) -> None:
    monkeypatch.setattr(lane, "READ_BATCH_SIZE", read)
    monkeypatch.setattr(lane, "FIRST_PART", min(read, 100))
    monkeypatch.setattr(lane, "MAX_CHANGES", changes)
    monkeypatch.setattr(write, "CLOSED_BATCH_SIZE", read)
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=batch + read, events=400, corrected=corrected))
    manner = {"batch": batch, "cache_entries": cache_entries}
    async with projecting(empty_ledger, **manner) as first:
        while await journal.write(owner, limit=97) < journal.last:
            first.wake()
        if projectors == 1:
            await empty_ledger.projected(journal.last)
        else:
            async with projecting(empty_ledger, **manner), projecting(empty_ledger, **manner):
                await empty_ledger.projected(journal.last)
    found = await stored(owner, (await served(owner)).schema, VIEWS)
    assert not differing(found, expected(journal, VIEWS))
