"""A run that crashes or hangs has failed, and costs no other run."""

import os
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.faults import side_by_side
from tests.faults.plan import Plan
from tests.faults.plans import named
from tests.faults.run import Result
from tests.faults.servers import OneOfEach
from tests.faults.side_by_side import runs


def _nothing(_: Random) -> list[Any]:
    return []


_CRASHES = Plan("no_such_plan", "a run that ends without a result", _nothing, OneOfEach)


async def test_a_run_without_a_result_has_failed_and_the_next_one_is_run() -> None:
    results: list[Result] = []
    await runs([(_CRASHES, 1), (_CRASHES, 2)], 1, results.append)
    assert [each.seed for each in results] == [1, 2]
    for each in results:
        assert not each.passed
        assert each.recovery_s is None
        assert "it ended with 2 and gave no result" in each.complaints[0]
        assert "invalid choice: 'no_such_plan'" in each.complaints[0]


@pytest.mark.long
async def test_a_run_that_does_not_end_is_ended_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "_MORE_S", 0.0)
    results: list[Result] = []
    await runs([(replace(named("kill_query"), ends_within_s=4.0), 977)], 1, results.append)
    assert not results[0].passed
    assert "it went on for 4 s, was told to end and gave no result" in results[0].complaints[0]
    assert not [each for each in _commands() if "kill_query-977-" in each or "kill_query --seed 977" in each]


def _commands() -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        if entry.parent.name != str(os.getpid()):
            try:
                found.append(entry.read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
    return found
