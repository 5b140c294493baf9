"""The peer: the library `eventsourcing` on the same PostgreSQL, as its users append. Run as processes of its own.

Each client keeps one aggregate and saves one event at a time, the same call as ours, so nothing is read back: that is
the peer at its best. PostgreSQL acknowledges after its fsync (`synchronous_commit` is on).
"""

import asyncio
import sys
import threading
import time
from collections.abc import Sequence
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate

from tests.benchmarks.events import new_event
from tests.servers import Servers

_DATA = new_event()["data"]


class Deal(Aggregate):
    """Aggregate of the peer: the deal that the calls are about."""

    class Called(Aggregate.Event):
        """A call, with the data of ours."""

        source: str
        id: str
        actor: str
        contact_id: str
        duration_s: int
        outcome: str
        note: str

    def called(self, number: int) -> None:
        """There was a call."""
        said = {"source": "crm", "id": f"call-{number}", "actor": "王 伟", **_DATA}
        self.trigger_event(self.Called, **said)


async def rate(servers: Servers, processes: int, threads: int, functions: bool, seconds: float) -> float:
    """Events per second of so many processes with so many clients each, on a database of their own.

    `functions`: whether the peer inserts by a function in the database, which it offers as the faster way.
    """
    name = f"peer_{processes}_{threads}_{int(functions)}_{time.monotonic_ns()}"
    await servers.admin(f"create database {name} owner daybook")
    said = [str(servers.postgres.socket), name, str(threads), str(int(functions)), str(seconds)]
    command = [sys.executable, "-m", "tests.benchmarks.peer", *said]
    pipe = asyncio.subprocess.PIPE
    try:
        first = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        started = [(first, await first.stdout.readline())]  # type: ignore[union-attr]  # it makes the tables
        for _ in range(processes - 1):
            each = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
            started.append((each, await each.stdout.readline()))  # type: ignore[union-attr]
        assert all(line == b"ready\n" for _, line in started), "the peer does not start"
        outputs = await asyncio.gather(*(each.communicate(b"go\n") for each, _ in started))
        return sum(float(output) for output, _ in outputs)
    finally:
        await servers.admin(f"drop database {name} with (force)")


def main(socket: str, database: str, threads: str, functions: str, seconds: str) -> None:
    """One process: says `ready`, waits for a line, prints its events per second."""
    application: Application[UUID] = Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_HOST": socket,
            "POSTGRES_PORT": "5432",
            "POSTGRES_DBNAME": database,
            "POSTGRES_USER": "daybook",
            "POSTGRES_PASSWORD": "",
            "POSTGRES_POOL_SIZE": threads,
            "POSTGRES_MAX_OVERFLOW": "0",
            "POSTGRES_ENABLE_DB_FUNCTIONS": functions,
        }
    )
    deals = [Deal() for _ in range(int(threads))]
    for each in deals:
        application.save(each)
    print("ready", flush=True)
    sys.stdin.readline()
    print(_together(application, deals, float(seconds)))
    application.close()


def _together(application: Application[UUID], deals: Sequence[Deal], seconds: float) -> float:
    saved = [0] * len(deals)
    start = time.perf_counter()

    def client(place: int) -> None:
        deal = deals[place]
        while time.perf_counter() - start < seconds:
            deal.called(saved[place])
            application.save(deal)
            saved[place] += 1

    clients = [threading.Thread(target=client, args=(place,)) for place in range(len(deals))]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return sum(saved) / (time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
