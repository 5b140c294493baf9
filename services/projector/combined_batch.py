"""Combined batch: what is new for one lane or several is read, folded and committed in one transaction.

Lanes that are nearly up to date share a batch: a dozen round trips and a commit cost far more than the few entries that
a lane would take with them alone. Each position is still compared and set for itself: a lane that another worker has
claimed stays behind, the others go on.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from time import perf_counter
from typing import NamedTuple

from projections.replay.entry import PLAYBOOK_LANE
from services.ledger.journal import Connection
from services.projector import metrics
from services.projector.batch import Arrival, arrivals_of
from services.projector.lane import READ_BATCH_SIZE, Folded, Lane
from services.projector.time_slice import TimeSlice
from services.projector.write import advance, mark, statements, write
from services.views.row_versions import versions

NEAR = READ_BATCH_SIZE
"""Entries: a lane that is farther behind the recorder takes larger batches, by itself."""
MAX_ARRIVALS = 5000
"""An entry may concern hundreds of subjects: what is more than this the lanes take by themselves."""
MAX_S = 1.0
"""So long they fold together: what takes longer, the lanes whose subjects it is about take by themselves."""
WRITTEN_WITHIN_MS = 500
"""So long they wait together for a row of a view that somebody else has locked."""


class Step(NamedTuple):
    """Result of one step."""

    moved: set[int]
    """Lanes that may go on. The others have been claimed by another worker, or somebody has locked their rows: they are
    of no use any more."""
    arrivals: int
    """Arrivals taken; an entry that concerns two subjects counts twice."""
    versions: int
    """Row versions written."""


async def step(connection: Connection, schema: str, lanes: Sequence[Lane], recorded: int, limit: int) -> Step | None:
    """Take and commit the next batch of some lanes, towards the recorder's position.

    Several take what there is, or as much as there is time for; None when a playbook has been published or there is too
    much: nothing is done, for that each takes alone. A lane alone takes about `limit` arrivals, and waits as long as
    somebody locks a row of a view; several raise LockNotAvailableError then. After an exception no lane is of any use.
    """
    began = perf_counter()
    for lane in lanes:
        lane.begin()
    alone = lanes[0] if len(lanes) == 1 else None
    folded = (
        await _fold(connection, schema, lanes, recorded, began + MAX_S)
        if alone is None
        else {alone: await alone.fold(connection, recorded, limit)}
    )
    if folded is None:
        return None
    writing = perf_counter()
    with metrics.COMMIT.time():
        async with connection.transaction():
            moved = await advance(
                connection,
                schema,
                [lane.position for lane in lanes],
                [folded[lane].reaches for lane in lanes],
                [lane.longest for lane in lanes],
            )
            if alone is None:
                await connection.execute(f"set local lock_timeout = '{WRITTEN_WITHIN_MS}ms'")
            going_on = [lane for lane in lanes if lane.position.lane in moved]
            written = versions(chain.from_iterable(folded[lane].changes for lane in going_on))
            await write(connection, schema, written)
            for lane in going_on:
                await mark(connection, schema, lane.marks())
    if alone is not None:
        alone.write_s = (perf_counter() - writing) / max(len(written), 1)
    for lane in going_on:
        lane.advanced(folded[lane].reaches)
    arrivals = sum(each.arrivals for each in folded.values())
    metrics.STEP.observe(perf_counter() - began)
    metrics.BATCH.observe(arrivals)
    metrics.ARRIVALS.inc(arrivals)
    metrics.VERSIONS.inc(len(written))
    return Step(moved, arrivals, len(written))


async def _fold(
    connection: Connection, schema: str, lanes: Sequence[Lane], recorded: int, until: float
) -> dict[Lane, Folded] | None:
    """Read and fold what is new for several lanes, in memory; None when each is to take it alone."""
    positions = [lane.position for lane in lanes]
    sequences = [each.sequence for each in positions]
    lowest = min(sequences)
    rows = await connection.fetch(
        statements(schema)["combined"],
        [*(each.lane for each in positions), PLAYBOOK_LANE],
        [*sequences, lowest],
        recorded,
        lowest,
        MAX_ARRIVALS + 1,
    )
    if len(rows) > MAX_ARRIVALS:
        return None
    by_lane: defaultdict[int, list[Arrival]] = defaultdict(list)
    for row, arrival in zip(rows, arrivals_of(rows), strict=True):
        by_lane[row["lane"]].append(arrival)
    if PLAYBOOK_LANE in by_lane:
        return None
    turns = TimeSlice()
    return {
        lane: await lane.take_until(until, connection, by_lane[lane.position.lane], recorded, turns) for lane in lanes
    }
