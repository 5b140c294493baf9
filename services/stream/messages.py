"""Many messages of the stream, as far as it holds them: what it lost is left out, never waited for.

For comparisons: nothing is raised for what is due and does not come.
"""

import asyncio
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Self

from services.errors import MessageMissing
from services.nats.client import FollowingClient
from services.stream.follow import Follower
from services.stream.read import Stored, message_at
from services.stream.sequence_ranges import Ranges

_SINGLY = 32
"""So many messages of a damaged block are asked for at once; each costs the server some ten milliseconds."""


class Messages:
    """Messages of the stream at some sequences, in order, each once."""

    def __init__(self, nc: FollowingClient, stream: str, ranges: Ranges) -> None:
        self._nc = nc
        self._stream = stream
        self._ranges = ranges
        self._held: list[Stored] = []
        self._source = self._follow()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._source.aclose()

    def batches(self) -> AsyncGenerator[list[Stored], None]:
        """Batches of messages, as they come."""
        return self._source

    async def take(self, up_to: int) -> dict[int, Stored]:
        """The messages behind those taken before, at or below a sequence."""
        while not self._held or self._held[-1].sequence <= up_to:
            batch = await anext(self._source, None)
            if batch is None:
                break
            self._held += batch
        taken = {each.sequence: each for each in self._held if each.sequence <= up_to}
        self._held = [each for each in self._held if each.sequence > up_to]
        return taken

    async def _follow(self) -> AsyncGenerator[list[Stored], None]:
        for first, last in self._ranges:
            start = first
            while start <= last:
                try:
                    async with Follower(self._nc, self._stream, start) as follower:
                        async for batch in follower.batches(end=last):
                            yield batch
                            start = batch[-1].sequence + 1
                except MessageMissing:  # the stream counts it, and its block cannot be read
                    found: list[Stored] = []
                    while not found and start <= last:
                        found = await self._singly(start, min(start + _SINGLY - 1, last))
                        start += _SINGLY
                    if found:
                        yield found

    async def _singly(self, first: int, last: int) -> list[Stored]:
        asked = (message_at(self._nc, self._stream, each) for each in range(first, last + 1))
        return [each for each in await asyncio.gather(*asked) if each is not None]


async def messages_at(nc: FollowingClient, stream: str, sequences: list[int]) -> dict[int, Stored]:
    """Single messages; those that the stream no longer holds are left out."""
    found = [await message_at(nc, stream, each) for each in sequences]
    return {each.sequence: each for each in found if each is not None}
