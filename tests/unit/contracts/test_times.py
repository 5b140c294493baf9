from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.types.times import CalendarDay, ExactTime, Instant, nanoseconds_of, read_instant


@pytest.mark.parametrize(
    ("text", "canonical", "instant"),
    [
        ("2026-03-01T09:30:00+08:00", "2026-03-01T09:30:00+08:00", datetime(2026, 3, 1, 1, 30, tzinfo=UTC)),
        ("2026-03-01t09:30:00z", "2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00-00:00", "2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00.000Z", "2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00.120Z", "2026-03-01T09:30:00.12Z", datetime(2026, 3, 1, 9, 30, 0, 120000, tzinfo=UTC)),
        (
            "2026-03-01T09:30:00.123456789Z",
            "2026-03-01T09:30:00.123456789Z",
            datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC),
        ),
        (
            "2026-03-01T09:30:00.0000009Z",
            "2026-03-01T09:30:00.0000009Z",
            datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        ),
    ],
)
def test_a_time_has_one_canonical_spelling_and_an_instant_to_the_microsecond(
    text: str, canonical: str, instant: datetime
) -> None:
    assert read_instant(text) == (instant, canonical)


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)))
def test_every_time_reads_back_and_its_canonical_text_is_a_fixed_point(at: datetime) -> None:
    instant, text = read_instant(at.isoformat())
    assert instant == at
    assert read_instant(text) == (at, text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "2026-03-01T09:30:00",
        "2026-03-01 09:30:00Z",
        "2026-03-01T09:30Z",
        "2026-03-01T09:30:60Z",
        "2026-03-01T24:00:00Z",
        "2026-02-29T09:30:00Z",
        "2026-03-01T09:30:00+24:00",
        "2026-03-01T09:30:00+08:60",
        "2026-03-01T09:30:00+0800",
        "2026-03-01T09:30:00.1234567890Z",
        "2026-03-01T09:30:00.Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T01:00:00+01:00",
        "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59.9999999Z",
        "2026-03-01T09:30:00Z\n",
        "٢٠٢٦-03-01T09:30:00Z",
        "0001-01-01T00:00:00+14:00",
        "0000-01-01T00:00:00Z",
        "1772357400",
        "",
    ],
)
def test_other_spellings_and_impossible_times_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be a time with offset|there is no such time|no time at all"):
        read_instant(text)
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(text)


def test_an_instant_in_data_is_kept_in_utc() -> None:
    read = TypeAdapter(Instant).validate_json('"2026-03-01T09:30:00+08:00"')
    assert (read, read.tzinfo) == (datetime(2026, 3, 1, 1, 30, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "text", ["1700006400", "20260301", "2026-W09-7", "2026-02-30", "2026-03-01T00:00:00Z", "2026-3-1"]
)
def test_a_day_is_a_calendar_day_and_nothing_that_could_be_read_as_one(text: str) -> None:
    with pytest.raises(ValidationError, match=r"must be a day such as 2026-03-31|there is no such day"):
        TypeAdapter(CalendarDay).validate_json(f'"{text}"')


def test_a_day_is_read() -> None:
    assert TypeAdapter(CalendarDay).validate_json('"2026-03-31"') == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_a_day_that_means_none_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="stands for no day at all"):
        TypeAdapter(CalendarDay).validate_json(f'"{text}"')


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("2026-03-31T09:30:00Z", 0),
        ("2026-03-31T09:30:00.1+08:00", 0),
        ("2026-03-31T09:30:00.123456+08:00", 0),
        ("2026-03-31T09:30:00.000000+08:00", 0),
        ("2026-03-31T09:30:00.1234567Z", 700),
        ("2026-03-31T09:30:00.12345678-05:30", 780),
        ("2026-03-31T09:30:00.123456789+08:00", 789),
        ("2026-03-31T09:30:00.000000001Z", 1),
        ("1969-12-31T23:59:59.999999999Z", 999),
        ("2026-03-31t09:30:00.123456070z", 70),
    ],
)
def test_a_time_is_kept_to_the_nanosecond(text: str, nanoseconds: int) -> None:
    at, canonical = read_instant(text)
    assert nanoseconds_of(canonical) == nanoseconds
    exact = TypeAdapter(ExactTime).validate_json(f'"{text}"')
    assert exact == (at, nanoseconds)
    assert TypeAdapter(ExactTime).validate_json(TypeAdapter(ExactTime).dump_json(exact)) == exact


def test_a_time_in_python_is_held_to_the_same_rules() -> None:
    adapter = TypeAdapter(Instant)
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert adapter.validate_python(at) == at
    assert adapter.validate_json(adapter.dump_json(at)) == at
    for refused in (datetime(2026, 3, 1, 9, 30), datetime.max.replace(tzinfo=UTC)):
        with pytest.raises(ValidationError):
            adapter.validate_python(refused)
