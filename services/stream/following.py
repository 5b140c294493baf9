"""nats-py's client for a connection that does nothing but follow a stream."""

from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg


class FollowingClient(Client):
    """Reads no headers of messages, and any subject.

    Headers cost nats-py more than the rest of a message together: without them it follows twice as fast. And a
    malformed header, or a subject that is not UTF-8, would end its reader for good. Both methods override its own
    inner ones; `tests/integration/stream/test_follow.py` notices when they no longer do.
    """

    async def _process_headers(self, headers: bytes | None) -> dict[str, str] | None:
        if headers is not None and headers.startswith(b"NATS/1.0 "):  # a status line: the server's own word
            with suppress(UnicodeDecodeError, IndexError):
                status: dict[str, str] | None = await super()._process_headers(headers)
                return status
        return None

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Msg:
        return Msg(self, subject.decode(errors="replace"), reply.decode(errors="replace"), data, headers, _sid=sid)
