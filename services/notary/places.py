"""The three places of signed heads: Postgres, a file, and NATS. Whoever loses one or two can still tell by the third.

A head is published on NATS, where only the notary that knows the last one gets one in, then written to the file, then
committed; the next one only when all three have it. Postgres is last because auditors get their heads from there: a
head that somebody holds is then also where the database's owner cannot remove it and have other rows signed instead.

After a crash a place may lack heads that another has: it gets them from there, and nothing is ever taken from the one
ahead.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Literal

import structlog

from services.errors import JournalAltered
from services.notary.head import Head
from services.notary.heads_file import HeadsFile
from services.notary.heads_stream import HeadsStream
from services.notary.heads_table import HeadsTable
from services.notary.tree import Node

Place = Literal["NATS", "the file", "Postgres"]
Newest = Mapping[Place, Head | None]
_TOLD = 3
"""Foreign messages that are named; the log names all."""

log = structlog.get_logger()


class Places:
    """Places that keep the signed heads: table, file and stream, for one notary at a time."""

    def __init__(self, table: HeadsTable, file: HeadsFile, stream: HeadsStream) -> None:
        self._table = table
        self._file = file
        self._stream = stream

    async def newest(self) -> Newest:
        """The newest head that each place has. Raises JournalAltered, NotProvisioned and Unavailable."""
        found: Newest = {
            "NATS": await self._stream.newest(),
            "the file": await asyncio.to_thread(self._file.newest),
            "Postgres": await self._table.newest(),
        }
        roots: dict[int, bytes] = {}
        for place, head in found.items():
            if head is not None and roots.setdefault(head.size, head.root) != head.root:
                raise JournalAltered(
                    f"Two heads of {head.size} rows are signed and differ, one of them in {place}: somebody else has "
                    "signed with the notary's key. Replace the key, and find out which head is right."
                )
        return found

    def foreign(self) -> str:
        """Describe messages of the heads stream that were passed over because somebody else wrote them; empty without
        any.
        """
        return " ".join(self._stream.foreign[each] for each in sorted(self._stream.foreign)[:_TOLD])

    async def add(self, head: Head, nodes: list[Node]) -> None:
        """Add a head to every place.

        Raises LostLeadership, StreamFull, NotProvisioned, Unavailable, and JournalAltered when the file was.
        """
        await self._stream.append(head)
        await asyncio.to_thread(self._file.append, head)
        await self._table.append(head, nodes)

    async def repair(self, newest: Newest) -> None:
        """Gives each place the heads that it lacks behind its newest, Postgres last. Raises as `add`."""
        known = {place: head for place, head in newest.items() if head is not None}
        if not known:
            return
        ahead = max(known, key=lambda place: known[place].size)
        for place, head in newest.items():
            size = 0 if head is None else head.size
            if size == known[ahead].size:
                continue
            log.warning("heads_repaired", place=place, had=size, ahead=ahead, gets=known[ahead].size)
            async for each in self._behind(ahead, size):
                await self._append(place, each)

    async def _behind(self, place: Place, size: int) -> AsyncIterator[Head]:
        match place:
            case "Postgres":
                heads = self._table.behind(size)
            case "NATS":
                heads = self._stream.behind(size)
            case "the file":
                for head in self._file.behind(size):
                    yield head
                return
        async for head in heads:
            yield head

    async def _append(self, place: Place, head: Head) -> None:
        match place:
            case "Postgres":
                await self._table.append(head)
            case "the file":
                await asyncio.to_thread(self._file.append, head)
            case "NATS":
                await self._stream.append(head)
