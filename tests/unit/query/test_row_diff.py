"""Differences of rows between two states of knowledge."""

from typing import Any

from services.query.row_diff import RowDiff, row_diffs

STANDS = 2**63 - 1


def _version(says: str, known_from: int, known_to: int = STANDS, key: str = "a") -> dict[str, Any]:
    return {"key": key, "says": says, "known_from": known_from, "known_to": known_to}


def _ways(*versions: dict[str, Any], from_known: int = 10, to_known: int = 20) -> list[RowDiff[str]]:
    return row_diffs(versions, lambda row: row["key"], lambda row: row["says"], from_known, to_known)


def test_a_new_row_was_caused_by_the_entry_that_made_it() -> None:
    assert _ways(_version("x", 12)) == [RowDiff(None, "x", (12,))]


def test_a_row_that_is_gone_was_caused_by_the_entry_that_unmade_it() -> None:
    assert _ways(_version("x", 3, 15)) == [RowDiff("x", None, (15,))]


def test_a_row_that_says_something_else_was_caused_by_each_change_on_the_way() -> None:
    assert _ways(_version("x", 3, 12), _version("y", 12, 15), _version("z", 15)) == [RowDiff("x", "z", (12, 15))]


def test_a_row_that_says_the_same_again_does_not_differ() -> None:
    assert _ways(_version("x", 3, 12), _version("y", 12, 15), _version("x", 15)) == []
    assert _ways(_version("x", 12, 15)) == []


def test_a_new_version_that_says_the_same_is_no_cause() -> None:
    assert _ways(_version("x", 3, 12), _version("x", 12, 15), _version("y", 15)) == [RowDiff("x", "y", (15,))]


def test_the_first_state_of_knowledge_is_before_its_successor_and_the_second_includes_its_own() -> None:
    assert _ways(_version("x", 3, 10), _version("y", 10)) == []
    assert _ways(_version("x", 3, 20), _version("y", 20)) == [RowDiff("x", "y", (20,))]
    assert _ways(_version("x", 3, 21), _version("y", 21)) == []


def test_rows_go_their_ways_apart() -> None:
    assert _ways(_version("x", 11, key="a"), _version("x", 12, key="b")) == [
        RowDiff(None, "x", (11,)),
        RowDiff(None, "x", (12,)),
    ]
