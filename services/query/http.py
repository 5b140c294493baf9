"""The read API: one address for each report, the same answers as the commands print with --json."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.errors import DaybookError
from services.http.docs import HEALTH, READY, describe
from services.http.monitoring import Monitor
from services.http.parameters import subject
from services.http.problems import Problem, problem_of
from services.postgres.connection import DATABASE_AWAY, NOT_THERE
from services.query import openapi, render, report_routes, shapes
from services.query.explain import explain
from services.query.former_answers import LISTS, ageing, changes, deal, funnel, listed
from services.query.history import HistoryReader
from services.query.render import CSV, JSON, csv_parts, headers_of, instant, list_in_parts, rows_answer
from services.query.request_context import ROOM_S, Asked, Reading
from services.query.status import status

log = structlog.get_logger()

Pages = Callable[[Reading], APIRouter]
"""Makes the routes of pages that show the same answers."""
TWO_TIMES = ("as_of", "known_at")
ENTERED = (
    "`entered_at` goes by the evidence that counts at as_of; the pipeline's `since` says when the deal came to stand "
    "where it does. `entered_at` is the later one where the first of several sufficient pieces of evidence was revoked."
)
FUNNEL_AS_CSV = (
    "As CSV: a row for each stage, the first, without a number, for deals before the first stage; then a row whose "
    "stage is `total`, which alone has `won`, `lost`, `abandoned`, `win_rate` and `won_amount_…`; its `open` counts "
    "all open deals."
)


class Head:
    """Answers HEAD as GET without the body, which the server leaves out, and names it among the methods allowed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a question on."""
        head = scope["type"] == "http" and scope["method"] == "HEAD"
        told = _amending(send, _allow_head)
        await self._app({**scope, "method": "GET"} if head else scope, receive, told)


class VaryByEncoding:
    """Names Accept-Encoding in `Vary` of every answer.

    Compression names it only in answers that are long enough. A 304 has no body, and yet gives `Vary` as the 200 does
    (RFC 9110, 15.4.5); an answer that is short today may be long tomorrow.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a question on."""
        await self._app(scope, receive, _amending(send, _vary_by_encoding))


def _amending(send: Send, amend: Callable[[MutableHeaders], None]) -> Send:
    """Sending of an answer whose headers are amended first."""

    async def amended(message: Message) -> None:
        if message["type"] == "http.response.start":
            amend(MutableHeaders(scope=message))
        await send(message)

    return amended


def _allow_head(headers: MutableHeaders) -> None:
    allowed = _listed(headers, "allow")
    if "GET" in allowed and "HEAD" not in allowed:
        headers["allow"] = ", ".join([*allowed, "HEAD"])


def _vary_by_encoding(headers: MutableHeaders) -> None:
    varying = _listed(headers, "vary")
    if "Accept-Encoding" not in varying:
        headers["vary"] = ", ".join([*varying, "Accept-Encoding"])


def _listed(headers: MutableHeaders, name: str) -> list[str]:
    return [part.strip() for value in headers.getlist(name) for part in value.split(",")]


def application(reading: Reading, monitor: Monitor, pages: Pages | None = None) -> FastAPI:
    """The ASGI application, with pages for people where there are some."""
    app = FastAPI(docs_url=None, redoc_url=None, generate_unique_id_function=lambda route: route.name, **openapi.ABOUT)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=1)
    app.add_middleware(VaryByEncoding)
    app.add_middleware(Head)
    describe(app)
    app.include_router(_deals(reading))
    app.include_router(_reports(reading))
    app.include_router(report_routes.router(reading))
    app.include_router(_conditions(reading, monitor))
    if pages is not None:
        app.include_router(pages(reading))
    app.openapi = lambda: openapi.complete(app)  # type: ignore[method-assign]
    _telling(app, reading)
    return app


def _deals(reading: Reading) -> APIRouter:
    router = APIRouter()

    @router.get(
        "/deals/{id}",
        **openapi.answer(shapes.Deal, "Where a deal stands, whatever its status", *TWO_TIMES, "after", not_known=True),
    )
    async def get_deal(request: Request, id: str) -> Response:
        async with reading.asked(request, *TWO_TIMES) as asked:
            subject("deal", id)
            moment = await asked.moment()
            answer = await deal(asked.connection, id, moment)
            if asked.csv:
                return asked.table(render.DEAL, render.plain_rows(render.DEAL, [answer]), moment)
            return asked.json(answer, moment)

    @router.get(
        "/deals/{id}/history",
        **openapi.answer(
            shapes.History, "Everything that concerns a deal, and what it caused", *TWO_TIMES, "after", not_known=True
        ),
    )
    async def get_deal_history(request: Request, id: str) -> Response:
        return await _history(reading, request, "deal", id)

    @router.get(
        "/deals/{id}/explain",
        **openapi.answer(
            shapes.Explanation, "Why a deal is at its stage", *TWO_TIMES, "after", not_known=True, more=ENTERED
        ),
    )
    async def get_deal_explanation(request: Request, id: str) -> Response:
        async with reading.asked(request, *TWO_TIMES) as asked:
            subject("deal", id)
            moment = await asked.moment()
            answer = await explain(asked.connection, id, moment)
            if asked.csv:
                return asked.table(render.EXPLANATION, render.explanation_rows(answer), moment)
            return asked.json(answer, moment)

    @router.get(
        "/accounts/{id}/history",
        **openapi.answer(
            shapes.History,
            "Everything that concerns an account, and what it caused",
            *TWO_TIMES,
            "after",
            not_known=True,
        ),
    )
    async def get_account_history(request: Request, id: str) -> Response:
        return await _history(reading, request, "account", id)

    return router


def _reports(reading: Reading) -> APIRouter:
    router = APIRouter()

    @router.get("/pipeline", **openapi.answer(shapes.Pipeline, "Deals that are open or on hold", *TWO_TIMES, "after"))
    async def get_pipeline(request: Request) -> Response:
        async with reading.asked(request, *TWO_TIMES) as asked:
            return await _list(asked, "pipeline", render.PIPELINE)

    @router.get(
        "/funnel/{playbook}",
        **openapi.answer(
            shapes.Funnel, "Where a playbook's deals stand", *TWO_TIMES, "after", not_known=True, more=FUNNEL_AS_CSV
        ),
    )
    async def get_funnel(request: Request, playbook: str) -> Response:
        async with reading.asked(request, *TWO_TIMES) as asked:
            subject("playbook", playbook)
            moment = await asked.moment()
            answer = await funnel(asked.connection, playbook, moment)
            return asked.table(*render.funnel_table(answer), moment) if asked.csv else asked.json(answer, moment)

    @router.get(
        "/receivables/ageing",
        **openapi.answer(shapes.Ageing, "What is owed, by how long it is past due", *TWO_TIMES, "after"),
    )
    async def get_ageing(request: Request) -> Response:
        async with reading.asked(request, *TWO_TIMES) as asked:
            moment = await asked.moment()
            answer = await ageing(asked.connection, moment)
            if asked.csv:
                return asked.table(render.AGEING, render.ageing_rows(answer), moment)
            return asked.json(answer, moment)

    @router.get("/receivables/open", **openapi.answer(shapes.OpenItems, "Invoices that are open", *TWO_TIMES, "after"))
    async def get_open_items(request: Request) -> Response:
        async with reading.asked(request, *TWO_TIMES) as asked:
            return await _list(asked, "receivables_open", render.OPEN_ITEMS)

    between = ("as_of", "from_known", "to_known", "report", "playbook")

    @router.get(
        "/changes",
        **openapi.answer(
            shapes.Changes, "What differs between two states of knowledge, and why", *between, "after", not_known=True
        ),
    )
    async def get_changes(request: Request) -> Response:
        async with reading.asked(request, *between) as asked:
            span = await asked.between()
            wanted = asked.parameters
            answer = await changes(asked.connection, span, wanted.get("report"), wanted.get("playbook"))
            if asked.csv:
                return asked.table(render.CHANGES, render.changes_rows(answer), span.after)
            return asked.json(answer, span.after, "changes")

    return router


def _conditions(reading: Reading, monitor: Monitor) -> APIRouter:
    router = APIRouter()

    @router.get("/status", **openapi.answer(shapes.Status, "How far the ledger is", "after"))
    async def get_status(request: Request) -> Response:
        async with reading.asked(request) as asked:
            answer = await status(asked.connection, reading.stream.nc, reading.stream_name)
            return asked.table(render.LANES, render.lane_rows(answer)) if asked.csv else asked.json(answer)

    router.get("/health", **HEALTH)(monitor.health)
    router.get("/ready", **READY)(monitor.ready)
    router.get("/metrics", include_in_schema=False)(monitor.metrics)
    return router


async def _list(asked: Asked, report: str, header: Sequence[str]) -> Response:
    moment = await asked.moment()
    rows = await listed(asked.connection, report, moment)
    if asked.csv:
        return asked.table(header, render.plain_rows(header, map(json.loads, rows)), moment)
    head = {"as_of": instant(moment.as_of), "known_at": moment.known_at}
    return rows_answer(head, LISTS[report], rows, headers_of(asked.projected, moment))


async def _history(reading: Reading, request: Request, kind: str, id: str) -> Response:
    """The first part is read before the answer begins, so that what can go wrong is told as a problem."""
    async with reading.asked(request, *TWO_TIMES) as asked:
        about = subject(kind, id)
        moment = await asked.moment()
        as_of = moment.as_of if "as_of" in asked.parameters else None
        reader = await HistoryReader.of(asked.connection, about, moment.known_at, as_of)
        first, after = await reader.part(asked.connection, 0)
    headers = headers_of(asked.projected, moment)
    parts = _history_parts(reading, reader, first, after)
    if asked.csv:
        return StreamingResponse(csv_parts(render.HISTORY, parts), 200, headers, CSV)
    return StreamingResponse(list_in_parts({"subject": about, "entries": []}, "entries", parts), 200, headers, JSON)


async def _history_parts(
    reading: Reading, reader: HistoryReader, first: Sequence[Any], after: int | None
) -> AsyncIterator[Sequence[Any]]:
    yield first
    while after is not None:
        async with reading.pool.acquire(timeout=ROOM_S) as connection:
            part, after = await reader.part(connection, after)
        yield part


def _telling(app: FastAPI, reading: Reading) -> None:
    """Turns every error into problem details. They say how far the views are, as answers do, but for readers who are
    not let in (401) and while PostgreSQL is away (503)."""

    async def told(request: Request, problem: Problem, headers: Mapping[str, str]) -> Response:
        asks = problem.status not in (401, 503) or hasattr(request.state, "projected")
        projected = await reading.position(request) if asks else None
        return problem.response({**headers, **({} if projected is None else headers_of(projected))})

    async def of_error(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem.status == 500:
            log.error("request_failed", path=request.url.path, exc_info=error)
        return await told(request, problem, {})

    async def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = "method_not_allowed" if error.status_code == 405 else "not_known"
        detail = f"{request.method} {request.url.path[:200]}: see /docs for what there is."
        return await told(request, Problem(kind, detail), error.headers or {})

    app.add_exception_handler(HTTPException, of_http)
    for kind in (Problem, DaybookError, *DATABASE_AWAY, *NOT_THERE, Exception):
        app.add_exception_handler(kind, of_error)
