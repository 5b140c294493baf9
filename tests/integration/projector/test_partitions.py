"""A lane by itself folds in parts that grow as long as the limits of a batch allow; any parts give the same rows."""

from collections.abc import Sequence
from typing import Any

import pytest

from projections.replay.entry import LANES
from projections.views import VIEWS
from services.projector import combined_batch, lane
from services.projector.cache import Cache
from services.projector.lane import Lane
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import served
from tests.ledger import Ledger

LIMIT = 100
TIES = 3
"""An entry that concerns several subjects of the lane is taken whole."""


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gets the sizes of the parts that are folded."""
    take, sizes = Lane.take, list[int]()

    async def counted(self: Lane, connection: Any, arrivals: Sequence[Any], *more: Any) -> Any:
        sizes.append(len(arrivals))
        return await take(self, connection, arrivals, *more)

    monkeypatch.setattr(Lane, "take", counted)
    monkeypatch.setattr(lane, "READ_BATCH_SIZE", 3)
    monkeypatch.setattr(lane, "FIRST_PART", 3)
    monkeypatch.setattr(lane, "LOADED_BATCH_SIZE", 2)
    return sizes


@pytest.mark.parametrize(("most_s", "most_changes"), [(1000, 10**6), (0.0001, 10**6), (1000, 1)])
async def test_a_part_is_as_large_as_fits(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, parts: list[int], most_s: float, most_changes: int
) -> None:
    monkeypatch.setattr(lane, "MAX_S", most_s)
    monkeypatch.setattr(lane, "MAX_CHANGES", most_changes)
    owner = await empty_ledger.connect()
    schema = (await served(owner)).schema
    journal = Journal()
    journal.take(each for each in turmoil(seed=56, events=600, deals=4) if "daybook.playbook_" not in each["type"])
    await journal.write(owner)
    busiest = await owner.fetchval("select lane from ledger.concerns group by lane order by count(*) desc limit 1")
    claimed = await Lane.claim(owner, schema, VIEWS, busiest, Cache(1000))
    step = await combined_batch.step(owner, schema, [claimed], journal.last, LIMIT)
    assert step is not None
    assert sum(parts) == step.arrivals
    if most_s == 1000 and most_changes > 1:
        assert LIMIT <= step.arrivals <= LIMIT + TIES
        before = 0
        for size in parts[:-1]:
            wanted = lane.MAX_GROWTH * before if before else 3
            assert wanted <= size <= wanted + TIES
            before += size
        assert parts[-1] <= lane.MAX_GROWTH * before + TIES
        assert len(parts) <= 4
    else:
        assert len(parts) == 1
        assert step.arrivals <= 3 + TIES


async def test_any_parts_give_the_same_rows(empty_ledger: Ledger, parts: list[int]) -> None:
    owner = await empty_ledger.connect()
    schema = (await served(owner)).schema
    journal = Journal()
    journal.take(turmoil(seed=57, events=600, deals=30, accounts=6))
    await journal.write(owner)
    for number in range(LANES):
        claimed = await Lane.claim(owner, schema, VIEWS, number, Cache(20))
        while claimed.position.sequence < journal.last:
            await combined_batch.step(owner, schema, [claimed], journal.last, LIMIT)
    assert max(parts) > 3 + TIES
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))
