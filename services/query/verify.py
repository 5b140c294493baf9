"""The check of the whole ledger, or of one deal: journal against stream, views against a replay of the journal.

Everything is read in pieces, so memory does not grow with the ledger; the longest history of one subject has to fit.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from nats.aio.client import Client

from projections.views import VIEWS, generation_digest
from services.errors import BadRequest, DaybookError, NotProvisioned
from services.ledger import journal
from services.ledger.journal import Connection
from services.projector.generation import Generation, served
from services.projector.tables import quoted, tables_of
from services.query.checks.differences import Differences
from services.query.checks.journal import check_entries_of, check_journal
from services.query.checks.pin import Pin, pin
from services.query.checks.replays import Shelf
from services.query.checks.rows import subjects_without_entries
from services.query.checks.stream import Messages
from services.query.checks.subjects import SubjectChecks
from services.query.shapes import Verification
from services.sql import queries
from services.stream.state import StreamState, state

_JOURNAL = queries("services.query.checks", "journal.sql")
_SUBJECTS = queries("services.query.checks", "subjects.sql")
_ENTRIES_AT_ONCE = 2000
WAIT_S = 30.0


class Progress(Protocol):
    """Who wants to know how far it is."""

    def begins(self, step: str, total: int) -> None:
        """A step begins; it has so many parts."""

    def advances(self, parts: int) -> None:
        """So many parts of the step are done."""

    def notes(self, text: str) -> None:
        """Something that people should know, and that is no difference."""


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What is checked."""

    connection: Connection
    nc: Client
    state: StreamState
    stream: str
    generation: Generation
    pinned: Pin


async def verify(
    connection: Connection,
    nc: Client,
    stream: str,
    progress: Progress,
    *,
    deal: str | None = None,
    wait_s: float = WAIT_S,
) -> Verification:
    """Check everything up to one sequence, pinned at the start. Raises DaybookError when it cannot be checked."""
    generation = await _generation(connection)
    now = await state(nc, stream)
    pinned = await pin(connection, now.last_sequence, wait_s)
    if pinned.behind:
        progress.notes(f"Checked up to {pinned.sequence} only: {pinned.behind}.")
    ledger = _Ledger(connection, nc, now, stream, generation, pinned)
    subject = None if deal is None else f"deal/{deal}"
    if subject is not None and not await connection.fetchval(_SUBJECTS["entries_of"], subject, pinned.sequence):
        raise BadRequest(f"Nothing is known of the deal {deal} up to sequence {pinned.sequence}.")
    differences = await _stream_is_the_one(ledger)
    found, entries = await _journal(ledger, subject, progress)
    differences.merge(found)
    found, subjects = await _views(ledger, subject, progress)
    differences.merge(found)
    return Verification(
        ok=not differences.counts,
        sequence=pinned.sequence,
        entries=entries,
        subjects=subjects,
        differences=differences.listed(),
        counts=differences.numbers(),
    )


async def _generation(connection: Connection) -> Generation:
    generation = await served(connection)
    if generation is None:
        raise NotProvisioned("There are no views yet. Run `daybook init`.")
    if generation.digest != generation_digest():
        raise DaybookError(
            f"The views served were made by other folds ({generation.digest}) than this version has "
            f"({generation_digest()}), so a replay cannot agree. Run `daybook rebuild` first."
        )
    return generation


async def _stream_is_the_one(ledger: _Ledger) -> Differences:
    differences = Differences()
    remembered = await ledger.connection.fetchval(_JOURNAL["stream_created_at"])
    if remembered != ledger.state.created_at:
        differences.add("stream_replaced", None, None, f"made at {remembered}", f"made at {ledger.state.created_at}")
    return differences


async def _journal(ledger: _Ledger, subject: str | None, progress: Progress) -> tuple[Differences, int]:
    up_to = ledger.pinned.sequence
    if subject is not None:
        total = await ledger.connection.fetchval(_SUBJECTS["entries_of"], subject, up_to)
        progress.begins("journal", total)
        return await check_entries_of(ledger.connection, ledger.nc, ledger.stream, subject, up_to, progress.advances)
    progress.begins("journal", up_to)
    async with Messages(ledger.nc, ledger.stream, up_to) as messages:
        return await check_journal(ledger.connection, messages, up_to, progress.advances)


async def _views(ledger: _Ledger, subject: str | None, progress: Progress) -> tuple[Differences, int]:
    up_to, connection = ledger.pinned.sequence, ledger.connection
    differences, stale = await _stale(ledger, subject)
    shelf = Shelf(await journal.playbooks(connection, up_to))
    checks = SubjectChecks(connection, ledger.generation.schema, VIEWS, shelf, up_to, stale)
    subjects = 0
    if subject is not None:
        entries = await connection.fetchval(_SUBJECTS["entries_of"], subject, up_to)
        progress.begins("views", entries)
        differences.merge(await checks.check([subject]))
        progress.advances(entries)
        return differences, 1
    progress.begins("views", await connection.fetchval(_SUBJECTS["noted"], up_to))
    async for batch in _batches(connection, up_to):
        differences.merge(await checks.check(list(batch)))
        subjects += len(batch)
        progress.advances(sum(batch.values()))
    differences.merge(await _without_entries(ledger))
    return differences, subjects


async def _stale(ledger: _Ledger, subject: str | None) -> tuple[Differences, set[tuple[str, str]]]:
    """The subjects marked stale, each a difference; and which they are, with the view."""
    differences = Differences()
    sql = _SUBJECTS["stale"].replace("{generation}", quoted(ledger.generation.schema))
    marked = set()
    for row in await ledger.connection.fetch(sql, ledger.pinned.sequence):
        marked.add((row["subject"], row["view"]))
        if subject in (None, row["subject"]):
            differences.add("stale", row["sequence"], row["subject"], None, f"{row['view']}: {row['error']}")
    return differences, marked


async def _without_entries(ledger: _Ledger) -> Differences:
    differences = Differences()
    kinds = {table: view.kind for view in VIEWS for table in tables_of([view])}
    for table, kind in kinds.items():
        for subject, known_from in await subjects_without_entries(
            ledger.connection, ledger.generation.schema, table, kind, ledger.pinned.sequence
        ):
            differences.add("view_row_extra", known_from, subject, None, f"{table.row.TABLE}: no entry concerns it")
    return differences


async def _batches(connection: Connection, up_to: int) -> AsyncIterator[dict[str, int]]:
    """All subjects with the number of their entries, in parts of about `_ENTRIES_AT_ONCE` entries."""
    after, batch, entries = "", dict[str, int](), 0
    while rows := await connection.fetch(_SUBJECTS["subjects"], after, up_to, _ENTRIES_AT_ONCE):
        for row in rows:
            if batch and entries + row["entries"] > _ENTRIES_AT_ONCE:
                yield batch
                batch, entries = {}, 0
            batch[row["subject"]] = row["entries"]
            entries += row["entries"]
        after = rows[-1]["subject"]
    if batch:
        yield batch
