"""Problems keep their names for ever: senders' programs compare them."""

import json

from contracts.rules.refusals import Problem
from services.intake.responses import KINDS, RETRY_AFTER_S, Fault, Refusal, refused, type_of


def test_the_names_and_statuses_that_senders_rely_on() -> None:
    assert {type_of(kind).removeprefix("urn:daybook:problem:"): status for kind, (status, _) in KINDS.items()} == {
        "unreadable": 400,
        "empty-batch": 400,
        "unauthenticated": 401,
        "source-disabled": 403,
        "wrong-source": 403,
        "type-not-allowed": 403,
        "id-prefix": 403,
        "corrects-others": 403,
        "not-found": 404,
        "method-not-allowed": 405,
        "too-slow": 408,
        "conflict": 409,
        "too-large": 413,
        "unsupported-media-type": 415,
        "invalid": 422,
        "unknown-type": 422,
        "future-time": 422,
        "wrong-target": 422,
        "wrong-version": 422,
        "several": 422,
        "internal": 500,
        "stream-full": 503,
        "stream-away": 503,
        "stream-foreign": 503,
        "clock-differs": 503,
        "disk-low": 503,
        "recorder-older": 503,
        "unresolved": 503,
        "journal-away": 503,
        "busy": 503,
    }


def test_every_503_says_when_to_come_again() -> None:
    assert set(RETRY_AFTER_S) == {kind for kind, (status, _) in KINDS.items() if status == 503}
    assert all("Retry-After" in Refusal(kind, "").headers for kind in RETRY_AFTER_S)


def test_a_problem_holds_each_fault_with_index_field_and_reason() -> None:
    faults = [
        Fault("id", "taken", "conflict", 3, sequence=17),
        Problem("data.amount", "not money", "invalid", 4),
    ]

    problem = json.loads(refused(faults).body())

    assert problem == {
        "type": "urn:daybook:problem:several",
        "title": "Several things are wrong",
        "status": 422,
        "detail": "event 3, id: taken and 1 more; nothing was recorded.",
        "errors": [
            {"index": 3, "field": "id", "reason": "taken", "kind": "conflict", "sequence": 17},
            {"index": 4, "field": "data.amount", "reason": "not money", "kind": "invalid"},
        ],
    }


def test_half_a_surrogate_pair_in_a_reason_does_not_break_the_answer() -> None:
    assert "index" in json.loads(refused([Problem("\ud800", "\udfff", "invalid", 0)]).body())["errors"][0]
