"""History and explanation of a deal with 1,000 entries, over HTTP, as an auditor asks for them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx

from contracts.cloudevents.envelope import read_event
from services.demo.facts import Facts
from services.stream.append import Message, message_of
from tests.benchmarks.corpus import corpus, send
from tests.benchmarks.figure import Figure
from tests.benchmarks.section import Run, Section
from tests.benchmarks.worker import projecting, recording
from tests.ledger import fresh_ledger

ASKED = 100
"""How often each is asked for."""


def long_deal(entries: int) -> Iterator[Message]:
    """The story of one deal, and calls about it before, between and after."""
    for each in corpus(20_000):
        if each.subject == "daybook.deal.D-0000-0001":
            yield each
            entries -= 1
    facts = Facts()
    for number in range(entries):
        at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=6 * number)
        facts.say("call_made", "deal/D-0000-0001", at, "李雷", outcome="callback", duration_s=120)
    for event in facts.told:
        yield message_of(read_event(event))


async def measure(run: Run) -> list[Figure]:
    """Median and 99th percentile of each."""
    others, entries, asked = (500, 60, 5) if run.quick else (20_000, 1_000, ASKED)
    async with fresh_ledger(run.servers) as ledger:
        run.says(f"a deal of {entries:,} entries among {others:,} events")
        await send(ledger, (each for each in corpus(others) if each.subject != "daybook.deal.D-0000-0001"))
        await send(ledger, long_deal(entries))
        to = await ledger.last_sequence()
        await recording(ledger, to)
        await projecting(ledger, to)
        async with (
            ledger.process("query", open_reads="true") as query,
            httpx.AsyncClient(base_url=query.url, timeout=60) as client,
        ):
            figures: list[Figure] = []
            for what in ("history", "explain"):
                run.says(f"{what} of a deal of {entries:,} entries")
                took = sorted([await _asked(client, f"/deals/D-0000-0001/{what}") for _ in range(asked)])
                figures += [
                    Figure(f"{what}: p50", took[len(took) // 2] * 1000, "ms"),
                    Figure(f"{what}: p99", took[len(took) * 99 // 100] * 1000, "ms"),
                ]
    return figures


async def _asked(client: httpx.AsyncClient, path: str) -> float:
    start = time.perf_counter()
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - start


SECTION = Section("histories", "History and explanation of a deal with 1,000 entries, over HTTP", measure)
