"""What the versions of many rows add up to, from one sequence to the next."""

from decimal import Decimal
from typing import Any

from services.query.sums import Steps, steps

STANDS = 2**63 - 1


def _version(line: str, amount: str, known_from: int, known_to: int = STANDS) -> dict[str, Any]:
    return {"line": line, "amount": Decimal(amount), "known_from": known_from, "known_to": known_to}


def _steps(*versions: dict[str, Any]) -> Steps[str, str]:
    return steps(versions, lambda row: [(row["line"], "items", 1), (row["line"], "amount", row["amount"])], 10, 20)


def test_a_version_adds_when_it_is_made_and_takes_away_when_it_is_unmade() -> None:
    assert _steps(_version("a", "5", 12, 15)) == {
        12: {"a": {"items": 1, "amount": 5}},
        15: {"a": {"items": -1, "amount": -5}},
    }


def test_what_stays_the_same_is_left_out() -> None:
    assert _steps(_version("a", "5", 3, 12), _version("a", "4", 12)) == {12: {"a": {"amount": -1}}}


def test_an_entry_whose_changes_cancel_out_moves_nothing() -> None:
    found = _steps(_version("a", "5", 3, 12), _version("a", "7", 3, 12), _version("a", "4", 12), _version("a", "8", 12))
    assert [line for lines in found.values() for line in lines] == []


def test_an_entry_that_moves_a_row_moves_both_lines() -> None:
    found = _steps(_version("a", "5", 3, 12), _version("b", "5", 12))
    assert found == {12: {"a": {"items": -1, "amount": -5}, "b": {"items": 1, "amount": 5}}}


def test_only_what_lies_behind_the_first_sequence_up_to_the_second_counts_in_order() -> None:
    found = _steps(_version("a", "5", 20, 21), _version("a", "5", 11), _version("a", "5", 10))
    assert list(found) == [11, 20]
