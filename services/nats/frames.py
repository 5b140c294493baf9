"""Messages as they go over the wire, for those who send so many that nats-py's care for each would take the time.

`_send_command` and `_flush_pending` are nats-py's own; the tests of append and of intake's requests notice when they no
longer send.
"""

import nats.errors
from nats.aio.client import Client


def frame(subject: str, reply: str, headers: str, data: bytes) -> bytes:
    """Frame of one message. Each header is a line, its end included; nothing in it is checked or quoted.

    Raises ValueError for anything but ASCII in subject, reply and headers.
    """
    head = f"NATS/1.0\r\n{headers}\r\n"
    return f"HPUB {subject} {reply} {len(head)} {len(head) + len(data)}\r\n{head}".encode("ascii") + data + b"\r\n"


async def send(nc: Client, frames: bytes) -> None:
    """Send frames in order, behind all that was sent before. Raises nats.errors.Error when nothing can be sent now."""
    if nc.is_closed or not nc.is_connected:
        raise nats.errors.ConnectionClosedError
    await nc._send_command(frames)
    if nc._flush_queue is not None and nc._flush_queue.empty():
        await nc._flush_pending()
