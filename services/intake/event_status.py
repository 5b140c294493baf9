"""Status of an event: where it is, what the journal made of it, and what corrects or voids it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from projections.replay.history import effective
from services.intake.journal import Journal, Question
from services.intake.responses import Refusal
from services.ledger.journal import recorded_of


@dataclass(frozen=True, slots=True)
class EventStatus:
    """The entry that holds an identity, and every other message with it."""

    shown: dict[str, Any]

    def body(self) -> bytes:
        """Write the status as JSON."""
        return json.dumps(self.shown, ensure_ascii=False).encode()


async def status_of(journal: Journal, source: str, id_: str) -> EventStatus | Refusal:
    """Look up what became of an event in the journal, which runs behind the stream by moments."""
    known = await journal.look(Question([(source, id_)]))
    original = None if known is None else known.originals.get((source, id_))
    if known is not None and original is None:
        return Refusal("not_found", f"No event {id_} of {source} is recorded (yet).")
    rows = None if original is None else await journal.rows("status", original.sequence)
    corrections = None if original is None else await journal.rows("corrections", source, id_)
    if not rows or corrections is None:
        return Refusal("journal_away", "PostgreSQL cannot be reached; what was sent before is in the stream.")
    return EventStatus(_shown(rows, corrections))


def _shown(rows: Sequence[asyncpg.Record], corrections: Sequence[asyncpg.Record]) -> dict[str, Any]:
    entry, *others = rows
    decided = effective((recorded_of(row) for row in (entry, *corrections)), entry["subject"])
    sequence = entry["sequence"]
    return {
        "source": entry["source"],
        "id": entry["id"],
        "sequence": sequence,
        "disposition": entry["disposition"],
        "type": entry["type"],
        "subject": entry["subject"],
        "occurred_at": entry["occurred_at"].isoformat(),
        "recorded_at": entry["recorded_at"].isoformat(),
        "voided_by": decided.voided_by.get(sequence),
        "corrected_by": decided.corrected_by.get(sequence),
        "without_effect": decided.without_effect.get(sequence),
        "duplicates": [row["sequence"] for row in others if row["disposition"] == "duplicate"],
        "conflicts": [
            {"sequence": row["sequence"], "reason": row["reason"]} for row in others if row["disposition"] == "conflict"
        ],
    }
