"""The stream's messages in ranges of sequences. What the stream no longer holds is left out, never waited for."""

from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Self

from services.stream.follow import Follower
from services.stream.following import FollowingClient
from services.stream.reading import Stored, message_at
from services.stream.state import ask


class Messages:
    """The messages up to a sequence, in order, each range once."""

    def __init__(self, nc: FollowingClient, stream: str, up_to: int) -> None:
        self._nc = nc
        self._stream = stream
        self._up_to = up_to
        self._held: list[Stored] = []
        self._source = self._follow()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._source.aclose()

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
        for first, last in await self._held_ranges():
            async with Follower(self._nc, self._stream, first) as follower:
                async for batch in follower.batches(end=last):
                    yield batch

    async def _held_ranges(self) -> list[tuple[int, int]]:
        """Runs of sequences without a gap. Nothing is ever removed, so there is one; unless someone did."""
        state = (await ask(self._nc, f"STREAM.INFO.{self._stream}", {"deleted_details": True}))["state"]
        last = min(state["last_seq"], self._up_to)
        ranges: list[tuple[int, int]] = []
        first = max(state["first_seq"], 1)
        for gap in [*sorted(each for each in state.get("deleted") or () if first <= each <= last), last + 1]:
            if first < gap:
                ranges.append((first, gap - 1))
            first = gap + 1
        return ranges


async def messages_at(nc: FollowingClient, stream: str, sequences: list[int]) -> dict[int, Stored]:
    """Single messages; those that the stream no longer holds are left out."""
    found = [await message_at(nc, stream, each) for each in sequences]
    return {each.sequence: each for each in found if each is not None}
