"""Receipts of what was sent and what was acknowledged: in a file before the writer goes on, with the exact bytes."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

Identity = tuple[str, str]


class Acknowledged(NamedTuple):
    """An event that a writer has a receipt for."""

    identity: Identity
    message: bytes
    """In canonical form, by our own reckoning: what must be in the ledger."""
    sequence: int
    """As the receipt says."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An event as a writer means it."""

    event: dict[str, Any]

    @property
    def identity(self) -> Identity:
        return self.event["source"], self.event["id"]

    @property
    def message(self) -> bytes:
        """RFC 8785 for what our events hold: texts, integers, lists, objects with ASCII keys."""
        text = json.dumps(self.event, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
        return text.encode()


class Receipts:
    """Written to a file that outlives this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sent: dict[Identity, set[bytes]] = {}
        """Every content that was ever sent under an identity, acknowledged or not."""
        self.once: list[list[Identity]] = []
        """The requests of senders that never repeat one: the identities of each."""
        self.highest = 0
        """The highest sequence that was acknowledged."""
        self.count = 0
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, sent: Sequence[Sent]) -> None:
        """Before they are sent."""
        for each in sent:
            self.sent.setdefault(each.identity, set()).add(each.message)

    def note_once(self, sent: Sequence[Sent]) -> None:
        """Before they are sent, whole, for the first and last time."""
        self.note(sent)
        self.once.append([each.identity for each in sent])

    def acknowledge(self, sent: Sequence[Sent], sequences: Sequence[int]) -> None:
        """These have a receipt."""
        lines = b"".join(
            json.dumps([*each.identity, each.message.decode(), sequence]).encode() + b"\n"
            for each, sequence in zip(sent, sequences, strict=True)
        )
        os.write(self._file, lines)
        self.count += len(sent)
        self.highest = max(self.highest, *sequences)

    def close(self) -> None:
        """No more."""
        os.close(self._file)


def read(path: Path) -> Iterator[Acknowledged]:
    """Read what was acknowledged, in order; an event that was sent again has several acknowledgements."""
    with path.open() as file:
        for line in file:
            source, id_, message, sequence = json.loads(line)
            yield Acknowledged((source, id_), message.encode(), sequence)
