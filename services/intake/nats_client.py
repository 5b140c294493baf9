"""nats-py's client for a connection on which anybody asks: nothing that is sent can end its reading.

nats-py's own breaks off, for up to 25 seconds, at a header, subject or reply that it cannot read. And the server lets
who publishes name any reply, also one on which they may not publish themselves: what is answered there would be said
with our rights. `_process_msg`, `_process_headers`, `_ps` and `_connect` are the libraries' own;
`tests/integration/intake/test_hostile_requests.py` notices when they are no longer used.
"""

import re
import ssl
from typing import Any

from faststream.nats import NatsBroker
from faststream.security import BaseSecurity
from nats.errors import ProtocolError
from nats.protocol.parser import Parser

from services.stream.connection import login
from services.stream.following import FollowingClient

_INBOX = re.compile(rb"(?:_INBOX|_R_)(?:\.[^\x00-\x20.*>\x7f-\xff]+)+")
"""Where emitting systems listen, and nobody else; or, where they have accounts of their own, the server's word for the
one reply to a request of theirs."""
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
        super().__init__(security=None if tls is None else BaseSecurity(ssl_context=tls), **options)

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
        self._due: list[bytes] | None = None

    async def parse(self, data: bytes = b"") -> None:
        """Everything that is there whole; the rest waits for more. Raises ProtocolError."""
        self._held.extend(data)
        while True:
            if self._due is not None:
                if not await self._deliver(self._due):
                    return
                continue
            end = self._held.find(_END)
            if end < 0:
                return
            line = bytes(self._held[: end + len(_END)])
            del self._held[: len(line)]
            if line.startswith((b"MSG ", b"HMSG ")):
                self._due = line[:end].split(b" ")
            else:
                await super().parse(line)

    async def _deliver(self, line: list[bytes]) -> bool:
        """False while it is not whole. `MSG subject sid [reply] size`, or `HMSG … header-size size`."""
        try:
            numbers = 2 if line[0] == b"HMSG" else 1
            subject, sid, *reply = line[1:-numbers]
            head, size = int(line[-2]) if numbers == 2 else 0, int(line[-1])
        except ValueError as error:
            raise ProtocolError("nats: malformed MSG") from error
        if len(self._held) < size + len(_END):
            return False
        message = bytes(self._held[:size])
        del self._held[: size + len(_END)]
        self._due = None
        nc: Any = self.nc
        await nc._process_msg(int(sid), subject, reply[0] if reply else b"", message[head:], message[:head] or None)
        return True
