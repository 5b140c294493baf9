"""The versions of a view beside those of a replay: the same values are no difference, and nothing else is none."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from projections.replay.entry import FOREVER
from projections.replay.view import FlagRow, Row
from projections.views.receivables.rows import ItemRow
from projections.views.stage_position.rows import PositionRow
from services.audit.differences import Differences
from services.audit.rows import Told, Version, compare
from services.views.row_tables import table
from services.views.row_versions import STANDS

_AT = datetime(2026, 3, 31, tzinfo=UTC)
_FLAG = FlagRow("deal/D-1", "stage_position", "opened_twice", 3, None, _AT, FOREVER)
_OTHER = FlagRow("deal/D-1", "stage_position", "opened_twice", 4, None, _AT, FOREVER)


def _counts(expected: Sequence[Version], told: Sequence[Told], row: type[Row] = FlagRow) -> dict[str, int]:
    differences = Differences()
    compare("deal/D-1", table(row), expected, told, differences)
    return differences.numbers()


def _told(version: Version) -> Told:
    """As the database tells it."""
    return table(type(version[0])).record(*version)


def test_the_same_versions_in_any_order_are_no_difference() -> None:
    versions = [(_FLAG, 3, 7), (_FLAG, 9, STANDS), (_OTHER, 4, STANDS)]
    assert _counts(versions, [_told(each) for each in reversed(versions)]) == {}


def test_what_has_not_ended_is_the_infinity_of_the_database() -> None:
    row = PositionRow(
        "D-1", _AT, FOREVER, "p", 1, 1, "entered", "open", Decimal(0), None, None, None, None, _AT, 3
    )  # fmt: skip
    told = _told((row, 3, STANDS))
    assert told[2] == datetime.max
    assert _counts([(row, 3, STANDS)], [told], PositionRow) == {}
    assert _counts([(row, 3, STANDS)], [(*told[:2], _AT, *told[3:])], PositionRow) == {"view_row_altered": 1}


def test_an_amount_is_the_same_however_many_decimals_are_told() -> None:
    item = ItemRow("A-1", "I-1", _AT, FOREVER, None, "CNY", Decimal("5.00"), Decimal(5), _AT.date(), False, 3, "", None)
    told = [Decimal(5) if each == 5 else each for each in _told((item, 3, STANDS))]
    assert _counts([(item, 3, STANDS)], [tuple(told)], ItemRow) == {}


def test_a_version_that_is_told_twice_does_not_stand_for_another_one() -> None:
    expected = [(_FLAG, 3, STANDS), (_OTHER, 4, STANDS)]
    assert _counts(expected, [_told(expected[0])] * 2) == {"view_row_missing": 1, "view_row_extra": 1}


def test_a_version_too_many_or_too_few_is_found() -> None:
    one, both = [(_FLAG, 3, STANDS)], [(_FLAG, 3, STANDS), (_OTHER, 4, STANDS)]
    assert _counts(one, [_told(each) for each in both]) == {"view_row_extra": 1}
    assert _counts(both, [_told(each) for each in one]) == {"view_row_missing": 1}
    assert _counts((), [_told(each) for each in one]) == {"view_row_extra": 1}


def test_every_column_is_compared() -> None:
    expected, told = [(_FLAG, 3, STANDS)], _told((_FLAG, 3, STANDS))
    for place, name in enumerate(table(FlagRow).columns):
        other = 5 if isinstance(told[place], int) else "x"
        assert _counts(expected, [(*told[:place], other, *told[place + 1 :])]) != {}, name
