"""From an append to its row in a view: how long until a reader by SQL sees what was sent, at steady rates.

Everything runs as in `daybook up`, each service a process. Each event changes the amount of one of `DEALS` open deals,
so it ends one row of `stage_position` and begins another. It is sent over NATS at its time, whether or not those before
it have been answered, and its latency counts from that time: a sender that falls behind hides nothing.

Visible is what is committed. A lane tells its position on NATS after each commit of rows and position; here that notice
is heard, and the events of the lane up to there count as visible when it comes: never too early, and late by the
notice's way. Nothing is asked of PostgreSQL meanwhile, but for some events a second, to see that their rows are there.
"""

import asyncio
import json
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import NamedTuple

import asyncpg

from projections.replay.entry import lane_of
from services.embedded.supervisor import SERVICES
from services.notary import key as notary_key
from services.stream.notices import PROJECTED
from tests.benchmarks import usage
from tests.benchmarks.figure import Figure
from tests.benchmarks.section import Run, Section
from tests.benchmarks.senders import NatsClient, nats_clients
from tests.ledger import Ledger, fresh_ledger
from tests.service import Service, until

RATES = (100, 1000, 3000)
"""Events per second."""
SECONDS = 60.0
DEALS = 2000
CLIENTS = 256
"""Connections of senders: as many events can be on their way to a receipt."""
LOOKED_AT_EVERY_S = 0.2
DRAINED_S = 300.0
"""How long the views may take to catch up behind a rate that is too high for them."""


class Told(NamedTuple):
    """An event with its receipt."""

    due: float
    """When it was to be sent, by `time.perf_counter`."""
    deal: str
    sequence: int


class Heard:
    """The notices of all lanes, with the times at which they came."""

    def __init__(self) -> None:
        self._at: dict[int, list[float]] = defaultdict(list)
        self._positions: dict[int, list[int]] = defaultdict(list)

    def take(self, subject: bytes, reply: bytes, data: bytes, headers: bytes | None) -> None:
        """One notice."""
        lane, position = int(subject.rpartition(b".")[2]), int(data)
        if not self._positions[lane] or position > self._positions[lane][-1]:
            self._at[lane].append(time.perf_counter())
            self._positions[lane].append(position)

    def visible_at(self, event: Told) -> float | None:
        """Time at which the event's lane said that it had passed it; None while it has not."""
        lane = lane_of(f"deal/{event.deal}")
        place = bisect_left(self._positions[lane], event.sequence)
        return self._at[lane][place] if place < len(self._at[lane]) else None


class Sending:
    """Sends events at their times through clients that are free."""

    def __init__(self, clients: Sequence[NatsClient]) -> None:
        self._free: asyncio.LifoQueue[NatsClient] = asyncio.LifoQueue()
        for each in clients:
            self._free.put_nowait(each)
        self._number = 0
        self.told: list[Told] = []

    async def open_deals(self) -> None:
        """Deals to change."""
        data = {"playbook": "project", "account_id": "A-1", "owner": "王 伟", "amount": "0.50", "currency": "CNY"}
        client = await self._free.get()
        for start in range(0, DEALS, 1000):
            numbers = range(start, start + 1000)
            await client.send(json.dumps([_event(f"o-{each}", each, "deal_opened", data) for each in numbers]).encode())
        self._free.put_nowait(client)

    async def at(self, rate: float, seconds: float) -> None:
        """Send at a steady rate, until all is answered."""
        start = time.perf_counter()
        under_way: set[asyncio.Task[None]] = set()
        for place in range(int(rate * seconds)):
            due = start + place / rate
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            task = asyncio.create_task(self._send(due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)

    async def _send(self, due: float) -> None:
        self._number += 1
        number = self._number
        data = {"amount": f"{number}.00", "currency": "CNY", "reason": "x" * 150}
        body = json.dumps(_event(f"r-{number}", number % DEALS, "deal_revised", data)).encode()
        client = await self._free.get()
        try:
            receipt = json.loads((await client.send(body)).rpartition(b"\r\n\r\n")[2])
        finally:
            self._free.put_nowait(client)
        self.told.append(Told(due, f"D-{number % DEALS}", receipt["sequence"]))


def _event(id_: str, deal: int, name: str, data: Mapping[str, object]) -> dict[str, object]:
    at = datetime.now(UTC).isoformat()
    about = {"specversion": "1.0", "id": id_, "source": "crm", "type": f"daybook.{name}.v1", "actor": "王 伟"}
    return {**about, "subject": f"deal/D-{deal}", "time": at, "data": dict(data)}


async def _look(reader: asyncpg.Connection, heard: Heard, sending: Sending) -> None:
    """See now and then that what counts as visible is there."""
    seen = 0
    while True:
        await asyncio.sleep(LOOKED_AT_EVERY_S)
        event = next((each for each in reversed(sending.told[seen:]) if heard.visible_at(each) is not None), None)
        if event is not None:
            seen = len(sending.told) - 1
            query = "select exists (select from reporting.stage_position_version where deal = $1 and known_from = $2)"
            assert await reader.fetchval(query, event.deal, event.sequence), f"{event} is not there"


async def _measured(
    rate: int, seconds: float, services: Mapping[str, Service], heard: Heard, sending: Sending, ledger: Ledger
) -> list[Figure]:
    postgres, nats = ledger.servers.postgres.process.pid, ledger.servers.nats.process.pid
    pids = {name: each.process.pid for name, each in services.items()} | {"nats": nats}
    before = {name: usage.cpu_s(pid) for name, pid in pids.items()} | {"postgres": usage.cpu_s_of(postgres)}
    sending.told.clear()
    began = time.perf_counter()
    await sending.at(rate, seconds)
    took = time.perf_counter() - began

    seen = 0

    async def all_visible() -> bool:
        nonlocal seen
        while seen < len(sending.told) and heard.visible_at(sending.told[seen]) is not None:
            seen += 1
        return seen == len(sending.told)

    await until(all_visible, f"what was sent at {rate}/s is not visible", deadline_s=DRAINED_S)
    after = {name: usage.cpu_s(pid) for name, pid in pids.items()} | {"postgres": usage.cpu_s_of(postgres)}
    late = sorted(((heard.visible_at(each) or 0.0) - each.due) * 1000 for each in sending.told)
    events = len(late)
    what = f"{rate:,}/s"
    return [
        Figure(f"{what}: sent and acknowledged", events / took),
        Figure(f"{what}: p50", late[events // 2], "ms"),
        Figure(f"{what}: p99", late[events * 99 // 100], "ms", most=100 if rate == 1000 else None),
        Figure(f"{what}: longest", late[-1], "ms"),
        *(
            Figure(f"{what}: processor, {name}", (after[name] - before[name]) / events * 1e6, "µs/event")
            for name in after
        ),
    ]


async def measure(run: Run) -> list[Figure]:
    """Each rate for a minute, one after another, on one ledger."""
    figures: list[Figure] = []
    async with fresh_ledger(run.servers) as ledger, AsyncExitStack() as stack:
        token = await ledger.source("crm")
        run.says("starting all services")
        notary_key.ensure(ledger.settings)
        services = {name: await stack.enter_async_context(ledger.process(name)) for name in SERVICES}
        nc, heard = await ledger.nats(), Heard()
        await nc.subscribe_raw(f"{PROJECTED}.*", heard.take)
        await nc.flush()
        clients = await nats_clients(CLIENTS, ledger.emitter_nats_url, token)
        for each in clients:
            stack.callback(each.close)
        sending = Sending(clients)
        await sending.open_deals()
        await ledger.projected()
        looking = asyncio.create_task(_look(await ledger.connect("daybook_query"), heard, sending))
        for rate in RATES:
            run.says(f"{rate:,} events/s")
            await sending.at(rate, 0.5)
            figures += await _measured(rate, 2.0 if run.quick else SECONDS, services, heard, sending, ledger)
            if looking.done():
                looking.result()
        looking.cancel()
    return figures


SECTION = Section("visible", "From an append to its row in a view, at 100, 1,000 and 3,000 events/s", measure)
