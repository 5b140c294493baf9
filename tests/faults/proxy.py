"""A TCP proxy on loopback that can be cut: a network that fails between two programs that both go on running."""

import asyncio
from contextlib import suppress
from typing import Literal

State = Literal["open", "closed", "silent"]
_CHUNK = 256 * 1024


class Proxy:
    """Listens on a port of its own from `start` to `stop`, and passes on to `port` of 127.0.0.1 what comes."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.port = 0
        """Where it listens: known after `start`."""
        self._target = port
        self._server: asyncio.Server | None = None
        self._state: State = "open"
        self._flows = asyncio.Event()
        self._flows.set()
        self._pairs: set[asyncio.Task[None]] = set()
        self._swallows = False
        self._unanswered: set[asyncio.Task[None]] = set()
        """Of the pairs those of which an answer was swallowed: the rest of it would be nonsense to who asked."""

    async def start(self) -> None:
        """Listens on a free port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Ends every connection and listens no more."""
        if self._server is not None:
            self._server.close()
        await self._end_all()

    async def cut(self, *, silently: bool = False) -> None:
        """Nothing passes any more: connections are reset and new ones refused.

        `silently`: they stay open, and new ones are taken, but no byte arrives: neither side learns that it is cut off.
        """
        self._state = "silent" if silently else "closed"
        self._flows.clear()
        if not silently:
            await self._end_all()

    def swallow(self) -> None:
        """Whatever is sent arrives, and no answer comes back: until `mend`, which resets these connections."""
        self._swallows = True

    def mend(self) -> None:
        """Everything passes again; what was held back first."""
        self._state = "open"
        self._flows.set()
        self._swallows = False
        for each in self._unanswered:
            each.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pairs.add(task)
        try:
            await self._join(task, reader, writer)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._pairs.discard(task)
            self._unanswered.discard(task)

    async def _join(self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._state == "closed":
            writer.transport.abort()
            return
        await self._flows.wait()
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(reader, back))
                both.create_task(self._pass_on(there, writer, task))
        except* OSError:
            pass
        finally:
            back.transport.abort()
            writer.transport.abort()

    async def _pass_on(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        answers: asyncio.Task[None] | None = None,
    ) -> None:
        """`answers`: the pair, where these are answers."""
        while chunk := await source.read(_CHUNK):
            await self._flows.wait()
            if answers is not None and self._swallows:
                self._unanswered.add(answers)
                continue
            sink.write(chunk)
            await sink.drain()
        with suppress(OSError):
            sink.close()
            await sink.wait_closed()
        raise ConnectionResetError  # one side has ended and was heard to the end: so does the other

    async def _end_all(self) -> None:
        pairs = list(self._pairs)
        for each in pairs:
            each.cancel()
        await asyncio.gather(*pairs, return_exceptions=True)
