"""Classification of a message of the stream: an event that counts, or unreadable and why. The message alone decides."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.cloudevents.envelope import CloudEvent, Refused, read_entry, read_recorded
from contracts.types.identifiers import stream_subject

_LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The message is no event in canonical form, or stands under another subject than its own."""

    reason: str


def classify(subject: str, message: bytes) -> CloudEvent | Unreadable:
    """The event that a message is, if it is one. Never raises: no message may stop the recorder."""
    return _judged(subject, message, read_recorded)


def classify_entry(subject: str, message: bytes) -> CloudEvent | Unreadable:
    """Classify an entry of the journal: as `classify`, but what was let in once is not refused by newer rules."""
    return _judged(subject, message, read_entry)


def _judged(subject: str, message: bytes, read: Callable[[bytes], CloudEvent]) -> CloudEvent | Unreadable:
    try:
        event = read(message)
    except Refused as refused:
        return Unreadable(_text(str(refused)))
    except Exception as error:
        # A fault of the contracts: whoever mends it can send the message again from the quarantine.
        return Unreadable(_text(f"cannot be read: {type(error).__name__}: {error}"))
    if stream_subject(event.subject) != subject:
        return Unreadable(_text(f"an event about {event.subject} under the stream's subject {subject}"))
    return event


def _text(reason: str) -> str:
    """A reason as PostgreSQL can hold it: messages quote what was sent."""
    return reason.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")[:_LONGEST_REASON]
