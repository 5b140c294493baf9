"""Days end at one instant over HTTP, on the command line and in SQL, whatever PostgreSQL knows of the zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from contracts.types import zones
from services.cli.context import following
from services.errors import NotProvisioned
from services.ledger import zone_rules
from services.query.moment import moment
from services.query.service import running
from services.setup.init import provision
from tests.ledger import Ledger

ZONES = ["America/Vancouver", "America/Havana", "Europe/Berlin", "Pacific/Apia", "Africa/Casablanca", "America/Toronto"]


async def _moved_to(ledger: Ledger, zone: str) -> None:
    owner = await ledger.connect()
    await owner.execute("update ledger.identity set time_zone = $1", zone)
    await zone_rules.keep(owner)


@pytest.mark.parametrize("zone", ZONES)
async def test_sql_ends_every_day_where_python_does(ledger: Ledger, zone: str) -> None:
    await _moved_to(ledger, zone)
    reader = await ledger.connect("daybook_reader")
    changes = [rule.from_at.date() for rule in zones.rules(zone)[1:]]
    days = sorted({each + timedelta(days=number) for each in changes for number in range(-2, 3)} | {date(2500, 7, 1)})
    rows = await reader.fetch(
        "select day, reporting.day_end(day) as ends, reporting.local_day(reporting.day_end(day)) as last,"
        " reporting.local_day(reporting.day_end(day) + interval '1 microsecond') as next"
        " from unnest($1::date[]) as day",
        days,
    )
    assert [row["ends"] for row in rows] == [zones.end_of(day, zone) for day in days]
    assert all(row["last"] <= row["day"] < row["next"] for row in rows)


@pytest.mark.parametrize("kept", [True, False], ids=["with rules", "without rules"])
@pytest.mark.parametrize("zone", ZONES[:4])
async def test_the_days_of_many_instants_are_those_of_each(ledger: Ledger, zone: str, kept: bool) -> None:
    await _moved_to(ledger, zone)
    owner = await ledger.connect()
    if not kept:
        await owner.execute("delete from ledger.zone_rule")
    changes = [rule.from_at for rule in zones.rules(zone)[1:]]
    instants = [each + timedelta(hours=hours) for each in changes for hours in (-30, -1, 0, 1, 30)]
    instants += [datetime(2, 1, 1, tzinfo=UTC), datetime(2500, 7, 1, tzinfo=UTC)]
    rows = await owner.fetch(
        "select reporting.local_day(at) as one, served.local_day(at, zone) as among_many"
        " from unnest($1::timestamptz[]) at cross join served.zone zone",
        instants,
    )
    assert [row["among_many"] for row in rows] == [row["one"] for row in rows]


async def test_a_day_of_the_command_line_and_of_http_is_the_day_of_sql(ledger: Ledger) -> None:
    await _moved_to(ledger, "America/Vancouver")
    reader = await ledger.connect("daybook_query")
    at = await moment(reader, "2026-11-10", None, following(ledger.settings))
    assert at.as_of == datetime(2026, 11, 11, 6, 59, 59, 999999, UTC)
    assert await reader.fetchval("select reporting.day_end('2026-11-10')") == at.as_of


async def test_rules_that_differ_are_named_and_days_are_not_cut_by_two(ledger: Ledger) -> None:
    await _moved_to(ledger, "Europe/Berlin")
    owner = await ledger.connect()
    last = zones.rules("Europe/Berlin")[-1].from_at
    await owner.execute("update ledger.zone_rule set seconds_east = 7200 where from_at = $1", last)
    with pytest.raises(NotProvisioned, match=f"first for {last.date()}.*Run `daybook init`"):
        async with running(ledger.settings.model_copy(update={"query_port": 0})):
            pass
    reader = await ledger.connect("daybook_query")
    with pytest.raises(NotProvisioned, match="other rules for Europe/Berlin than the package tzdata"):
        await moment(reader, "2026-11-10", None, following(ledger.settings))
    with capture_logs() as logged:
        await provision(ledger.settings.model_copy(update={"timezone": "Europe/Berlin"}), ledger.endpoints)
    (said,) = [each for each in logged if each["event"] == "zone_rules_replaced"]
    assert (said["log_level"], said["zone"], said["differ_from"]) == ("warning", "Europe/Berlin", last.isoformat())
    assert (await moment(reader, "2026-11-10", None, following(ledger.settings))).known_at == 0


@pytest.mark.parametrize("names", [[""], ["-Q1", "-Q2", "-Q3", "-Q4"], [f"-{month:02}" for month in range(1, 13)]])
async def test_periods_end_on_the_day_before_the_next_begins(ledger: Ledger, names: list[str]) -> None:
    periods = [f"{year}{name}" for year in (2023, 2024, 2025) for name in names]
    rows = await (await ledger.connect()).fetch(
        "select days.* from unnest($1::text[]) with ordinality as one (period, place)"
        " cross join served.period_days(one.period) days order by one.place",
        periods,
    )
    assert (rows[0]["first_on"], rows[-1]["last_on"]) == (date(2023, 1, 1), date(2025, 12, 31))
    assert [row["last_on"] + timedelta(days=1) for row in rows[:-1]] == [row["first_on"] for row in rows[1:]]
