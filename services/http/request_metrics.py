"""Duration of HTTP requests by route and status: one measurement for every service that answers people's systems."""

from functools import cache
from time import perf_counter

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime.metrics import REGISTRY, SECONDS

_REQUESTS = Histogram(
    "daybook_http_request_seconds",
    "From the head of a request to the end of its answer, by the route's template; `none` for what has no route.",
    ["route", "status"],
    buckets=SECONDS,
    registry=REGISTRY,
)
_of = cache(_REQUESTS.labels)
"""A series by route and status; looking it up costs prometheus-client a lock."""


class Measured:
    """An ASGI app, measured."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            _of(route, str(status)).observe(perf_counter() - began)
