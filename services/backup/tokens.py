"""Tokens after a restore: those of the backup are valid again, whatever became of them since."""

from datetime import datetime
from typing import NamedTuple

import asyncpg

from services.backup.tables import SQL
from services.ledger.publications import SOURCE


class Valid(NamedTuple):
    """A token that opens the ledger again."""

    kind: str
    """`source` or `reader`."""
    name: str
    since: datetime
    """When it was made: added, or rotated last."""


async def valid(connection: asyncpg.Connection) -> list[Valid]:
    """The tokens that are not disabled, but for that of the ledger's own source while nobody has it."""
    return [Valid(*row) for row in await connection.fetch(SQL["valid_tokens"], SOURCE)]


async def disable(connection: asyncpg.Connection) -> None:
    """Disables all of them: each is enabled again by a new token."""
    async with connection.transaction():
        await connection.execute(SQL["disable_sources"], SOURCE)
        await connection.execute(SQL["disable_readers"])
