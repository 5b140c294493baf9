"""Heads in Postgres, and the nodes of the tree that they cover."""

from collections.abc import AsyncIterator, Collection, Sequence

import asyncpg

from services.errors import JournalAltered, LostLeadership
from services.ledger.journal import Connection, Row
from services.notary.head import Head, read_head, unknown_key
from services.notary.journal import SQL
from services.notary.note import NotSigned, PublicKey, UnknownSigner
from services.notary.tree import Node

_BATCH_SIZE = 500


class HeadsTable:
    """The table ledger.tree_head."""

    def __init__(self, connection: Connection, keys: Collection[PublicKey]) -> None:
        self._connection = connection
        self._keys = keys

    async def newest(self) -> Head | None:
        """The head of the largest tree, None when there is none. Raises JournalAltered."""
        row = await self._connection.fetchrow(SQL["newest_head"])
        return None if row is None else self._read(row)

    async def behind(self, size: int) -> AsyncIterator[Head]:
        """The heads of larger trees than one, in order. Raises JournalAltered."""
        while rows := await self._connection.fetch(SQL["heads_behind"], size, _BATCH_SIZE):
            for row in rows:
                yield self._read(row)
            size = rows[-1]["size"]

    async def append(self, head: Head, nodes: Sequence[Node] = ()) -> None:
        """Commits a head, with the nodes that became complete. Raises LostLeadership when it does not follow."""
        try:
            async with self._connection.transaction():
                await add_nodes(self._connection, nodes)
                await self._connection.execute(SQL["add_head"], head.size, head.note)
        except asyncpg.IntegrityConstraintViolationError as error:
            raise LostLeadership(f"Another notary has signed: this one stops ({error}).") from error

    def _read(self, row: Row) -> Head:
        note = row["note"]
        try:
            head = read_head(note, self._keys)
            if head.size != row["size"]:
                raise NotSigned(f"it is of {head.size} rows, but stands at {row['size']}")
            return head
        except UnknownSigner as error:
            raise unknown_key("Postgres (ledger.tree_head)", error, self._keys) from None
        except NotSigned as error:
            shown = note[:200].replace("\n", "⏎")
            raise JournalAltered(
                f"The table ledger.tree_head holds what is no head of this notary: {error} ({shown}). Somebody altered "
                "the database: run `daybook verify`, and restore it from its backup. If the notary's key was replaced "
                "on purpose, name the public key from before in DAYBOOK_NOTARY_FORMER_KEYS."
            ) from None


async def add_nodes(connection: Connection, nodes: Sequence[Node]) -> None:
    """Nodes that became complete; those that are there already stay."""
    if nodes:
        await connection.execute(SQL["add_nodes"], *map(list, zip(*nodes, strict=True)))
