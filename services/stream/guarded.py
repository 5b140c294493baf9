"""nats-py's client, which says who it is to nobody who does not speak TLS where TLS is wanted."""

from nats.aio.client import Client
from nats.errors import Error


class NoTls(Error):
    """The server does not speak TLS, and we want it."""


class GuardedClient(Client):
    """Connects like nats-py's own, but never sends a password in the open when it was given a TLS context.

    nats-py asks for TLS only if the server says that it needs it; whoever answers in the server's place, or between it
    and us, would say that it does not. `_connect_command` and `_transport` are nats-py's own;
    `tests/integration/tls/test_nats.py` notices when the password is sent all the same.
    """

    def _connect_command(self) -> bytes:
        writer = getattr(self._transport, "_io_writer", None)
        if "tls" in self.options and (writer is None or writer.get_extra_info("ssl_object") is None):
            raise NoTls("the server does not speak TLS")
        return super()._connect_command()

    def abandon(self) -> None:
        """Let go of what is left of an attempt to connect that was broken off: nats-py's own `close` would not."""
        if self._transport:
            self._transport.close()  # type: ignore[no-untyped-call]
