"""The peer's projection: the library `eventsourcing` follows its own events into a table, as its users have it.

The same events of the same deals; its projection keeps, for each deal, how many of each kind there were, in one
statement per event. That is less than a funnel needs, so it is the peer at its best. Run as a process of its own.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from itertools import islice
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from tests.benchmarks.corpus import corpus
from tests.servers import Servers

_BATCH_SIZE = 1000
_TIMEOUT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Peer:
    """Events per second."""

    saved: float
    """In bulk, a thousand events in one transaction."""
    projected: float | None
    """By its projection runner, which finds them saved; None when not asked for."""


class Subject(Aggregate):
    """Aggregate of the peer: the subject that events are about."""

    class Said(Aggregate.Event):
        """An event of ours."""

        kind: str
        text: str

    def say(self, kind: str, text: str) -> None:
        """There was an event."""
        self.trigger_event(self.Said, kind=kind, text=text)


class Funnel(PostgresTrackingRecorder):
    """Number of events of each kind of every subject."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.append(
            SQL(
                "create table if not exists funnel (subject uuid, kind text, number bigint not null, "
                "primary key (subject, kind))"
            ).format()
        )

    def count(self, subject: object, kind: str, tracking: Tracking) -> None:
        """One more, in a transaction with the position."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "insert into funnel values (%s, %s, 1) "
                "on conflict (subject, kind) do update set number = funnel.number + 1",
                (subject, kind),
                prepare=True,
            )


class Counting(Projection[Funnel]):
    """Every event counts."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Count it."""
        self.view.count(domain_event.originator_id, getattr(domain_event, "kind", "created"), tracking)


async def peer_projecting(servers: Servers, events: int, *, project: bool = True) -> Peer:
    """So many events, saved in bulk and then projected, on a database of their own."""
    name = f"peer_projecting_{time.monotonic_ns()}"
    await servers.admin(f"create database {name} owner daybook")
    try:
        said = [str(servers.postgres.socket), name, str(events), str(int(project))]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.benchmarks.peer_projecting", *said, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert process.returncode == 0, "the peer failed"
        return Peer(**json.loads(out))
    finally:
        await servers.admin(f"drop database {name} with (force)")


def main(socket: str, database: str, events: str, project: str) -> None:
    """One process: prints what it measured."""
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_HOST": socket,
        "POSTGRES_PORT": "5432",
        "POSTGRES_DBNAME": database,
        "POSTGRES_USER": "daybook",
        "POSTGRES_PASSWORD": "",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "1",  # without them, psycopg's pipeline stalls on a thousand events at once
    }
    application: Application[Any] = Application(env=env)
    number, seconds = _save(application, int(events))
    projected = None
    if project == "1":
        last = application.recorder.max_notification_id()
        start = time.perf_counter()
        with ProjectionRunner(
            application_class=Application, projection_class=Counting, view_class=Funnel, env=env
        ) as runner:
            runner.wait(last, timeout=_TIMEOUT_S)
            projected = number / (time.perf_counter() - start)
    application.close()
    print(json.dumps({"saved": number / seconds, "projected": projected}))


def _save(application: Application[Any], events: int) -> tuple[int, float]:
    """Saves the events. Returns the number that makes, and the seconds that the peer took for them."""
    subjects: dict[str, Subject] = {}
    source = corpus(events)
    seconds = 0.0
    while some := [(json.loads(each.data), each.data.decode()) for each in islice(source, _BATCH_SIZE)]:
        start = time.perf_counter()
        for said, text in some:
            subject = subjects.get(said["subject"]) or subjects.setdefault(said["subject"], Subject())
            subject.say(said["type"], text)
        application.save(*(subjects[each] for each in dict.fromkeys(said["subject"] for said, _ in some)))
        seconds += time.perf_counter() - start
    return events + len(subjects), seconds


if __name__ == "__main__":
    main(*sys.argv[1:])
