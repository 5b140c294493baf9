"""Damage of a stream: what it held when everything was recorded, beside what it holds now."""

import json
from dataclasses import dataclass
from typing import Any

import nats

from tests.faults.recorded import Message, read_stream

_MAX_NAMED = 10


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stream at one time."""

    created: str
    last: int
    """The last sequence that it says it has."""
    counted: int
    """How many messages it says it has."""
    messages: dict[int, Message]
    """What it gives when it is asked for each."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Messages that the journal holds and the stream does not any more, and messages that the journal does not know."""

    missing: list[int]
    other: list[int]
    """Another message stands there."""
    foreign: list[Message]
    """What the journal does not know."""
    shows: bool
    """Whether it is to be noticed at once: the stream says itself that it lacks something, is another one, or has
    another message where the journal ends. Other damage only those see who compare everything."""

    @property
    def any(self) -> bool:
        return bool(self.missing or self.other)

    def is_named_in(self, text: str) -> bool:
        """Tell if the text of whoever noticed says what differs, from the first sequence on."""
        said = [f"missing: {_told(self.missing)}"] if self.missing else []
        said += [f"held by other messages: {_told(self.other)}"] if self.other else []
        return all(each in text for each in said)


async def ask(url: str, verb: str, stream: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return JetStream's answer to a request. Raises AssertionError when JetStream refuses."""
    nc = await nats.connect(url)
    try:
        question = json.dumps(payload).encode() if payload else b""
        answer: dict[str, Any] = json.loads((await nc.request(f"$JS.API.{verb}.{stream}", question, timeout=10)).data)
    finally:
        await nc.close()
    assert "error" not in answer, f"{verb}: {answer['error']}"
    return answer


async def snapshot(url: str, stream: str) -> Snapshot:
    """The stream as it is now."""
    info = await ask(url, "STREAM.INFO", stream)
    messages = {each.sequence: each for each in await read_stream(url, stream)}
    return Snapshot(info["created"], info["state"]["last_seq"], info["state"]["messages"], messages)


def damage(before: Snapshot, now: Snapshot) -> Damage:
    """`before`: when all that it held was recorded, and nothing else."""
    missing = [each for each in before.messages if each not in now.messages]
    other = [
        each
        for each, was in before.messages.items()
        if each in now.messages and _content(now.messages[each]) != _content(was)
    ]
    last = max(before.messages)
    shows = now.created != before.created or now.last < last or now.counted < now.last
    return Damage(
        missing=missing,
        other=other,
        foreign=[each for sequence, each in now.messages.items() if sequence > last or sequence in other],
        shows=shows or last in missing or last in other,
    )


def _content(message: Message) -> tuple[str, bytes, bytes]:
    """Message without the time at which it was stored: a server that is told an event once more, after it lost it, may
    store it where it was, and the journal's message stands there then."""
    return message.subject, message.data, message.headers


def sequences(runs: list[list[int]]) -> list[int]:
    """Of pairs of first and last."""
    return [each for first, last in runs for each in range(first, last + 1)]


def _told(some: list[int]) -> str:
    """As people read it: the first runs."""
    runs: list[list[int]] = []
    for each in some:
        if runs and runs[-1][1] == each - 1:
            runs[-1][1] = each
        else:
            runs.append([each, each])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs[:_MAX_NAMED])
