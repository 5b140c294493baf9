"""Addresses of the reports, all made from the list: the report, what changed in it, and the rows behind a figure."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from projections.reports import REPORTS
from projections.reports.report import Report
from services.errors import BadRequest
from services.query import drill_down, report_answers, report_changes, report_question, shapes
from services.query.catalog import summary
from services.query.moment import Moment, read_time
from services.query.openapi import answer as described
from services.query.openapi import report_parameters
from services.query.render import CSV, JSON, NDJSON, csv_answer, headers_of, instant, preferred, rows_answer
from services.query.report_question import Cursor, Question, read_limit
from services.query.request_context import Asked, Reading
from services.views import generation

TWO_TIMES = ("as_of", "known_at")
BETWEEN = ("as_of", "from_known", "to_known")
PAGE = ("limit", "cursor")
BOM = "\ufeff"
_PART = 500
"""Rows that are written at once."""


def router(reading: Reading) -> APIRouter:
    """The routes of all reports."""
    found = APIRouter()

    @found.get("/reports", **described(shapes.Catalog, "The reports", name="list_reports", media=()))
    async def list_reports(request: Request) -> Response:
        async with reading.asked(request) as asked:
            return asked.json({"reports": [summary(report) for report in REPORTS]})

    for report in REPORTS:
        _add(found, reading, report)
    return found


def _add(found: APIRouter, reading: Reading, report: Report) -> None:
    mine = (*report.parameters, *report.filters)
    pages = PAGE if report.order else ()
    known = (*mine, *TWO_TIMES, *pages, "bom")
    may_miss = bool(report.needs_one) or any(
        each.kind.name in ("deal", "playbook", "account") for each in report.parameters.values()
    )

    async def get_report(request: Request) -> Response:
        async with reading.asked(request, *known) as asked:
            return await report_response(asked, request, report)

    async def get_changes(request: Request) -> Response:
        async with reading.asked(request, *mine, *BETWEEN) as asked:
            return await _changes(asked, report)

    async def get_rows(request: Request) -> Response:
        async with reading.asked(request, *mine, *TWO_TIMES, "line", "figure") as asked:
            return await _rows(asked, report)

    def add(path: str, route: Callable[..., Any], shape: Any, name: str, title: str, parameters: Sequence[Any]) -> None:
        more = report.comment if path == f"/reports/{report.name}" else ""
        example = shapes.example_of(report) if more else None
        arguments = described(shape, title, *parameters, not_known=may_miss, more=more, name=name, example=example)
        found.get(path, **arguments)(route)

    title = report.title.en
    own = report_parameters(report)
    add(
        f"/reports/{report.name}",
        get_report,
        shapes.of_report(report),
        f"get_{report.name}_report",
        f"{title}: {report.question.en}",
        [*own, *TWO_TIMES, *pages, "bom", "after"],
    )
    if report.key:
        add(
            f"/reports/{report.name}/changes",
            get_changes,
            shapes.ReportChanges,
            f"get_{report.name}_changes",
            f"{title}: what differs between two states of knowledge, and why",
            [*own, *BETWEEN, "after"],
        )
        add(
            f"/reports/{report.name}/rows",
            get_rows,
            shapes.RowsBehind,
            f"get_{report.name}_rows",
            f"{title}: the rows and entries behind a figure",
            [*own, *TWO_TIMES, "line", "figure", "after"],
        )


async def report_response(asked: Asked, request: Request, named: Report, media: str | None = None) -> Response:
    """Answer a question about a report in a media type, by default the one that the reader prefers. Raises BadRequest,
    NotKnown."""
    question = report_question.question(named, asked.parameters)
    report = question.report
    if asked.parameters.get("bom", "0") not in ("0", "1"):
        raise BadRequest(f"bom: {asked.parameters['bom'][:40]!r} is neither 0 nor 1.")
    limit, cursor = read_limit(asked.parameters), None
    if "cursor" in asked.parameters:
        cursor = Cursor.read(report, asked.parameters["cursor"])
        if cursor.question != report_question.named(question):
            raise BadRequest("cursor: it belongs to another question; leave parameters and filters as they were.")
        moment = Moment(read_time(cursor.as_of, asked.reach.zone, "cursor"), cursor.known_at)
        if not {"as_of", "known_at"}.isdisjoint(asked.parameters) and await asked.moment() != moment:
            raise BadRequest(f"cursor: it belongs to as_of={cursor.as_of} and known_at={cursor.known_at}.")
        limit = limit or _PART
    else:
        moment = await asked.moment()
    media = media or preferred(request.headers.get("accept"), (JSON, CSV, NDJSON))
    headers = headers_of(asked.projected, moment)
    headers["ETag"] = await _tag(asked, question, moment, media)
    if matches_tag(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(None, 304, headers)
    found, summed = await report_answers.answer(
        asked.connection,
        question,
        moment,
        after=None if cursor is None else cursor.after,
        limit=None if limit is None else limit + 1,
    )
    following = None
    if limit is not None and len(found) > limit:
        found = found[:limit]
        following = Cursor(
            report_question.named(question), instant(moment.as_of), moment.known_at, _place(report, found[-1])
        ).text
        query = urlencode({**_given(asked, named), "limit": limit, "cursor": following})
        headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    if media == CSV:
        return _as_csv(report, found, headers, bom=asked.parameters.get("bom") == "1")
    if media == NDJSON:
        return StreamingResponse(_lines(found), 200, headers, NDJSON)
    tail = f',"totals":{summed}' + ("" if limit is None else f',"next":{json.dumps(following)}')
    head = await report_answers.head(asked.connection, question, moment)
    return rows_answer(head, "rows", found, headers, tail)


async def _changes(asked: Asked, report: Report) -> Response:
    question = report_question.question(report, asked.parameters)
    between = await asked.between()
    told = await report_changes.told_changes(asked.connection, question, between)
    return asked.json(told, between.after, "changes")


async def _rows(asked: Asked, named: Report) -> Response:
    question = report_question.question(named, asked.parameters)
    report = question.report
    if "line" not in asked.parameters:
        raise BadRequest(f"line: say which row of {report.name}, by {', '.join(report.key)}, comma separated.")
    line = drill_down.read_line(report, asked.parameters["line"])
    figure = drill_down.read_figure(report, asked.parameters.get("figure"))
    moment = await asked.moment()
    return asked.json(await drill_down.told_rows(asked.connection, question, moment, line, figure), moment, "rows")


def _place(report: Report, row: str) -> list[Any]:
    told = json.loads(row)
    return [told[name] for name in report.order]


def _given(asked: Asked, report: Report) -> dict[str, str]:
    return {name: asked.parameters[name] for name in (*report.parameters, *report.filters) if name in asked.parameters}


async def _tag(asked: Asked, question: Question, moment: Moment, media: str) -> str:
    """Make the ETag of an answer. It is equal for equal answers: as_of, known_at, the tables served and the question
    decide it.
    """
    served = await generation.served(asked.connection)
    told = [
        served.schema if served else None,
        await report_answers.digest(asked.connection),
        question.report.name,
        report_question.named(question),
        moment.as_of.isoformat(),
        moment.known_at,
        media,
        {name: asked.parameters.get(name) for name in (*PAGE, "bom")},
    ]
    return f'W/"{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]}"'


def matches_tag(given: str | None, tag: str) -> bool:
    """Tell if a header If-None-Match names an ETag."""
    return given is not None and any(each.strip() == tag for each in given.split(","))


async def _lines(rows: Sequence[str]) -> AsyncIterator[bytes]:
    for start in range(0, len(rows), _PART):
        yield ("\n".join(rows[start : start + _PART]) + "\n").encode("utf-8")


def _as_csv(report: Report, rows: Sequence[str], headers: Mapping[str, str], *, bom: bool) -> Response:
    names = [each.name for each in report.columns]

    def cells() -> Iterable[Sequence[Any]]:
        for row in rows:
            told = json.loads(row)
            yield [told[name] for name in names]

    return csv_answer(names, cells(), headers, BOM if bom else "")
