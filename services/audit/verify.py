"""The check of the whole ledger, or of one deal: journal against stream and signed heads, views against a replay.

Everything is read in pieces, so memory does not grow with the ledger; the longest history of one subject has to fit.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from projections.views import generation_digest
from services.audit.differences import Differences, joined
from services.audit.journal import check_entries_of, check_journal
from services.audit.newest_heads import check_signed
from services.audit.position import Pin, pin
from services.audit.tree_heads import Compared, HeadChecks, Signed
from services.audit.views import ViewChecks
from services.errors import BadRequest, DaybookError, NotProvisioned
from services.ledger.journal import Connection
from services.nats.client import FollowingClient
from services.postgres import connection as database
from services.postgres.statements import queries
from services.query.shapes import Verification
from services.runtime.shutdown import cancel_and_wait
from services.stream.messages import Messages
from services.stream.sequence_ranges import held
from services.stream.state import StreamState, state
from services.views.generation import Generation, served

_SQL = queries("services.audit", "journal.sql")
WAIT_S = 30.0


class Progress(Protocol):
    """Observer that is told how far a verification is."""

    def begins(self, step: str, total: int) -> None:
        """Report that a step begins, with its number of parts."""

    def advances(self, step: str, parts: int) -> None:
        """Report that so many more parts of a step are done."""

    def notes(self, text: str) -> None:
        """Report something that people should know, and that is no difference."""


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Ledger that is checked, up to the sequences pinned at the start."""

    connection: Connection
    nc: FollowingClient
    stream: str
    state: StreamState
    generation: Generation
    pinned: Pin
    progress: Progress


async def verify(
    connection: Connection,
    nc: FollowingClient,
    stream: str,
    progress: Progress,
    *,
    deal: str | None = None,
    wait_s: float = WAIT_S,
    database_url: str | None = None,
    workers: int = 1,
    signed: Signed | None = None,
) -> Verification:
    """Check everything up to one sequence, pinned at the start. Raises DaybookError when it cannot be checked.

    Without `database_url` all is done over the one connection; with it, up to `workers` processes share the replays.
    Without `signed` nothing is compared with signed heads.
    """
    generation = await _generation(connection)
    now = await state(nc, stream)
    pinned = await pin(connection, now.last_sequence, wait_s)
    if pinned.behind:
        progress.notes(f"Checked up to {pinned.sequence} only: {pinned.behind}.")
    ledger = _Ledger(connection, nc, stream, now, generation, pinned, progress)
    differences = await _stream_is_the_one(ledger)
    if deal is not None:
        found, entries, subjects = await _one(ledger, f"deal/{deal}")
    else:
        found, entries, subjects = await _all(ledger, database_url, workers)
    differences.merge(found)
    compared = Compared()
    if signed is not None:
        compared = await (_heads(ledger, signed) if deal is None else _newest_heads(ledger, signed, f"deal/{deal}"))
        differences.merge(compared.differences)
        if signed.required and not any(compared.places.values()):
            differences.add("nothing_signed", None, None, "signed heads", f"none in {joined(compared.places)}")
    await _generation(connection)  # whoever promoted another one meanwhile has put other rows under the replays
    return Verification(
        ok=not differences.counts,
        sequence=pinned.sequence,
        entries=entries,
        subjects=subjects,
        heads=compared.heads,
        signed=compared.places,
        differences=differences.listed(),
        counts=differences.numbers(),
    )


async def _one(ledger: _Ledger, subject: str) -> tuple[Differences, int, int]:
    up_to, progress = ledger.pinned.sequence, ledger.progress
    views = ViewChecks(ledger.connection, ledger.generation, up_to)
    total = await views.entries(subject)
    if not total:
        raise BadRequest(f"Nothing is known of {subject} up to sequence {up_to}.")
    progress.begins("journal", total)
    differences, entries = await check_entries_of(
        ledger.connection, ledger.nc, ledger.stream, subject, up_to, partial(progress.advances, "journal")
    )
    progress.begins("views", total)
    differences.merge(await views.check_one(subject))
    progress.advances("views", total)
    return differences, entries, 1


async def _all(ledger: _Ledger, database_url: str | None, workers: int) -> tuple[Differences, int, int]:
    """Runs both halves, at the same time where the second has a connection of its own."""
    if database_url is None:
        differences, entries = await _journal(ledger)
        found, subjects = await _views(ledger, ledger.connection, None, 1)
    else:
        own = await database.connect(database_url, "daybook_query")
        first = asyncio.ensure_future(_journal(ledger))
        second = asyncio.ensure_future(_views(ledger, own, database_url, workers))
        try:
            (differences, entries), (found, subjects) = await asyncio.gather(first, second)
        finally:
            await cancel_and_wait([first, second])
            own.terminate()
    differences.merge(found)
    return differences, entries, subjects


async def _journal(ledger: _Ledger) -> tuple[Differences, int]:
    up_to, progress = ledger.pinned.sequence, ledger.progress
    progress.begins("journal", up_to)
    there = await held(ledger.nc, ledger.stream, up_to)
    async with Messages(ledger.nc, ledger.stream, there) as messages:
        return await check_journal(ledger.connection, messages, up_to, partial(progress.advances, "journal"))


async def _heads(ledger: _Ledger, signed: Signed) -> Compared:
    checks = HeadChecks(ledger.connection, ledger.nc, ledger.stream, signed)
    rows = await checks.rows()
    ledger.progress.begins("heads", rows)
    return await checks.check(rows, partial(ledger.progress.advances, "heads"))


async def _newest_heads(ledger: _Ledger, signed: Signed, subject: str) -> Compared:
    rows = await ledger.connection.fetch(_SQL["sequences_of"], subject, ledger.pinned.sequence)
    return await check_signed(ledger.connection, ledger.nc, ledger.stream, signed, [each[0] for each in rows])


async def _views(
    ledger: _Ledger, connection: Connection, database_url: str | None, workers: int
) -> tuple[Differences, int]:
    views = ViewChecks(connection, ledger.generation, ledger.pinned.sequence)
    ledger.progress.begins("views", await views.entries())
    return await views.check_all(partial(ledger.progress.advances, "views"), database_url, workers)


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
    remembered = await ledger.connection.fetchval(_SQL["stream_created_at"])
    if remembered != ledger.state.created_at:
        differences.add("stream_replaced", None, None, f"made at {remembered}", f"made at {ledger.state.created_at}")
    return differences
