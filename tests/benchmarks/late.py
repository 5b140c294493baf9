"""Projecting what does not come in order, and what concerns one long account.

Late is an entry that happened before others of its subject that are folded already, by up to 20 days.
"""

from collections.abc import Iterator

from services.stream.append import Message
from tests.benchmarks.corpus import corpus, one_account, send
from tests.benchmarks.figure import Beside, Figure
from tests.benchmarks.section import Run, Section
from tests.benchmarks.worker import Went, projecting, recording
from tests.ledger import fresh_ledger

LATE = 0.05


async def projected(run: Run, what: str, messages: Iterator[Message]) -> Went:
    """A projector on a ledger of these events."""
    async with fresh_ledger(run.servers) as ledger:
        run.says(f"send {what}")
        await send(ledger, messages)
        to = await ledger.last_sequence()
        await recording(ledger, to)
        run.says(f"project {what}")
        return await projecting(ledger, to)


async def measure(run: Run) -> list[Figure]:
    """Each beside the same in order."""
    events, entries = (2_000, 600) if run.quick else (100_000, 10_000)
    figures: list[Figure] = []
    for what, in_order, late in (
        (f"{events:,} events", corpus(events), corpus(events, LATE)),
        (f"one account of {entries:,} entries", one_account(entries), one_account(entries, LATE)),
    ):
        before = await projected(run, what, in_order)
        after = await projected(run, f"{what}, {LATE:.0%} late", late)
        figures += before.figures(f"project {what}")
        beside = [Beside("in order", before.per_second)]
        figures += after.figures(f"project {what}, {LATE:.0%} late", beside)
    return figures


SECTION = Section("late", "Projecting with 5 % late events, and an account of 10,000 entries", measure)
