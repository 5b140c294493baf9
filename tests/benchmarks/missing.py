"""Projecting with a cache that holds a tenth of what is live: nearly every subject is read from the journal again.

Beside it the same with everything in the cache.
"""

from tests.benchmarks.corpus import corpus, send
from tests.benchmarks.figure import Beside, Figure
from tests.benchmarks.section import Run, Section
from tests.benchmarks.worker import Went, projecting, recording
from tests.ledger import fresh_ledger

SHARE = 10
"""How many times as much is live as the cache holds."""


async def measure(run: Run) -> list[Figure]:
    """Events per second and the cost of each, while all that has come is told of again and again."""
    events = 5_000 if run.quick else 100_000
    everything = await _projected(run, events, 10 * events)
    a_tenth = await _projected(run, events, events // SHARE)
    return [
        *everything.figures(f"project {events:,} events, all in the cache"),
        *a_tenth.figures(
            f"project {events:,} events, a tenth in the cache", [Beside("all in the cache", everything.per_second)]
        ),
    ]


async def _projected(run: Run, events: int, cache_entries: int) -> Went:
    async with fresh_ledger(run.servers) as ledger:
        run.says(f"send {events:,} events")
        await send(ledger, corpus(events))
        to = await ledger.last_sequence()
        await recording(ledger, to)
        run.says(f"project {events:,} events, {cache_entries:,} in the cache")
        return await projecting(ledger, to, cache_entries=str(cache_entries))


SECTION = Section("missing", "Projecting when ten times as much is live as the cache holds", measure)
