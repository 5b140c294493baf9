"""The columns of a journal row, beside what its message says."""

from contracts.envelope import CloudEvent
from contracts.events import EventCorrected, EventVoided
from services.ledger.journal import Row
from services.query.checks.differences import Differences
from services.recorder.judge import Unreadable


def check_columns(row: Row, said: CloudEvent | Unreadable, differences: Differences) -> None:
    """Note the columns that do not say what the message says; of an unreadable one all are null."""
    expected = _columns(said) if isinstance(said, CloudEvent) else dict.fromkeys(_NAMES)
    for column, value in expected.items():
        if row[column] != value:
            differences.add("column_altered", row["sequence"], row["subject"], f"{column}: {value}", row[column])


_NAMES = ("source", "id", "type", "subject", "occurred_at", "actor", "target_source", "target_id")


def _columns(said: CloudEvent) -> dict[str, object]:
    target = said.event.target if isinstance(said.event, EventCorrected | EventVoided) else None
    values = (
        said.source,
        said.id,
        said.type,
        said.subject,
        said.occurred_at,
        said.actor,
        target.source if target else None,
        target.id if target else None,
    )
    return dict(zip(_NAMES, values, strict=True))
