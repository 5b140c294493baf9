"""Writing classified messages into the journal: in one transaction with what they concern, or not at all.

The recorder keeps no position of its own: it is the journal's highest sequence. Two recorders cannot both write:
the primary key and the trigger `journal_is_contiguous` let only the one go on that follows the highest sequence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

import asyncpg

from contracts.types.microseconds import microseconds
from projections.replay.payment_chain import CASH
from services.errors import LostLeadership
from services.ledger import document_numbers, payment_links
from services.ledger.journal import recorded_of
from services.postgres.statements import queries
from services.recorder.deduplicate import Identity, deduplicated
from services.recorder.journal_rows import ClassifiedMessage, Concern, JournalRow, concern
from services.stream.read import Place

_SQL = queries("services.recorder", "write.sql")


@dataclass(frozen=True, slots=True)
class JournalPosition:
    """Last row of the journal."""

    sequence: int
    recorded_at: datetime
    leaf_hash: bytes

    @property
    def place(self) -> Place:
        """Place of the journal's last message, by which it is known again; sequence 0: there is none."""
        return Place(self.sequence, microseconds(self.recorded_at), self.leaf_hash)


_EMPTY = JournalPosition(0, datetime.min.replace(tzinfo=UTC), b"")


async def last_row(connection: asyncpg.Connection) -> asyncpg.Record | None:
    """sequence, recorded_at, stream_subject, message and leaf_hash of the journal's last row."""
    return await connection.fetchrow(_SQL["last_row"])


class Writer:
    """Writes over one connection. What goes wrong ends it: open another one, which reads its position anew."""

    def __init__(self, connection: asyncpg.Connection, position: JournalPosition, awaited: set[Identity]) -> None:
        self._connection = connection
        self._awaited = awaited
        self.position = position

    @classmethod
    async def open(cls, connection: asyncpg.Connection) -> "Writer":
        """A writer that goes on where the journal ends."""
        last = await last_row(connection)
        position = JournalPosition(last["sequence"], last["recorded_at"], last["leaf_hash"]) if last else _EMPTY
        awaited = {(row["target_source"], row["target_id"]) for row in await connection.fetch(_SQL["awaited"])}
        return cls(connection, position, awaited)

    async def write(self, batch: Sequence[ClassifiedMessage]) -> list[JournalRow]:
        """Commit the messages that follow the position; the rows as they were written.

        Raises LostLeadership when another recorder wrote them, and what asyncpg raises when PostgreSQL goes away:
        then they may be committed or not.
        """
        try:
            await self._commit(batch)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "journal_identity":
                self._lost(error)
            batch = await self._probed(batch)
            try:
                await self._commit(batch)
            except asyncpg.IntegrityConstraintViolationError as again:
                self._lost(again)
        except asyncpg.IntegrityConstraintViolationError as error:
            self._lost(error)
        last = batch[-1].row
        self.position = JournalPosition(last.sequence, last.recorded_at, last.leaf_hash)
        return [each.row for each in batch]

    def _lost(self, error: asyncpg.IntegrityConstraintViolationError) -> NoReturn:
        if isinstance(error, asyncpg.CheckViolationError | asyncpg.NotNullViolationError):
            raise error  # a fault of ours, not another recorder
        raise LostLeadership(
            f"Another recorder has written behind sequence {self.position.sequence}: this one stops ({error})."
        ) from error

    async def _probed(self, batch: Sequence[ClassifiedMessage]) -> list[ClassifiedMessage]:
        entries = [each.row.identity for each in batch if each.row.counts]
        sources, ids = zip(*entries, strict=True)
        rows = await self._connection.fetch(_SQL["entries_of"], sources, ids)
        return deduplicated(batch, {(row["source"], row["id"]): (row["sequence"], row["message"]) for row in rows})

    async def _commit(self, batch: Sequence[ClassifiedMessage]) -> None:
        entries = [each for each in batch if each.row.counts]
        async with self._connection.transaction():
            await self._connection.copy_records_to_table(
                "journal", schema_name="ledger", columns=JournalRow._fields, records=[each.row for each in batch]
            )
            await self._connection.copy_records_to_table(
                "concerns",
                schema_name="ledger",
                columns=Concern._fields,
                records=[concern(subject, each.row.sequence) for each in entries for subject in each.subjects],
            )
            await document_numbers.add(
                self._connection,
                [(each.number, each.row.sequence) for each in entries if each.number is not None],
            )
            named, found, payments = await self._follow_targets(entries)
            await payment_links.add(self._connection, [link for each in entries for link in each.links], payments)
        self._awaited |= named
        self._awaited -= found

    async def _follow_targets(
        self, entries: Sequence[ClassifiedMessage]
    ) -> tuple[set[Identity], set[Identity], set[Identity]]:
        """Corrections concern all that their targets concern, whichever is recorded first.

        Gives the targets that these entries name, those of all named that are recorded, and of these the documents of
        payments.
        """
        named = {aim for each in entries if (aim := each.row.target) is not None}
        come = {identity for each in entries if (identity := each.row.identity) in self._awaited}
        if not named and not come:
            return named, come, set()
        # Of a target named now only the new corrections are of interest, of one that has come now all of them.
        wanted = [(*target, 0 if target in come else self.position.sequence) for target in named | come]
        rows = await self._connection.fetch(_SQL["corrections_and_targets"], *map(list, zip(*wanted, strict=True)))
        added: set[Concern] = set()
        found: set[Identity] = set()
        payments: set[Identity] = set()
        for row in rows:
            target, correction = recorded_of(row), row["correction"]
            found.add(target.cloud_event.identity)
            if isinstance(target.cloud_event.event, CASH):
                payments.add(target.cloud_event.identity)
            since = target.sequence if target.sequence > correction else None
            for subject in target.cloud_event.event.concerns() | {target.cloud_event.subject}:
                added.add(concern(subject, correction, since))
        if added:
            await self._connection.execute(
                _SQL["add_concerns"], *map(list, zip(*sorted(added, key=lambda each: each[:2]), strict=True))
            )
        return named, found, payments
