"""The SQL face: every report at any as_of, as known at any sequence, agrees with a plain reading of the rows."""

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import asyncpg
import pytest

from projections.replay.history import effective
from projections.replay.playbooks import Playbooks, Published
from projections.views import VIEWS
from projections.views.receivables.rows import ItemRow, MovementRow, UnappliedRow
from projections.views.stage_position import PositionRow
from services.ledger.journal import ALL, policy_of
from services.views.row_tables import table
from tests.integration.projector.expected import Rows, expected
from tests.integration.projector.journal import Journal, recorded_at_of
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import projecting
from tests.ledger import fresh_ledger
from tests.servers import Servers

_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class Told:
    """A ledger after some turmoil, its rows as they must be, and a reader of `reporting`."""

    def __init__(self, journal: Journal, rows: Rows, reader: asyncpg.Connection, owner: asyncpg.Connection) -> None:
        self.journal = journal
        self.rows = rows
        self.reader = reader
        self.owner = owner

    def at(self, row: type[Any], as_of: datetime, known_at: int) -> list[Any]:
        """The rows of one table that hold at a moment, read plainly."""
        found = []
        for *values, known_from, known_to in self.rows[row.TABLE]:
            each = table(row).read(values)
            begins = getattr(each, "from_at", None) or each.at  # type: ignore[attr-defined]
            if (
                known_from <= known_at < known_to
                and begins <= as_of
                and as_of < getattr(each, "to_at", datetime.max.replace(tzinfo=UTC))
            ):
                found.append(each)
        return found


@pytest.fixture(scope="module")
async def told(servers: Servers) -> AsyncIterator[Told]:
    async with fresh_ledger(servers, []) as ledger:
        owner = await ledger.connect()
        journal = Journal()
        journal.take(turmoil(seed=21, events=500, deals=25))
        await journal.write(owner)
        async with projecting(ledger):
            await ledger.projected(journal.last)
        yield Told(journal, expected(journal, VIEWS), await ledger.connect("daybook_reader"), owner)


def moments(told: Told, number: int = 40) -> list[tuple[datetime, int]]:
    """Moments here and there, the end of time and all of knowledge among them."""
    draw = Random(5)
    found = [
        (_FIRST_DAY + timedelta(hours=draw.randrange(24 * 25)), draw.randint(0, told.journal.last))
        for _ in range(number)
    ]
    return [*found, (datetime(2100, 1, 1, tzinfo=UTC), told.journal.last)]


@pytest.mark.long
async def test_the_pipeline_at_any_moment(told: Told) -> None:
    """But for what is missing, which tests/integration/query/test_forecast.py looks at."""
    some = 0
    published = [each.playbook for each in _published(told, told.journal.last)]
    lengths = {(each.key, each.version): len(each.stages) for each in published}
    for as_of, known_at in moments(told):
        rows = await told.reader.fetch("select * from reporting.pipeline($1, $2)", as_of, known_at)
        wanted = sorted(
            (row for row in told.at(PositionRow, as_of, known_at) if row.status in ("open", "on_hold")),
            key=lambda row: row.deal,
        )
        assert [tuple(row)[:13] for row in rows] == [
            (
                *(row.deal, row.playbook, row.version, row.stage, row.phase, row.status, row.probability, row.amount),
                *(row.currency, row.owner, row.account, row.since, False),
            )
            for row in wanted
        ]
        assert [(row["working_on"], row["expected_close_on"], row["weighted"]) for row in rows] == [
            (
                None if row.completed in (None, lengths.get((row.playbook, row.version))) else row.completed + 1,
                row.expected_close_on,
                None if row.amount is None else (row.amount * row.probability).quantize(Decimal("0.01"), ROUND_HALF_UP),
            )
            for row in wanted
        ]
        some += len(wanted)
    assert some > 100


async def test_the_funnel_at_any_moment(told: Told) -> None:
    for playbook in ("practice", "claimed", "never_published"):
        for as_of, known_at in moments(told):
            standing = [row for row in told.at(PositionRow, as_of, known_at) if row.playbook == playbook]
            if not standing and _stages(told, playbook, known_at) == [None]:
                for report in ("funnel", "funnel_outcome"):
                    with pytest.raises(asyncpg.NoDataFoundError, match=f"as known at sequence {known_at}"):
                        await told.reader.fetch(
                            f"select * from reporting.{report}($1, $2, $3)", playbook, as_of, known_at
                        )
                continue
            rows = await told.reader.fetch("select * from reporting.funnel($1, $2, $3)", playbook, as_of, known_at)
            assert [row["stage"] for row in rows] == _stages(told, playbook, known_at)
            for row in rows:
                here = [each for each in standing if each.status in ("open", "on_hold") and each.stage == row["stage"]]
                beyond = [each for each in standing if row["stage"] and (each.stage or 0) >= row["stage"]]
                done = [each for each in beyond if each.stage > row["stage"] or each.phase == "completed"]
                assert (row["open"], row["entered"], row["completed"]) == (len(here), len(beyond), len(done))
                assert _decimals(row["amounts"]) == _sums(here)
            (outcome,) = await told.reader.fetch(
                "select * from reporting.funnel_outcome($1, $2, $3)", playbook, as_of, known_at
            )
            counts = Counter(each.status for each in standing)
            assert sum(row["open"] for row in rows) == outcome["open"] == counts["open"] + counts["on_hold"]
            assert [outcome[status] for status in ("won", "lost", "abandoned")] == [
                counts[status] for status in ("won", "lost", "abandoned")
            ]
            assert _decimals(outcome["won_amounts"]) == _sums([each for each in standing if each.status == "won"])
            closed = counts["won"] + counts["lost"]
            rate = (Decimal(counts["won"]) / closed).quantize(Decimal("0.0001")) if closed else None
            assert outcome["win_rate"] == rate


async def test_ageing_at_any_moment(told: Told) -> None:
    for as_of, known_at in moments(told):
        rows = await told.reader.fetch("select * from reporting.ageing($1, $2)", as_of, known_at)
        found = {(row["currency"], row["line"]): (row["items"], row["amount"]) for row in rows}
        items: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
        for item in told.at(ItemRow, as_of, known_at):
            items[item.currency, _bucket(item.due_on, as_of.date())].append(item.open_amount)
            if item.disputed:
                items[item.currency, "disputed"].append(item.open_amount)
        for part in told.at(UnappliedRow, as_of, known_at):
            items[part.currency, f"unapplied_{part.kind}"].append(part.amount)
            items[part.currency, "unapplied"].append(part.amount)
        balance: dict[str, Decimal] = defaultdict(Decimal)
        for movement in told.at(MovementRow, as_of, known_at):
            balance[movement.currency] += movement.amount
        for currency, amount in balance.items():
            lines = {line: value for (of, line), value in found.items() if of == currency}
            assert len(lines) == 10
            assert lines["balance"][1] == amount
            for line in lines.keys() - {"balance"}:
                here = items[currency, line]
                assert lines[line] == (len(here), sum(here, Decimal(0)))
            buckets = sum(lines[line][1] for line in ("not_due", "1-30", "31-60", "61-90", "over_90"))
            assert buckets - lines["unapplied"][1] == amount
        assert {of for of, _ in found} == set(balance)


async def test_a_history_says_what_was_voided_and_corrected_at_any_knowledge(told: Told) -> None:
    entries = {each.sequence: each for each in told.journal.entries}
    corrected = 0
    for subject, sequences in told.journal.concerns.items():
        for known_at in (told.journal.last, told.journal.last // 2):
            known = [
                entries[sequence] for sequence in sorted(sequences) if told.journal.since[subject, sequence] <= known_at
            ]
            truth = effective(known, subject)
            if not known:
                with pytest.raises(asyncpg.NoDataFoundError, match=f"as known at sequence {known_at}"):
                    await told.reader.fetch("select * from reporting.history($1, $2)", subject, known_at)
                continue
            rows = await told.reader.fetch("select * from reporting.history($1, $2)", subject, known_at)
            assert [row["sequence"] for row in rows] == [each.sequence for each in known]
            for row, each in zip(rows, known, strict=True):
                assert row["voided_by"] == truth.voided_by.get(each.sequence)
                assert row["corrected_by"] == truth.corrected_by.get(each.sequence)
                assert json.loads(row["data"]) == json.loads(each.cloud_event.canonical)["data"]
            corrected += len(truth.corrected_by)
    assert corrected > 10
    rows = await told.reader.fetch("select * from reporting.deal_history('D-0')")
    assert [row["sequence"] for row in rows] == [
        row["sequence"] for row in await told.reader.fetch("select * from reporting.history('deal/D-0')")
    ]


async def test_without_moments_every_report_is_about_now_and_all_that_is_known(told: Told) -> None:
    for call in ("pipeline()", "funnel('practice')", "funnel_outcome('practice')", "ageing()", "receivables_open()"):
        given = call.replace(")", f"{', ' if call[-2] != '(' else ''}now(), {told.journal.last})")
        found = await told.reader.fetch(f"select * from reporting.{call}")
        assert found == await told.reader.fetch(f"select * from reporting.{given}")
        assert found


async def test_the_position_is_that_of_the_lowest_lane(told: Told) -> None:
    last = told.journal.entries[-1]
    (position,) = await told.reader.fetch("select * from reporting.position")
    assert position["sequence"] == last.sequence
    assert position["recorded_at"] == recorded_at_of(last.sequence)
    assert await told.reader.fetchval("select reporting.sequence()") == last.sequence
    assert len(await told.reader.fetch("select * from reporting.lane")) == 16
    schema = await told.owner.fetchval("select schema_name from ledger.generation")
    await told.owner.execute(f'update "{schema}".lane set sequence = 7 where lane = 3')
    assert await told.reader.fetchval("select sequence from reporting.position") == 7
    await told.owner.execute(f'update "{schema}".lane set sequence = {last.sequence} where lane = 3')


async def test_a_time_of_knowledge_is_a_sequence(told: Told) -> None:
    for each in (told.journal.entries[0], told.journal.entries[99], told.journal.entries[-1]):
        at = recorded_at_of(each.sequence)
        assert await told.reader.fetchval("select reporting.sequence_at($1)", at) == each.sequence
        before = await told.reader.fetchval("select reporting.sequence_at($1)", at - timedelta(microseconds=1))
        assert before == each.sequence - 1


async def test_published_versions_and_their_stages(told: Told) -> None:
    versions = await told.reader.fetch(
        "select playbook, version, stages, published from reporting.playbook order by 1, 2"
    )
    wanted = [(p.playbook.key, p.playbook.version, len(p.playbook.stages), p.sequence) for p in _published(told)]
    assert [tuple(row) for row in versions] == sorted(wanted)
    withdrawn = await told.reader.fetch(
        "select playbook, version, withdrawn, skips from reporting.playbook where withdrawn is not null order by 1, 2"
    )
    wanted_withdrawn = [(*each, one.sequence, False) for each, one in _playbooks(told).withdrawn.items()]
    assert [tuple(row) for row in withdrawn] == sorted(wanted_withdrawn) != []
    stages = await told.reader.fetch("select playbook, version, stage, key, name_zh, probability from reporting.stage")
    assert {tuple(row) for row in stages} == {
        (each.playbook.key, each.playbook.version, number, stage.key, stage.names.zh, stage.probability)
        for each in _published(told)
        for number, stage in enumerate(each.playbook.stages, start=1)
    }


def _playbooks(told: Told) -> Playbooks:
    return Playbooks.of(found for each in told.journal.entries if (found := policy_of(each)) is not None)


def _published(told: Told, known_at: int = ALL) -> list[Published]:
    return [each for each in _playbooks(told).known_at(known_at) if isinstance(each, Published)]


def _stages(told: Told, playbook: str, known_at: int) -> list[int | None]:
    versions = [each.playbook for each in _published(told, known_at) if each.playbook.key == playbook]
    return [None, *range(1, max((len(version.stages) for version in versions), default=0) + 1)]


def _sums(rows: list[Any]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.currency is not None and row.amount is not None:
            found[row.currency] += row.amount
    return dict(found)


def _decimals(amounts: str) -> dict[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in json.loads(amounts).items()}


def _bucket(due_on: date, day: date) -> str:
    late = (day - due_on).days
    bounds = [(0, "not_due"), (30, "1-30"), (60, "31-60"), (90, "61-90")]
    return next((name for bound, name in bounds if late <= bound), "over_90")


REPORTS = (
    *("pipeline({})", "stage_position({})", "stage_position_changed({})", "funnel('practice', {})"),
    *("funnel_outcome('practice', {})", "funnel_and_outcome('practice', {})", "ageing({})", "receivables_open({})"),
    *("receivables_unapplied({})", "receivables_movement({})"),
)


KNOWN = ("history('deal/D-1', {})", "deal_history('D-1', {})", "data_quality({})")
"""Functions of known_at alone."""


@pytest.mark.parametrize("report", REPORTS)
async def test_a_moment_at_the_end_of_all_time_is_refused(told: Told, report: str) -> None:
    for as_of in (
        "infinity",
        "-infinity",
        "9999-01-01 00:00:00+00",
        "0001-12-31 23:59:59+00",
        "294276-12-31",
        "0001-12-31 BC",
    ):
        call = report.format(f"as_of => timestamptz '{as_of}'")
        with pytest.raises(asyncpg.InvalidParameterValueError, match=r"as_of: .* is no moment"):
            await told.reader.fetch(f"select * from reporting.{call}")


@pytest.mark.parametrize("report", [*REPORTS, *KNOWN])
async def test_knowledge_that_is_not_in_the_views_is_refused(told: Told, report: str) -> None:
    for known_at, reason in (
        (told.journal.last + 1, f"not in the views yet; they include everything up to {told.journal.last}"),
        (2**63 - 1, "not in the views yet"),
        (-1, "-1 is no sequence"),
    ):
        with pytest.raises(asyncpg.InvalidParameterValueError, match=reason):
            await told.reader.fetch(f"select * from reporting.{report.format(f'known_at => {known_at}')}")


@pytest.mark.parametrize("report", REPORTS)
async def test_null_for_a_time_means_what_leaving_it_out_means(told: Told, report: str) -> None:
    given = report.format("as_of => null, known_at => null")
    left_out = report.format("").replace(", )", ")")
    async with told.reader.transaction():
        found = await told.reader.fetch(f"select * from reporting.{given} found order by found::text")
        assert found == await told.reader.fetch(f"select * from reporting.{left_out} found order by found::text")
    assert found or report.startswith("stage_position_changed")


@pytest.mark.parametrize("report", REPORTS)
async def test_a_date_means_its_end_where_the_ledger_is(told: Told, report: str) -> None:
    day = date(2026, 3, 31)
    end = await told.reader.fetchval("select reporting.day_end($1)", day)
    for given in ("as_of => {}", f"as_of => {{}}, known_at => {told.journal.last // 2}"):
        as_day, as_end = (report.format(given.format(each)) for each in (f"date '{day}'", f"timestamptz '{end}'"))
        found = await told.reader.fetch(f"select * from reporting.{as_day} found order by found::text")
        assert found == await told.reader.fetch(f"select * from reporting.{as_end} found order by found::text")


@pytest.mark.parametrize("report", KNOWN)
async def test_null_for_what_was_known_means_all_that_is_in_the_views(told: Told, report: str) -> None:
    given, left_out = report.format("known_at => null"), report.format("").replace(", )", ")")
    found = await told.reader.fetch(f"select * from reporting.{given} found order by found::text")
    assert found == await told.reader.fetch(f"select * from reporting.{left_out} found order by found::text")


async def test_what_is_known_from_now_on_is_what_is_in_the_views(told: Told) -> None:
    for at in ("null", "now()", "now() + interval '1 hour'", "timestamptz 'infinity'"):
        assert await told.reader.fetchval(f"select reporting.sequence_at({at})") == told.journal.last


@pytest.mark.parametrize("report", ["funnel", "funnel_outcome", "funnel_and_outcome"])
async def test_a_playbook_that_nobody_named_is_refused(told: Told, report: str) -> None:
    for name in ("nosuch", "Practice", ""):
        with pytest.raises(asyncpg.NoDataFoundError, match=f"no playbook '{name}' and no deal on it"):
            await told.reader.fetch(f"select * from reporting.{report}($1)", name)
    with pytest.raises(asyncpg.NoDataFoundError, match="no deal on it, as known at sequence 0"):
        await told.reader.fetch(f"select * from reporting.{report}('practice', known_at => 0)")


@pytest.mark.parametrize(
    "history", ["history('deal/nosuch')", "history(null)", "deal_history('nosuch')", "history('DEAL/D-1')"]
)
async def test_a_history_of_nothing_is_refused(told: Told, history: str) -> None:
    with pytest.raises(asyncpg.NoDataFoundError, match="Nothing is known of"):
        await told.reader.fetch(f"select * from reporting.{history}")


async def test_a_history_is_refused_before_anything_was_known(told: Told) -> None:
    query = (
        "select subject, min(sequence) as first from reporting.concern where subject ~ '^deal/' group by 1 order by 2"
    )
    (subject, first), *_ = await told.reader.fetch(query)
    assert await told.reader.fetch("select * from reporting.history($1, $2)", subject, first)
    with pytest.raises(asyncpg.NoDataFoundError, match=f"as known at sequence {first - 1}"):
        await told.reader.fetch("select * from reporting.history($1, $2)", subject, first - 1)


async def test_a_bucket_of_no_day_is_none(told: Told) -> None:
    for days in ("null, current_date", "current_date, null"):
        assert await told.reader.fetchval(f"select reporting.ageing_bucket({days})") is None


async def test_what_was_known_at_a_day_is_what_was_at_its_end(told: Told) -> None:
    for day in (date(2001, 1, 1), date.today() - timedelta(days=1), date.today() + timedelta(days=1)):
        known = "select reporting.sequence_at($1::{}), reporting.sequence_at(reporting.day_end($1::date))"
        ((by_day, by_end),) = await told.reader.fetch(known.format("date"), day)
        assert by_day == by_end
    assert by_day == told.journal.last
