"""nats-py's client for a connection on which anybody asks: nothing that is sent can end its reading.

nats-py's own breaks off, for up to 25 seconds, at a header, subject or reply that it cannot read. And the server lets
who publishes name any reply, also one on which they may not publish themselves: what is answered there would be said
with our rights. `_process_msg`, `_process_headers`, `_ps` and `_connect` are the libraries' own;
`tests/integration/intake/test_hostile_requests.py` notices when they are no longer used.
"""

import asyncio
import re
import ssl
from typing import Any

from faststream.nats import NatsBroker
from faststream.security import BaseSecurity
from nats.errors import ProtocolError
from nats.protocol.parser import Parser

from services.nats.client import FollowingClient
from services.nats.connection import login

_INBOX = re.compile(rb"(?:_INBOX|_R_)(?:\.[^\x00-\x20.*>\x7f-\xff]+)+")
"""Where emitting systems listen, and nobody else; or, where they have accounts of their own, the server's word for the
one reply to a request of theirs."""
_SOMEWHERE = "nats://localhost:4222"
"""Server of the broker's AsyncAPI description: FastStream would write our own URL there, the password included."""
_HEADER = b"NATS/1.0\r\n"
_END = b"\r\n"


class RequestsClient(FollowingClient):
    """Hands over requests that can be answered to an inbox; others are dropped. Where nats-py reads the headers, those
    that it cannot read count as none; those that begin with a status are the server's to send, so they too."""

    def __init__(self) -> None:
        super().__init__()
        self._ps = _Parser(self)

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: Any) -> None:
        if subject.isascii() and _INBOX.fullmatch(reply):
            await super()._process_msg(sid, subject, reply, data, headers or b"")

    async def _process_headers(self, headers: bytes) -> dict[str, str] | None:
        if not headers.startswith(_HEADER):
            return None
        return await super()._process_headers(headers)


class RequestsBroker(NatsBroker):
    """FastStream's broker on such a client; the options are those of `connection.options`."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        security = None if tls is None else BaseSecurity(ssl_context=tls)
        super().__init__(security=security, specification_url=_SOMEWHERE, logger=None, **options)

    async def _connect(self) -> RequestsClient:
        nc = RequestsClient()
        await nc.connect(**(self._connection_kwargs | login(self._connection_kwargs["servers"])))
        self.config.connect(nc)
        return nc


class _Parser(Parser):
    """Takes deliveries apart at spaces, as the server puts them together.

    nats-py's takes them apart at all that Python calls white space, and subjects may hold some of that: a form feed.
    """

    def reset(self) -> None:
        super().reset()
        self._held = bytearray()
        self._due = 0
        self._resets = getattr(self, "_resets", 0) + 1

    async def parse(self, data: bytes = b"") -> None:
        """Parses what is there whole; the rest waits for more. Raises ProtocolError.

        Who else has work to do has a turn after each piece that was read, however much more there is to read.
        """
        self._held.extend(data)
        if len(self._held) < self._due:
            return
        resets, held, at = self._resets, bytes(self._held), 0
        self._due = 0
        while (end := held.find(_END, at)) >= 0:
            if held.startswith((b"MSG ", b"HMSG "), at):
                line = held[at:end].split(b" ")
                head, size = _sizes(line)
                start = end + len(_END)
                stop = start + size
                if len(held) < stop + len(_END):
                    self._due = stop + len(_END) - at
                    break
                at = stop + len(_END)
                await self._deliver(line, held[start + head : stop], held[start : start + head] or None)
            else:
                line_end = end + len(_END)
                await super().parse(held[at:line_end])
                at = line_end
            if self._resets != resets:  # another connection: what is left of this one is void
                return
        self._held = bytearray(held[at:])
        await asyncio.sleep(0)

    async def _deliver(self, line: list[bytes], data: bytes, headers: bytes | None) -> None:
        """`MSG subject sid [reply] size`, or `HMSG … header-size size`."""
        nc: RequestsClient = self.nc
        sid, reply = int(line[2]), line[3] if len(line) > (4 if headers is None else 5) else b""
        take = nc._takers.get(sid)
        if take is None:
            await nc._process_msg(sid, line[1], reply, data, headers)
        elif reply and line[1].isascii() and _INBOX.fullmatch(reply):
            take(line[1], reply, data, headers or b"")


def _sizes(line: list[bytes]) -> tuple[int, int]:
    """Read the sizes of the headers, and of headers and data together. Raises ProtocolError."""
    try:
        if line[0] == b"HMSG" and len(line) in (5, 6):
            return int(line[-2]), int(line[-1])
        if line[0] == b"MSG" and len(line) in (4, 5):
            return 0, int(line[-1])
    except ValueError:
        pass
    raise ProtocolError("nats: malformed MSG")
