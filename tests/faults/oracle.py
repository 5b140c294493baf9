"""Oracle of the fault runs: everything acknowledged is there, once, and as it was sent. Takes nothing from the product.

Its own idea of an event is: a JSON object with `source` and `id`.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults.receipts import Acknowledged, Identity
from tests.faults.recorded import Message, Row

OWN_SOURCE = "daybook"
"""The ledger itself publishes playbooks."""
_MAX_COMPLAINTS = 20
_PUT_BACK = re.compile(rb"\r\nDaybook-Recorded-At: ([0-9]+)\r\n")


@dataclass(slots=True)
class Findings:
    """Findings of the comparison: nothing may be in them but the number of events acknowledged and the dispositions."""

    acknowledged: int = 0
    """Different events."""
    lost: list[Identity] = field(default_factory=list)
    doubled: list[Identity] = field(default_factory=list)
    altered: list[Identity] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dispositions: Counter[str] = field(default_factory=Counter)
    cut_short: int = 0
    """Batches sent once and never acknowledged of which only the first events are there."""

    def complain(self, text: str) -> None:
        """Something does not fit; the first ones are kept."""
        if len(self.complaints) < _MAX_COMPLAINTS:
            self.complaints.append(text)


def judge(
    acknowledged: Iterable[Acknowledged],
    sent: Mapping[Identity, Collection[bytes]],
    rows: Sequence[Row],
    messages: Sequence[Message],
    moved: Mapping[int, int] | None = None,
    once: Iterable[Sequence[Identity]] = (),
) -> Findings:
    """Compare receipts, journal and stream.

    `moved`: numbers that a reconciliation gave to messages that it found where others belong, by those in receipts.
    `once`: requests that were sent once, by the identities in each: the stream has each event once or not at all, and
    of a request that was not acknowledged the first events may count, never later ones without those before them.
    """
    found = Findings(dispositions=Counter(row.disposition for row in rows))
    _compare(rows, messages, found)
    entries: dict[Identity, list[Row]] = {}
    for row in rows:
        if row.disposition == "entry":
            entries.setdefault(_identity(row.message), []).append(row)
    receipts: dict[Identity, dict[bytes, set[int]]] = {}
    for each in acknowledged:
        receipts.setdefault(each.identity, {}).setdefault(each.message, set()).add(each.sequence)
    found.acknowledged = len(receipts)
    for identity, contents in receipts.items():
        _judge_one(identity, contents, entries.get(identity, []), moved or {}, found)
    _judge_once(once, rows, entries, found)
    for identity, some in entries.items():
        if identity[0] != OWN_SOURCE and any(row.message not in sent.get(identity, ()) for row in some):
            found.complain(f"entry {some[0].sequence}, {identity}, was never sent like that")
    return found


def _judge_one(
    identity: Identity,
    contents: Mapping[bytes, Collection[int]],
    entries: Sequence[Row],
    moved: Mapping[int, int],
    found: Findings,
) -> None:
    if not entries:
        found.lost.append(identity)
        return
    if len(entries) > 1:
        found.doubled.append(identity)
    if set(contents) != {entries[0].message}:
        found.altered.append(identity)
    sequences = {each for some in contents.values() for each in some}
    if not all(entries[0].sequence in (each, moved.get(each)) for each in sequences):
        found.complain(f"{identity} is entry {entries[0].sequence}, its receipts say {sorted(sequences)}")


def _judge_once(
    once: Iterable[Sequence[Identity]],
    rows: Sequence[Row],
    entries: Mapping[Identity, Sequence[Row]],
    found: Findings,
) -> None:
    requests = list(once)
    wanted = {identity: each for each in requests for identity in each}
    times = Counter(identity for row in rows if (identity := _named(row.message)) in wanted)
    for identity, count in times.items():
        if count > 1:
            found.complain(f"{identity} was sent once and is in the stream {count} times")
    for each in requests:
        there = [identity in entries for identity in each]
        if there != sorted(there, reverse=True):
            places = [place for place, counts in enumerate(there, 1) if counts]
            found.complain(f"of {len(each)} events that {each[0][0]} sent once, as a batch, these count: {places}")
        found.cut_short += 0 < sum(there) < len(each)


def _compare(rows: Sequence[Row], messages: Sequence[Message], found: Findings) -> None:
    for name, some in (("journal", rows), ("stream", messages)):
        if [each.sequence for each in some] != list(range(1, len(some) + 1)):
            found.complain(f"the {name} has gaps: {len(some)} up to {some[-1].sequence}")
    in_stream = {each.sequence: each for each in messages}
    before = -(2**62)
    for row in rows:
        message = in_stream.pop(row.sequence, None)
        if message is None:
            found.complain(f"row {row.sequence} is not in the stream")
        elif (message.subject, message.data) != (row.stream_subject, row.message):
            found.complain(f"row {row.sequence} and its message differ")
        elif not _recorded_rightly(row.recorded_at_us, message, before):
            found.complain(f"row {row.sequence} was recorded at {row.recorded_at_us}, taken at {message.taken_at_us}")
        if _leaf_hash(row) != row.leaf_hash:
            found.complain(f"row {row.sequence} does not have the hash of its content")
        before = row.recorded_at_us
    if in_stream:
        found.complain(f"{len(in_stream)} messages from {min(in_stream)} on have no row")


def _recorded_rightly(at_us: int, message: Message, before: int) -> bool:
    """Tells whether a row has the time at which the stream took it, or that of the row before. A message that was put
    back says itself when.

    That is believed of a time before the stream took it.
    """
    said = _PUT_BACK.search(message.headers)
    first_us = min(int(said[1]), message.taken_at_us) if said else message.taken_at_us
    return at_us == max(before, first_us)


def _leaf_hash(row: Row) -> bytes:
    subject = row.stream_subject.encode()
    numbers = row.sequence.to_bytes(8, "big") + row.recorded_at_us.to_bytes(8, "big", signed=True)
    return hashlib.sha256(b"\0" + numbers + len(subject).to_bytes(2, "big") + subject + row.message).digest()


def _identity(message: bytes) -> Identity:
    event = json.loads(message)
    return event["source"], event["id"]


def _named(message: bytes) -> Identity | None:
    """The identity that any message says it has."""
    try:
        source, name = _identity(message)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return (source, name) if isinstance(source, str) and isinstance(name, str) else None
