"""Rows that messages become on their way into the journal, as far as that needs no database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.cloudevents.envelope import read_event
from contracts.rules.canonical import leaf_hash
from contracts.types.identifiers import stream_subject
from projections.replay.entry import lane_of
from services.recorder.deduplicate import deduplicated
from services.recorder.journal_rows import ClassifiedMessage, classified, concern
from services.stream.read import Stored

LONG_AGO = datetime.min.replace(tzinfo=UTC)
AT = datetime(2026, 4, 1, tzinfo=UTC)
AT_NS = int(AT.timestamp()) * 1_000_000_000


def stored(sequence: int, name: str, subject: str, id: str | None = None, ns: int = AT_NS, **data: Any) -> Stored:
    event = read_event(
        {
            "specversion": "1.0",
            "id": id or f"e{sequence}",
            "source": "crm",
            "type": f"daybook.{name}.v1",
            "subject": subject,
            "time": "2026-03-31T09:30:00+08:00",
            "data": data,
        }
    )
    return Stored(sequence, ns, stream_subject(subject), event.canonical)


def call(sequence: int, id: str | None = None, outcome: str = "interested", ns: int = AT_NS) -> Stored:
    return stored(sequence, "call_made", "deal/D-1", id, ns, outcome=outcome)


def rows(
    *messages: Stored, recorded: dict[tuple[str, str], tuple[int, bytes]] | None = None
) -> list[ClassifiedMessage]:
    return deduplicated(classified(messages, LONG_AGO), recorded or {})


def test_recorded_at_is_the_streams_time_cut_to_the_microsecond() -> None:
    (found,) = classified([call(1, ns=AT_NS + 1_999)], LONG_AGO)
    assert found.row.recorded_at == AT + timedelta(microseconds=1)


def test_recorded_at_never_goes_back() -> None:
    times = [AT_NS, AT_NS - 5_000_000_000, AT_NS + 1000]
    found = classified([call(n, ns=ns) for n, ns in enumerate(times, 1)], AT - timedelta(hours=1))
    assert [each.row.recorded_at for each in found] == [AT, AT, AT + timedelta(microseconds=1)]
    (behind,) = classified([call(4, ns=AT_NS)], AT + timedelta(hours=1))
    assert behind.row.recorded_at == AT + timedelta(hours=1)


def test_the_leaf_hash_is_over_what_the_row_says() -> None:
    (found,) = classified([call(7, ns=AT_NS)], AT + timedelta(seconds=1))
    assert found.row.leaf_hash == leaf_hash(7, AT_NS // 1000 + 1_000_000, "daybook.deal.D-1", found.row.message)


def test_an_entry_concerns_its_subject_and_all_that_it_names() -> None:
    paid = [{"invoice": "I-1", "amount": "10.00", "deal_id": "D-9"}]
    (found,) = classified(
        [stored(1, "payment_received", "account/A", payment="P", amount="10.00", currency="EUR", allocations=paid)],
        LONG_AGO,
    )
    assert found.subjects == {"account/A", "deal/D-9"}


def test_a_correction_names_its_target() -> None:
    target = {"source": "billing", "id": "x 1"}
    (found,) = classified(
        [stored(1, "event_voided", "deal/D-1", target=target, reason="mistaken", approver="Li")], LONG_AGO
    )
    assert found.row.target == ("billing", "x 1")


def test_the_lane_of_playbooks_is_every_lane() -> None:
    assert concern("playbook/project", 3).lane == -1
    assert concern("deal/D-1", 3).lane == lane_of("deal/D-1")


def test_what_came_before_in_the_same_batch_makes_a_duplicate() -> None:
    found = rows(call(5, "a"), call(6, "b"), call(7, "a"), call(8, "a"))
    assert [(each.row.disposition, each.row.original) for each in found] == [
        ("entry", None),
        ("entry", None),
        ("duplicate", 5),
        ("duplicate", 5),
    ]


def test_what_the_journal_holds_makes_a_duplicate() -> None:
    (found,) = rows(call(9, "a"), recorded={("crm", "a"): (2, call(2, "a").data)})
    assert (found.row.disposition, found.row.original, found.row.reason) == ("duplicate", 2, None)


def test_other_bytes_make_a_conflict_that_names_the_fields() -> None:
    _, found = rows(call(5, "a"), call(6, "a", outcome="no_answer"))
    assert (found.row.disposition, found.row.original) == ("conflict", 5)
    assert found.row.reason == "entry 5 has this identity: they differ in data.outcome"


def test_a_conflict_does_not_take_the_identity() -> None:
    found = rows(call(5, "a"), call(6, "a", outcome="no_answer"), call(7, "a", outcome="no_answer"), call(8, "a"))
    assert [each.row.disposition for each in found] == ["entry", "conflict", "conflict", "duplicate"]


def test_an_unreadable_message_has_no_identity() -> None:
    garbage = Stored(5, AT_NS, "daybook.deal.D-1", b"garbage")
    found = rows(garbage, garbage._replace(sequence=6))
    assert [each.row.disposition for each in found] == ["unreadable", "unreadable"]
    assert not found[0].subjects
