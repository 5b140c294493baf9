"""Bulk voids: a source takes back half of what it said of one account, or of one deal.

All that they name is in the views by then; recorder and projector take the voids side by side.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.cloudevents.envelope import read_event
from services.demo.facts import Facts
from services.stream.append import Message, message_of
from tests.benchmarks.corpus import one_account, send
from tests.benchmarks.figure import Figure
from tests.benchmarks.section import Run, Section
from tests.benchmarks.worker import POLL_INTERVAL_S
from tests.ledger import fresh_ledger

_AT = datetime(2026, 11, 1, tzinfo=UTC)
_BEGINS = datetime(2025, 1, 1, tzinfo=UTC)


def one_deal(entries: int) -> Iterator[Message]:
    """A deal that is called about every six hours."""
    facts = Facts()
    facts.say("deal_opened", "deal/LONG", _BEGINS, "李雷", playbook="project", owner="李雷")
    for number in range(1, entries):
        at = _BEGINS + timedelta(hours=6 * number)
        facts.say("call_made", "deal/LONG", at, "李雷", outcome="callback", duration_s=120)
    for event in facts.told:
        yield message_of(read_event(event))


def voids(targets: Sequence[Message]) -> Iterator[Message]:
    """Each of them never happened."""
    for number, target in enumerate(targets):
        said = read_event(target.data)
        void: dict[str, Any] = {"specversion": "1.0", "id": f"void-{number}", "source": said.source,
                "type": "daybook.event_voided.v1", "subject": said.subject, "time": _AT.isoformat(),
                "data": {"target": {"source": said.source, "id": said.id}, "reason": "sent twice", "approver": "Li"},
                }  # fmt: skip
        yield message_of(read_event(void))


async def measure(run: Run) -> list[Figure]:
    """Of an account every second entry, which are its payments; of a deal every second call."""
    entries = 400 if run.quick else 10_000
    figures: list[Figure] = []
    for what, told in (("an account", list(one_account(entries))), ("a deal", list(one_deal(entries)))):
        run.says(f"{what} of {entries:,} entries")
        taken = await _voided(run, told, told[1::2][: entries * 2 // 5])
        figures.append(Figure(f"voids on {what} of {entries:,} entries", taken, least=2000))
    return figures


async def _voided(run: Run, told: Sequence[Message], targets: Sequence[Message]) -> float:
    """Voids per second, from the first that is recorded until the last is in the views."""
    async with fresh_ledger(run.servers) as ledger:
        await send(ledger, told)
        connection = await ledger.connect()
        async with ledger.process("projector"):
            async with ledger.process("recorder"):
                before = await ledger.projected()
            await send(ledger, voids(targets))
            async with ledger.process("recorder"):
                while await connection.fetchval("select max(sequence) from ledger.journal") == before:  # noqa: ASYNC110
                    await asyncio.sleep(POLL_INTERVAL_S)
                start = time.perf_counter()
                await ledger.projected()
                return len(targets) / (time.perf_counter() - start)


SECTION = Section(
    "corrected", "Thousands of voids on one account, or on one deal, until they are in the views", measure
)
