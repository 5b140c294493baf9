"""Responses of intake: receipts for what was taken, and refusals in words for the person who sent it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic_core import to_json

from contracts.rules.refusals import Problem


class Warned(NamedTuple):
    """Warning about an event that is recorded all the same. These are its fields in JSON."""

    kind: str
    """For programs: `number-reused` or `unknown-playbook`."""
    field: str
    """Path such as data.invoice."""
    reason: str
    """For people: what is surprising, and what to do."""
    source: str | None
    """Source of the earlier document's event. None where it is another's, whose events the sender may not correct, and
    where no earlier event is meant."""
    id: str | None
    """Id of that event; None likewise."""
    sequence: int
    """Sequence of that event; the event's own where no earlier one is meant."""


class Receipt(NamedTuple):
    """Receipt of an event: it is in the stream, on disk, at a sequence."""

    id: str
    sequence: int
    """Of a duplicate: the original's."""
    duplicate: bool | None
    """Flag: it was there before. None when that cannot be known: PostgreSQL is away, or the recorder far behind."""
    warnings: Sequence[Warned] = ()
    """Mostly none; none where that could not be told in time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Receipts in the order of the events; a single event sent alone has one without a list around it."""

    receipts: Sequence[Receipt]
    single: bool

    @property
    def status(self) -> int:
        """201 when something was added, 200 when all of it was there before."""
        return 200 if all(each.duplicate for each in self.receipts) else 201

    def body(self) -> bytes:
        """Write the receipts as JSON."""
        shown: list[dict[str, Any]] = [
            {"id": id_, "sequence": place, "duplicate": known} for id_, place, known, _ in self.receipts
        ]
        for each, receipt in zip(shown, self.receipts, strict=True):
            if receipt.warnings:
                each["warnings"] = [warned._asdict() for warned in receipt.warnings]
        return to_json(shown[0] if self.single else shown)


CONTENT_TYPE = "application/problem+json"

_SAY = "urn:daybook:problem:"

KINDS: dict[str, tuple[int, str]] = {
    "unreadable": (400, "The body holds no readable event"),
    "empty_batch": (400, "The batch holds no event"),
    "unauthenticated": (401, "A known token is needed"),
    "source_disabled": (403, "The source is disabled"),
    "wrong_source": (403, "A source sends under its own name"),
    "type_not_allowed": (403, "The source may not send this type of event"),
    "id_prefix": (403, "An id that the ledger does not know yet must carry the source's prefix"),
    "corrects_others": (403, "The source may correct its own events only"),
    "not_found": (404, "There is no such thing here"),
    "method_not_allowed": (405, "The method is not allowed here"),
    "too_slow": (408, "The body did not arrive in time"),
    "conflict": (409, "The source and id already name an event with other content"),
    "too_large": (413, "Larger than intake takes"),
    "unsupported_media_type": (415, "Events are sent as CloudEvents in JSON"),
    "invalid": (422, "A field is missing or wrong"),
    "unknown_type": (422, "The event type is unknown"),
    "future_time": (422, "The time lies in the future"),
    "wrong_target": (422, "The event that is corrected is another one than the correction says"),
    "wrong_version": (422, "The version of the playbook is not one that can be published or withdrawn now"),
    "several": (422, "Several things are wrong"),
    "internal": (500, "Intake failed"),
    "stream_full": (503, "The ledger has no room left"),
    "stream_away": (503, "The ledger cannot take events now"),
    "stream_foreign": (503, "The ledger's stream has to be put right first"),
    "disk_low": (503, "The ledger's disk is nearly full"),
    "clock_differs": (503, "The clocks of intake and of the ledger's stream differ"),
    "recorder_older": (503, "The ledger cannot record this type of event yet"),
    "unresolved": (503, "It cannot be told now which of the events are recorded already"),
    "journal_away": (503, "What is recorded cannot be read now"),
    "busy": (503, "Too much is being sent at once"),
}
"""Every kind of problem: its HTTP status and title. Its `type` is `urn:daybook:problem:` and the kind, with hyphens."""

OURS = tuple(kind for kind, (status, _) in KINDS.items() if status >= 500)
"""Problems that are no fault of who sent."""

RETRY_AFTER_S = {
    "stream_full": 60,
    "stream_away": 1,
    "stream_foreign": 10,
    "clock_differs": 10,
    "recorder_older": 5,
    "disk_low": 60,
    "unresolved": 2,
    "journal_away": 2,
    "busy": 1,
}


@dataclass(frozen=True, slots=True)
class Fault(Problem):
    """Fault of one event."""

    sequence: int | None = None
    """For a conflict: the sequence that holds the source and id."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Answer that nothing was recorded (unless `detail` says that it is not known), and why."""

    kind: str
    detail: str
    faults: Sequence[Problem] = field(default=())

    @property
    def status(self) -> int:
        """The HTTP status."""
        return KINDS[self.kind][0]

    @property
    def headers(self) -> dict[str, str]:
        """Return the HTTP headers that the answer needs beside its body."""
        if self.kind in RETRY_AFTER_S:
            return {"Retry-After": str(RETRY_AFTER_S[self.kind])}
        return {"WWW-Authenticate": 'Bearer realm="daybook"'} if self.status == 401 else {}

    def body(self) -> bytes:
        """The problem details as JSON."""
        problem: dict[str, Any] = {
            "type": type_of(self.kind),
            "title": KINDS[self.kind][1],
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            problem["errors"] = [_error(each) for each in self.faults]
        return json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace")


def type_of(kind: str) -> str:
    """The stable name of a kind of problem."""
    return _SAY + kind.replace("_", "-")


def refused(faults: Sequence[Problem]) -> Refusal:
    """Make the refusal for one or more faults: of their kind, or of the kind `several` where their kinds differ."""
    kinds = {each.kind for each in faults}
    kind = kinds.pop() if len(kinds) == 1 else "several"
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return Refusal(kind, f"{faults[0]}{more}; nothing was recorded.", faults)


def _error(fault: Problem) -> dict[str, Any]:
    error: dict[str, Any] = {
        "index": fault.index,
        "field": fault.field,
        "reason": fault.reason,
        "kind": fault.kind.replace("_", "-"),
    }
    if isinstance(fault, Fault) and fault.sequence is not None:
        error["sequence"] = fault.sequence
    return error
