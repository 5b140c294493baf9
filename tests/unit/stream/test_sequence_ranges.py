"""Runs of sequences."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.stream.sequence_ranges import Ranges, add, common, count, told, without

sequences = st.sets(st.integers(1, 40))


def runs(of: set[int]) -> Ranges:
    ranges: Ranges = []
    for each in sorted(of):
        add(ranges, each)
    return ranges


def within(ranges: Ranges) -> set[int]:
    return {each for first, last in ranges for each in range(first, last + 1)}


@given(sequences)
def test_runs_hold_what_was_added_and_do_not_touch(of: set[int]) -> None:
    ranges = runs(of)
    assert within(ranges) == of
    assert count(ranges) == len(of)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(ranges))


@given(st.integers(0, 30), st.integers(0, 40), sequences)
def test_what_is_left_of_a_run_without_others(first: int, last: int, gone: set[int]) -> None:
    assert within(without((first, last), runs(gone))) == set(range(first, last + 1)) - gone


@given(sequences, sequences)
def test_what_is_common_to_two(one: set[int], other: set[int]) -> None:
    assert within(common(runs(one), runs(other))) == one & other


def test_what_is_common_to_very_many_is_found_in_one_pass() -> None:
    one = [(each, each) for each in range(1, 400_000, 2)]
    assert common(one, [(1, 1), (3, 3), (399_999, 400_000)]) == [(1, 1), (3, 3), (399_999, 399_999)]
    assert common(one, one) == one


def test_a_few_are_told_and_the_rest_counted() -> None:
    assert told([(3, 3), (7, 9)]) == "3, 7-9"
    assert told([(each, each) for each in range(1, 30, 2)]).endswith("19 and 5 more")
