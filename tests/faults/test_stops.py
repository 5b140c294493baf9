"""Rows that two recorders wrote are seen in their logs, and so are logs that cannot be read any more."""

from tests.faults.plans.stops import not_recorded_once

_LINE = "2026-03-31T09:30:00.000000Z [debug    ] batch_recorded                 first={} last={} service=recorder\n"


def _log(*batches: tuple[int, int]) -> str:
    return "recorder_started\n" + "".join(_LINE.format(*each) for each in batches)


def test_batches_that_follow_one_another_are_right_whoever_recorded_them() -> None:
    assert not not_recorded_once([_log((1, 10), (21, 40)), _log((11, 20))], 40)


def test_a_batch_of_which_nobody_could_tell_any_more_is_no_fault() -> None:
    assert not not_recorded_once([_log((1, 10)), _log((13, 40))], 40)


def test_rows_that_were_recorded_twice_are_named() -> None:
    assert not_recorded_once([_log((1, 10)), _log((10, 20))], 20) == [
        "rows 1 to 10 and those from 10 on were both recorded"
    ]


def test_logs_that_tell_of_no_batch_are_named() -> None:
    assert "the recorders' logs tell of 0" in not_recorded_once([_log().replace("batch", "x"), ""], 40)[0]
    assert not_recorded_once([_log((1, 40)).replace("batch_recorded", "rows_written")], 40)
