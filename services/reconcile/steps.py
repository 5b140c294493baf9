"""The steps of a reconciliation, over one connection to each server. See `reconcile.py` for their order and why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import asyncpg

from contracts.types.microseconds import microseconds
from services.endpoints import Endpoints
from services.errors import LostLeadership, StreamMismatch, Unavailable
from services.ledger.stream_comparison import Comparison, compare
from services.ledger.stream_identity import StreamIdentity, remembered
from services.nats import connection as stream_connection
from services.nats.client import FollowingClient
from services.postgres import connection as database
from services.postgres.leader_lock import Lease, writer_of
from services.reconcile import records
from services.reconcile.missing_messages import lacking
from services.reconcile.plan import Action, Moved, action, foreign, moved
from services.runtime.progress import Progress
from services.settings import Settings
from services.stream.append_at import append_at, batches
from services.stream.clock import BOUND_S
from services.stream.configuration import configuration, differences, disk_of, fresh
from services.stream.messages import Messages
from services.stream.quiesce import close, make_closed, opened
from services.stream.quiesce import open_ as open_stream
from services.stream.read import Stored
from services.stream.sequence_ranges import Ranges, count
from services.stream.state import StreamState, ask, find, state


@dataclass(frozen=True, slots=True)
class Look:
    """The stream beside what the ledger remembers of it."""

    ours: StreamIdentity
    found: StreamState | None
    comparison: Comparison
    recorded_ahead: tuple[int, int] | None
    """The journal's rows, first and last, whose `recorded_at` is still to come: a clock was wrong when they were
    recorded. They stay as they are."""

    @property
    def action(self) -> Action:
        """Action that the stream needs."""
        return action(self.ours, self.found, self.comparison)


class Work:
    """The steps."""

    def __init__(
        self,
        settings: Settings,
        where: Endpoints,
        nc: FollowingClient,
        connection: asyncpg.Connection,
        progress: Progress,
        lease: Lease | None,
    ) -> None:
        self._lease = lease
        self._settings = settings
        self._where = where
        self._stream = settings.stream
        self._nc = nc
        self._connection = connection
        self._progress = progress
        self._unreadable: dict[datetime, Ranges] = {}
        """What a stream that was made then does not give, and what need not be tried again."""

    @classmethod
    @asynccontextmanager
    async def on(
        cls, settings: Settings, where: Endpoints, progress: Progress, lease: Lease | None = None
    ) -> AsyncIterator[Self]:
        """Opens connections of its own while the context is open. Raises Unavailable and NotProvisioned.

        Whoever does more than look holds the recorder's lock. Each step asks for it first, and the connection to the
        database is ended by whoever holds it next: one that was frozen on the way changes nothing any more.
        """
        nc = await stream_connection.connect_following(where.nats_url, "reconcile")
        try:
            connection = await database.connect(where.database_url)
            try:
                with database.explained():
                    if lease is not None:
                        await connection.execute(f"set application_name = '{writer_of('recorder')}'")
                    yield cls(settings, where, nc, connection, progress, lease)
            finally:
                connection.terminate()
        finally:
            await nc.close()

    async def look(self, step: str) -> Look:
        """Compare everything."""
        ours = await remembered(self._connection, self._stream)
        ahead = await records.recorded_ahead(self._connection, BOUND_S)
        found = await find(self._nc, self._stream)
        self._progress.begins(step, ours.last_sequence)
        if found is None:
            missing = [(1, ours.last_sequence)] if ours.last_sequence else []
            return Look(ours, None, Comparison(ours.last_sequence, 0, ours.last_sequence, missing), ahead)
        comparison = await compare(
            self._connection,
            self._nc,
            self._stream,
            ours.last_sequence,
            found.last_sequence,
            progress=self._progress.advances,
            unreadable=self._unreadable.get(found.created_at),
        )
        if found.copies == 1:  # otherwise another copy may lead by then, and give it
            self._unreadable[found.created_at] = comparison.unreadable
        return Look(ours, found, comparison, ahead)

    async def close(self) -> None:
        """Close the stream, if there is one, and give it the room that the settings name. Raises LostLeadership."""
        self._progress.begins("closing", None)
        await self._leads()
        found = await find(self._nc, self._stream)
        if found is None:
            return
        max_bytes = self._settings.stream_max_bytes or found.max_bytes
        await close(self._nc, found, max_bytes)

    async def save(self, look: Look, by: str, reason: str) -> None:
        """Commit that a reconciliation is under way, with the messages that the journal does not know.

        Raises LostLeadership, and StreamMismatch when the stream does not give all of them; then nothing was committed.
        """
        anew = look.action is Action.MAKE_ANEW
        ranges = foreign(look.comparison) if anew else []
        self._progress.begins("saving", count(ranges))
        await self._leads()
        async with Messages(self._nc, self._stream, ranges) as messages:
            await records.begin(
                self._connection,
                by=by,
                reason=reason,
                words=look.comparison.words() or str(look.action),
                recorded=look.ours.recorded,
                found=look.found,
                configuration=await self._configuration(look.found),
                kept=0 if anew or look.found is None else look.found.last_sequence,
                after=look.ours.last_sequence,
                foreign=self._counted(messages, count(ranges)),
            )

    async def make_anew(self, look: Look) -> None:
        """Remove the stream, unless it is gone, and make it again, empty and closed.

        Raises LostLeadership and StreamMismatch; then nothing was removed.
        """
        self._progress.begins("removing", None)
        wanted = await self._configuration(look.found)
        now = await find(self._nc, self._stream)
        if now is not None and now != look.found:
            raise StreamMismatch(
                f"The stream {self._stream} changed while it was compared: it ends at {now.last_sequence} now. It was "
                "not removed; run this again."
            )
        await self._leads()
        if now is not None:
            removed = await ask(self._nc, f"STREAM.DELETE.{self._stream}")
            if "error" in removed:
                raise Unavailable(f"The stream {self._stream} cannot be removed: {removed['error'].get('description')}")
        self._progress.begins("making", None)
        await make_closed(self._nc, self._stream, wanted)

    async def write(self) -> None:
        """Append what the stream lacks behind its end.

        Raises LostLeadership, StreamMismatch, StreamFull or Unavailable.
        """
        ours = await remembered(self._connection, self._stream)
        found = await state(self._nc, self._stream)
        self._progress.begins("writing", ours.last_sequence - found.last_sequence)
        messages = lacking(self._connection, ours, found.last_sequence, microseconds(found.asked_at))
        async for batch in batches(messages):
            await self._leads()
            await append_at(self._nc, self._stream, batch)
            self._progress.advances(len(batch))

    async def moved(self, look: Look) -> list[Moved]:
        """The numbers that messages get which the journal does not know, or have got since they were saved."""
        if look.ours.unfinished is not None:
            return await records.unfinished_moves(self._connection)
        return moved(foreign(look.comparison), look.ours.last_sequence) if look.action is Action.MAKE_ANEW else []

    async def end(self, created_at: datetime) -> None:
        """Commit that the stream, made at that time, is the ledger's and holds what it must. Raises LostLeadership."""
        self._progress.begins("ending", None)
        await self._leads()
        await records.end(self._connection, created_at)

    async def open(self) -> None:
        """Let everybody append again. Raises LostLeadership."""
        self._progress.begins("opening", None)
        await self._leads()
        await open_stream(self._nc, await state(self._nc, self._stream))

    async def _leads(self) -> None:
        if self._lease is None:
            raise LostLeadership("The recorder's lock was never taken.")
        await self._lease.confirm()

    async def _counted(self, messages: Messages, wanted: int) -> AsyncIterator[list[Stored]]:
        came = 0
        async for batch in messages.batches():
            yield batch
            came += len(batch)
            self._progress.advances(len(batch))
        if came != wanted:
            raise StreamMismatch(
                f"The stream {self._stream} gives {came} of the {wanted} messages that the journal does not know, and "
                "gave all of them when it was compared. It was not removed; run this again."
            )

    async def _configuration(self, found: StreamState | None) -> dict[str, Any]:
        """Choose the configuration: that of the stream that is there, or was, where it is as it must be; else that of
        the settings.
        """
        if found is not None:
            before: dict[str, Any] | None = opened(found.configuration)
        else:
            before = await records.unfinished_configuration(self._connection)
        if before is None or before["max_bytes"] <= 0:
            return await fresh(self._nc, self._settings, disk_of(self._settings, self._where))
        wanted = configuration(self._settings, self._settings.stream_max_bytes or before["max_bytes"])
        wanted["num_replicas"] = max(before["num_replicas"], wanted["num_replicas"])
        keeps = differences(wanted, before).keys() <= {"max_bytes"}
        return before | {"max_bytes": wanted["max_bytes"]} if keeps else wanted
