"""Run of an import: sends what an adapter read through the public intake, and keeps account of every line."""

import csv
import io
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.types import zones
from services.endpoints import endpoints
from services.errors import BadRequest, NotConfigured
from services.intake.adapters.import_result import ImportResult, Reject
from services.intake.client import IntakeClient
from services.postgres import connection as database
from services.runtime import files
from services.settings import Settings


@dataclass(slots=True)
class Summary:
    """Counts of an import: every draft is recorded, a duplicate or refused; every unreadable line is refused."""

    sent: int = 0
    recorded: int = 0
    duplicate: int = 0
    refused: int = 0
    last_sequence: int | None = None
    """The highest sequence among the events, None when nothing is recorded."""
    rejects: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def send(reading: ImportResult, client: IntakeClient, advanced: Callable[[int], None]) -> Summary:
    """Send all drafts in order of time. `advanced` is told how many were answered. Raises Unavailable; what was sent
    by then is recorded, and sending everything again records nothing twice."""
    summary = Summary(rejects=list(reading.rejects), refused=len(reading.rejects), notes=list(reading.notes))
    receipts = client.send([draft.event for draft in reading.drafts], advanced)
    for draft, receipt in zip(reading.drafts, receipts, strict=True):
        summary.sent += 1
        if receipt.sequence is None:
            summary.refused += 1
            summary.rejects.append(Reject(draft.line, f"{draft.event['id']}: {receipt.reason}"))
            continue
        summary.last_sequence = max(summary.last_sequence or 0, receipt.sequence)
        if receipt.duplicate:
            summary.duplicate += 1
        else:
            summary.recorded += 1
    return summary


def check_rejects(path: Path) -> None:
    """Raises BadRequest when rejects could not be written there: better said before anything is sent."""
    taken = os.path.lexists(path) and (path.is_symlink() or not path.is_file())
    if taken or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise BadRequest(f"Refused lines could not be written to {path}: name another file with --rejects.")


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """The rejected lines as CSV: file, row, reason, and the line's own columns."""
    rejects = list(rejects)
    columns = list(dict.fromkeys(name for reject in rejects for name in reject.line.values))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["file", "row", "reason", *columns])
    for reject in rejects:
        line = reject.line
        writer.writerow([line.file, line.row, reject.reason, *(line.values.get(name, "") for name in columns)])
    try:
        files.write(path, text.getvalue().encode())
    except OSError as error:
        raise BadRequest(f"Refused lines cannot be written to {path}: {error.strerror}.") from error


async def time_zone(settings: Settings) -> ZoneInfo:
    """The zone in which the ledger cuts days; that of the settings where no ledger can be asked."""
    try:
        where = endpoints(settings)
    except NotConfigured:
        return zones.zone(settings.timezone)
    connection = await database.connect(where.database_url)
    try:
        with database.explained():
            return zones.zone(await connection.fetchval("select time_zone from ledger.identity") or settings.timezone)
    finally:
        await connection.close()
