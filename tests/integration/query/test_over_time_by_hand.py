"""Reports over time are what a plain reading of the positions says, at random moments of a seeded turmoil."""

import json
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

import asyncpg
import pytest

from projections.reports import BY_NAME
from services.query import report_answers
from services.query.moment import Moment
from services.query.report_question import Question
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import projecting
from tests.ledger import fresh_ledger
from tests.servers import Servers

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
PLAYBOOKS = ("practice", "claimed")
IN_PIPELINE = ("open", "on_hold")
NO_PARAMETERS: Mapping[str, Any] = {
    "from": None, "to": None, "age_days": None, "mode": "filled", "min_deals": 2,
}  # fmt: skip

Position = dict[str, Any]


@dataclass
class Positions:
    """All versions of positions, and how many stages a playbook has as known at a sequence."""

    connection: asyncpg.Connection
    versions: list[Position]
    stages: list[Position]
    last: int

    def known(self, at: int) -> list[Position]:
        return [each for each in self.versions if each["known_from"] <= at < each["known_to"]]

    def standing(self, as_of: datetime, known_at: int) -> dict[str, Position]:
        """Position of each deal."""
        rows = self.known(known_at)
        return {each["deal"]: each for each in rows if each["from_at"] <= as_of < each["to_at"]}

    def numbers(self, playbook: str, known_at: int) -> list[int]:
        rows = [each for each in self.stages if each["playbook"] == playbook and each["published"] <= known_at]
        return sorted({each["stage"] for each in rows})

    async def ask(
        self, report: str, moment: Moment, *, filters: Mapping[str, str] | None = None, **parameters: Any
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Rows and totals of a report."""
        question = Question(BY_NAME[report], parameters, filters or {})
        rows, totals = await report_answers.answer(self.connection, question, moment)
        return [json.loads(row) for row in rows], json.loads(totals)


@pytest.fixture(scope="module")
async def positions(servers: Servers) -> AsyncIterator[Positions]:
    async with fresh_ledger(servers, []) as ledger:
        connection, journal = await ledger.connect(), Journal()
        await journal.record(connection, *turmoil(seed=8, events=800, deals=30, accounts=2))
        async with projecting(ledger):
            await ledger.projected(journal.last)
        rows = await connection.fetch("select * from reporting.stage_position_version")
        versions = [{**row, "to_at": row["to_at"] or FOREVER} for row in rows]
        stages = [dict(row) for row in await connection.fetch("select * from reporting.stage")]
        yield Positions(connection, versions, stages, journal.last)


def moments(positions: Positions, seed: int, number: int = 40) -> Iterable[Moment]:
    draw = random.Random(seed)
    yield Moment(FIRST_DAY + timedelta(days=40), positions.last)
    for _ in range(number):
        as_of = FIRST_DAY + timedelta(hours=draw.randrange(24 * 30))
        yield Moment(as_of, draw.randint(positions.last // 4, positions.last))


def month(day: date) -> tuple[int, int]:
    return (day.year, day.month)


def divided(part: float, whole: float, places: int = 4) -> str | None:
    return None if not whole else rounded(Decimal(part) / Decimal(whole), places)


def rounded(value: Decimal | float | None, places: int) -> str | None:
    if value is None:
        return None
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return str(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, microseconds=-1)


def reached(rows: Iterable[Position], playbook: str, until: datetime) -> set[int]:
    """Stages that were the last one completed, or with claims entered, at some time."""
    found = [each for each in rows if each["playbook"] == playbook and each["from_at"] <= until]
    claims = playbook == "claimed"
    return {each["stage"] if claims and each["stage"] else each["completed"] or 0 for each in found}


@pytest.mark.parametrize("mode", ["filled", "observed"])
@pytest.mark.parametrize("age_days", [None, 5])
async def test_conversion(positions: Positions, mode: str, age_days: int | None) -> None:
    seen = 0
    for moment in moments(positions, seed=1):
        for playbook in PLAYBOOKS:
            standing = positions.standing(moment.as_of, moment.known_at)
            deals = {deal: each for deal, each in standing.items() if each["playbook"] == playbook}
            numbers = positions.numbers(playbook, moment.known_at)
            if not numbers:
                continue
            past = defaultdict(list)
            for each in positions.known(moment.known_at):
                past[each["deal"]].append(each)
            cohorts: dict[str, list[tuple[Position, set[int]]]] = defaultdict(list)
            for deal, each in deals.items():
                opened, until = each["opened_at"].date(), moment.as_of
                if age_days is not None:
                    if (moment.as_of.date() - opened).days < age_days:
                        continue
                    until = min(until, end_of(opened + timedelta(days=age_days)))
                cohorts[f"{opened:%Y-%m}"].append((each, reached(past[deal], playbook, until)))
            wanted = []
            for cohort, members in sorted(cohorts.items()):
                before = len(members)
                for number in numbers:
                    arrived = [
                        each for each, found in members
                        if (number in found if mode == "observed" else max(found, default=0) >= number)
                    ]  # fmt: skip
                    statuses = [each["status"] for each, _ in members]
                    wanted.append({
                        "cohort": cohort, "stage": number, "deals": len(members), "reached": len(arrived),
                        "from_previous": divided(len(arrived), before), "overall": divided(len(arrived), len(members)),
                        "open": sum(each in IN_PIPELINE for each in statuses), "won": statuses.count("won"),
                        "lost": statuses.count("lost"), "abandoned": statuses.count("abandoned"),
                    })  # fmt: skip
                    before = len(arrived)
            asked = {**NO_PARAMETERS, "playbook": playbook, "mode": mode, "age_days": age_days}
            rows, totals = await positions.ask("conversion", moment, **asked)
            assert [dict(list(row.items())[:10]) for row in rows] == wanted
            assert all(row["open"] + row["won"] + row["lost"] + row["abandoned"] == row["deals"] for row in rows)
            sums = {number: sum(row["reached"] for row in rows if row["stage"] == number) for number in numbers}
            sums[0] = sum(map(len, cohorts.values()))
            shares = [(Decimal(sums[number]) / sums[number - 1], number) for number in numbers if sums[number - 1] >= 2]
            assert totals == {"bottleneck": min(shares)[1] if shares else None}
            seen += len(rows)
    assert seen > 100


@pytest.mark.parametrize(("since", "until"), [(None, None), (None, 12), (4, None), (6, 14)])
async def test_durations(positions: Positions, since: int | None, until: int | None) -> None:
    first, last = (None if each is None else date(2026, 1, each) for each in (since, until))
    seen = 0
    for moment in moments(positions, seed=2):
        for playbook in PLAYBOOKS:
            numbers = positions.numbers(playbook, moment.known_at)
            if not numbers:
                continue
            ends = min(moment.as_of, end_of(last)) if last else moment.as_of
            standing = positions.standing(ends, moment.known_at)
            finished: dict[int, list[tuple[float, float]]] = defaultdict(list)
            running: dict[int, list[float]] = defaultdict(list)
            for deal, now in standing.items():
                if now["playbook"] != playbook:
                    continue
                rows = [
                    each for each in positions.known(moment.known_at)
                    if each["deal"] == deal and each["playbook"] == playbook and each["from_at"] <= ends
                    and each["completed"] is not None
                ]  # fmt: skip
                times: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
                for each in rows:
                    if each["status"] == "open":
                        days = (min(each["to_at"], ends) - each["from_at"]) / timedelta(days=1)
                        times[each["completed"] + 1][each["phase"] == "entered"] += days
                there = next((each for each in rows if each["to_at"] > ends), None)
                if there is None:
                    continue
                for number in numbers:
                    if number <= there["completed"]:
                        below = [each["to_at"] for each in rows if each["completed"] < number]
                        passed = max(below, default=now["opened_at"])
                        if first is None or passed >= datetime(first.year, first.month, first.day, tzinfo=UTC):
                            finished[number].append((times[number][0], times[number][1]))
                if there["status"] == "open":
                    running[there["completed"] + 1].append(sum(times[there["completed"] + 1]))
            asked: dict[str, Any] = {"playbook": playbook, "from": first, "to": last, "min_deals": 2}
            rows_found, totals = await positions.ask("durations", moment, **asked)
            for number, row in zip(numbers, rows_found, strict=True):
                of = finished[number]
                assert (row["stage"], row["finished"], row["running"]) == (number, len(of), len(running[number]))
                seen += len(of) + len(running[number])
                figures = {
                    "median_stay": median(sum(each) for each in of) if of else None,
                    "mean_stay": sum(sum(each) for each in of) / len(of) if of else None,
                    "median_wait": median(each[0] for each in of) if of else None,
                    "median_work": median(each[1] for each in of) if of else None,
                    "longest_running": max(running[number], default=None),
                }
                for name, value in figures.items():
                    assert (row[name] is None) == (value is None), (name, row)
                    if value is not None:
                        assert abs(float(row[name]) - value) <= 0.0051, (name, row)
            long = [(-float(row["median_stay"]), row["stage"]) for row in rows_found if row["finished"] >= 2]
            assert totals == {"slowest": min(long)[1] if long else None}
    assert seen > 50


@pytest.mark.parametrize(("since", "until"), [(None, None), (5, 15)])
async def test_velocity(positions: Positions, since: int | None, until: int | None) -> None:
    first, last = (None if each is None else date(2026, 1, each) for each in (since, until))
    seen = 0
    for moment in moments(positions, seed=3):
        for playbook in PLAYBOOKS:
            if not positions.numbers(playbook, moment.known_at):
                continue
            ends = min(moment.as_of, end_of(last)) if last else moment.as_of
            groups: dict[str, list[Position]] = defaultdict(list)
            for each in positions.standing(ends, moment.known_at).values():
                if each["playbook"] != playbook or each["status"] == "on_hold":
                    continue
                if each["status"] == "open" or first is None or each["status_since"].date() >= first:
                    groups[each["currency"] or "none"].append(each)
            wanted = []
            for currency, deals in sorted(groups.items()):
                counts = {name: sum(each["status"] == name for each in deals) for name in
                          ("open", "won", "lost", "abandoned")}  # fmt: skip
                won = [each for each in deals if each["status"] == "won"]
                cycles = [(each["status_since"].date() - each["opened_at"].date()).days for each in won]
                amounts = [each["amount"] for each in won if each["amount"] is not None]
                mean = sum(amounts) / len(amounts) if amounts else None
                closed = counts["won"] + counts["lost"]
                cycle = median(cycles) if cycles else None
                told = currency != "none"
                per_day = (
                    counts["open"] * Decimal(counts["won"]) / closed * mean / Decimal(cycle)
                    if mean and cycle and cycle > 0
                    else None
                )
                wanted.append({
                    "currency": currency, **counts,
                    "win_rate": divided(counts["won"], closed) if told else None,
                    "win_rate_broad": divided(counts["won"], closed + counts["abandoned"]) if told else None,
                    "mean_won": rounded(mean, 2), "cycle_median": rounded(cycle, 2) if told else None,
                    "cycle_mean": divided(sum(cycles), len(cycles), 2) if told else None,
                    "per_day": rounded(per_day, 2),
                })  # fmt: skip
            asked: dict[str, Any] = {"playbook": playbook, "from": first, "to": last}
            rows, _ = await positions.ask("velocity", moment, **asked)
            assert rows == wanted
            for each in wanted:
                kept, _ = await positions.ask("velocity", moment, filters={"currency": each["currency"]}, **asked)
                assert kept == [each], "a deal counts in the currency that it had then"
            seen += sum(row["won"] for row in rows)
    assert seen > 10


async def test_changes_of_the_pipeline(positions: Positions) -> None:
    draw, seen = random.Random(4), set()
    for moment in moments(positions, seed=4, number=80):
        start, end = sorted(date(2026, 1, draw.randint(1, 25)) for _ in range(2))
        now = positions.standing(moment.as_of, moment.known_at)
        before = positions.standing(min(moment.as_of, end_of(start)), moment.known_at)
        after = positions.standing(min(moment.as_of, end_of(end)), moment.known_at)
        assert {*before} <= {*after} <= {*now}
        lines: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
        moves = dict.fromkeys(("forward", "back", "same", "pushed", "pulled_in", "reassigned"), 0)
        for deal, then in after.items():
            was, is_in = before.get(deal), then["status"] in IN_PIPELINE
            was_in = was is not None and was["status"] in IN_PIPELINE
            new, new_amount = then["currency"] or "none", then["amount"] or Decimal(0)
            old, old_amount = ((was["currency"] or "none"), was["amount"] or Decimal(0)) if was else ("", Decimal(0))
            if was_in:
                lines[old, "before"].append(old_amount)
            if is_in:
                lines[new, "after"].append(new_amount)
            if is_in and not was_in:
                lines[new, "opened" if was is None else "reopened"].append(new_amount)
            if was_in and not is_in:
                lines[old, then["status"]].append(-old_amount)
            if was_in and is_in:
                if old != new:
                    lines[old, "down"].append(-old_amount)
                    lines[new, "up"].append(new_amount)
                elif old_amount != new_amount:
                    lines[old, "up" if new_amount > old_amount else "down"].append(new_amount - old_amount)
                assert was is not None
                if was["playbook"] == then["playbook"]:
                    steps = [2 * (each["stage"] or 0) - (each["phase"] == "entered") for each in (was, then)]
                    moves["same" if steps[0] == steps[1] else "forward" if steps[0] < steps[1] else "back"] += 1
                if was["expected_close_on"] and then["expected_close_on"]:
                    months = month(was["expected_close_on"]), month(then["expected_close_on"])
                    moves["pushed"] += months[0] < months[1]
                    moves["pulled_in"] += months[0] > months[1]
                moves["reassigned"] += was["owner"] != then["owner"]
        rows, totals = await positions.ask("pipeline_changes", moment, start=start.isoformat(), end=end.isoformat())
        assert totals == moves
        assert {(row["currency"], row["line"]): row["deals"] for row in rows if row["deals"]} == {
            key: len(amounts) for key, amounts in lines.items()
        }
        for currency in {row["currency"] for row in rows} - {"none"}:
            told = {row["line"]: Decimal(row["amount"]) for row in rows if row["currency"] == currency}
            assert told == {line: sum(lines.get((currency, line), []), Decimal(0)) for line in told}
            assert sum(told.values()) - told["after"] == told["after"]
            kept, _ = await positions.ask(
                "pipeline_changes", moment, filters={"currency": currency}, start=start.isoformat(), end=end.isoformat()
            )
            assert kept == [row for row in rows if row["currency"] == currency]
        seen |= {line for _, line in lines}
    assert seen == {"before", "opened", "reopened", "up", "down", "won", "lost", "abandoned", "after"}
