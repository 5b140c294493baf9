"""Durable appends per second through intake, beside raw atomic batches on the same server in the same run.

Intake is a process of its own; the senders and the raw publisher are this one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import nats
from nats.aio.client import Client

from contracts.envelope import MAX_BATCH, read_event
from services.stream.append import Appended, Message, append, message_of
from tests.benchmarks.events import body, new_event, next_number
from tests.benchmarks.figure import Beside, Figure
from tests.benchmarks.section import Run, Section
from tests.ledger import Ledger, fresh_ledger

SECONDS = 3.0
CLIENTS = 64

Send = Callable[[int], Awaitable[None]]
"""Sends so many new events and waits for the receipt."""


class HttpSender:
    """One connection, as lean as can be: the sender shares the processor with what is measured."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def send(self, count: int) -> None:
        """One request."""
        content, media = body(count), "cloudevents+json" if count == 1 else "cloudevents-batch+json"
        head = (
            f"POST /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/{media}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self._writer.write(head.encode() + content)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        text = await self._reader.readexactly(int(length.split(b":")[1]))
        assert answer.startswith(b"HTTP/1.1 201"), text


def nats_sender(nc: Client, token: str) -> Send:
    """Requests on `intake.crm`."""

    async def send(count: int) -> None:
        reply = await nc.request("intake.crm", body(count), timeout=30, headers={"Daybook-Token": token})
        assert (reply.headers or {})["Daybook-Status"] == "201", reply.data

    return send


def raw_sender(nc: Client, stream: str) -> Send:
    """Atomic batches straight to the stream: the floor."""

    subject, _, data = message_of(read_event(new_event()))

    async def send(count: int) -> None:
        outcome = await append(nc, stream, [Message(subject, f"raw:{next_number()}", data) for _ in range(count)])
        assert isinstance(outcome, Appended), outcome

    return send


async def rate(senders: list[Send], count: int, seconds: float) -> float:
    """Events per second of senders side by side, each sending `count` at a time."""
    end = time.perf_counter() + seconds

    async def keep(send: Send) -> int:
        sent = 0
        while time.perf_counter() < end:
            await send(count)
            sent += count
        return sent

    start = time.perf_counter()
    total = sum(await asyncio.gather(*map(keep, senders)))
    return total / (time.perf_counter() - start)


async def measure(run: Run) -> list[Figure]:
    """One figure for each way of sending."""
    async with fresh_ledger(run.servers, []) as ledger:
        return await _measure(run, ledger)


async def _measure(run: Run, ledger: Ledger) -> list[Figure]:
    figures = []
    seconds = 0.2 if run.quick else SECONDS
    token = await ledger.source("crm")
    nc = await ledger.nats()
    async with ledger.process("intake") as intake:
        port = int(intake.url.rpartition(":")[2])
        https = [HttpSender(port, token) for _ in range(CLIENTS)]
        for each in https:
            await each.open()
        emitters = [await nats.connect(ledger.emitter_nats_url) for _ in range(8)]
        over_nats = [nats_sender(emitters[each % 8], token) for each in range(CLIENTS)]
        raw = raw_sender(nc, ledger.settings.stream)
        run.says("the floor")
        floors = {count: await rate([raw], count, seconds) for count in (1, CLIENTS, MAX_BATCH)}
        ways: list[tuple[str, list[Send], int, int]] = [
            ("HTTP, 1 client", [https[0].send], 1, 1),
            ("HTTP, 64 clients", [each.send for each in https], 1, CLIENTS),
            ("HTTP, batches of 1000", [https[0].send], MAX_BATCH, MAX_BATCH),
            ("NATS, 1 client", over_nats[:1], 1, 1),
            ("NATS, 64 clients", over_nats, 1, CLIENTS),
            ("NATS, batches of 1000", over_nats[:1], MAX_BATCH, MAX_BATCH),
        ]
        for name, senders, count, floor in ways:
            run.says(name)
            found = await rate(senders, count, seconds)
            figures.append(Figure(name, found, beside=[Beside(f"raw atomic batches of {floor}", floors[floor])]))
        for emitter in emitters:
            await emitter.close()
    return figures


SECTION = Section("append", "Durable appends per second through intake, beside raw atomic batches", measure)
