"""The oracle sees what is lost, doubled or altered, and whatever else does not fit."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.oracle import Findings, judge
from tests.faults.receipts import Acknowledged, Sent
from tests.faults.recorded import Message, Row

_AT_US = 1_790_000_000_000_000


def _event(number: int, **changes: Any) -> dict[str, Any]:
    return {"source": "crm", "id": f"e{number}", "data": {"outcome": "interested"}} | changes


def _row(sequence: int, message: bytes, disposition: str = "entry", at_us: int | None = None) -> Row:
    at_us = _AT_US + sequence if at_us is None else at_us
    subject = "daybook.deal.D"
    numbers = sequence.to_bytes(8, "big") + at_us.to_bytes(8, "big", signed=True)
    leaf = b"\0" + numbers + len(subject).to_bytes(2, "big") + subject.encode() + message
    return Row(sequence, at_us, disposition, subject, message, hashlib.sha256(leaf).digest())


class Ledger:
    """Three events that were sent, acknowledged and recorded."""

    def __init__(self) -> None:
        sent = [Sent(_event(number)) for number in (1, 2, 3)]
        self.sent = {each.identity: {each.message} for each in sent}
        self.receipts = [Acknowledged(each.identity, each.message, place) for place, each in enumerate(sent, 1)]
        self.rows = [_row(each.sequence, each.message) for each in self.receipts]
        self.messages = [
            Message(row.sequence, row.stream_subject, row.message, row.recorded_at_us, b"") for row in self.rows
        ]

    def judged(self) -> Findings:
        return judge(self.receipts, self.sent, self.rows, self.messages)

    def replace(self, row: Row) -> None:
        """In the journal, and in the stream."""
        self.rows[row.sequence - 1] = row
        self.messages[row.sequence - 1] = Message(
            row.sequence, row.stream_subject, row.message, row.recorded_at_us, b""
        )


def _found(ledger: Ledger) -> tuple[int, int, int, int]:
    found = ledger.judged()
    return found.acknowledged, len(found.lost), len(found.doubled), len(found.altered)


def test_nothing_is_wrong_with_a_ledger_that_is_right() -> None:
    assert _found(Ledger()) == (3, 0, 0, 0)
    assert not Ledger().judged().complaints


def test_an_event_that_is_sent_and_acknowledged_twice_counts_once() -> None:
    ledger = Ledger()
    ledger.receipts.append(ledger.receipts[0])
    ledger.rows.append(_row(4, ledger.rows[0].message, "duplicate"))
    ledger.messages.append(Message(4, "daybook.deal.D", ledger.rows[0].message, _AT_US + 4, b""))
    assert _found(ledger) == (3, 0, 0, 0)
    assert not ledger.judged().complaints


def test_an_acknowledged_event_that_is_no_entry_is_lost() -> None:
    ledger = Ledger()
    ledger.replace(_row(2, ledger.rows[1].message, "unreadable"))
    assert _found(ledger) == (3, 1, 0, 0)
    ledger.rows.pop()
    ledger.messages.pop()
    assert _found(ledger) == (3, 2, 0, 0)


def test_an_acknowledged_event_that_is_two_entries_is_doubled() -> None:
    ledger = Ledger()
    ledger.rows.append(_row(4, ledger.rows[0].message))
    ledger.messages.append(Message(4, "daybook.deal.D", ledger.rows[0].message, _AT_US + 4, b""))
    assert _found(ledger) == (3, 0, 1, 0)


def test_an_acknowledged_event_with_other_bytes_is_altered() -> None:
    ledger = Ledger()
    ledger.replace(_row(1, json.dumps(_event(1)).encode()))
    assert _found(ledger) == (3, 0, 0, 1)


def test_two_contents_acknowledged_under_one_identity_are_an_alteration() -> None:
    ledger = Ledger()
    other = Sent(_event(1, actor="somebody else"))
    ledger.receipts.append(Acknowledged(other.identity, other.message, 1))
    assert _found(ledger) == (3, 0, 0, 1)


def _stream_has_less(ledger: Ledger) -> None:
    ledger.messages.pop()


def _journal_has_less(ledger: Ledger) -> None:
    ledger.rows.pop()


def _stream_has_another(ledger: Ledger) -> None:
    ledger.messages[1] = ledger.messages[1]._replace(data=b"{}")


def _a_gap(ledger: Ledger) -> None:
    del ledger.rows[1], ledger.messages[1]


def _another_hash(ledger: Ledger) -> None:
    ledger.rows[1] = ledger.rows[1]._replace(leaf_hash=b"\0" * 32)


def _backdated(ledger: Ledger) -> None:
    ledger.rows[1] = _row(2, ledger.rows[1].message, at_us=_AT_US - 5)


def _another_sequence(ledger: Ledger) -> None:
    ledger.receipts[1] = ledger.receipts[1]._replace(sequence=3)


def _never_sent(ledger: Ledger) -> None:
    ledger.receipts.pop()
    ledger.sent.popitem()


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (_stream_has_less, "row 3 is not in the stream"),
        (_journal_has_less, "1 messages from 3 on have no row"),
        (_stream_has_another, "row 2 and its message differ"),
        (_a_gap, "the journal has gaps"),
        (_another_hash, "row 2 does not have the hash of its content"),
        (_backdated, "row 2 was recorded at"),
        (_another_sequence, r"is entry 2, its receipts say \[3\]"),
        (_never_sent, "entry 3, .* was never sent like that"),
    ],
)
def test_whatever_else_does_not_fit_is_named(tamper: Callable[[Ledger], None], named: str) -> None:
    ledger = Ledger()
    tamper(ledger)
    with pytest.raises(AssertionError, match=named):
        assert not ledger.judged().complaints, ledger.judged().complaints


def _put_back(said_us: int) -> Ledger:
    """The second message, recorded at `_AT_US` + 2, was put back much later and says this of itself."""
    ledger = Ledger()
    ledger.messages[1] = ledger.messages[1]._replace(
        taken_at_us=_AT_US + 10**9, headers=b"NATS/1.0\r\nDaybook-Recorded-At: %d\r\n\r\n" % said_us
    )
    return ledger


def test_a_message_that_was_put_back_says_when_it_was_recorded() -> None:
    assert not _put_back(_AT_US + 2).judged().complaints


@pytest.mark.parametrize("said_us", [1, _AT_US + 1, _AT_US + 3, _AT_US + 10**9, 10**17])
def test_a_row_that_contradicts_what_its_message_says_of_itself_is_named(said_us: int) -> None:
    assert "row 2 was recorded at" in _put_back(said_us).judged().complaints[0]


def test_what_a_message_says_of_itself_is_not_before_the_row_ahead() -> None:
    ledger = _put_back(1)
    ledger.rows[1] = _row(2, ledger.rows[1].message, at_us=ledger.rows[0].recorded_at_us)
    assert not ledger.judged().complaints


def _sent_once(*present: int, of: int = 3) -> list[str]:
    """Complaints where one request of so many events was sent once, and these are in the stream, in that order."""
    events = [Sent(_event(number)) for number in range(1, of + 1)]
    rows = [_row(place, events[number - 1].message) for place, number in enumerate(present, 1)]
    messages = [Message(row.sequence, row.stream_subject, row.message, row.recorded_at_us, b"") for row in rows]
    sent = {each.identity: {each.message} for each in events}
    return judge([], sent, rows, messages, once=[[each.identity for each in events]]).complaints


def test_of_what_was_sent_once_the_first_events_may_be_there_and_never_later_ones_alone() -> None:
    assert not _sent_once(1, 2, 3)
    assert not _sent_once(1, 2)
    assert not _sent_once()
    assert "of 3 events that crm sent once, as a batch, these count: [1, 3]" in _sent_once(1, 3)[0]
    assert "these count: [3]" in _sent_once(3)[0]


def test_what_was_sent_once_and_is_there_twice_is_named_though_only_one_counts() -> None:
    assert "('crm', 'e1') was sent once and is in the stream 2 times" in _sent_once(1, 1, of=1)[0]
