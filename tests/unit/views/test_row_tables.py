"""Rows go into the tables and come back as they were."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from projections.replay.entry import FOREVER
from projections.replay.view import FlagRow, RowKey
from projections.views import VIEWS
from projections.views.stage_position import PositionRow
from services.projector.locks import Census
from services.views.row_tables import quoted, table, tables_of

_AT = datetime(2026, 1, 1, tzinfo=UTC)


def _position(to_at: datetime) -> PositionRow:
    return PositionRow(
        "D", _AT, to_at, "project", 1, None, None, "open", Decimal(0), None, None, "Li", None, since=_AT, entry=1
    )


@pytest.mark.parametrize("to_at", [_AT, FOREVER])
def test_a_row_comes_back_as_it_was(to_at: datetime) -> None:
    row = _position(to_at)
    record = table(PositionRow).record(row, 3, 9)
    assert record[-2:] == (3, 9)
    assert table(PositionRow).read(record[:-2]) == row


def test_the_end_of_what_has_not_ended_is_infinity() -> None:
    record = table(PositionRow).record(_position(FOREVER), 3, 9)
    assert record[2] == datetime.max
    assert record[2].tzinfo is None, "asyncpg takes the naive maximum alone for infinity"


def test_rows_are_closed_by_the_columns_of_their_keys() -> None:
    closed = {RowKey(PositionRow, ("D", _AT)): 7, RowKey(PositionRow, ("E", _AT)): 8}
    assert table(PositionRow).closing(closed) == [[7, 8], ["D", "E"], [_AT, _AT]]


def test_flags_name_the_whole_subject_other_tables_its_id() -> None:
    assert table(FlagRow).subject_value("deal/D-1") == "deal/D-1"
    assert table(PositionRow).subject_value("deal/D-1") == "D-1"


def test_each_table_of_the_views_is_named_once() -> None:
    names = [each.row.TABLE for each in tables_of(VIEWS)]
    assert len(names) == len(set(names))
    assert {"flag", "stage_position", "receivables_item"} <= set(names)


def test_a_name_is_quoted_whatever_is_in_it() -> None:
    assert quoted('a"b') == '"a""b"'


@pytest.mark.parametrize(("projectors", "share"), [(1, 16), (2, 8), (3, 6), (16, 1), (20, 1)])
def test_the_shares_cover_all_lanes(projectors: int, share: int) -> None:
    assert Census(projectors, []).share == share
