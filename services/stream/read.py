"""Single messages of the stream, by sequence. Asks the stream's leader, never a copy that may lag behind."""

import codecs
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from nats.aio.client import Client

from contracts.rules.canonical import leaf_hash
from services.errors import NotProvisioned, Unavailable
from services.stream.state import ask

RECORDED_AT = "Daybook-Recorded-At"
"""Header of a message that was put back from the journal: the `recorded_at` that it has there, in microseconds since
1970 UTC, in decimal digits.

Only `services/reconcile` writes it, and intake passes no header on. The server cannot keep others from it: whoever may
append to the stream itself can date a new message back, as far as the row before it; to do so is to be trusted."""

_NO_MESSAGE, _NO_STREAM = 10037, 10059
_PUT_BACK = re.compile(rb"\r\n%s: ([0-9]{1,18})\r\n" % RECORDED_AT.encode())
_HEADER = RECORDED_AT.encode()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Stored(NamedTuple):
    """One message of the stream, as the journal keeps it."""

    sequence: int
    taken_at_ns: int
    """When the stream took it, in nanoseconds since 1970 UTC; see `taken_at_ns`."""
    subject: str
    """The stream's subject as text: see `recordable`."""
    data: bytes


class Place(NamedTuple):
    """A message that was read or recorded, as far as it takes to know it again."""

    sequence: int
    recorded_at_us: int
    """In microseconds since 1970 UTC."""
    leaf_hash: bytes

    def holds(self, message: Stored | None) -> bool:
        """Tell if a message is the one of this place: it has the same content, and was not sent again later."""
        return (
            message is not None
            and message.taken_at_ns // 1000 <= self.recorded_at_us
            and leaf_hash(self.sequence, self.recorded_at_us, message.subject, message.data) == self.leaf_hash
        )


def place_of(message: Stored) -> Place:
    """The place of a message that was read."""
    at_us = message.taken_at_ns // 1000
    return Place(message.sequence, at_us, leaf_hash(message.sequence, at_us, message.subject, message.data))


def _one_each(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\ufffd" * (error.end - error.start), error.end


codecs.register_error("daybook_one_each", _one_each)


def recordable(subject: bytes) -> str:
    """A stream's subject as the journal can hold it: NUL, and each byte that is not UTF-8, reads as U+FFFD.

    So does the server where it quotes a subject. Python's own `replace` makes one of a sequence that is cut off, and
    the same message would have two subjects.
    """
    return subject.decode(errors="daybook_one_each").replace("\x00", "\ufffd")


def taken_at_ns(own_ns: int, headers: bytes | None) -> int:
    """Time at which the ledger took a message: the stream's own, or the earlier one at its first taking.

    A message that was put back says when that was. A time that is still to come is not believed.
    """
    if headers is None or _HEADER not in headers or (said := _PUT_BACK.search(headers)) is None:
        return own_ns
    first_ns = int(said[1]) * 1000
    return first_ns if first_ns <= own_ns else own_ns


def recorded_at_us(message: Stored, before_us: int) -> int:
    """The journal's `recorded_at` of a message, in microseconds: when it was taken, but not before the row ahead."""
    return max(message.taken_at_ns // 1000, before_us)


async def message_at(nc: Client, stream: str, sequence: int) -> Stored | None:
    """The message at a sequence, None when there is none. Raises Unavailable or NotProvisioned."""
    return await _message(nc, stream, {"seq": sequence})


async def messages_on(nc: Client, stream: str, subject: str) -> AsyncIterator[Stored]:
    """The messages on one of the stream's subjects, in order, each asked for by itself: for subjects that have few.

    Raises Unavailable or NotProvisioned.
    """
    sequence = 1
    while (found := await _message(nc, stream, {"seq": sequence, "next_by_subj": subject})) is not None:
        yield found
        sequence = found.sequence + 1


async def _message(nc: Client, stream: str, wanted: dict[str, Any]) -> Stored | None:
    answer = await ask(nc, f"STREAM.MSG.GET.{stream}", wanted)
    if (error := answer.get("error")) is not None:
        if error.get("err_code") == _NO_MESSAGE:
            return None
        if error.get("err_code") == _NO_STREAM:
            raise NotProvisioned(f"There is no stream {stream}. Run `daybook init`.")
        raise Unavailable(f"The stream {stream} does not give a message ({wanted}): {error.get('description')}")
    found = answer["message"]
    return Stored(
        found["seq"],
        taken_at_ns(_nanoseconds(found["time"]), b64decode(found.get("hdrs", ""))),
        recordable(found["subject"].encode()),
        b64decode(found.get("data", "")),
    )


async def taken_after(nc: Client | None, stream: str, sequence: int) -> datetime | None:
    """Time at which the stream took the message that follows a sequence, to the microsecond; None when there is none.

    Raises Unavailable, at once where there is no connection, or NotProvisioned.
    """
    if nc is None or not nc.is_connected:
        raise Unavailable("There is no connection to NATS.")
    found = await message_at(nc, stream, sequence + 1)
    return None if found is None else _EPOCH + timedelta(microseconds=found.taken_at_ns // 1000)


def _nanoseconds(text: str) -> int:
    """`2026-03-31T09:30:00.123456789Z` in nanoseconds since 1970."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = (datetime.fromisoformat(f"{whole}+00:00") - _EPOCH) // timedelta(seconds=1)
    return seconds * 1_000_000_000 + int(fraction.ljust(9, "0"))
