"""Pages of reports: the list, one report, and the rows behind a figure. All are made from the list of reports."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import htpy as h

from projections.columns import Column, columns_of
from projections.replay.view import Row
from projections.reports import REPORTS
from projections.reports.report import Parameter, Report
from projections.views import VIEWS
from services.console.charts import chart
from services.console.page import ROOT, TIMES, Page
from services.console.tables import line_of, table
from services.query.report_question import Question
from services.query.shapes import RowsBehind

PAGE_ROWS = 100
_ROWS: Mapping[str, type[Row]] = {row.TABLE: row for view in VIEWS for row in view.tables}


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer of a report: its rows, totals, policies, and the cursor of the page that follows."""

    question: Question
    rows: Sequence[Mapping[str, Any]]
    totals: Mapping[str, Any]
    policies: Sequence[str]
    following: str | None


def list_page(page: Page) -> str:
    """All reports, with the question that each answers."""
    return page.render(
        page.text("reports"),
        h.ul(".reports")[
            (
                h.li[
                    h.a(href=page.link(f"{ROOT}/reports/{each.name}"))[page.label(each.title)],
                    " ",
                    h.code[each.name],
                    h.p[page.label(each.question)],
                ]
                for each in REPORTS
            )
        ],
    )


def report_page(page: Page, named: Report, answer: Answer | None, refused: str | None = None) -> str:
    """A report. Without an answer: its form, and why there is none."""
    report = named if answer is None else answer.question.report
    title = page.label(report.title)
    if answer is None:
        content: list[h.Node] = [h.p(".refused", role="status")[refused or page.text("asks for")]]
    else:
        content = [
            h.p(".policies")[page.text("policies", policies=", ".join(answer.policies))] if answer.policies else None,
            _totals(page, report, answer.totals),
            chart(page, report.chart, report.columns, answer.rows, title) if report.chart else None,
            rows_table(page, named, answer) if answer.rows else h.p(".none", role="status")[page.text("nothing")],
            h.p[h.a(rel="next", href=page.same(cursor=answer.following))[page.text("next page")]]
            if answer.following
            else None,
            _downloads(page, named),
        ]
    sql = _sql(page, answer) if answer is not None else None
    return page.render(
        title,
        h.p(".question")[page.label(report.question)],
        _form(page, named),
        content,
        h.details[h.summary[page.text("definition")], h.p(lang="en")[report.comment]],
        h.details[
            h.summary[page.text("columns")],
            h.dl[
                (
                    [h.dt[page.label(each.label), " ", h.code[each.name]], h.dd(lang="en")[each.comment]]
                    for each in report.columns
                )
            ],
        ],
        h.details[h.summary[page.text("sql")], h.pre[h.code[sql]]] if sql else None,
    )


def rows_table(page: Page, named: Report, answer: Answer) -> h.Element:
    """Rows of an answer; figures are links to the rows behind them."""
    report = answer.question.report
    asked = asked_of(answer.question)
    behind = f"{ROOT}/reports/{named.name}/rows"

    def address(row: Mapping[str, Any], figure: str | None) -> str:
        return page.link(behind, **asked, line=line_of(row, report.key), figure=figure)

    shown = [each for each in report.columns if not (each.name.endswith("_zh") or each.name.endswith("_en"))]
    texts = {each.name.removesuffix("_zh").removesuffix("_en") for each in report.columns} - {
        each.name for each in shown
    }
    columns = list(shown)
    for name in sorted(texts):
        mine = next((each for each in report.columns if each.name == f"{name}_{page.wording.language}"), None)
        columns += [mine] if mine else []

    def more(row: Mapping[str, Any]) -> h.Node:
        return h.a(href=address(row, None))[page.text("show rows")]

    return table(
        page,
        columns,
        answer.rows,
        caption=page.label(report.title),
        figures={name: partial(_address, address, name) for name in report.figures},
        more=(page.text("behind"), more) if report.key else None,
    )


def _address(address: Callable[[Mapping[str, Any], str | None], str], figure: str, row: Mapping[str, Any]) -> str:
    return address(row, figure)


def behind_page(page: Page, name: str, named: Report, told: RowsBehind) -> str:
    """Rows of views, and entries, that make a row of a report or one figure of it. `name` is that of the report asked,
    which another may answer for."""
    kept = {name: value for name, value in page.given.items() if name not in (*TIMES, "lang", "line", "figure")}
    columns = {each.name: each for each in named.columns}
    figure = told["figure"]
    title = page.label(named.title)
    heading = (
        page.text("behind figure", figure=page.label(columns[figure].label))
        if figure in columns
        else page.text("behind row")
    )
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for each in told["rows"]:
        tables.setdefault(each["view"], []).append(each["row"])
    return page.render(
        f"{title}: {heading}",
        h.p[
            h.a(href=page.link(f"{ROOT}/reports/{name}", **kept))[page.text("back to report")],
            " · ",
            ", ".join(f"{page.label(columns[each].label)} {value}" for each, value in told["line"].items()),
        ],
        h.p(".refused", role="status")[page.text("cut short")] if not told["whole"] else None,
        [table(page, columns_of(_ROWS[view]), rows, caption=view) for view, rows in tables.items()]
        or h.p(".none", role="status")[page.text("nothing")],
        h.h2[page.text("entries")],
        entries_table(page, told["entries"]),
    )


def entries_table(page: Page, entries: Sequence[Mapping[str, Any]]) -> h.Element:
    """Entries, each a link to its page."""
    names = ("sequence", "type", "source", "id", "subject", "occurred", "recorded", "actor")
    return h.div(".scroll", tabindex="0", role="region", aria_label=page.text("entries"))[
        h.table[
            h.caption[page.text("entries")],
            h.thead[h.tr[(h.th(scope="col")[page.text(name)] for name in names)]],
            h.tbody[
                (
                    h.tr[
                        h.td(".number")[page.entry(each["sequence"])],
                        h.td[each["type"]],
                        h.td[each["source"]],
                        h.td[each["id"]],
                        h.td[page.subject(each["subject"])] if "subject" in each else h.td,
                        h.td[page.wording.at(each["occurred_at"])],
                        h.td[page.wording.at(each["recorded_at"])],
                        h.td[each["actor"] or h.span(".unknown")["–"]],
                    ]
                    for each in entries
                )
            ],
        ]
    ]


def _totals(page: Page, report: Report, totals: Mapping[str, Any]) -> h.Node:
    if report.totals is None or not totals:
        return None
    return h.dl(".totals", aria_label=page.text("totals"))[
        (
            h.div[h.dt[page.label(each.label)], h.dd[_told(page, each, totals[each.name])]]
            for each in columns_of(report.totals)
        )
    ]


def _told(page: Page, column: Column, value: Any) -> h.Node:
    return h.span(".unknown")["–"] if value is None else page.wording.cell(column, value)


def _form(page: Page, report: Report) -> h.Node:
    """Fields of the parameters and filters of a report."""
    if not report.parameters and not report.filters:
        return None
    kept = {name: page.given[name] for name in (*TIMES, "lang") if name in page.given}
    return h.form(".parameters", method="get", action=page.path, aria_label=page.text("parameters"))[
        [h.input(type="hidden", name=name, value=value) for name, value in kept.items()],
        [_field(page, name, each) for name, each in report.parameters.items()],
        [_field(page, name, None) for name in report.filters if name not in report.parameters],
        h.button(type="submit")[page.text("show")],
    ]


def _field(page: Page, name: str, parameter: Parameter | None) -> h.Element:
    value = page.given.get(name, "")
    field: h.Element | h.VoidElement
    if parameter is not None and parameter.words:
        first = [] if parameter.default is not None else [("", page.text("any"))]
        chosen = value or str(parameter.default or "")
        field = h.select(id=f"field-{name}", name=name)[
            (
                h.option(value=each, selected=each == chosen)[shown]
                for each, shown in [*first, *((word, word) for word in parameter.words)]
            )
        ]
    else:
        kind = "date" if parameter is not None and parameter.kind.sql == "date" else "text"
        field = h.input(
            id=f"field-{name}",
            name=name,
            value=value,
            type=kind,
            size=12,
            autocomplete="off",
            placeholder=parameter.example if parameter is not None else "",
            required=parameter is not None and parameter.required,
        )
    comment = parameter.comment if parameter is not None else None
    label = page.text(f"filter {name}") if parameter is None else name
    return h.div(title=comment)[h.label(for_=f"field-{name}")[label], field]


def _downloads(page: Page, report: Report) -> h.Element:
    asked = {name: value for name, value in page.given.items() if name not in (*TIMES, "lang", "cursor", "limit")}
    # The moment is named, so that a file holds what the page shows.
    moment = {"as_of": page.moment.as_of.isoformat(), "known_at": str(page.moment.known_at), "lang": None}
    address = f"{ROOT}/reports/{report.name}"
    return h.p(".downloads")[
        page.text("downloads"),
        ": ",
        h.a(href=page.link(f"{address}.csv", **{**asked, **moment, "bom": "1"}))["CSV"],
        " ",
        h.a(href=page.link(f"{address}.ndjson", **{**asked, **moment}))["NDJSON"],
    ]


def _sql(page: Page, answer: Answer) -> str | None:
    """Statement that gives the same answer by SQL; None where a filter is no column of the rows."""
    report, filters = answer.question.report, answer.question.filters
    if not {*filters} <= {each.name for each in report.columns}:
        return None
    asked = answer.question.parameters
    given = {report.in_sql(name): asked[name] for name in report.parameters if asked.get(name) is not None}
    given |= {"as_of": page.moment.as_of.isoformat(), "known_at": page.moment.known_at}
    arguments = ", ".join(f"{name} => {_literal(value)}" for name, value in given.items())
    kept = " and ".join(f"{name} = {_literal(value)}" for name, value in filters.items())
    return f"select * from reporting.{report.name}({arguments}){f' where {kept}' if kept else ''};"  # noqa: S608 - to read


def _literal(value: Any) -> str:
    return (
        str(value)
        if isinstance(value, int) and not isinstance(value, bool)
        else "'" + str(value).replace("'", "''") + "'"
    )


def asked_of(question: Question) -> dict[str, str]:
    """Parameters and filters of a question as an address names them."""
    given = {name: str(value) for name, value in question.parameters.items() if value is not None}
    return {**given, **question.filters}


def rows_of(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Rows that PostgreSQL wrote as JSON."""
    return [json.loads(each) for each in texts]
