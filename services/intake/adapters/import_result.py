"""Results of every adapter: drafts of events in order of time, each with the row that it came from, and rejects."""

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from contracts.cloudevents.envelope import Refused, read_event
from services.errors import BadRequest
from services.runtime import files

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Of a file that is imported."""
SOURCE = "import"
"""The CloudEvents source of everything that adapters send."""
EVENTS = (
    "account_registered",
    "deal_opened",
    "stage_claimed",
    "deal_won",
    "deal_lost",
    "invoice_issued",
    "receivable_disputed",
    "payment_received",
)
"""All that adapters send: the source may send nothing else."""

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an input file."""

    file: str
    row: int
    """As a text editor counts: the header is row 1."""
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that a line stands for, ready to be sent."""

    line: Line
    at: datetime
    event: dict[str, Any]
    """The CloudEvent in structured mode."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A line, or an event made of it, that cannot be recorded."""

    line: Line
    reason: str


@dataclass(slots=True)
class ImportResult:
    """Events, rejects and notes that an adapter found in its input."""

    drafts: list[Draft] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What people should know about the input as a whole."""

    def add(self, line: Line, at: datetime, type_: str, subject: str, id_: str, data: dict[str, Any]) -> None:
        """A draft of an event; one that breaks its contract becomes a reject that names the fields."""
        event = {
            "specversion": "1.0",
            "id": id_,
            "source": SOURCE,
            "type": type_,
            "subject": subject,
            "time": at.isoformat(),
            "data": {name: value for name, value in data.items() if value not in (None, "", [])},
        }
        try:
            read_event(event)
        except Refused as refused:
            self.reject(line, str(refused))
        else:
            self.drafts.append(Draft(line, at, event))

    def reject(self, line: Line, reason: str) -> None:
        """A line of which no event can be made."""
        self.rejects.append(Reject(line, reason))

    def in_order(self) -> "ImportResult":
        """Sort the drafts by time, and within an instant as they were added. Returns this reading."""
        self.drafts.sort(key=lambda draft: draft.at)
        return self


def lines(path: Path, columns: tuple[str, ...]) -> Iterator[Line]:
    """The lines of a CSV file with a header. Raises BadRequest when the file or a column is missing."""
    try:
        with files.opened(path) as content, io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as file:
            if os.fstat(content.fileno()).st_size > MAX_FILE_BYTES:
                raise BadRequest(f"{path} has more than {MAX_FILE_BYTES:,} bytes: divide it, and import the parts.")
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise BadRequest(f"{path}: the header lacks {', '.join(missing)}; it must have {', '.join(columns)}.")
            for values in reader:
                kept = {name: (value or "").strip() for name, value in values.items() if isinstance(name, str)}
                yield Line(path.name, reader.line_num, kept)
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadRequest(f"{path} is not CSV in UTF-8: {error}.") from error


def subject_id(name: str) -> str:
    """An identifier from free text: other characters become `-`. Six hex digits of the SHA-256 of the text are added
    when anything changed, so that two texts never share one by accident. Raises ValueError for no text."""
    if not name:
        raise ValueError("there is no text to make an identifier of")
    if _PLAIN.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8")).hexdigest()[:6]
    return f"{re.sub('[^A-Za-z0-9_-]', '-', name)[:57]}-{digest}"


def american_date(text: str) -> date:
    """A date written month/day/year. Raises ValueError that says so."""
    try:
        month, day, year = (int(part) for part in text.split("/"))
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"not a date as month/day/year: {text!r}") from None


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in a zone."""
    return datetime.combine(day, time(), zone)
