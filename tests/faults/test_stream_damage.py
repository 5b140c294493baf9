"""Checks that damage by a disaster is seen, and so is a reconciliation that loses what the journal does not know."""

from dataclasses import replace

from tests.faults.plans.rewound import not_kept
from tests.faults.recorded import Message
from tests.faults.stream_damage import Damage, Snapshot, damage, sequences


def _message(sequence: int, data: str = "") -> Message:
    return Message(sequence, "daybook.deal.D", (data or f"event {sequence}").encode(), 1_790_000_000_000_000, b"")


def _stream(*messages: Message) -> Snapshot:
    return Snapshot("Monday", messages[-1].sequence, len(messages), {each.sequence: each for each in messages})


_WHOLE = _stream(*(_message(each) for each in range(1, 6)))


def test_a_stream_that_goes_on_is_not_damaged() -> None:
    longer = _stream(*_WHOLE.messages.values(), _message(6))
    assert damage(_WHOLE, longer) == Damage([], [], [_message(6)], shows=False)
    assert not damage(_WHOLE, longer).any


def test_an_end_that_is_lost_shows_and_is_to_be_named() -> None:
    found = damage(_WHOLE, _stream(_message(1), _message(2)))
    assert (found.missing, found.other, found.shows) == ([3, 4, 5], [], True)
    assert found.is_named_in("3 missing: 3-5.")
    assert not found.is_named_in("2 missing: 4-5.")


def test_a_hole_that_the_server_counts_shows_and_one_that_it_does_not_count_does_not() -> None:
    hole = _stream(_message(1), _message(2), _message(4), _message(5))
    assert damage(_WHOLE, hole).missing == [3]
    assert damage(_WHOLE, hole).shows
    assert not damage(_WHOLE, replace(hole, counted=5)).shows


def test_another_message_where_the_journal_ends_shows_and_those_used_again_are_foreign() -> None:
    found = damage(_WHOLE, _stream(*(_message(each) for each in range(1, 5)), _message(5, "x"), _message(6, "y")))
    assert (found.missing, found.other, found.shows) == ([], [5], True)
    assert found.foreign == [_message(5, "x"), _message(6, "y")]
    assert found.is_named_in("1 held by other messages: 5.")
    assert not found.is_named_in("1 missing: 5.")


def test_a_message_that_was_stored_again_where_it_was_is_no_other() -> None:
    again = _message(4)._replace(taken_at_us=1_790_000_009_000_000)
    assert not damage(_WHOLE, _stream(*(_message(each) for each in (1, 2, 3)), again, _message(5))).any


def test_another_stream_shows_whatever_it_holds() -> None:
    assert damage(_WHOLE, replace(_WHOLE, created="Tuesday")).shows


def test_runs_are_the_sequences_in_them() -> None:
    assert sequences([[2, 2], [4, 6]]) == [2, 4, 5, 6]


_FOREIGN = [_message(5, "foreign 0"), _message(6, "foreign 1")]
_PUT_BACK = {each: _message(each) for each in range(1, 6)}


def test_foreign_messages_that_stand_once_where_they_were_moved_to_are_kept() -> None:
    now = _PUT_BACK | {6: _message(6, "foreign 0"), 7: _message(7, "foreign 1")}
    assert not not_kept(_FOREIGN, {5: 6, 6: 7}, now)


def test_foreign_messages_that_are_dropped_changed_or_doubled_are_named() -> None:
    now = _PUT_BACK | {6: _message(6, "foreign 0"), 7: _message(7, "foreign 1")}
    assert "2 messages were foreign" in not_kept(_FOREIGN, {}, _PUT_BACK)[0]
    assert "2 messages were foreign" in not_kept(_FOREIGN, {5: 6, 6: 6}, now)[0]
    assert "message 6" in not_kept(_FOREIGN, {5: 6, 6: 7}, now | {7: _message(7, "else")})[0]
    assert "more than once" in not_kept(_FOREIGN, {5: 6, 6: 7}, now | {8: _message(8, "foreign 0")})[0]
