"""Currencies are taken while they were in use, and half a year before and after."""

from datetime import UTC, datetime

import pytest

from contracts.types.currencies import BOUNDED, MINOR_UNITS, WITHDRAWN, out_of_use


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("BGN", "2025-12-31"),
        ("BGN", "2026-06-30"),
        ("HRK", "2022-12-31"),
        ("HRK", "1995-01-01"),
        ("ANG", "2025-03-30"),
        ("SLL", "2023-12-31"),
        ("ZWL", "2024-08-31"),
        ("CUC", "2020-12-31"),
        ("VEF", "2018-08-19"),
        ("MRO", "2017-06-01"),
        ("STD", "2017-06-01"),
        ("LTL", "2014-12-31"),
        ("EEK", "2010-12-31"),
        ("DEM", "1989-11-09"),
        ("DEM", "2002-02-28"),
        ("EUR", "1999-01-01"),
        ("EUR", "1998-09-01"),
        ("XCG", "2025-03-31"),
        ("ZWG", "2026-01-01"),
        ("CNY", "1955-03-01"),
        ("USD", "1900-01-01"),
    ],
)
def test_a_currency_is_taken_in_its_day(code: str, day: str) -> None:
    assert out_of_use(code, at(day)) is None


@pytest.mark.parametrize(
    ("code", "day", "words"),
    [
        ("BGN", "2026-11-29", "BGN was in use until 2025-12-31"),
        ("HRK", "2026-01-01", "HRK was in use until 2023-01-31"),
        ("DEM", "2003-01-01", "DEM was in use until 2002-03-31"),
        ("ANG", "2026-03-31", "ANG was in use until 2025-03-31"),
        ("EUR", "1998-01-01", "EUR is in use since 1999-01-01"),
        ("XCG", "2020-01-01", "XCG is in use since 2025-03-01"),
        ("HRK", "1990-01-01", "HRK is in use since 1994-05-01"),
    ],
)
def test_a_currency_is_refused_before_and_after_its_day(code: str, day: str, words: str) -> None:
    reason = out_of_use(code, at(day))
    assert reason is not None
    assert reason.endswith(words)


def test_every_code_has_its_decimals_and_no_active_one_was_withdrawn() -> None:
    assert set(MINOR_UNITS) >= BOUNDED >= WITHDRAWN
    assert {code: MINOR_UNITS[code] for code in ("CNY", "JPY", "KWD", "CLF", "DEM", "ITL")} == {
        "CNY": 2,
        "JPY": 0,
        "KWD": 3,
        "CLF": 4,
        "DEM": 2,
        "ITL": 0,
    }
    now = datetime(2026, 11, 29, tzinfo=UTC)
    assert all((out_of_use(code, now) is None) == (code not in WITHDRAWN) for code in MINOR_UNITS)
