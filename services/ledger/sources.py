"""Adding sources and changing who may send. A token is returned once; the ledger keeps its hash."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import asyncpg

from contracts.events import EVENTS
from services.errors import BadRequest
from services.ledger.journal import Connection
from services.ledger.tokens import hash_token, new_token
from services.postgres.statements import queries

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PREFIX = re.compile(r"[A-Za-z0-9_-]{1,32}")

ALL = "all"
"""Instead of event names: every event but playbook_published and playbook_withdrawn, also those of later versions."""

_SQL = queries("services.ledger", "sources.sql")


@dataclass(frozen=True, slots=True)
class Registered:
    """A source as the ledger keeps it, without its token."""

    name: str
    events: list[str]
    id_prefix: str | None
    corrects_others: bool
    added_at: datetime
    rotated_at: datetime | None
    disabled_at: datetime | None


async def add(
    connection: Connection,
    name: str,
    events: Iterable[str],
    id_prefix: str | None = None,
    corrects_others: bool = False,
) -> str:
    """Add a source and return its token. Raises BadRequest for a wrong name, event or prefix, or a name in use."""
    wanted = sorted(set(events))
    _check(name, wanted, id_prefix)
    token = new_token()
    try:
        await connection.execute(_SQL["add"], name, hash_token(token), wanted, id_prefix, corrects_others)
    except asyncpg.UniqueViolationError:
        raise BadRequest(
            f"There is a source {name} already. `daybook source rotate {name}` gives it a new token."
        ) from None
    return token


async def rotate(connection: Connection, name: str) -> str:
    """Give a source a new token, which also enables it again; the old one ends at once. Raises BadRequest."""
    token = new_token()
    await _change(connection, "rotate", name, hash_token(token))
    return token


async def disable(connection: Connection, name: str) -> None:
    """Let a source send nothing from now on. What it sent stays. Raises BadRequest."""
    await _change(connection, "disable", name)


class KeptToken(NamedTuple):
    """Hash of a source's token, as the ledger keeps it."""

    token_hash: bytes
    first: bool
    """Whether it is the one that the source was added with, and not disabled."""


async def kept_token(connection: Connection, name: str) -> KeptToken | None:
    """Return what the ledger keeps of a source's token; None when there is no such source."""
    row = await connection.fetchrow(_SQL["token"], name)
    return None if row is None else KeptToken(row["token_hash"], row["first"])


async def registered(connection: Connection) -> list[Registered]:
    """Sources by name."""
    return [Registered(**dict(row)) for row in await connection.fetch(_SQL["registered"])]


async def _change(connection: Connection, statement: str, name: str, *values: object) -> None:
    if await connection.fetchval(_SQL[statement], name, *values) is None:
        raise BadRequest(f"There is no source {name}. `daybook source list` shows them.")


def _check(name: str, events: list[str], id_prefix: str | None) -> None:
    if not _NAME.fullmatch(name):
        raise BadRequest(f"{name!r} is no name of a source: it has 1 to 64 letters, digits, - and _.")
    if id_prefix is not None and not _PREFIX.fullmatch(id_prefix):
        raise BadRequest(f"{id_prefix!r} is no prefix of ids: it has 1 to 32 letters, digits, - and _.")
    known = EVENTS.names()
    if not events:
        raise BadRequest(f"Say which events {name} may send: all, or some of {', '.join(known)}.")
    if unknown := [each for each in events if each != ALL and each not in known]:
        raise BadRequest(f"There is no event {', '.join(unknown)}. There are {', '.join(known)}; or say all.")
