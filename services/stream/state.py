"""State of the stream, as the NATS server reports it."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

import nats.errors
from nats.aio.client import Client

from services.errors import NotProvisioned, Unavailable
from services.nats import permissions

_STREAM_NOT_FOUND, _NOT_FOR_ACCOUNT, _NO_STORE = 10059, 10039, 10049
_STORE_FREE_S = 5.0
"""While the server still removes the files of a stream of the same name, it makes no new one: it is asked again."""
_PAUSE_S = 0.05
_ANSWERED_S = 10.0
_FOUND_S = 4.0
"""While a cluster elects a leader nobody answers: who asks how the stream is asks again soon."""
_HEARD_NS = 3_500_000_000
"""A leader hears of each replica every second; others elect a new one after 4 seconds without it."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """The stream at one moment."""

    name: str
    created_at: datetime
    """To the microsecond, as `ledger.identity` remembers it."""
    first_sequence: int
    """1, or 0 while it is empty; anything else means that messages were lost."""
    last_sequence: int
    messages: int
    bytes: int
    max_bytes: int
    configuration: dict[str, Any]
    asked_at: datetime = field(compare=False)
    """When that was, by the server's clock."""

    @property
    def copies(self) -> int:
        """Number of servers that keep the stream."""
        copies: int = self.configuration["num_replicas"]
        return copies

    def figures(self) -> dict[str, float]:
        """Figures of the stream for monitoring."""
        return {
            "daybook_stream_last_sequence": self.last_sequence,
            "daybook_stream_bytes": self.bytes,
            "daybook_stream_max_bytes": self.max_bytes,
        }


async def find(nc: Client, name: str) -> StreamState | None:
    """The stream, None when there is none. Raises Unavailable."""
    answer = await ask(nc, f"STREAM.INFO.{name}", within_s=_FOUND_S)
    if answer.get("error", {}).get("err_code") == _STREAM_NOT_FOUND:
        return None
    return read(answer)


async def state(nc: Client, name: str) -> StreamState:
    """The stream. Raises NotProvisioned or Unavailable."""
    found = await find(nc, name)
    if found is None:
        raise NotProvisioned(f"There is no stream {name} on {_server(nc)}. Run `daybook init`.")
    return found


async def ask(
    nc: Client, verb: str, payload: dict[str, Any] | None = None, within_s: float = _ANSWERED_S
) -> dict[str, Any]:
    """Sends a request to the JetStream API.

    Raises Unavailable when nobody answers, and NotPermitted where JetStream is not for this user's account.
    """
    question = json.dumps(payload).encode() if payload else b""
    try:
        reply = await nc.request(f"$JS.API.{verb}", question, timeout=within_s)
    except nats.errors.NoRespondersError as error:
        raise Unavailable(f"JetStream is not enabled on {_server(nc)}, or not for this user.") from error
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise Unavailable(f"NATS does not answer at {_server(nc)}: {error or type(error).__name__}") from error
    answer: dict[str, Any] = json.loads(reply.data)
    if answer.get("error", {}).get("err_code") == _NOT_FOR_ACCOUNT:
        raise permissions.not_permitted(_url(nc), _purpose(nc), f"ask $JS.API.{verb}, for its account has no JetStream")
    return answer


async def create(nc: Client, name: str, configuration: dict[str, Any]) -> dict[str, Any]:
    """The server's answer to STREAM.CREATE. Raises what `ask` raises."""
    until = monotonic() + _STORE_FREE_S
    while True:
        answer = await ask(nc, f"STREAM.CREATE.{name}", configuration)
        if answer.get("error", {}).get("err_code") != _NO_STORE or monotonic() > until:
            return answer
        await asyncio.sleep(_PAUSE_S)


def read(answer: dict[str, Any]) -> StreamState:
    """The server's answer to STREAM.INFO, CREATE or UPDATE. Raises Unavailable for an error, or one that may be old."""
    if "error" in answer:
        raise Unavailable(f"JetStream refuses: {answer['error'].get('description', answer['error'])}")
    _check_leader(answer)
    configuration, counts = answer["config"], answer["state"]
    return StreamState(
        name=configuration["name"],
        created_at=instant(answer["created"]),
        first_sequence=counts["first_seq"],
        last_sequence=counts["last_seq"],
        messages=counts["messages"],
        bytes=counts["bytes"],
        max_bytes=configuration["max_bytes"],
        configuration=configuration,
        asked_at=instant(answer["ts"]),
    )


def _check_leader(answer: dict[str, Any]) -> None:
    """Refuses answers of a replica without a leader, or of a leader that is cut off unawares.

    Their stream may end before the one that the others keep, as if it had been rewound.
    """
    name, copies, cluster = answer["config"]["name"], answer["config"]["num_replicas"], answer.get("cluster")
    if copies == 1 or cluster is None:
        return
    if not cluster.get("leader"):
        raise Unavailable(f"The stream {name} has no leader now.")
    near = 1 + sum(0 < each["active"] < _HEARD_NS for each in cluster.get("replicas", ()))
    if near <= copies // 2:
        raise Unavailable(f"The leader of the stream {name} hears too few of its {copies} replicas: {near - 1}.")


def instant(text: str) -> datetime:
    """The server's time, in nanoseconds with `Z`, cut to the microsecond."""
    seconds, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{seconds}.{fraction[:6].ljust(6, '0')}+00:00")


def _url(nc: Client) -> str:
    return "" if nc.connected_url is None else nc.connected_url.geturl()


def _purpose(nc: Client) -> str:
    return str(nc.options.get("name") or "").removeprefix("daybook-")


def _server(nc: Client) -> str:
    url = nc.connected_url
    return f"{url.hostname}:{url.port}" if url is not None else "its address"
