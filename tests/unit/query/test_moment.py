"""Days mean their end where the ledger is, instants need an offset, and nothing else is a time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import BadRequest
from services.query.moment import read_known, read_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
HAVANA = ZoneInfo("America/Havana")
UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        (UTC_ZONE, "2026-03-31", "2026-03-31T23:59:59.999999+00:00"),
        (SHANGHAI, "2026-03-31", "2026-03-31T15:59:59.999999+00:00"),
        (BERLIN, "2026-03-28", "2026-03-28T22:59:59.999999+00:00"),
        (BERLIN, "2026-03-29", "2026-03-29T21:59:59.999999+00:00"),  # a day of 23 hours
        (BERLIN, "2026-10-25", "2026-10-25T22:59:59.999999+00:00"),  # a day of 25 hours
        (HAVANA, "2025-11-01", "2025-11-02T03:59:59.999999+00:00"),  # the next day has two midnights: the first ends it
        (UTC_ZONE, "2024-02-29", "2024-02-29T23:59:59.999999+00:00"),
    ],
)
def test_a_day_means_its_last_microsecond_where_the_ledger_is(zone: ZoneInfo, day: str, end: str) -> None:
    assert read_time(day, zone, "as_of") == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    "text",
    ["2026-03-31T18:00:00+08:00", "2026-03-31t10:00:00z", "2026-03-31T18:00:00 08:00", "2026-03-31T10:00:00.000Z"],
)
def test_an_instant_is_itself_in_any_zone(text: str) -> None:
    assert read_time(text, SHANGHAI, "as_of") == datetime(2026, 3, 31, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "today", "2026-02-30", "2026-13-01", "2026-3-1", "2026-03-31T18:00:00", "2026-03-31 18:00:00+08:00",
     "2026-03-31T25:00:00Z", "2026-03-31T18:00:00+25:00", "1e3", "-5", "9999-12-31T23:59:59.999999Z", "9999-12-31",
     "２０２６-03-31", "2026-03-31T18:00:00Z; drop", "0000-01-01"],
)  # fmt: skip
def test_what_is_no_time_is_refused_by_the_parameters_name(text: str) -> None:
    with pytest.raises(BadRequest, match=r"^from_known: "):
        read_time(text, UTC_ZONE, "from_known")


def test_known_at_is_a_sequence_or_a_time() -> None:
    assert read_known("0", UTC_ZONE) == 0
    assert read_known("120034", UTC_ZONE) == 120034
    assert read_known("2026-03-31", SHANGHAI) == datetime(2026, 3, 31, 15, 59, 59, 999999, tzinfo=UTC)


def test_a_sequence_that_no_stream_can_reach_is_refused() -> None:
    with pytest.raises(BadRequest):
        read_known("9" * 19, UTC_ZONE)


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31), timezones=st.just(UTC)))
def test_what_an_answer_states_is_read_back_as_the_same_instant(at: datetime) -> None:
    assert read_time(at.isoformat(), SHANGHAI, "as_of") == at
