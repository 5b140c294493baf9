"""Hostile messages straight into the stream, past intake, by a user who may publish there; and what became of them."""

import asyncio
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client

from tests.faults.hostile.headers import FORGED
from tests.faults.hostile.judging import canonical, strictly, why_bad
from tests.faults.hostile.mutations import mutated
from tests.faults.receipts import Sent
from tests.faults.world import World
from tests.foreign import send_raw

SOURCE = "hostile-stream"
_SIDE_BY_SIDE = 16
_SUBJECTS = (
    *("daybook.deal.D-1", "daybook.account.A-1", "daybook.playbook.project", "daybook.deal.x" + "y" * 200),
    *("daybook.deal.$JS", "daybook.account.%00", "daybook.deal.é", "daybook.deal.\u202e", "daybook.deal.a=b"),
)
_NOTICES = (b"", b"nan", b"-1", b"9" * 400, b"999999999999", b"\xff", b"1.5", b"0x10", b" 7 ")
_FRAMES = (
    b"PUB daybook.deal.a\x0cb 2\r\n{}\r\n",
    b"PUB daybook.deal.\xff\xfe 2\r\n{}\r\n",
    b"PUB daybook.deal.\xed\xa0\x80 2\r\n{}\r\n",
    b"PUB daybook.deal.a\x00b 2\r\n{}\r\n",
    b"HPUB daybook.deal.h 21 23\r\nNATS/1.0\r\n\xff: \xfe\r\n\r\n \r\n{}\r\n",
    b"HPUB daybook.deal.h 21 23\r\nNATS/1.0 503 no\r\n\r\n\r\n{}\r\n",
    b"HPUB daybook.deal.h 9 11\r\ngarbage\r\n{}\r\n",
)
"""What nats-py would not send."""


@dataclass(slots=True)
class Published:
    """Messages that the stream has taken, and counts of those that it has refused."""

    taken: dict[int, tuple[bytes, str | None]] = field(default_factory=dict)
    """By sequence: the message, and why it cannot be an entry; None when it may be one."""
    refused: Counter[str] = field(default_factory=Counter)
    """By the server's words."""


async def into_the_stream(world: World[Any], draw: Random, count: int) -> Published:
    """So many messages; with forged headers, to odd subjects, and between them notices that say nonsense."""
    published = Published()
    nc = await nats.connect(world.servers.nats_url)
    left = iter(range(count))

    async def work() -> None:
        for number in left:
            own = Random(draw.random())
            await _publish(world, nc, own, number, published)
            if own.random() < 0.05:
                await nc.publish(own.choice(["notice.recorded", "notice.projected.3"]), own.choice(_NOTICES))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_SIDE_BY_SIDE):
                group.create_task(work())
    finally:
        await nc.close()
    for frame in _FRAMES:
        await send_raw(world.servers.nats_url.split(",")[0], frame)
    return published


async def _publish(world: World[Any], nc: Client, draw: Random, number: int, published: Published) -> None:
    body = mutated(draw, SOURCE, number)
    if draw.random() < 0.2:  # as intake would write it, but for the changes
        body = _canonical(body)
    subject = draw.choice([_subject(body), _subject(body), draw.choice(_SUBJECTS)])
    why = _why_no_entry(body, subject)
    if why is None:
        event = strictly(body)
        world.receipts.note([Sent(event)])
    headers = draw.choice([None, None, draw.choice(FORGED)])
    try:
        answer = json.loads((await nc.request(subject, body, timeout=10, headers=headers)).data)
    except nats.errors.MaxPayloadError:
        published.refused["larger than a message may be"] += 1
        return
    except (nats.errors.NoRespondersError, nats.errors.TimeoutError):
        published.refused["no answer"] += 1  # part of a batch that is never committed, for example
        return
    if "error" in answer:
        published.refused[re.sub(r"\d+", "…", answer["error"].get("description") or "without a word")] += 1
    elif not answer.get("duplicate"):
        published.taken[answer["seq"]] = body, why


def _canonical(body: bytes) -> bytes:
    try:
        return canonical(strictly(body))
    except Exception:  # no event
        return body


def _subject(body: bytes) -> str:
    """Subject under which intake would put it, if it would take it."""
    try:
        named = re.fullmatch(r"(deal|account|playbook)/([A-Za-z0-9_-]+)", strictly(body)["subject"])
    except Exception:  # no event
        named = None
    return f"daybook.{named[1]}.{named[2]}" if named else "daybook.deal.D-1"


def _why_no_entry(body: bytes, subject: str) -> str | None:
    """Reason why a message of the stream cannot count; None when it may."""
    if (why := why_bad(body)) is not None:
        return why
    event = strictly(body)
    if canonical(event) != body:
        return "not in canonical form"
    return None if subject == "daybook." + event["subject"].replace("/", ".") else "under another subject"
