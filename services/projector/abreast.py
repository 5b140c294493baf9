"""Lanes that are nearly up to date, abreast: what is new for all of them is read, folded and committed at once.

A dozen round trips and a commit cost far more than the few entries that a lane would take with them by itself. Each
position is still compared and set for itself: a lane that another worker has claimed stays behind, the others go on.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from time import perf_counter

from projections.entry import PLAYBOOK_LANE
from services.ledger.journal import Connection
from services.projector import metrics
from services.projector.batch import Arrival, arrivals_of
from services.projector.lane import READ_AT_ONCE, Lane
from services.projector.turns import Turns
from services.projector.versions import versions
from services.projector.write import advance_all, mark, statements, write

NEAR = READ_AT_ONCE
"""Entries: a lane that is farther behind the recorder takes larger batches, by itself."""
MOST_ARRIVALS = 5000
"""An entry may concern hundreds of subjects: what is more than this the lanes take by themselves."""
MOST_S = 1.0
"""So long they fold together: what takes longer, the lanes whose subjects it is about take by themselves."""
WRITTEN_WITHIN_MS = 500
"""So long they wait together for a row of a view that somebody else has locked."""


async def step(connection: Connection, schema: str, lanes: Sequence[Lane], recorded: int) -> set[int] | None:
    """Take and commit what there is up to the recorder's position, or as much as there is time for.

    Gives the lanes that may go on. The others have been claimed by another worker, or somebody has locked their rows:
    they are of no use any more, and after an exception none is. None when a playbook has been published or there is too
    much: nothing is done, for that each lane takes by itself. Raises LockNotAvailableError when a row of a view is
    locked.
    """
    began = perf_counter()
    positions = [lane.position for lane in lanes]
    sequences = [each.sequence for each in positions]
    lowest = min(sequences)
    rows = await connection.fetch(
        statements(schema)["abreast"],
        [*(each.lane for each in positions), PLAYBOOK_LANE],
        [*sequences, lowest],
        recorded,
        lowest,
        MOST_ARRIVALS + 1,
    )
    if len(rows) > MOST_ARRIVALS:
        return None
    by_lane: defaultdict[int, list[Arrival]] = defaultdict(list)
    for row, arrival in zip(rows, arrivals_of(rows), strict=True):
        by_lane[row["lane"]].append(arrival)
    if PLAYBOOK_LANE in by_lane:
        return None
    turns, until = Turns(), began + MOST_S
    for lane in lanes:
        lane.begin()
    folded = {
        lane: await lane.take_until(until, connection, by_lane[lane.position.lane], recorded, turns) for lane in lanes
    }
    with metrics.COMMIT.time():
        async with connection.transaction():
            moved = await advance_all(
                connection,
                schema,
                positions,
                [each.reaches for each in folded.values()],
                [lane.longest for lane in lanes],
            )
            await connection.execute(f"set local lock_timeout = '{WRITTEN_WITHIN_MS}ms'")
            going_on = [lane for lane in lanes if lane.position.lane in moved]
            written = versions(chain.from_iterable(folded[lane].changes for lane in going_on))
            await write(connection, schema, written)
            for lane in going_on:
                await mark(connection, schema, lane.marks())
    for lane in going_on:
        lane.advanced(folded[lane].reaches)
    metrics.STEP.observe(perf_counter() - began)
    arrivals = sum(each.arrivals for each in folded.values())
    metrics.BATCH.observe(arrivals)
    metrics.ARRIVALS.inc(arrivals)
    metrics.VERSIONS.inc(len(written))
    return moved
