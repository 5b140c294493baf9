"""The rows are those that the folds give in memory, however the work is cut."""

import pytest

from projections.views import VIEWS
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import projecting, served
from tests.ledger import Ledger


@pytest.mark.parametrize(
    ("batch", "cache_entries", "projectors"), [(1, 200_000, 1), (3, 0, 2), (7, 800, 3), (1000, 200_000, 1)]
)
async def test_any_cut_of_the_work_gives_the_rows_of_the_folds(
    empty_ledger: Ledger, batch: int, cache_entries: int, projectors: int
) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=batch, events=400))
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
