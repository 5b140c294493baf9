"""The two doors of intake, as an emitting system sees them: an answer, or none."""

import asyncio
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import httpx
import nats
import nats.errors
from nats.aio.client import Client

TIMEOUT_S = 10.0
"""How long a sender waits for an answer before it sends again."""
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


class NoAnswer(Exception):
    """Absence of an answer: what was sent may be recorded or not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer of intake to a request."""

    status: int
    said: Any

    @property
    def kind(self) -> str:
        """Of a refusal: the last part of its `type`."""
        return (
            str(self.said.get("type", "")).removeprefix("urn:daybook:problem:") if isinstance(self.said, dict) else ""
        )


class Door(Protocol):
    """One source's way in."""

    async def send(self, body: str, *, batch: bool) -> Answer:
        """One event, or a batch, as JSON. Raises NoAnswer."""

    async def close(self) -> None:
        """No more."""


class HttpDoor:
    """`POST /events` of any of the intakes; after no answer it tries the next one."""

    def __init__(self, urls: Sequence[str], token: str, patience_s: float = TIMEOUT_S) -> None:
        self._urls = itertools.cycle(urls)
        self._url = next(self._urls)
        self._client = httpx.AsyncClient(timeout=patience_s)
        self._authorization = {"Authorization": f"Bearer {token}"}

    async def send(self, body: str, *, batch: bool) -> Answer:
        return await self.post(body.encode(), {"Content-Type": BATCH if batch else STRUCTURED})

    async def send_binary(self, event: dict[str, Any]) -> Answer:
        """One event in binary mode. Raises NoAnswer."""
        headers = {f"ce-{name}": quote(value, safe=" /:+") for name, value in event.items() if name != "data"}
        body = json.dumps(event["data"]).encode()
        return await self.post(body, headers | {"Content-Type": "application/json"})

    async def post(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Anything. Raises NoAnswer."""
        try:
            response = await self._client.post(
                f"{self._url}/events", content=body, headers=self._authorization | headers
            )
            return Answer(response.status_code, response.json())
        except (httpx.HTTPError, ValueError) as error:
            self._url = next(self._urls)
            raise NoAnswer(repr(error)) from error

    async def close(self) -> None:
        await self._client.aclose()


class NatsDoor:
    """Requests on `intake.<source>`."""

    def __init__(self, client: Client, source: str, token: str, patience_s: float) -> None:
        self._client = client
        self._subject = f"intake.{source}"
        self._token = token
        self._patience_s = patience_s

    @classmethod
    async def open(cls, url: str, source: str, token: str, patience_s: float = TIMEOUT_S) -> "NatsDoor":
        """A connection as an emitting system."""
        return cls(await emitter(url, source), source, token, patience_s)

    async def send(self, body: str, *, batch: bool) -> Answer:
        return await self.ask(body.encode(), {})

    async def ask(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Anything. Raises NoAnswer."""
        try:
            reply = await self._client.request(
                self._subject, body, timeout=self._patience_s, headers={"Daybook-Token": self._token} | headers
            )
            return Answer(int((reply.headers or {})["Daybook-Status"]), json.loads(reply.data))
        except (nats.errors.Error, OSError, ValueError, KeyError, TimeoutError) as error:
            raise NoAnswer(repr(error)) from error

    async def close(self) -> None:
        try:
            await asyncio.wait_for(self._client.close(), 2)
        except (TimeoutError, OSError):
            return


async def emitter(url: str, name: str) -> Client:
    """A connection that comes back for ever, whatever happens to the server, or to one of several (comma separated)."""

    async def ignored(_: Exception) -> None:
        pass

    return await nats.connect(
        url.split(","), name=name, max_reconnect_attempts=-1, reconnect_time_wait=0.1, ping_interval=2, error_cb=ignored
    )
