"""Durable appends per second through intake, beside the floor and the peer on the same servers in the same repeat.

The floor is a publisher of atomic batches straight to the stream, with as many batches under way as the senders beside
it have, composed and sent as intake does it: what is left when nobody asks who sends, what it is, and whether it is
there already. The peer is at its best of several ways to run its clients. Intake is one process, and two where it says
so; its senders, and the publisher, are this one.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import chain

from contracts.cloudevents.envelope import MAX_BATCH, read_event
from services.stream.append import Appended, Message, append, message_of
from tests.benchmarks import peer, senders, usage
from tests.benchmarks.events import new_event, next_number
from tests.benchmarks.figure import Beside, Figure
from tests.benchmarks.section import Run, Section
from tests.benchmarks.senders import Client
from tests.benchmarks.sizes import ROOM
from tests.ledger import Ledger, fresh_ledger
from tests.service import Service

CLIENTS = 64
IN_FLIGHT = 4
"""Batches of 1000 that are under way at once: a client that has more to send does not wait for each receipt."""
SECONDS = 5.0
PEERS = {1: ((1, 1),), CLIENTS: ((1, CLIENTS), (4, CLIENTS // 4))}
"""(processes, threads in each) by number of clients."""

Send = Callable[[], Awaitable[int]]
"""Sends new events, waits until they are durable, and says how many they were."""


def publisher(ledger: Ledger, nc: object, count: int) -> Send:
    """Atomic batches of so many messages, or single ones."""
    subject, _, data = message_of(read_event(new_event()))

    async def send() -> int:
        messages = [Message(subject, f"raw:{next_number()}", data) for _ in range(count)]
        outcome = await append(nc, ledger.settings.stream, messages)  # type: ignore[arg-type]
        assert isinstance(outcome, Appended), outcome
        return count

    return send


def sender(client: Client, count: int) -> Send:
    """Requests of so many events to intake."""

    async def send() -> int:
        await client.send(senders.body(count))
        return count

    return send


async def rate(sends: Sequence[Send], seconds: float) -> float:
    """Events per second of senders side by side, each of which sends again as soon as it has its receipt."""
    events, took = await _keep_on(sends, seconds)
    return events / took


async def _keep_on(sends: Sequence[Send], seconds: float) -> tuple[int, float]:
    """Sends for so many seconds. Returns the number of events sent and the seconds it took."""
    start = time.perf_counter()

    async def keep(send: Send) -> int:
        sent = 0
        while time.perf_counter() - start < seconds:
            sent += await send()
        return sent

    events = sum(await asyncio.gather(*map(keep, sends)))
    return events, time.perf_counter() - start


class _Measuring:
    """One repeat, on one ledger."""

    def __init__(
        self, run: Run, ledger: Ledger, intakes: Sequence[Service], clients: Mapping[str, Sequence[Client]]
    ) -> None:
        self._run = run
        self._ledger = ledger
        self._pids = [each.process.pid for each in intakes]
        self._clients = clients
        self._seconds = 0.3 if run.quick else SECONDS

    async def floor(self, count: int, under_way: int = 1) -> float:
        """Messages per second of the raw publisher, which has so many batches under way."""
        self._run.says(f"the floor, {count} at a time, {under_way} under way")
        nc = await self._ledger.nats()
        return await rate([publisher(self._ledger, nc, count)] * under_way, self._seconds)

    async def peer(self, clients: int) -> float:
        """Events per second of the peer, at the best of its ways to run so many clients."""
        best = 0.0
        for processes, threads in PEERS[clients]:
            for functions in (False, True):
                how = "functions" if functions else "statements"
                self._run.says(f"the peer, {processes} x {threads} threads, {how}")
                found = await peer.rate(self._run.servers, processes, threads, functions, self._seconds)
                best = max(best, found)
        return best

    async def intake(self, door: str, clients: int, count: int, beside: Sequence[Beside], what: str) -> list[Figure]:
        """Measure how many events a second intake takes through a door, and what each event costs its process."""
        self._run.says(f"{door}, {what}")
        sends = [sender(each, count) for each in self._clients[door][:clients]]
        await rate(sends, self._seconds / 10)  # whatever is done but once is done now
        cpu = usage.cpu_s(*self._pids)
        events, took = await _keep_on(sends, self._seconds)
        cost = (usage.cpu_s(*self._pids) - cpu) / events * 1e6
        return [
            Figure(f"{door}, {what}", events / took, beside=beside),
            Figure(f"{door}, {what}: processor time of intake", cost, "µs/event"),
        ]


@asynccontextmanager
async def connected(ledger: Ledger, token: str, intakes: Sequence[Service]) -> AsyncIterator[dict[str, list[Client]]]:
    """Clients at both doors; over HTTP every intake has the same share of them, in turn."""
    clients: dict[str, list[Client]] = {
        "NATS": [*await senders.nats_clients(CLIENTS, ledger.emitter_nats_url, token)],
        "HTTP": [],
    }
    try:
        shares = [
            await senders.http_clients(CLIENTS // len(intakes), int(each.url.rpartition(":")[2]), token)
            for each in intakes
        ]
        clients["HTTP"] += chain.from_iterable(zip(*shares, strict=True))
        yield clients
    finally:
        for client in (*clients["NATS"], *clients["HTTP"]):
            client.close()


async def measure(run: Run) -> list[Figure]:
    """Every way of sending."""
    async with fresh_ledger(run.servers, [], stream_max_bytes=ROOM) as ledger:
        token = await ledger.source("crm")
        async with ledger.process("intake") as one:
            async with connected(ledger, token, [one]) as clients:
                many, batches, figures = await _measure(_Measuring(run, ledger, [one], clients))
            async with ledger.process("intake") as two, connected(ledger, token, [one, two]) as clients:
                both = _Measuring(run, ledger, [one, two], clients)
                for door in clients:
                    what = f"batches of 1000, {IN_FLIGHT} under way, two intakes"
                    figures += await both.intake(door, CLIENTS, 1, [many], f"{CLIENTS} clients, two intakes")
                    figures += await both.intake(door, IN_FLIGHT, MAX_BATCH, [batches], what)
    return figures


async def _measure(one: _Measuring) -> tuple[Beside, Beside, list[Figure]]:
    """The peer with many clients, the floor with several batches under way, and everything with one intake."""
    floors = {count: await one.floor(count) for count in (1, CLIENTS, MAX_BATCH)}
    under_way = await one.floor(MAX_BATCH, IN_FLIGHT)
    single, many = await one.peer(1), await one.peer(CLIENTS)
    figures = [
        Figure("the floor: raw atomic batches of 1000, one after another", floors[MAX_BATCH]),
        Figure(f"the floor: raw atomic batches of 1000, {IN_FLIGHT} under way", under_way),
        Figure("the peer, 1 client (the best of 2 ways)", single),
        Figure(f"the peer, {CLIENTS} clients (the best of 4 ways)", many),
    ]
    for door, of_peer, of_floor in (("NATS", 5.0, 0.5), ("HTTP", 2.0, 0.35)):
        beside = [Beside("the peer", single), Beside("raw single messages", floors[1])]
        figures += await one.intake(door, 1, 1, beside, "1 client")
        beside = [Beside("the peer", many, least=of_peer), Beside(f"raw batches of {CLIENTS}", floors[CLIENTS])]
        figures += await one.intake(door, CLIENTS, 1, beside, f"{CLIENTS} clients")
        beside = [Beside("the floor, one after another", floors[MAX_BATCH])]
        figures += await one.intake(door, 1, MAX_BATCH, beside, "batches of 1000, one after another")
        beside = [Beside(f"the floor, {IN_FLIGHT} under way", under_way, least=of_floor)]
        figures += await one.intake(door, IN_FLIGHT, MAX_BATCH, beside, f"batches of 1000, {IN_FLIGHT} under way")
    return Beside("the peer", many), Beside(f"the floor, {IN_FLIGHT} under way", under_way), figures


SECTION = Section("append", "Durable appends per second through intake, beside a raw publisher and the peer", measure)
