"""Projecting what does not come in order, and what concerns one long account.

Late is an entry that happened before others of its subject that are folded already, by up to 20 days, or because
gaps are filled in later, the newest first.
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
    for what, in_order, out_of_order in (
        (f"{events:,} events", corpus(events), {f"{LATE:.0%} late": corpus(events, LATE)}),
        (
            f"one account of {entries:,} entries",
            one_account(entries),
            {
                f"{LATE:.0%} late": one_account(entries, LATE),
                f"{LATE:.0%} filled in, newest first": one_account(entries, filled_in=LATE),
            },
        ),
    ):
        before = await projected(run, what, in_order)
        figures += before.figures(f"project {what}")
        for how, messages in out_of_order.items():
            after = await projected(run, f"{what}, {how}", messages)
            figures += after.figures(f"project {what}, {how}", [Beside("in order", before.per_second)])
    return figures


SECTION = Section("late", "Projecting with 5 % late events, and an account of 10,000 entries", measure)
