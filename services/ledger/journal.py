"""Reading the journal: entries as they were recorded, by what they concern.

What the recorder let through is valid and in canonical form, so nothing is judged again here: the columns give the
envelope, and the data is read straight from the message.
"""

from collections.abc import Callable, Collection
from functools import cache, lru_cache
from typing import Any, Generic, Protocol, TypeVar, cast

import asyncpg
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from contracts.cloudevents.envelope import CloudEvent
from contracts.events import EVENTS, Event, UnknownType
from contracts.events.policy import PlaybookPublished, PlaybookWithdrawn
from contracts.types.identifiers import split_subject
from contracts.types.times import nanoseconds_of
from projections.replay.entry import JournalEntry
from projections.replay.playbooks import Playbooks, Policy, Published, Withdrawn
from services.errors import JournalUnreadable
from services.postgres.statements import queries

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
"""A connection, or one lent by a pool."""

_forget_fields_set = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_NO_FIELDS: set[str] = set()
"""Nobody asks which fields of an entry were given and which left to their defaults, and a set for each takes as much
memory as what it says. Only an older version of an event keeps its set: it becomes the newest by the fields given."""

ALL = 2**63 - 1
"""Above every sequence: no limit."""

_SQL = queries("services.ledger", "journal.sql")
_E = TypeVar("_E", bound=Event)


@lru_cache(maxsize=20_000)
def _once(text: str) -> str:
    """Return the first of equal texts, so that memory holds one. Some versions of Python never free a text interned by
    `sys.intern`.
    """
    return text


class Row(Protocol):
    """A row whose columns are asked for by name."""

    def __getitem__(self, column: str, /) -> Any: ...


class _Message(BaseModel, Generic[_E]):
    """A stored message, of which only what the columns do not say is read: data, exact time and department."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)
    time: str = ""
    department: str | None = None
    data: _E


class _Loosely(BaseModel):
    """A stored message whose data is not held to its contract."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)
    time: str = ""
    department: str | None = None
    data: dict[str, Any]


@cache
def _reader(type_: str) -> Callable[[bytes], _Message[Any]]:
    message = cast("type[_Message[Any]]", _Message[EVENTS.get(type_)])  # type: ignore[misc]
    return TypeAdapter(message).validator.validate_json


async def recorded_position(connection: Connection) -> int:
    """The highest sequence of the journal, 0 when it is empty."""
    found: int = await connection.fetchval(_SQL["recorded_position"])
    return found


async def history(connection: Connection, subject: str, up_to: int = ALL) -> list[JournalEntry]:
    """Entries that concern a subject, at or below a sequence, in order."""
    return [recorded_of(row) for row in await connection.fetch(_SQL["history"], subject, up_to)]


async def histories(
    connection: Connection, subjects: Collection[str], up_to: int = ALL
) -> dict[str, list[JournalEntry]]:
    """The histories of many subjects, each in order. One that nothing concerns has an empty one."""
    found: dict[str, list[JournalEntry]] = {subject: [] for subject in subjects}
    last: JournalEntry | None = None
    for row in await connection.fetch(_SQL["histories"], list(subjects), up_to):
        if last is None or last.sequence != row["sequence"]:
            last = recorded_of(row)
        found[row["concerned"]].append(last)
    return found


async def playbooks(connection: Connection, up_to: int = ALL) -> Playbooks:
    """Playbook versions published at or below a sequence, and which of them were withdrawn."""
    entries = [recorded_of(row) for row in await connection.fetch(_SQL["playbooks"], up_to)]
    return Playbooks.of(said for each in entries if (said := policy_of(each)) is not None)


def policy_of(recorded: JournalEntry) -> Policy | None:
    """The playbook that an entry publishes or withdraws; None when it is another entry."""
    match recorded.cloud_event.event:
        case PlaybookPublished(playbook=playbook):
            return Published(recorded.sequence, playbook)
        case PlaybookWithdrawn(playbook_version=version):
            return Withdrawn(recorded.sequence, split_subject(recorded.cloud_event.subject)[1], version)
        case _:
            return None


def recorded_of(row: Row) -> JournalEntry:
    """An entry from its journal row: sequence, source, id, type, subject, occurred_at, actor, message.

    Projectors keep many of them: the message's bytes are left out, and text that recurs soon is held once.
    It is read whatever its contract asks today. Raises JournalUnreadable for a type that this version does not know,
    and for bytes that are no event.
    """
    try:
        reader = _reader(row["type"])
    except UnknownType as error:
        raise JournalUnreadable(
            f"The journal's entry {row['sequence']} is of type {row['type']}, which this version of Daybook does not "
            "know. A newer version recorded it: run that one."
        ) from error
    actor = row["actor"]
    try:
        said = reader(row["message"])
    except ValidationError:
        said = _read_leniently(row)
    event = said.data
    if type(event).upcast is Event.upcast:
        _forget_fields_set(event, _NO_FIELDS)
    return JournalEntry(
        row["sequence"],
        CloudEvent(
            _once(row["source"]),
            row["id"],
            _once(row["type"]),
            _once(row["subject"]),
            row["occurred_at"],
            _once(actor) if actor is not None else None,
            event,
            b"",
            nanoseconds_of(said.time),
            None if said.department is None else _once(said.department),
        ),
    )


def _read_leniently(row: Row) -> _Message[Event]:
    """An entry that today's contract would refuse."""
    try:
        said = _Loosely.model_validate_json(row["message"])
    except ValidationError as error:
        raise JournalUnreadable(
            f"The journal's entry {row['sequence']} is no event. `daybook verify` tells what was altered."
        ) from error
    event = EVENTS.read_entry(row["type"], said.data)
    return _Message.model_construct(time=said.time, department=said.department, data=event)
