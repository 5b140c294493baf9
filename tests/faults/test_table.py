"""The table and the exit code hide no failure."""

from dataclasses import replace

from tests.faults.__main__ import verdict
from tests.faults.run import Result
from tests.faults.table import markdown

_RIGHT = Result(
    plan="kill_nats",
    seed=1,
    acknowledged=1000,
    lost=0,
    doubled=0,
    altered=0,
    take_overs_s=[],
    recovery_s=1.25,
    seconds=30.0,
    complaints=[],
    notes=[],
    kept=None,
)
_UNCLEAN = replace(_RIGHT, seed=2, complaints=["daybook verify: not clean"])
_NEVER_READY = replace(_UNCLEAN, seed=3, recovery_s=None)


def _line(*results: Result) -> str:
    return markdown(results, {"kill_nats": "kill -9 of NATS"}, {}).splitlines()[2]


def test_runs_that_passed_have_no_failure() -> None:
    assert (
        _line(_RIGHT, replace(_RIGHT, recovery_s=0.5)) == "| kill -9 of NATS | 2 | 0 | 2,000 | 0 | 0 | 0 | – | 1.2 s |"
    )
    assert verdict([_RIGHT, _RIGHT]) == 0


def test_a_run_that_failed_by_a_complaint_alone_is_counted_as_failed() -> None:
    assert _line(_RIGHT, _UNCLEAN) == "| kill -9 of NATS | 2 | 1 | 2,000 | 0 | 0 | 0 | – | 1.2 s |"
    assert verdict([_RIGHT, _UNCLEAN]) == 1


def test_what_was_not_ready_again_is_not_shown_as_a_time() -> None:
    assert _line(_RIGHT, _NEVER_READY).endswith("| 1.2 s, 1 did not |")
    assert _line(_NEVER_READY).endswith("| 1 did not |")


def test_others_that_went_on_and_those_that_did_not_have_a_column() -> None:
    taken_over = replace(_RIGHT, take_overs_s=[0.9, 7.5])
    assert _line(_RIGHT, taken_over).endswith("| 7.5 s | 1.2 s |")
    assert _line(taken_over, replace(_UNCLEAN, take_overs_s=[3.0, None])).endswith("| 7.5 s, 1 did not | 1.2 s |")


def test_where_nothing_was_run_nothing_was_shown_to_hold() -> None:
    assert verdict([]) == 1
    assert "| not run: no disks here |" in markdown([], {"full_disk": "disk full"}, {"full_disk": "no disks here"})
