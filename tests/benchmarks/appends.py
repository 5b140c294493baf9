"""Durable appends per second through intake, beside raw atomic batches on the same server in the same run.

Intake is a process of its own; the senders and the raw publisher are this one. Run: python -m tests.benchmarks.appends
"""

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable

import nats
from nats.aio.client import Client

from contracts.envelope import MAX_BATCH, read_event
from services.stream.append import Appended, Message, append, message_of
from tests.benchmarks.figure import Figure, markdown
from tests.ledger import Ledger, fresh_ledger
from tests.servers import running_servers

SECONDS = 3.0
CLIENTS = 64

_numbers = itertools.count(1)
Send = Callable[[int], Awaitable[None]]
"""Sends so many new events and waits for the receipt."""


def new_event() -> dict[str, object]:
    """An event of about 400 bytes."""
    number = next(_numbers)
    return {
        "specversion": "1.0",
        "id": f"call-{number}",
        "source": "crm",
        "type": "daybook.call_made.v1",
        "subject": f"deal/D-{number % 1000}",
        "time": "2026-03-31T09:30:00+08:00",
        "actor": "王 伟",
        "data": {"contact_id": "C-1", "duration_s": 240, "outcome": "interested", "note": "x" * 150},
    }


def body(count: int) -> bytes:
    """One event, or a list of them."""
    return json.dumps(new_event() if count == 1 else [new_event() for _ in range(count)]).encode()


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
        outcome = await append(nc, stream, [Message(subject, f"raw:{next(_numbers)}", data) for _ in range(count)])
        assert isinstance(outcome, Appended), outcome

    return send


async def rate(senders: list[Send], count: int) -> float:
    """Events per second of senders side by side, each sending `count` at a time."""
    end = time.perf_counter() + SECONDS

    async def keep(send: Send) -> int:
        sent = 0
        while time.perf_counter() < end:
            await send(count)
            sent += count
        return sent

    start = time.perf_counter()
    total = sum(await asyncio.gather(*map(keep, senders)))
    return total / (time.perf_counter() - start)


async def measure(ledger: Ledger) -> list[Figure]:
    """One figure for each way of sending."""
    figures = []
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
        floors = {count: await rate([raw], count) for count in (1, CLIENTS, MAX_BATCH)}
        ways: list[tuple[str, list[Send], int, int]] = [
            ("raw, one message", [raw], 1, 1),
            ("raw, atomic batch of 64", [raw], CLIENTS, CLIENTS),
            ("raw, atomic batch of 1000", [raw], MAX_BATCH, MAX_BATCH),
            ("HTTP, 1 client", [https[0].send], 1, 1),
            ("HTTP, 64 clients", [each.send for each in https], 1, CLIENTS),
            ("HTTP, batches of 1000", [https[0].send], MAX_BATCH, MAX_BATCH),
            ("HTTP, 4 x batches of 1000", [each.send for each in https[:4]], MAX_BATCH, MAX_BATCH),
            ("NATS, 1 client", over_nats[:1], 1, 1),
            ("NATS, 64 clients", over_nats, 1, CLIENTS),
            ("NATS, batches of 1000", over_nats[:1], MAX_BATCH, MAX_BATCH),
        ]
        for name, senders, count, floor in ways:
            found = floors[floor] if senders == [raw] else await rate(senders, count)
            figures.append(Figure(f"append: {name}", found, floors[floor]))
        for emitter in emitters:
            await emitter.close()
    return figures


async def main() -> None:
    """On servers of its own."""
    async with running_servers() as servers, fresh_ledger(servers, []) as ledger:
        print(markdown(await measure(ledger)))


if __name__ == "__main__":
    asyncio.run(main())
