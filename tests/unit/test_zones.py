"""Time zones that a ledger may be made with."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.types import zones
from contracts.types.zones import names, refused
from services.settings import Settings

INSTANTS = st.datetimes(datetime(1850, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize("name", ["UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "EST5EDT"])
def test_a_name_of_the_iana_list_is_accepted(name: str) -> None:
    assert Settings(timezone=name).timezone == name
    assert name in names()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("right/UTC", "leap seconds, which PostgreSQL does not (its name without that is UTC)"),
        ("right/Asia/Shanghai", "its name without that is Asia/Shanghai"),
        ("right/Nowhere", "leap seconds"),
        ("posix/Europe/Berlin", "only some machines have (its name without that is Europe/Berlin)"),
        ("localtime", "another zone on every machine"),
        ("posixrules", "another zone on every machine"),
        ("Factory", "nobody has set"),
        ("asia/shanghai", "it is spelt Asia/Shanghai"),
        ("utc", "it is spelt UTC"),
        ("CST-8", "does not list it"),
        ("+08:00", "does not list it"),
        ("CEST", "does not list it"),
        ("Asia", "does not list it"),
        ("Asia/Shanghai ", "does not list it"),
        ("Asia/../Asia/Shanghai", "does not list it"),
        ("/usr/share/zoneinfo/UTC", "does not list it"),
        ("tzdata.zi", "does not list it"),
        ("Asia/\u4e0a\u6d77", "does not list it"),
        ("UTC\n", "does not list it"),
    ],
)
def test_any_other_name_is_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(timezone=name)
    assert reason in str(caught.value)
    assert reason in (refused(name) or "")


@given(st.sampled_from(sorted(names())), INSTANTS)
def test_the_rules_of_a_zone_say_what_the_package_says(name: str, at: datetime) -> None:
    rules = zones.rules(name)
    rule = rules[bisect_right(rules, at, key=lambda each: each.from_at) - 1]
    assert at.astimezone(zones.zone(name)).utcoffset() == timedelta(seconds=rule.seconds_east)


@given(st.sampled_from(sorted(names())), st.dates(date(1850, 1, 1), date(2099, 12, 30)))
def test_a_day_ends_when_the_next_one_begins_for_the_first_time(name: str, day: date) -> None:
    end = zones.end_of(day, name)
    zone = zones.zone(name)
    assert end.astimezone(zone).date() <= day
    assert (end + timedelta(microseconds=1)).astimezone(zone).date() > day


@pytest.mark.parametrize(
    ("name", "day", "end"),
    [
        ("Pacific/Apia", date(2011, 12, 29), datetime(2011, 12, 30, 9, 59, 59, 999999, UTC)),
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 9, 59, 59, 999999, UTC)),  # a day that never was
        ("America/Toronto", date(1919, 3, 30), datetime(1919, 3, 31, 4, 29, 59, 999999, UTC)),  # 23:30, then 00:30
        ("America/Havana", date(2025, 11, 1), datetime(2025, 11, 2, 3, 59, 59, 999999, UTC)),  # two midnights follow
        ("America/Vancouver", date(2026, 11, 10), datetime(2026, 11, 11, 6, 59, 59, 999999, UTC)),  # no winter time
        ("UTC", date(1, 1, 1), datetime(1, 1, 1, 23, 59, 59, 999999, UTC)),
        ("Europe/Berlin", date(9998, 7, 1), datetime(9998, 7, 1, 22, 59, 59, 999999, UTC)),  # by the last rule kept
    ],
)
def test_days_that_end_unlike_others(name: str, day: date, end: datetime) -> None:
    assert zones.end_of(day, name) == end


def test_the_first_instant_at_which_rules_differ_is_found() -> None:
    berlin, paris = zones.rules("Europe/Berlin"), zones.rules("Europe/Paris")
    assert zones.difference(berlin, berlin) is None
    assert zones.difference(berlin, paris) == berlin[0].from_at
    assert zones.difference(berlin, berlin[:-1]) == berlin[-1].from_at


def test_a_copy_of_a_zone_that_an_early_ledger_may_name_is_that_zone() -> None:
    assert zones.rules("posix/Asia/Shanghai") == zones.rules("Asia/Shanghai")
    assert zones.end_of(date(2026, 3, 31), "posix/Asia/Shanghai") == datetime(2026, 3, 31, 15, 59, 59, 999999, UTC)
