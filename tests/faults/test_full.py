"""Checks of the judgement on what is said while PostgreSQL's disk is full."""

from tests.faults.plans.full import Told, wrongly_told

_TAKEN = Told("intake, to who sends,", 201, [])
_STOPPED = Told("recorder", 503, ["not_recording"])


def test_whoever_takes_events_and_says_what_does_not_work_is_right() -> None:
    assert not wrongly_told([Told("intake", 200, []), _TAKEN, Told("recorder", 200, []), _STOPPED])
    assert not wrongly_told([Told("intake, to who sends,", 503, ["1"]), _STOPPED])


def test_a_recorder_that_never_says_that_it_cannot_record_is_wrong() -> None:
    assert "ready" in wrongly_told([_TAKEN, Told("recorder", 200, []), Told("projector", 200, [])])[0]


def test_a_refusal_without_a_reason_and_every_other_answer_are_wrong() -> None:
    assert "without a reason" in wrongly_told([_TAKEN, _STOPPED, Told("intake", 503, [])])[0]
    assert "says 500" in wrongly_told([_STOPPED, Told("intake, to who sends,", 500, [])])[0]
    assert "nobody who sends is answered" in wrongly_told([_STOPPED])[0]
