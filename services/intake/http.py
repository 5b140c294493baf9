"""HTTP API of intake: `POST /events`, `GET /events/{source}/{id}`, and what intake tells about itself."""

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.schemas.shipped import shipped_files
from services.http.docs import HEALTH, READY, describe
from services.http.monitoring import Monitor
from services.intake import metrics, openapi
from services.intake.append_service import Door
from services.intake.decode import MAX_DISCARDED_BYTES, Bodies, Head, declared_length, head_of
from services.intake.responses import CONTENT_TYPE, Refusal, Taken
from services.intake.sources import Source

log = structlog.get_logger()

_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
"""FastAPI's own, which costs a fifth of a request even where nobody listens."""


def application(door: Door, monitor: Monitor) -> ASGIApp:
    """The app that answers through a door.

    `POST /events` is what comes by the thousand: it is answered before FastAPI, which still describes it, and answers
    whatever else is asked.
    """
    app = FastAPI(docs_url=None, redoc_url=None, telemetry=_NO_TELEMETRY, **openapi.ABOUT)
    describe(app)
    bodies, schemas = Bodies(door.batches), shipped_files()

    @app.post("/events", **openapi.POST_EVENTS)
    async def post_events(request: Request) -> Response:
        head = head_of(request)
        source = await _asking(door, head)
        if isinstance(source, Refusal):
            return _unread(head, source)
        sent = await bodies.read(request, head, source.name)
        if isinstance(sent, Refusal):
            return _unread(head, sent)
        answer = await door.take(source, sent)
        return _Receipts(answer) if isinstance(answer, Taken) else _refusal(answer)

    @app.get("/events/{source}/{id:path}", **openapi.GET_EVENT)
    async def get_event(request: Request, source: str, id: str) -> Response:
        asking = await _asking(door, head_of(request))
        if isinstance(asking, Refusal):
            return _refusal(asking)
        fate = await door.fate(asking, source, id)
        return _refusal(fate) if isinstance(fate, Refusal) else Response(fate.body(), media_type=openapi.JSON)

    @app.get("/schemas/{name}", **openapi.GET_SCHEMA)
    async def get_schema(name: str) -> Response:
        if (schema := schemas.get(name)) is None:
            return _refusal(Refusal("not_found", f"There is no schema {name}; asyncapi.json names them all."))
        return Response(schema, media_type=openapi.JSON)

    app.get("/health", **HEALTH)(monitor.health)
    app.get("/ready", **READY)(monitor.ready)
    app.get("/metrics", include_in_schema=False)(monitor.metrics)
    app.openapi = lambda: openapi.complete(app)  # type: ignore[method-assign]
    app.add_exception_handler(HTTPException, _no_such_thing)
    app.add_exception_handler(Exception, _failed)
    route = next(each for each in app.routes if getattr(each, "path", None) == "/events")

    async def posts_first(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/events" or scope["method"] != "POST":
            await app(scope, receive, send)
            return
        scope["route"] = route
        request = Request(scope, receive)
        try:
            response = await post_events(request)
        except Exception as error:
            log.exception("request_failed")
            response = await _failed(request, error)
        await response(scope, receive, send)

    return posts_first


class _Receipts(Response):
    """Response for receipts, which are sent by the thousand: it skips the half of Starlette's work that it does not
    need.
    """

    def __init__(self, taken: Taken) -> None:
        self.body = taken.body()
        self.status_code = taken.status
        self.raw_headers = [(b"content-length", b"%d" % len(self.body)), (b"content-type", openapi.JSON.encode())]
        self.background = None


async def _asking(door: Door, head: Head) -> Source | Refusal:
    scheme, _, token = head.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return Refusal("unauthenticated", "Send the source's token as `Authorization: Bearer <token>`.")
    return await door.source_of(token.strip())


def _refusal(refusal: Refusal) -> Response:
    metrics.refused("http", refusal)
    return Response(refusal.body(), refusal.status, refusal.headers, CONTENT_TYPE)


def _unread(head: Head, refusal: Refusal) -> Response:
    """A refusal before the body was read: a sender who goes on for long is cut off."""
    answer = _refusal(refusal)
    length = declared_length(head)
    if length is None or length > MAX_DISCARDED_BYTES:
        answer.headers["Connection"] = "close"
    return answer


async def _no_such_thing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = "method_not_allowed" if error.status_code == 405 else "not_found"
    answer = _refusal(Refusal(kind, f"{request.method} {request.url.path}: {error.detail}."))
    answer.headers.update(error.headers or {})
    return answer


async def _failed(request: Request, error: Exception) -> Response:
    return _refusal(Refusal("internal", "Intake failed; its log says why. Send it again, unchanged."))
