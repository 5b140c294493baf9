"""Checks of every report, through the list: a report added to REPORTS comes tested."""

import asyncio
import csv
import io
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from typer.testing import CliRunner

from projections.columns import Column, columns_of
from projections.reports import BY_NAME, REPORTS
from projections.reports.report import Aggregate, Report, Rows, Snapshot, filtered_by
from services.cli.main import app
from services.errors import NotKnown
from services.query import drill_down, report_answers, report_changes
from services.query.moment import Between, Moment
from services.query.report_question import Question
from services.query.service import running
from tests.conformance.reports import VALUES, columns_in_sql, published_columns, questions
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil, with_dealings
from tests.integration.projector.working import projecting, served
from tests.integration.query.contracts import contracts
from tests.integration.query.customers import among, customers
from tests.integration.query.following import followed
from tests.ledger import Ledger, fresh_ledger
from tests.playbooks import WATCHED
from tests.servers import Servers

every_report = pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
keyed = pytest.mark.parametrize("report", [each for each in REPORTS if each.key], ids=lambda report: report.name)
paged = pytest.mark.parametrize("report", [each for each in REPORTS if each.order], ids=lambda report: report.name)
MEMBERED = [each for each in REPORTS if isinstance(each, Snapshot) and each.members == ("deal",)]
"""Reports whose rows are about deals that a statement names."""
membered = pytest.mark.parametrize("report", MEMBERED, ids=lambda report: report.name)
FEWER = {"data_quality": {"checks": "flags"}}
"""Parameters by which a report reads fewer entries than changes look at one by one: beyond these, causes are those that
may be. Of all checks test_data_quality_checks asks the same."""
UNTOLD = {"timeliness"}
"""Figures of entries themselves, whatever rows they make: among many entries no row leads to theirs."""
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = datetime(2026, 1, 25, tzinfo=UTC)


@dataclass
class Asked:
    """A ledger after a seeded turmoil, asked in every way."""

    ledger: Ledger
    connection: asyncpg.Connection
    reader: asyncpg.Connection
    client: httpx.AsyncClient
    last: int

    async def rows(self, question: Question, moment: Moment) -> list[dict[str, Any]]:
        """Rows of a report; none where nothing is known of its subject."""
        try:
            return [json.loads(row) for row in await report_answers.rows(self.connection, question, moment)]
        except NotKnown:
            return []

    async def get(self, path: str, status: int = 200, accept: str = "application/json", **asked: Any) -> httpx.Response:
        """An answer over HTTP."""
        answer = await self.client.get(path, params=asked, headers={"accept": accept})
        assert answer.status_code == status, answer.text
        return answer

    def moments(self, seed: int, number: int) -> list[Moment]:
        """Random moments, and the last."""
        draw = random.Random(seed)
        found = [
            Moment(FIRST_DAY + timedelta(hours=draw.randrange(24 * 90)), draw.randint(0, self.last))
            for _ in range(number)
        ]
        return [*found, Moment(AS_OF, self.last)]


@pytest.fixture(scope="module")
async def asked(servers: Servers) -> AsyncIterator[Asked]:
    async with fresh_ledger(servers, []) as ledger:
        connection, journal = await ledger.connect(), Journal()
        told = turmoil(seed=63, events=220, deals=6, accounts=2, playbooks=WATCHED)
        told = with_dealings(told, seed=63, number=30, deals=6)
        told = among(told, customers(seed=7, events=60), seed=7)
        told = among(told, contracts(seed=5, events=60), seed=5)
        await journal.record(connection, *among(told, followed(seed=7, events=40), seed=8))
        async with projecting(ledger):
            await ledger.projected(journal.last)
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with (
            running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            reader = await ledger.connect("daybook_reader")
            yield Asked(ledger, connection, reader, client, journal.last)


@every_report
def test_a_report_says_all_in_both_languages(report: Report) -> None:
    columns = [*report.columns, *(columns_of(report.totals) if report.totals else ())]
    for each in [report.title, report.question, *(column.label for column in columns)]:
        assert any("\u4e00" <= character <= "\u9fff" for character in each.zh), each
        assert each.en.isascii(), each
    assert all(column.comment.endswith(".") for column in columns)
    assert report.comment.endswith(".")
    assert {*report.key, *report.order} <= {column.name for column in report.columns}
    assert not report.chart or {report.chart.x, *report.chart.y} <= {column.name for column in report.columns}


@every_report
def test_a_report_appends_columns_in_sql_and_moves_none(report: Report) -> None:
    """`select *`, views made of it and readers by position rely on the order of columns."""
    published = published_columns()
    for name, columns in columns_in_sql(report).items():
        kept = published.get(name, [])
        assert columns[: len(kept)] == kept, f"reporting.{name}: put a new column behind all others, and take none away"
        assert columns == kept, f"reporting.{name}: add {columns[len(kept) :]} at its end in report_columns.json"


def test_no_published_function_of_a_report_goes() -> None:
    assert published_columns().keys() == {name for report in REPORTS for name in columns_in_sql(report)}


@every_report
async def test_functions_in_sql_have_the_columns_in_their_order(asked: Asked, report: Report) -> None:
    types = [
        *(each.kind.sql for each in report.parameters.values() if each.required),
        "timestamptz",
        "bigint",
    ]
    places = ", ".join(f"${place}::{kind}" for place, kind in enumerate(types, 1))
    for name, columns in columns_in_sql(report).items():
        statement = await asked.reader.prepare(f"select * from reporting.{name}({places})")
        assert [(each.name, each.type.oid) for each in statement.get_attributes()] == [
            (column, await asked.reader.fetchval("select to_regtype($1)::oid", kind))
            for column, kind in (each.split() for each in columns)
        ]


@pytest.mark.long_cases
@every_report
async def test_http_sql_csv_and_ndjson_say_the_same(asked: Asked, report: Report) -> None:
    seen = 0
    for parameters in await questions(asked.connection, report):
        for moment in asked.moments(seed=1, number=6):
            told = {**parameters, "as_of": moment.as_of.isoformat(), "known_at": moment.known_at}
            answer = await asked.client.get(f"/reports/{report.name}", params=told)
            arguments = [*parameters.values(), moment.as_of, moment.known_at]
            names = [*map(report.in_sql, parameters), "as_of", "known_at"]
            places = ", ".join(f"{name} => ${place}" for place, name in enumerate(names, 1))
            sql = f"select to_jsonb(report)::text as row from reporting.{report.name}({places}) report"
            if answer.status_code == 404:
                with pytest.raises(asyncpg.NoDataFoundError) if not report.needs_one else _nothing():
                    assert await asked.reader.fetch(sql, *arguments) == []
                continue
            assert answer.status_code == 200, answer.text
            body = answer.json()
            assert (body["report"], body["known_at"]) == (report.name, moment.known_at)
            defaults = {name: each.default for name, each in report.parameters.items()}
            assert body["parameters"] == defaults | {name: str(value) for name, value in parameters.items()}
            assert all(list(row) == [column.name for column in report.columns] for row in body["rows"])
            found = [json.loads(row["row"]) for row in await asked.reader.fetch(sql, *arguments)]
            assert _same(report.columns, found, report.order) == _same(report.columns, body["rows"], report.order)
            if report.totals:
                totals = f"select to_jsonb(one)::text from (select * from reporting.{report.name}_totals({places})) one"
                told_totals = [json.loads(await asked.reader.fetchval(totals, *arguments))]
                columns = columns_of(report.totals)
                assert _same(columns, told_totals) == _same(columns, [body["totals"]])
            seen += len(body["rows"])
            table = await asked.get(f"/reports/{report.name}", accept="text/csv", **told)
            (header, *lines) = csv.reader(io.StringIO(table.text))
            assert header == [column.name for column in report.columns]
            assert lines == [[_cell(value) for value in row.values()] for row in body["rows"]]
            lines_of_json = (await asked.get(f"/reports/{report.name}", accept="application/x-ndjson", **told)).text
            assert [json.loads(line) for line in lines_of_json.splitlines() if line] == body["rows"]
    assert seen


@every_report
async def test_the_command_prints_what_http_answers(asked: Asked, report: Report) -> None:
    (parameters, *_) = await questions(asked.connection, report)
    told: dict[str, Any] = {"as_of": AS_OF.isoformat(), "known_at": str(asked.last)}
    words = [f"--{name.replace('_', '-')}={value}" for name, value in {**parameters, **told}.items()]
    path = f"/reports/{report.name}"
    over_http = await asked.get(path, **parameters, **told)
    assert json.loads(await _printed(asked, report, *words, "--json")) == over_http.json()
    assert await _printed(asked, report, *words, "--csv") == (
        await asked.get(path, accept="text/csv", **parameters, **told)
    ).text.replace("\r\n", "\n")
    for lang, label in (("zh", report.columns[0].label.zh), ("en", report.columns[0].label.en)):
        assert label in await _printed(asked, report, *words, "--lang", lang)
    if not report.key:
        return
    known: dict[str, Any] = {"as_of": told["as_of"], "from_known": "1", "to_known": told["known_at"]}
    changed = await asked.get(f"{path}/changes", **parameters, **known)
    assert json.loads(await _printed(asked, report, *words, "--from-known=1", "--json")) == changed.json()
    row = next(each for each in over_http.json()["rows"] if each[report.key[0]] is not None)
    line = ",".join("" if row[name] is None else str(row[name]) for name in report.key)
    behind = await asked.get(f"{path}/rows", **parameters, **told, line=line)
    assert json.loads(await _printed(asked, report, *words, f"--line={line}", "--json")) == behind.json()


@keyed
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_changes_and_rows_behind_a_figure_are_headed_in_the_language(
    asked: Asked, report: Report, lang: str
) -> None:
    """Columns of both tables, and each value within a cell, which has the label of its column before it."""
    (parameters, *_) = await questions(asked.connection, report)
    told: dict[str, Any] = {"as_of": AS_OF.isoformat(), "known_at": str(asked.last)}
    words = [f"--{name.replace('_', '-')}={value}" for name, value in {**parameters, **told}.items()]
    shown = (*report.columns, *(columns_of(report.totals) if report.totals else ()))
    heads, cells = _drawn(await _printed(asked, report, *words, "--from-known=1", "--lang", lang, columns=4000))
    assert heads == {"zh": ["行", "之前", "之后", "原因"], "en": ["row", "before", "after", "caused by"]}[lang]
    sides = [cell for _, before, after, _ in cells for cell in (before, after) if cell not in ("", "—")]
    assert sides
    assert all(_begins_with_label(cell, shown, lang) for cell in sides)

    rows = (await asked.get(f"/reports/{report.name}", **parameters, **told)).json()["rows"]
    row = next(each for each in rows if each[report.key[0]] is not None)
    line = ",".join("" if row[name] is None else str(row[name]) for name in report.key)
    heads, cells = _drawn(await _printed(asked, report, *words, f"--line={line}", "--lang", lang, columns=4000))
    assert (
        heads
        == {
            "zh": ["视图", "行", "条目", "类型", "来源 / 编号", "发生时间"],
            "en": ["view", "row", "entry", "type", "source / id", "occurred at"],
        }[lang]
    )
    columns = [each for source in report.sources if source.row for each in columns_of(source.row)]
    assert cells
    assert all(_begins_with_label(cell, columns, lang) for _, cell, *_ in cells)


async def test_the_list_of_reports_is_headed_in_the_language(asked: Asked) -> None:
    for lang, wanted in (
        ("zh", ["报表", "标题", "问题", "参数", "筛选"]),
        ("en", ["report", "title", "question", "parameters", "filters"]),
    ):
        done = CliRunner().invoke(app, ["reports", "--lang", lang], env={"COLUMNS": "400"}, catch_exceptions=False)
        heads, _ = _drawn(done.stdout)
        assert heads == wanted


@every_report
async def test_asked_again_with_the_times_that_it_states_the_answer_is_the_same(asked: Asked, report: Report) -> None:
    (parameters, *_) = await questions(asked.connection, report)
    path = f"/reports/{report.name}"
    first = await asked.get(path, **parameters, as_of="2026-03-31")
    told = {**parameters, "as_of": first.json()["as_of"], "known_at": first.json()["known_at"]}
    again = await asked.get(path, **told)
    assert again.text == first.text
    assert (again.headers["etag"], again.headers["vary"]) == (first.headers["etag"], first.headers["vary"])
    for encoding in ("gzip", "identity"):
        headers = {"accept-encoding": encoding}
        whole = await asked.client.get(path, params=told, headers=headers)
        tagged = headers | {"if-none-match": first.headers["etag"]}
        known = await asked.client.get(path, params=told, headers=tagged)
        assert (known.status_code, known.content) == (304, b"")
        assert _of_no_body(known) == _of_no_body(whole)
        assert "accept-encoding" in known.headers["vary"].lower()
    earlier = await asked.get(path, **{**told, "known_at": asked.last - 1})
    assert earlier.headers["etag"] != first.headers["etag"]
    head = await asked.client.head(path, params=told)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])


@keyed
async def test_a_key_names_one_row(asked: Asked, report: Report) -> None:
    for parameters in await questions(asked.connection, report):
        for moment in asked.moments(seed=2, number=10):
            keys = [_key(report, row) for row in await asked.rows(Question(report, parameters), moment)]
            assert len(keys) == len(set(keys))


@keyed
async def test_changes_are_the_difference_of_two_answers_and_causes_where_rows_came_to_differ(
    asked: Asked, report: Report
) -> None:
    seen = 0
    for parameters in await questions(asked.connection, report):
        question = Question(report, parameters | FEWER.get(report.name, {}))
        known = [
            {_key(report, row): row for row in await asked.rows(question, Moment(AS_OF, sequence))}
            for sequence in range(asked.last + 1)
        ]
        pairs = [(0, asked.last), *((start, min(start * 3 + 20, asked.last)) for start in range(0, asked.last, 17))]
        for start, end in pairs:
            wanted = {
                key: [at for at in range(start + 1, end + 1) if known[at - 1].get(key) != known[at].get(key)]
                for key in {*known[start], *known[end]}
                if known[start].get(key) != known[end].get(key) and not UNTOLD & {*key}
            }
            try:
                found = await report_changes.differences(asked.connection, question, Between(AS_OF, start, end))
            except NotKnown:
                assert not wanted
                continue
            changed = {_key(report, row.key): row for row in found.rows if not UNTOLD & {*row.key.values()}}
            assert {key: list(row.causes) for key, row in changed.items()} == wanted, (start, end)
            for key, row in changed.items():
                assert (row.before, row.after) == (known[start].get(key), known[end].get(key))
            seen += sum(map(len, wanted.values()))
    assert seen > 10


@keyed
async def test_changes_over_http_name_the_entries(asked: Asked, report: Report) -> None:
    (parameters, *_) = await questions(asked.connection, report)
    told = {**parameters, "as_of": AS_OF.isoformat(), "from_known": asked.last // 2, "to_known": asked.last}
    body = (await asked.get(f"/reports/{report.name}/changes", **told)).json()
    between = Between(AS_OF, asked.last // 2, asked.last)
    found = await report_changes.differences(asked.connection, Question(report, parameters), between)
    assert [(each["key"], each["before"], each["after"]) for each in body["changes"]] == [
        (each.key, each.before, each.after) for each in found.rows
    ]
    for each in body["changes"]:
        assert each["causes"] or UNTOLD & {*each["key"].values()}
        assert all(asked.last // 2 < cause["sequence"] <= asked.last for cause in each["causes"])
    backwards = {**told, "from_known": asked.last, "to_known": 1}
    await asked.get(f"/reports/{report.name}/changes", 400, **backwards)


@pytest.mark.parametrize(
    "report",
    [each for each in REPORTS if not isinstance(each, Aggregate) and each not in MEMBERED],
    ids=lambda report: report.name,
)
async def test_a_filter_keeps_the_rows_that_have_the_value(asked: Asked, report: Report) -> None:
    """Their own value, or that of their account or deal at the time."""
    values_of = await _values(asked)
    for parameters in await questions(asked.connection, report):
        whole = await asked.rows(Question(report, parameters), Moment(AS_OF, asked.last))
        for name in report.filters:
            if not all(filtered_by(name, row) for row in whole):
                continue  # It filters what figures are made of.
            values = [values_of(name, row) for row in whole]
            for value in {each for each in values if each is not None}:
                found = await asked.rows(Question(report, parameters, {name: value}), Moment(AS_OF, asked.last))
                assert found == [row for row, each in zip(whole, values, strict=True) if each == value]


@pytest.mark.parametrize(
    "report", [each for each in REPORTS if isinstance(each, Aggregate)], ids=lambda report: report.name
)
async def test_a_filter_of_an_aggregate_counts_the_rows_that_have_the_value(asked: Asked, report: Aggregate) -> None:
    """As the rows behind each figure say it, which are found without the filter."""
    counts = [each.name for each in report.columns if each.kind.name == "count" and each.name in report.all_measures]
    seen = 0
    for parameters in await questions(asked.connection, report):
        moment, values_of = Moment(AS_OF, asked.last), await _values(asked)
        plain = Question(report, parameters)
        behind = {
            (_key(report, row), figure): await drill_down.behind(
                asked.connection, plain, moment, _key(report, row), figure
            )
            for row in await asked.rows(plain, moment)
            for figure in counts
        }
        for (key, figure), rows in behind.items():
            for name in report.filters:
                values = [values_of(name, each.row) for each in rows]
                for value in {each for each in values if each is not None}:
                    found = await asked.rows(Question(report, parameters, {name: value}), moment)
                    row = next(each for each in found if _key(report, each) == key)
                    assert (row[figure] or 0) == values.count(value), (key, figure, name)
                    seen += 1
    assert seen


@membered
async def test_a_filter_counts_the_deals_that_have_the_value_now(asked: Asked, report: Snapshot) -> None:
    """As the rows behind each figure say it, which are found without the filter."""
    moment, seen = Moment(AS_OF, asked.last), 0
    values_of = await _values(asked)
    for parameters in await questions(asked.connection, report):
        plain = Question(report, parameters)
        for row in await asked.rows(plain, moment):
            for figure in report.figures or (None,):
                behind = await drill_down.behind(asked.connection, plain, moment, _key(report, row), figure)
                deals = {each.row["deal"] for each in behind}
                for name in ("owner", "account", "region"):
                    values = [values_of(name, {"deal": deal}) for deal in deals]
                    for value in {each for each in values if each is not None}:
                        found = await asked.rows(Question(report, parameters, {name: value}), moment)
                        (same,) = [each for each in found if _key(report, each) == _key(report, row)]
                        assert same[figure or "deals"] == values.count(value)
                        seen += 1
    assert seen


async def _values(asked: Asked) -> Callable[[str, dict[str, Any]], Any]:
    """Values of filters at the time: those of a row itself, or of the account or deal that it names."""
    query = "select to_jsonb(position)::text from reporting.stage_position($1, $2) position"
    standing = [json.loads(row[0]) for row in await asked.reader.fetch(query, AS_OF, asked.last)]
    deals = {each["deal"]: each for each in standing}
    query = (
        "select known.member, fact.segment from served.account_group($1, $2) known "
        "join reporting.account_fact($1, $2) fact on fact.account = known.account and fact.fact = 'region'"
    )
    regions = {row["member"]: row["segment"] for row in await asked.connection.fetch(query, AS_OF, asked.last)}
    assert regions

    def value(name: str, row: dict[str, Any]) -> Any:
        if name in row:
            return row[name]
        if name == "region" and "account" in row:
            return regions.get(row["account"])
        deal = deals.get(row["deal"], {})
        return regions.get(deal.get("account")) if name == "region" else deal.get(name)

    return value


@membered
async def test_deals_behind_a_figure_are_as_many_as_it_counts(asked: Asked, report: Snapshot) -> None:
    seen = 0
    for parameters in await questions(asked.connection, report):
        for moment in asked.moments(seed=3, number=3):
            question = Question(report, parameters)
            for row in await asked.rows(question, moment):
                for figure in report.figures or (None,):
                    behind = await drill_down.behind(asked.connection, question, moment, _key(report, row), figure)
                    deals = {each.row["deal"] for each in behind}
                    assert len(deals) == row[figure or "deals"], (row, figure)
                    assert len({str(each) for each in behind}) == len(behind)
                    seen += len(deals)
    assert seen


@pytest.mark.parametrize(
    "report", [each for each in REPORTS if isinstance(each, Rows | Aggregate)], ids=lambda report: report.name
)
async def test_rows_behind_a_figure_are_as_many_as_it_counts(asked: Asked, report: Report) -> None:
    seen = 0
    for parameters in await questions(asked.connection, report):
        for moment in asked.moments(seed=3, number=3):
            question = Question(report, parameters)
            for row in await asked.rows(question, moment):
                key = _key(report, row)
                if isinstance(report, Snapshot):
                    behind = await drill_down.behind(asked.connection, question, moment, key)
                    seen += len(behind) if report.members else 0
                    for view, columns in report.joins.items():
                        rows = [each for each in behind if each.view == view]
                        same = {mine: row[theirs] for mine, theirs in columns.items()}
                        assert all(same.items() <= each.row.items() for each in rows)
                        seen += len(rows)
                elif isinstance(report, Rows):
                    (found,) = await drill_down.behind(asked.connection, question, moment, key)
                    assert found.entry is not None
                    assert all(found.row.get(name) == value for name, value in zip(report.key, key, strict=True))
                    seen += 1
                elif isinstance(report, Aggregate):
                    for figure in report.all_measures:
                        kind = next((each.kind.name for each in report.columns if each.name == figure), "")
                        if kind == "count":
                            behind = await drill_down.behind(asked.connection, question, moment, key, figure)
                            assert len(behind) == (row[figure] or 0), (key, figure)
                            seen += len(behind)
    assert seen


@keyed
async def test_rows_behind_a_figure_lead_to_their_entries_over_http(asked: Asked, report: Report) -> None:
    (parameters, *_) = await questions(asked.connection, report)
    told = {**parameters, "as_of": AS_OF.isoformat(), "known_at": asked.last}
    answer = (await asked.get(f"/reports/{report.name}", **told)).json()
    (row, *_) = [each for each in answer["rows"] if all(each[name] is not None for name in report.key[:1])]
    line = ",".join("" if row[name] is None else str(row[name]) for name in report.key)
    body = (await asked.get(f"/reports/{report.name}/rows", **told, line=line)).json()
    assert body["line"] == {name: row[name] for name in report.key}
    assert {each["entry"] for each in body["rows"]} == {each["sequence"] for each in body["entries"]}
    await asked.get(f"/reports/{report.name}/rows", 400, **told)
    await asked.get(f"/reports/{report.name}/rows", 400, **told, line=line, figure="nothing")
    await asked.get(f"/reports/{report.name}/rows", 400, **told, line=line + ",,,,,,")


@pytest.mark.parametrize(
    "report", [each for each in REPORTS if isinstance(each, Aggregate)], ids=lambda report: report.name
)
async def test_rows_behind_a_line_are_those_of_its_figures(asked: Asked, report: Aggregate) -> None:
    moment, seen = Moment(AS_OF, asked.last), 0
    for parameters in await questions(asked.connection, report):
        question = Question(report, parameters)
        for row in await asked.rows(question, moment):
            key = _key(report, row)
            whole = {str(each) for each in await drill_down.behind(asked.connection, question, moment, key)}
            parts = [
                await drill_down.behind(asked.connection, question, moment, key, figure) for figure in report.figures
            ]
            assert whole == {str(each) for part in parts for each in part}
            seen += len(whole)
    assert seen


async def test_a_row_of_nothing_has_nothing_behind_it(asked: Asked) -> None:
    question, moment = Question(BY_NAME["ageing"]), Moment(AS_OF, asked.last)
    empty = [row for row in await asked.rows(question, moment) if row["items"] == 0]
    assert empty
    for row in empty:
        assert await drill_down.behind(asked.connection, question, moment, (row["currency"], row["line"])) == []


async def test_an_answer_that_marks_another_deal_as_stale_has_another_tag(asked: Asked) -> None:
    told: dict[str, Any] = {"as_of": AS_OF.isoformat(), "known_at": asked.last}
    before = (await asked.get("/reports/pipeline", **told)).headers["etag"]
    owner = await asked.ledger.connect()
    schema = f'"{(await served(owner)).schema}"'
    await owner.execute(f"insert into {schema}.stale values ('deal/D-0', 'stage_position', 1, 'broken')")
    try:
        answer = await asked.client.get("/reports/pipeline", params=told, headers={"if-none-match": before})
        assert answer.status_code == 200
        assert answer.headers["etag"] != before
    finally:
        await owner.execute(f"delete from {schema}.stale")
    missing = await asked.client.get("/reports/deal", params={"deal": "nobody"}, headers={"if-none-match": "*"})
    assert missing.status_code == 404


async def test_a_filter_makes_no_playbook_unknown(asked: Asked) -> None:
    told: dict[str, Any] = {
        "playbook": "practice",
        "owner": "nobody at all",
        "as_of": AS_OF.isoformat(),
        "known_at": asked.last,
    }
    assert all(row["open"] == 0 for row in (await asked.get("/reports/funnel", **told)).json()["rows"])
    ghost = await asked.connection.fetchrow(
        "select playbook, from_at as as_of, known_from as known_at from reporting.stage_position_version "
        "where playbook not in (select playbook from reporting.playbook) order by known_from limit 1"
    )
    assert ghost is not None
    there = {**told, **ghost, "as_of": ghost["as_of"].isoformat()}
    assert (await asked.get("/reports/funnel", **there)).json()["rows"] == []


@keyed
async def test_changes_are_not_filtered_by_what_the_rows_do_not_say(asked: Asked, report: Report) -> None:
    (parameters, *_) = await questions(asked.connection, report)
    told = {**parameters, "as_of": AS_OF.isoformat(), "from_known": 1, "to_known": asked.last}
    for name in report.filters:
        status = 200 if report.compares(name) else 400
        await asked.get(f"/reports/{report.name}/changes", status, **told, **{name: "nobody"})


async def test_a_cursor_belongs_to_its_moment(asked: Asked) -> None:
    told: dict[str, Any] = {"as_of": AS_OF.isoformat(), "known_at": asked.last}
    cursor = (await asked.get("/reports/receivables_open", **told, limit=1)).json()["next"]
    assert cursor is not None
    await asked.get("/reports/receivables_open", **told, cursor=cursor)
    await asked.get("/reports/receivables_open", 400, cursor=cursor, as_of="2025-01-01")
    await asked.get("/reports/receivables_open", 400, cursor=cursor, owner="x")
    await asked.get("/reports/receivables_open", 400, cursor=cursor, account="A-0")


@pytest.mark.parametrize("line", ["999999999999", "1,2", "x", '"', "-1" * 40])
async def test_a_line_that_no_report_has_is_refused(asked: Asked, line: str) -> None:
    await asked.get("/reports/funnel/rows", 400, playbook="practice", line=line)


async def test_nothing_stands_for_null_in_a_line(asked: Asked) -> None:
    answer = await asked.get("/reports/funnel/rows", playbook="practice", line="", as_of=AS_OF.isoformat())
    assert answer.json()["line"] == {"stage": None}


@paged
@pytest.mark.parametrize("limit", [1, 3, 10_000])
async def test_pages_give_the_whole_in_order(asked: Asked, report: Report, limit: int) -> None:
    (parameters, *_) = await questions(asked.connection, report)
    await _compare_pages(asked, report, parameters, limit)


@paged
async def test_pages_give_the_whole_of_what_a_filter_leaves(asked: Asked, report: Report) -> None:
    (parameters, *_) = await questions(asked.connection, report)
    for name in VALUES.keys() & report.filters:
        for row in (await asked.connection.fetch(VALUES[name]))[:2]:
            await _compare_pages(asked, report, {**parameters, name: row["value"]}, 3)


async def _compare_pages(asked: Asked, report: Report, parameters: dict[str, Any], limit: int) -> None:
    told = {**parameters, "as_of": AS_OF.isoformat(), "known_at": asked.last}
    whole = (await asked.get(f"/reports/{report.name}", **told)).json()
    assert "next" not in whole
    found: list[Any] = []
    cursor = None
    while True:
        more: dict[str, Any] = {} if cursor is None else {"cursor": cursor}
        answer = await asked.get(
            f"/reports/{report.name}", **(told if cursor is None else parameters), **more, limit=limit
        )
        body = answer.json()
        assert len(body["rows"]) <= limit
        assert (body["as_of"], body["known_at"], body["totals"]) == (whole["as_of"], whole["known_at"], whole["totals"])
        found += body["rows"]
        cursor = body["next"]
        assert ("link" in answer.headers) == (cursor is not None)
        if cursor is None:
            break
    assert found == whole["rows"]


@paged
@pytest.mark.parametrize("cursor", ["", "x", "bm90aGluZw", "W10", "W3t9LCIiLC0xLFtdXQ", "é", "W1tb" * 700])
async def test_a_cursor_that_no_answer_gave_is_refused(asked: Asked, report: Report, cursor: str) -> None:
    (parameters, *_) = await questions(asked.connection, report)
    await asked.get(f"/reports/{report.name}", 400, **parameters, cursor=cursor)


async def test_the_list_says_what_there_is(asked: Asked) -> None:
    listed = (await asked.get("/reports")).json()["reports"]
    assert [each["name"] for each in listed] == [each.name for each in REPORTS]
    rows = await asked.reader.fetch("select * from reporting.catalog")
    assert [row["name"] for row in rows] == [each["name"] for each in listed]
    for row, each in zip(rows, listed, strict=True):
        assert [column["name"] for column in json.loads(row["columns"])] == [one["name"] for one in each["columns"]]
        assert (row["key"], row["filters"]) == (each["key"], each["filters"])


async def test_long_answers_are_compressed_for_who_takes_it_and_csv_may_begin_with_a_mark(asked: Asked) -> None:
    plain = await asked.client.get("/reports", headers={"accept-encoding": "identity"})
    packed = await asked.client.get("/reports", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    table = await asked.get("/reports/pipeline", accept="text/csv", bom="1")
    assert table.content.startswith(b"\xef\xbb\xbfdeal,")


@pytest.mark.long_cases
@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/reports/nothing", {}),
        ("/reports/deal", {"deal": "nobody"}),
        ("/reports/funnel", {"playbook": "nobody"}),
        ("/reports/funnel", {"playbook": "no body"}),
    ],
)
async def test_what_is_not_known_is_named(asked: Asked, path: str, given: dict[str, str]) -> None:
    answer = await asked.get(path, 404, **given)
    assert answer.json()["type"] == "urn:daybook:problem:not-known"


@pytest.mark.parametrize(
    ("path", "given", "named"),
    [
        ("/reports/funnel", {}, "playbook"),
        ("/reports/pipeline", {"ownr": "Li"}, "'ownr'"),
        ("/reports/pipeline", {"owner": ""}, "owner"),
        ("/reports/pipeline", {"limit": "0"}, "limit"),
        ("/reports/pipeline", {"limit": "10001"}, "limit"),
        ("/reports/pipeline", {"known_at": "99999999"}, "known_at"),
        ("/reports/ageing", {"limit": "1"}, "'limit'"),
    ],
)
async def test_what_cannot_be_answered_is_named(asked: Asked, path: str, given: dict[str, str], named: str) -> None:
    assert (await asked.get(path, 400, **given)).json()["detail"].startswith(named)


def _drawn(printed: str) -> tuple[list[str], list[list[str]]]:
    """Headings and lines of a table."""
    (head, *_) = [line for line in printed.splitlines() if line.startswith("┃")]
    lines = [line for line in printed.splitlines() if line.startswith("│")]
    return [cell.strip() for cell in head.split("┃")[1:-1]], [
        [cell.strip() for cell in line.split("│")[1:-1]] for line in lines
    ]


def _begins_with_label(cell: str, columns: Sequence[Column], lang: str) -> bool:
    return any(
        cell == label or cell.startswith(f"{label} ") for each in columns for label in [getattr(each.label, lang)]
    )


def test_a_mistyped_report_is_told_with_those_like_it() -> None:
    refused = CliRunner().invoke(app, ["report", "forcast"], env={"COLUMNS": "200"})
    assert refused.exit_code == 2
    assert "There is no report 'forcast'. Did you mean forecast? `daybook reports` lists all of them." in refused.output


async def _printed(asked: Asked, report: Report, *words: str, columns: int = 240) -> str:
    """Output of the report's command, which runs on an event loop of its own."""
    environment = asked.ledger.environment | {"COLUMNS": str(columns)}
    command = ["report", report.name, *words]
    done = await asyncio.to_thread(CliRunner().invoke, app, command, env=environment, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


class _nothing:
    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


def _of_no_body(answer: httpx.Response) -> dict[str, str]:
    """Headers but for those that describe the body: a 304 gives the others as the 200 does (RFC 9110, 15.4.5)."""
    of_body = {"content-type", "content-encoding", "content-length", "transfer-encoding", "date"}
    return {name: value for name, value in answer.headers.items() if name not in of_body}


def _key(report: Report, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in report.key)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _same(columns: Sequence[Column], rows: list[dict[str, Any]], order: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Rows of SQL and of JSON alike: decimals by their value, instants in UTC; of a report with an order in it."""

    def plain(name: str, value: Any) -> Any:
        kind = next(each.kind for each in columns if each.name == name)
        if value is not None and kind.sql == "numeric":
            return float(value)
        if value is not None and kind.sql == "timestamptz":
            return datetime.fromisoformat(value).astimezone(UTC)
        return value

    found = [{name: plain(name, value) for name, value in row.items()} for row in rows]
    return sorted(found, key=lambda row: str(sorted(row.items(), key=str))) if order else found
