"""Heads and proofs over HTTP, for everybody who may reach the notary: they hold hashes and sizes, and no event.

/checkpoint          the newest signed head, or the one of ?size= rows (c2sp.org/tlog-checkpoint)
/key                 the public key (c2sp.org/signed-note); compare it with one that you got another way
/proofs/inclusion    ?sequence=…&size=…: that a row is in the tree of a signed head, the newest by default
/proofs/consistency  ?first=…&second=…: that one signed head is the beginning of another, the newest by default
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.errors import DaybookError, JournalAltered, NotKnown
from services.http.parameters import parameters, sequence
from services.http.problems import Problem, problem_of
from services.ledger.journal import Connection
from services.notary.head import Head, read_head, unknown_key
from services.notary.journal import SQL
from services.notary.key import Keys
from services.notary.note import NotSigned, UnknownSigner
from services.notary.proving import prove_consistency, prove_inclusion
from services.postgres import connection as database
from services.postgres.connection import DATABASE_AWAY, NOT_THERE

POOL_SIZE = 2
ROOM_S = 5.0
"""How long a question waits for a connection while all are busy; then 503."""

PATHS = ("/key", "/checkpoint", "/proofs/inclusion", "/proofs/consistency")

Answer = Callable[[Connection, dict[str, str]], Awaitable[Response]]


class Proofs:
    """The answers, over a pool that is made when the first question comes."""

    def __init__(self, database_url: str, keys: Keys) -> None:
        self._url = database_url
        self._keys = keys
        self._pool: asyncpg.Pool | None = None
        self._making = asyncio.Lock()

    def routes(self) -> list[Route]:
        """Return the routes of the key, the heads and the proofs."""
        key, checkpoint, inclusion, consistency = PATHS
        return [
            Route(key, self._key),
            Route(checkpoint, self._asking(self._checkpoint, "size")),
            Route(inclusion, self._asking(self._inclusion, "sequence", "size")),
            Route(consistency, self._asking(self._consistency, "first", "second")),
        ]

    async def close(self) -> None:
        """Closes the connections, so that no more questions are answered."""
        if self._pool is not None:
            self._pool.terminate()

    async def _key(self, _: Request) -> Response:
        return PlainTextResponse(f"{self._keys.own.public}\n")

    async def _checkpoint(self, connection: Connection, asked: dict[str, str]) -> Response:
        return PlainTextResponse((await self._head(connection, asked.get("size"), "size")).note)

    async def _inclusion(self, connection: Connection, asked: dict[str, str]) -> Response:
        head = await self._head(connection, asked.get("size"), "size")
        wanted = sequence(_required(asked, "sequence"), "sequence")
        if not 0 < wanted <= head.size:
            raise NotKnown(f"Sequence {wanted} is not in the tree of {head.size} rows, which begins with sequence 1.")
        (found,) = await prove_inclusion(connection, [wanted], head)
        return JSONResponse(
            {
                "sequence": wanted,
                "leaf_index": wanted - 1,
                "leaf_hash": _text(found.leaf),
                "proof": [_text(each) for each in found.proof],
                "checkpoint": head.note,
            }
        )

    async def _consistency(self, connection: Connection, asked: dict[str, str]) -> Response:
        second = await self._head(connection, asked.get("second"), "second")
        first = await self._head(connection, _required(asked, "first"), "first")
        if first.size > second.size:
            raise NotKnown(f"The head of {first.size} rows is not the beginning of that of {second.size}.")
        proof = await prove_consistency(connection, first, second)
        return JSONResponse({"first": first.note, "second": second.note, "proof": [_text(each) for each in proof]})

    async def _head(self, connection: Connection, size: str | None, name: str) -> Head:
        if size is None:
            row = await connection.fetchrow(SQL["newest_head"])
        else:
            row = await connection.fetchrow(SQL["head_at"], sequence(size, name))
        if row is None:
            what = "Nothing is signed yet." if size is None else f"{name}: no head of {size} rows was signed."
            raise NotKnown(f"{what} /checkpoint gives the newest head there is.")
        try:
            return read_head(row["note"], self._keys.known)
        except UnknownSigner as error:
            raise unknown_key("Postgres", error, self._keys.known) from None
        except NotSigned as error:
            raise JournalAltered(f"A head in ledger.tree_head was altered: {error}. Run `daybook verify`.") from None

    def _asking(self, answer: Answer, *known: str) -> Callable[[Request], Awaitable[Response]]:
        async def asked(request: Request) -> Response:
            try:
                wanted = parameters(request, known)
                async with (await self._connections()).acquire(timeout=ROOM_S) as connection:
                    return await answer(connection, wanted)
            except (Problem, DaybookError, *DATABASE_AWAY, *NOT_THERE) as error:
                return problem_of(error).response()

        return asked

    async def _connections(self) -> asyncpg.Pool:
        async with self._making:
            if self._pool is None:
                self._pool = await database.pool(self._url, "daybook_notary", POOL_SIZE)
            return self._pool


@asynccontextmanager
async def routes(database_url: str, keys: Keys) -> AsyncIterator[list[Route]]:
    """The routes, while the context is open."""
    proofs = Proofs(database_url, keys)
    try:
        yield proofs.routes()
    finally:
        await proofs.close()


def refusing(reason: Callable[[], str]) -> list[Route]:
    """Make the routes for when no key is there by which a head could be believed: each answers with the reason."""

    async def refuse(_: Request) -> Response:
        return Problem("not_believed", reason()).response()

    return [Route(path, refuse) for path in PATHS]


def _required(asked: dict[str, str], name: str) -> str:
    if name not in asked:
        raise Problem("bad_request", f"{name} is missing: say which one, as ?{name}=…")
    return asked[name]


def _text(hash: bytes) -> str:
    return b64encode(hash).decode()
