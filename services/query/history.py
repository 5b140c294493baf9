"""History of a deal or account: its entries in the order in which they were recorded, and what each caused.

A playbook that a deal had waited for is told too: it made the deal's rows. Everything told is immutable, so parts
read one after another agree, however much arrives meanwhile.

With `as_of` an entry is told when it had happened by then, by its own time or by the time that the deciding correction
gives it; corrections and voids are told where what they are about is told, whenever they were said.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.events.correction import EventCorrected, EventVoided
from projections.replay.entry import JournalEntry
from projections.replay.history import Effective, effective
from services.errors import NotKnown, NotProvisioned
from services.ledger.journal import Connection, Row, recorded_of
from services.postgres.statements import queries
from services.query.entry_effects import effects_of, sequences_of
from services.query.render import instant
from services.query.shapes import Caused, History, HistoryEntry
from services.views.generation import Generation, served

_SQL = queries("services.query", "history.sql")
PART = 500
"""Entries read at once."""


@dataclass(frozen=True, slots=True)
class HistoryReader:
    """A subject's history, as known at a sequence; with `as_of`, only what had happened by then."""

    subject: str
    known_at: int
    as_of: datetime | None
    generation: Generation
    decisions: Effective
    """What became of the entries that corrections and voids name."""
    publications: list[Row]
    """Playbooks that the deal had waited for."""
    shown: list[int]
    """Entries that are told at `as_of` for what corrections and voids decide."""
    hidden: list[int]
    """Corrections and voids that are not, as what they are about is not."""

    @classmethod
    async def of(cls, connection: Connection, subject: str, known_at: int, as_of: datetime | None) -> "HistoryReader":
        """Raises NotKnown when nothing concerns the subject."""
        await check_known(connection, subject, known_at)
        generation = await served(connection)
        if generation is None:
            raise NotProvisioned("There are no views yet. Run `daybook init`.")
        named = await connection.fetch(_SQL["corrections"], subject, known_at)
        changed = await sequences_of(connection, generation, subject, known_at)
        publications = await connection.fetch(_SQL["publications"], list(changed), as_of)
        recorded = [recorded_of(row) for row in named]
        decisions = effective(recorded, subject)
        shown, hidden = ([], []) if as_of is None else _told_at(as_of, recorded, decisions)
        return cls(subject, known_at, as_of, generation, decisions, list(publications), shown, hidden)

    async def part(self, connection: Connection, after: int) -> tuple[list[HistoryEntry], int | None]:
        """The next entries behind a sequence; and the sequence behind which there are more, None at the end."""
        rows = await connection.fetch(
            _SQL["entries"], self.subject, after, self.known_at, self.as_of, self.shown, self.hidden, PART
        )
        last = rows[-1]["sequence"] if len(rows) == PART else self.known_at
        between = [each for each in self.publications if after < each["sequence"] <= last]
        part: list[Row] = sorted([*rows, *between], key=lambda row: int(row["sequence"]))
        caused = await effects_of(connection, self.generation, [row["sequence"] for row in part], self.subject)
        return [self._entry(row, caused[row["sequence"]]) for row in part], last if len(rows) == PART else None

    def _entry(self, row: Row, caused: list[Caused]) -> HistoryEntry:
        sequence = row["sequence"]
        return HistoryEntry(
            sequence=sequence,
            id=row["id"],
            source=row["source"],
            type=row["type"],
            occurred_at=instant(row["occurred_at"]),
            recorded_at=instant(row["recorded_at"]),
            actor=row["actor"],
            data=json.loads(row["message"])["data"],
            voided_by=self.decisions.voided_by.get(sequence),
            corrected_by=self.decisions.corrected_by.get(sequence),
            caused=caused,
        )


def _told_at(as_of: datetime, named: Sequence[JournalEntry], decisions: Effective) -> tuple[list[int], list[int]]:
    """Split corrections, voids and the entries that they name into those to show at `as_of`, and those to leave out.

    To show are the entries that had happened by `as_of`, and the corrections and voids of these; to leave out are the
    corrections and voids of entries that had not happened. A correction or void that names nothing that is known, or
    another correction, goes by its own time and is in neither.
    """
    times = {entry.sequence: entry.occurred_at for entry in decisions.entries}
    told: dict[tuple[str, str], bool] = {}
    about: list[tuple[int, tuple[str, str]]] = []
    shown: list[int] = []
    for each in named:
        event = each.cloud_event.event
        if isinstance(event, EventCorrected | EventVoided):
            about.append((each.sequence, (event.target.source, event.target.id)))
            continue
        own = each.cloud_event.occurred_at
        told[each.cloud_event.identity] = min(own, times.get(each.sequence, own)) <= as_of
        if told[each.cloud_event.identity]:
            shown.append(each.sequence)
    shown += [sequence for sequence, target in about if told.get(target) is True]
    return shown, [sequence for sequence, target in about if told.get(target) is False]


async def history(connection: Connection, subject: str, known_at: int, as_of: datetime | None = None) -> History:
    """The whole history at once. Raises NotKnown."""
    reader = await HistoryReader.of(connection, subject, known_at, as_of)
    entries, after = await reader.part(connection, 0)
    while after is not None:
        more, after = await reader.part(connection, after)
        entries += more
    return History(subject=subject, entries=entries)


async def check_known(connection: Connection, subject: str, known_at: int) -> None:
    """Raises NotKnown when nothing concerned the subject by then."""
    if not await connection.fetchval(_SQL["known"], subject, known_at):
        kind, _, name = subject.partition("/")
        raise NotKnown(f"Nothing is known of the {kind} {name[:80]!r}, as known at sequence {known_at}.")
