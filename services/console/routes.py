"""Addresses of the console. Each asks the read API's own functions, over one connection, and makes a page of it."""

import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final

import htpy as h
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from projections.reports import BY_NAME
from projections.reports.report import Report
from services.console import entry_page, overview_page, report_page, subject_page
from services.console.page import ROOT, TIMES, Page
from services.console.report_page import PAGE_ROWS, Answer
from services.errors import BadRequest, DaybookError, NotKnown
from services.http.parameters import sequence as read_sequence
from services.http.parameters import subject
from services.http.problems import Problem, problem_of
from services.postgres.connection import DATABASE_AWAY, NOT_THERE
from services.postgres.statements import queries
from services.query import drill_down, report_answers, report_question
from services.query.entry_effects import effects_of
from services.query.explain import explain
from services.query.history import HistoryReader
from services.query.moment import Moment, read_time
from services.query.render import CSV, NDJSON, instant
from services.query.report_question import Cursor, Question
from services.query.report_routes import matches_tag, report_response
from services.query.request_context import Asked, Reading
from services.texts import Language
from services.views import generation
from services.wording import Wording

_SQL = queries("services.console", "entries.sql")
_ASSETS: Final = {"console.css": "text/css", "console.js": "text/javascript", "icon.svg": "image/svg+xml"}
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Authorization, Cookie, Accept-Language",
    "Cache-Control": "private, no-cache",
}
LANGUAGE = "daybook_language"
"""Cookie that keeps the language that was chosen last."""


class _PageRoute(APIRoute):
    """Route whose errors are pages that say what is wrong."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with a page for each error."""
        inner = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await inner(request)
            except (Problem, DaybookError, *DATABASE_AWAY, *NOT_THERE) as error:
                return refused(request, error)

        return handled


@dataclass(frozen=True, slots=True)
class _Opened:
    """A question for a page, and the frame in which the answer stands."""

    asked: Asked
    page: Page

    @property
    def moment(self) -> Moment:
        """Both times of the page."""
        return self.page.moment


def router(reading: Reading) -> APIRouter:
    """The routes of all pages."""
    found = APIRouter(route_class=_PageRoute, include_in_schema=False)

    @found.get("/")
    async def get_overview(request: Request) -> Response:
        async with _opened(reading, request, "playbook") as opened:
            return _html(request, opened.page, await _overview(opened))

    @found.get(f"{ROOT}/reports")
    async def get_list(request: Request) -> Response:
        async with _opened(reading, request) as opened:
            return _html(request, opened.page, report_page.list_page(opened.page))

    @found.get(f"{ROOT}/reports/{{name}}.csv")
    async def get_csv(request: Request, name: str) -> Response:
        return await _download(reading, request, name, CSV)

    @found.get(f"{ROOT}/reports/{{name}}.ndjson")
    async def get_ndjson(request: Request, name: str) -> Response:
        return await _download(reading, request, name, NDJSON)

    @found.get(f"{ROOT}/reports/{{name}}")
    async def get_report(request: Request, name: str) -> Response:
        report = _named(name)
        async with _opened(reading, request, *report.parameters, *report.filters, "cursor") as opened:
            return _html(request, opened.page, await _report(opened, report))

    @found.get(f"{ROOT}/reports/{{name}}/rows")
    async def get_rows(request: Request, name: str) -> Response:
        report = _named(name)
        names = (*report.parameters, *report.filters, "line", "figure")
        async with _opened(reading, request, *names) as opened:
            given = opened.asked.parameters
            question = report_question.question(report, given)
            line = drill_down.read_line(question.report, given.get("line", ""))
            figure = drill_down.read_figure(question.report, given.get("figure"))
            told = await drill_down.told_rows(opened.asked.connection, question, opened.moment, line, figure)
            return _html(request, opened.page, report_page.behind_page(opened.page, name, question.report, told))

    @found.get(f"{ROOT}/deals/{{id}}")
    async def get_deal(request: Request, id: str) -> Response:
        async with _opened(reading, request) as opened:
            return _html(request, opened.page, await _deal(opened, id))

    @found.get(f"{ROOT}/accounts/{{id}}")
    async def get_account(request: Request, id: str) -> Response:
        async with _opened(reading, request) as opened:
            entries, more = await _history(opened, subject("account", id))
            return _html(request, opened.page, subject_page.account_page(opened.page, id, entries, more))

    @found.get(f"{ROOT}/entries/{{sequence}}")
    async def get_entry(request: Request, sequence: str) -> Response:
        async with _opened(reading, request) as opened:
            return _html(request, opened.page, await _entry(opened, read_sequence(sequence, "entry")))

    first: list[datetime | None] = []

    @found.get(f"{ROOT}/span")
    async def get_span(request: Request) -> Response:
        """Days and sequences between which the sliders move."""
        async with reading.asked(request) as asked:
            if not first or first[0] is None:
                first[:] = [await asked.connection.fetchval(_SQL["first"])]
            zone = asked.reach.zone
            today = datetime.now(UTC)
            told = {
                "first_day": (first[0] or today).astimezone(zone).date().isoformat(),
                "last_day": today.astimezone(zone).date().isoformat(),
                "newest": asked.reach.projected,
            }
            return asked.json(told)

    content = {name: (files("services.console") / "assets" / name).read_bytes() for name in _ASSETS}

    @found.get(f"{ROOT}/assets/{{name}}")
    async def get_asset(request: Request, name: str) -> Response:
        if name not in content:
            raise NotKnown(f"There is no asset {name[:40]!r}.")
        return _tagged(request, content[name], _ASSETS[name], HEADERS | {"Cache-Control": "max-age=60"})

    return found


@asynccontextmanager
async def _opened(reading: Reading, request: Request, *known: str) -> AsyncIterator[_Opened]:
    """Let the reader in and read both times."""
    async with reading.asked(request, *known, *TIMES, "lang") as asked:
        # A field that was left empty in a form asks for nothing.
        given = {name: value for name, value in asked.parameters.items() if value}
        asked = Asked(asked.connection, given, asked.reach, asked.csv, asked.following)
        wording = Wording(_language(request, given.get("lang")), asked.reach.zone.key)
        yield _Opened(asked, Page(request.url.path, given, await asked.moment(), wording))


def _language(request: Request, chosen: str | None) -> Language:
    """Language by the address, by the cookie, or by what the browser prefers."""
    if chosen not in (None, "zh", "en"):
        raise BadRequest(f"lang: {chosen[:40]!r} is neither zh nor en.")
    told = chosen or request.cookies.get(LANGUAGE) or request.headers.get("accept-language", "zh")
    return "en" if told.strip().lower().startswith("en") else "zh"


def _named(name: str) -> Report:
    if name not in BY_NAME:
        raise NotKnown(f"There is no report {name[:40]!r}; {ROOT}/reports lists them.")
    return BY_NAME[name]


async def _overview(opened: _Opened) -> str:
    asked, moment = opened.asked, opened.moment
    found = [row["playbook"] for row in await asked.connection.fetch(_SQL["playbooks"], moment.as_of, moment.known_at)]
    chosen = asked.parameters.get("playbook") or (found[0] if found else None)
    answers = []
    for name in overview_page.SHOWN:
        report = BY_NAME[name]
        given = {"playbook": chosen} if chosen is not None and "playbook" in report.parameters else {}
        if given or "playbook" not in report.parameters:
            answers.append(await _answer(asked, report_question.question(report, given), moment, None))
    return overview_page.overview_page(opened.page, found, chosen, answers)


async def _report(opened: _Opened, report: Report) -> str:
    asked, page = opened.asked, opened.page
    missing = [name for name, each in report.parameters.items() if each.required and name not in asked.parameters]
    one_of = [name for name in report.one_of if name in asked.parameters]
    if missing or (report.one_of and len(one_of) != 1):
        return report_page.report_page(page, report, None)
    try:
        question = report_question.question(report, asked.parameters)
        cursor = Cursor.read(question.report, asked.parameters["cursor"]) if "cursor" in asked.parameters else None
        if cursor is not None and cursor.question != report_question.named(question):
            raise BadRequest("cursor: it belongs to another question.")
        moment = (
            Moment(read_time(cursor.as_of, asked.reach.zone, "cursor"), cursor.known_at) if cursor else opened.moment
        )
        page = Page(page.path, page.given, moment, page.wording)
        return report_page.report_page(page, report, await _answer(asked, question, moment, cursor))
    except (BadRequest, NotKnown) as error:
        return report_page.report_page(page, report, None, page.wording.instants(str(error)))


async def _answer(asked: Asked, question: Question, moment: Moment, cursor: Cursor | None) -> Answer:
    report = question.report
    limit = PAGE_ROWS if report.order else None
    found, summed = await report_answers.answer(
        asked.connection,
        question,
        moment,
        after=cursor.after if cursor else None,
        limit=None if limit is None else limit + 1,
    )
    rows = report_page.rows_of(found)
    following = None
    if limit is not None and len(rows) > limit:
        rows = rows[:limit]
        after = [rows[-1][name] for name in report.order]
        following = Cursor(report_question.named(question), instant(moment.as_of), moment.known_at, after).text
    head = await report_answers.head(asked.connection, question, moment)
    (totals,) = report_page.rows_of([summed])
    return Answer(question, rows, totals, head.get("policies", []), following)


async def _download(reading: Reading, request: Request, name: str, media: str) -> Response:
    report = _named(name)
    async with reading.asked(request, *report.parameters, *report.filters, *TIMES, "bom") as asked:
        answer = await report_response(asked, request, report, media)
        ending = "csv" if media == CSV else "ndjson"
        answer.headers["Content-Disposition"] = f'attachment; filename="{report.name}.{ending}"'
        return answer


async def _deal(opened: _Opened, deal: str) -> str:
    connection, moment = opened.asked.connection, opened.moment
    entries, more = await _history(opened, subject("deal", deal))
    standing, why = None, None
    try:
        rows = await report_answers.rows(connection, Question(BY_NAME["deal"], {"deal": deal}), moment)
        (standing,) = report_page.rows_of(rows)
        why = await explain(connection, deal, moment)
    except NotKnown:
        pass  # it was not opened by then; its history says so
    return subject_page.deal_page(opened.page, deal, standing, why, entries, more)


async def _history(opened: _Opened, about: str) -> tuple[list[Any], bool]:
    """The first part of a subject's entries, and whether there are more. Raises NotKnown."""
    connection, moment = opened.asked.connection, opened.moment
    as_of = moment.as_of if "as_of" in opened.page.given else None
    reader = await HistoryReader.of(connection, about, moment.known_at, as_of)
    entries, after = await reader.part(connection, 0)
    return [{**each, "subject": about} for each in entries], after is not None


async def _entry(opened: _Opened, sequence: int) -> str:
    connection, known_at = opened.asked.connection, opened.moment.known_at
    row = await connection.fetchrow(_SQL["entry"], sequence, known_at)
    if row is None:
        raise NotKnown(f"There is no entry {sequence}, as known at sequence {known_at}.")
    naming = await connection.fetch(_SQL["naming"], row["source"], row["id"], known_at)
    named = (
        await connection.fetchval(_SQL["named"], row["target_source"], row["target_id"], known_at)
        if row["target_source"]
        else None
    )
    head = await connection.fetchrow(_SQL["head"], sequence)
    served = await generation.served(connection)
    caused = (
        (await effects_of(connection, served, [sequence], row["subject"]))[sequence]
        if served is not None and row["disposition"] == "entry"
        else []
    )
    entry = entry_page.Entry(
        dict(row),
        [(each["sequence"], each["type"]) for each in naming if row["disposition"] == "entry"],
        named,
        (head["size"], head["signed_at"]) if head else None,
        caused,
    )
    return entry_page.entry_page(opened.page, entry)


def refused(request: Request, error: Exception) -> Response:
    """A page that says why another cannot be shown."""
    problem = problem_of(error)
    page = Page(request.url.path, {}, Moment(datetime.now(UTC), 0), Wording(_language(request, None)))
    told = page.render(page.text("error"), h.p(".refused", role="status")[problem.detail], times=False)
    return Response(told, problem.status, HEADERS, "text/html")


def _html(request: Request, page: Page, text: str) -> Response:
    answer = _tagged(request, text.encode("utf-8"), "text/html", HEADERS)
    if "lang" in page.given:
        answer.set_cookie(LANGUAGE, page.given["lang"], max_age=31_536_000, httponly=True, samesite="strict")
    return answer


def _tagged(request: Request, content: bytes, media: str, headers: Mapping[str, str]) -> Response:
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    told = {**headers, "ETag": tag}
    if matches_tag(request.headers.get("if-none-match"), tag):
        return Response(None, 304, told)
    return Response(content, 200, told, media)
