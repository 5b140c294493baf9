"""Endpoints at which every service answers about itself: `GET /health`, `/ready` and `/metrics`.

/health   200 while the process can answer at all; a supervisor that gets no answer starts the process anew.
/ready    200, or 503 with the reasons: {"ready": false, "reasons": [{"code": …, "detail": …}], "state": {…}}.
/metrics  Prometheus or OpenMetrics text. The number of events sent shows how much is sold, so the metrics are for this
          machine alone, unless `DAYBOOK_METRICS_TOKEN` is set: then for anybody who shows that token.
"""

import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.http.local_requests import from_this_machine
from services.http.protocol import Crowd
from services.http.server import serving
from services.runtime.health import Check, HealthCheck
from services.runtime.metrics import REGISTRY, SHOWN
from services.runtime.tls import server_context
from services.settings import Settings

log = structlog.get_logger()

JSON = "application/json"


class Monitor:
    """The three answers of one service."""

    def __init__(self, settings: Settings, check: Check) -> None:
        self._health = HealthCheck(check)
        self._token = None if settings.metrics_token is None else settings.metrics_token.get_secret_value()

    async def health(self, request: Request) -> Response:
        """Answer that the process is alive."""
        return Response(b'{"alive":true}', media_type=JSON)

    async def ready(self, request: Request) -> Response:
        """Answer whether the service can do its work, and why not."""
        condition = await self._health.now()
        return Response(condition.body(), 200 if condition.ready else 503, media_type=JSON)

    async def metrics(self, request: Request) -> Response:
        """Answers with all metrics of the process; what has to be looked at is looked at now."""
        if (refusal := self._refusal(request)) is not None:
            return refusal
        condition = await self._health.now()
        SHOWN.show({**condition.figures, "daybook_ready": float(condition.ready)})
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"Content-Type": content_type})

    def routes(self) -> list[Route]:
        """The three routes."""
        answers = {"/health": self.health, "/ready": self.ready, "/metrics": self.metrics}
        return [Route(path, answer) for path, answer in answers.items()]

    def _refusal(self, request: Request) -> Response | None:
        if self._token is not None:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), self._token.encode()):
                return None
            headers = {"WWW-Authenticate": 'Bearer realm="daybook"'}
            return PlainTextResponse("Send DAYBOOK_METRICS_TOKEN as `Authorization: Bearer …`.\n", 401, headers)
        if from_this_machine(request):
            return None
        return PlainTextResponse("Metrics are for this machine alone, unless DAYBOOK_METRICS_TOKEN is set.\n", 403)


@asynccontextmanager
async def answering(
    settings: Settings, check: Check, host: str, port: int, routes: Sequence[Route] = ()
) -> AsyncIterator[int]:
    """The HTTP server of a service that has no other, while the context is open: the three answers, and perhaps more
    routes. Gives the port. Raises ServerFailed or NotConfigured."""
    app = Starlette(routes=[*Monitor(settings, check).routes(), *routes])
    crowd = Crowd(settings.http_connections, settings.http_connections_per_address)
    async with serving(app, host, port, server_context(settings.tls_certificate, settings.tls_key), crowd) as port:
        log.info("monitoring_started", host=host, port=port)
        yield port
