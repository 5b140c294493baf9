"""Adding readers and changing who may read. A token is returned once; the ledger keeps its hash."""

import re
from datetime import datetime
from typing import Any

from services.errors import BadRequest, NotKnown
from services.ledger.journal import Connection
from services.ledger.tokens import hash_token, new_token
from services.postgres.statements import queries

_SQL = queries("services.ledger", "readers.sql")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


async def add(connection: Connection, name: str) -> str:
    """A new reader; its token. Raises BadRequest."""
    if not _NAME.fullmatch(name):
        raise BadRequest(f"{name[:80]!r} is no name for a reader: take 1 to 64 of A-Z, a-z, 0-9, _ and -.")
    token = new_token()
    if await connection.fetchval(_SQL["add"], name, hash_token(token)) is None:
        raise BadRequest(f"There is a reader {name} already. `daybook reader rotate {name}` gives it a new token.")
    return token


async def registered(connection: Connection) -> list[dict[str, Any]]:
    """Readers by name, without their tokens."""
    rows = await connection.fetch(_SQL["readers"])
    return [
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
        for row in rows
    ]


async def rotate(connection: Connection, name: str) -> str:
    """A new token in place of the old one; a disabled reader is enabled. Raises NotKnown."""
    token = new_token()
    if await connection.fetchval(_SQL["rotate"], name, hash_token(token)) is None:
        raise _unknown(name)
    return token


async def disable(connection: Connection, name: str) -> None:
    """The reader may read no more. Raises NotKnown."""
    if await connection.fetchval(_SQL["disable"], name) is None:
        raise _unknown(name)


def _unknown(name: str) -> NotKnown:
    return NotKnown(f"There is no reader {name[:80]!r}. `daybook reader list` shows which there are.")
