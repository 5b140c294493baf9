"""The columns of a journal row, beside what its message says."""

from operator import itemgetter

from contracts.cloudevents.envelope import CloudEvent
from contracts.events.correction import EventCorrected, EventVoided
from services.audit.differences import Differences
from services.ledger.journal import Row
from services.recorder.classify import Unreadable

_NAMES = ("source", "id", "type", "subject", "occurred_at", "actor", "target_source", "target_id")
_columns = itemgetter(*_NAMES)
_EMPTY = (None,) * len(_NAMES)


def check_columns(row: Row, said: CloudEvent | Unreadable, differences: Differences) -> None:
    """Note the columns that do not say what the message says; of an unreadable one all are null."""
    found, expected = _columns(row), _expected(said)
    if found == expected:
        return
    for name, column, value in zip(_NAMES, found, expected, strict=True):
        if column != value:
            differences.add("column_altered", row["sequence"], row["subject"], f"{name}: {value}", column)


def _expected(said: CloudEvent | Unreadable) -> tuple[object, ...]:
    if isinstance(said, Unreadable):
        return _EMPTY
    target = said.event.target if isinstance(said.event, EventCorrected | EventVoided) else None
    return (
        said.source,
        said.id,
        said.type,
        said.subject,
        said.occurred_at,
        said.actor,
        target.source if target else None,
        target.id if target else None,
    )
