"""Answers to a reader whose question cannot be answered: RFC 9457 problem details."""

import json
from dataclasses import dataclass

from starlette.responses import Response

from services.errors import BadRequest, DaybookError, JournalAltered, NotKnown, NotProvisioned, Unavailable
from services.postgres.connection import DATABASE_AWAY, NOT_THERE

CONTENT_TYPE = "application/problem+json"

KINDS: dict[str, tuple[int, str]] = {
    "bad_request": (400, "What was asked for cannot be answered"),
    "unauthenticated": (401, "A reader's token is needed"),
    "not_known": (404, "There is no such thing here"),
    "method_not_allowed": (405, "The method is not allowed here"),
    "internal": (500, "Query failed"),
    "not_believed": (503, "The signed heads here cannot be believed"),
    "away": (503, "The ledger cannot be read now"),
    "not_projected": (504, "The views do not include it yet"),
}
"""Every kind of problem: its HTTP status and title. Its `type` is `urn:daybook:problem:` and the kind, with hyphens."""

RETRY_AFTER_S = {"away": 2, "not_projected": 1}


@dataclass
class Problem(Exception):
    """Problem that takes the place of an answer: its kind, and why."""

    kind: str
    detail: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return KINDS[self.kind][0]

    def response(self, headers: dict[str, str] | None = None) -> Response:
        """The problem details as JSON, with what HTTP asks for beside them."""
        more = dict(headers or {})
        if self.kind in RETRY_AFTER_S:
            more["Retry-After"] = str(RETRY_AFTER_S[self.kind])
        if self.status == 401:
            more["WWW-Authenticate"] = 'Bearer realm="daybook"'
        body = {"type": type_of(self.kind), "title": KINDS[self.kind][1], "status": self.status, "detail": self.detail}
        return Response(
            json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"), self.status, more, CONTENT_TYPE
        )


def type_of(kind: str) -> str:
    """The stable name of a kind of problem."""
    return "urn:daybook:problem:" + kind.replace("_", "-")


def problem_of(error: Exception) -> Problem:
    """Return the problem to answer the reader with for an error."""
    match error:
        case Problem():
            return error
        case NotKnown():
            return Problem("not_known", str(error))
        case BadRequest():
            return Problem("bad_request", str(error))
        case NotProvisioned() | Unavailable():
            return Problem("away", str(error))
        case JournalAltered():
            return Problem("not_believed", str(error))
        case DaybookError():
            return Problem("internal", str(error))
    if isinstance(error, NOT_THERE):
        return Problem("away", f"The database is not set up ({error}). Run `daybook init`.")
    if isinstance(error, DATABASE_AWAY):
        return Problem("away", "PostgreSQL does not answer in time. Try again.")
    return Problem("internal", "Something unforeseen went wrong; the log of query says what.")
