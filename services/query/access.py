"""Access to the read API over HTTP: readers by their bearer token, or anybody on this machine where reads are open."""

import time

import asyncpg
from starlette.requests import Request

from services.http import local_requests
from services.http.problems import Problem
from services.ledger.tokens import hash_token, is_token
from services.postgres.statements import queries

_SQL = queries("services.ledger", "readers.sql")
REMEMBERED_S = 5.0
"""A reader that was disabled is let in for so long at most."""
_MAX = 10_000


class Readers:
    """Lets readers in. A reader that the ledger knew within the last `REMEMBERED_S` is not looked up again."""

    def __init__(self, pool: asyncpg.Pool, open_reads: bool) -> None:
        self._pool = pool
        self._open = open_reads
        self._known_until: dict[bytes, float] = {}

    async def admit(self, request: Request) -> None:
        """Raise Problem for a request that may not read.

        Open reads are for programs on this machine that ask by themselves: a request that a proxy passes on, or that a
        page of another site makes, needs a token.
        """
        authorization = request.headers.get("authorization")
        why_not = local_requests.why_not(request) if authorization is None and self._open else ""
        if why_not is None:
            return
        scheme, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not is_token(token) or not await self._is_known(hash_token(token)):
            raise Problem(
                "unauthenticated",
                "Send the header `Authorization: Bearer <token>` with the token that `daybook reader add` printed."
                + (f" Without one only programs on this machine may read, and {why_not}." if why_not else ""),
            )

    async def _is_known(self, kept: bytes) -> bool:
        now = time.monotonic()
        if self._known_until.get(kept, 0.0) > now:
            return True
        if await self._pool.fetchval(_SQL["reader"], kept) is None:
            self._known_until.pop(kept, None)
            return False
        if len(self._known_until) >= _MAX:
            self._known_until.clear()
        self._known_until[kept] = now + REMEMBERED_S
        return True
