"""Locks of lanes, one projector each: advisory locks of a connection that does nothing else with them.

The locks go with the connection, so a dead projector's lanes are free at once. The locks keep projectors from working
on the same lane; the epoch in the lane's row, which every claim raises, is what keeps the rows right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import asyncpg

from projections.replay.entry import LANES
from services.postgres.statements import queries

_SQL = queries("services.projector", "locks.sql")


@dataclass(frozen=True, slots=True)
class Census:
    """Projectors at work on the generation, and its free lanes."""

    projectors: int
    """Processes that work on the generation, this one included."""
    free: list[int]
    """Lanes that nobody holds."""

    @property
    def share(self) -> int:
        """Number of lanes that each projector may hold: together at least all of them."""
        return -(-LANES // max(self.projectors, 1))


class LaneLocks:
    """The locks of one generation, over one connection."""

    def __init__(self, connection: asyncpg.Connection, schema: str) -> None:
        self._connection = connection
        self._key = crc32(schema.encode()) & 0x7FFF_FFFF

    async def attend(self) -> None:
        """Be counted among the projectors."""
        await self._connection.execute(_SQL["present"], self._key)

    async def census(self) -> Census:
        """Count the projectors at work and list the free lanes."""
        row = await self._connection.fetchrow(_SQL["census"], self._key)
        assert row is not None
        return Census(row["projectors"], row["free"])

    async def take(self, lane: int) -> bool:
        """Hold a lane's lock, if nobody else does."""
        return bool(await self._connection.fetchval(_SQL["take"], self._key, lane))

    async def release(self, lane: int) -> None:
        """Let another have the lane."""
        await self._connection.execute(_SQL["release"], self._key, lane)

    async def end(self, holders: Sequence[int]) -> bool:
        """End connections of projectors that have lost their locks; whether all were such, and could be ended."""
        async with self._connection.transaction():
            await self._connection.execute("set local role none")  # a role may not end what its user logged in as
            ended = await self._connection.fetch(_SQL["end"], holders)
        return len(ended) == len(holders) > 0
