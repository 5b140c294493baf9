"""The journal's rows in a backup: place and leaf hash of each, from what PostgreSQL's `copy … to` writes as text."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from contracts.rules.canonical import leaf_hash

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_MEANT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class Row(NamedTuple):
    """Row of the backed-up journal: the content that its leaf hash covers, and the hash that the row states."""

    sequence: int
    recorded_at: datetime
    stream_subject: str
    message: bytes
    leaf_hash: bytes

    def computed(self) -> bytes:
        """The leaf hash of the content."""
        since = self.recorded_at - _EPOCH
        at_us = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        return leaf_hash(self.sequence, at_us, self.stream_subject, self.message)


def rows(lines: Iterable[bytes], columns: list[str]) -> Iterator[Row]:
    """The rows of the journal's file. Raises ValueError for one that cannot be read."""
    places = [columns.index(name) for name in Row._fields]
    for line in lines:
        fields = line.rstrip(b"\n").split(b"\t")
        if len(fields) != len(columns):
            raise ValueError(f"{len(fields)} columns instead of {len(columns)}")
        sequence, recorded_at, subject, message, leaf = (fields[place] for place in places)
        at = datetime.fromisoformat(recorded_at.decode())
        if at.tzinfo is None:
            raise ValueError(f"{recorded_at.decode()[:40]!r} is a time without offset")
        yield Row(
            int(sequence),
            at,
            _ESCAPED.sub(_meant, subject).decode(),
            _bytes(message),
            _bytes(leaf),
        )


def _bytes(field: bytes) -> bytes:
    """A bytea: `\\\\x` and hex digits."""
    if not field.startswith(b"\\\\x"):
        raise ValueError("bytes that are not in hex")
    return bytes.fromhex(field[3:].decode())


def _meant(escaped: re.Match[bytes]) -> bytes:
    return _MEANT.get(escaped[1], escaped[1])
