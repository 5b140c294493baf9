"""Hostile senders at intake's two doors, and whether what they are told is in order."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from tests.faults.doors import BATCH, STRUCTURED, Answer, HttpDoor, NatsDoor, NoAnswer
from tests.faults.hostile.headers import BINARY, FORGED, MEDIA, TOKENS
from tests.faults.hostile.judging import Malformed, canonical, strictly, why_bad
from tests.faults.hostile.mutations import mutated
from tests.faults.receipts import Sent
from tests.faults.world import World

HTTP_SOURCE, NATS_SOURCE = "hostile-http", "hostile-nats"
_SIDE_BY_SIDE = 8
_TRIES = 200
Send = Callable[[bytes], Awaitable[Answer]]


async def over_http(world: World[Any], draw: Random, count: int) -> None:
    """So many messages over HTTP."""
    door = HttpDoor([each.url for each in world.of("intake")], await world.source(HTTP_SOURCE))
    try:
        await _each(world, range(count), lambda number: _http(world, Random(draw.random()), door, number))
    finally:
        await door.close()


async def over_nats(world: World[Any], draw: Random, count: int) -> None:
    """So many requests over NATS, as an emitting system."""
    token = await world.source(NATS_SOURCE)
    door = await NatsDoor.open(world.servers.emitter_nats_url, NATS_SOURCE, token)
    try:
        await _each(world, range(count), lambda number: _nats(world, Random(draw.random()), door, number))
    finally:
        await door.close()


async def _each(world: World[Any], numbers: range, one: Callable[[int], Awaitable[None]]) -> None:
    left = iter(numbers)

    async def work() -> None:
        for number in left:
            await one(number)

    async with asyncio.TaskGroup() as group:
        for _ in range(_SIDE_BY_SIDE):
            group.create_task(work())


async def _http(world: World[Any], draw: Random, door: HttpDoor, number: int) -> None:
    body = mutated(draw, HTTP_SOURCE, number)
    kind = draw.choices(["event", "batch", "token", "media", "binary"], [60, 20, 8, 6, 6])[0]
    if kind == "event":
        await _judged(world, body, why_bad(body), lambda: door.post(body, {"Content-Type": STRUCTURED}))
    elif kind == "batch":
        await _in_batch(world, draw, body, HTTP_SOURCE, number, lambda whole: door.post(whole, {"Content-Type": BATCH}))
    elif kind == "token":
        token = draw.choice(TOKENS)
        headers = {"Content-Type": STRUCTURED, "Authorization": f"Bearer {token}".strip()}
        await _judged(world, body, "a token that nobody has", lambda: door.post(body, headers))
    elif kind == "media":
        media = draw.choice(MEDIA)
        await _judged(world, body, "no CloudEvent", lambda: door.post(body, {"Content-Type": media}))
    else:
        name, value = draw.choice(BINARY)
        headers = {"Content-Type": "application/json", name: value}
        await _judged(world, body, "no CloudEvent in binary mode", lambda: door.post(body, headers))


async def _nats(world: World[Any], draw: Random, door: NatsDoor, number: int) -> None:
    kind = draw.choices(["event", "batch", "token", "forged"], [60, 15, 10, 15])[0]
    body = mutated(draw, NATS_SOURCE, number)
    if kind == "event":
        ahead = body.lstrip(b" \t\r\n").startswith(b"[")  # a list is a batch here
        await _judged(world, body, "a list" if ahead else why_bad(body), lambda: door.ask(body, {}))
    elif kind == "batch":
        await _in_batch(world, draw, body, NATS_SOURCE, number, lambda whole: door.ask(whole, {}))
    elif kind == "token":
        token = {"Daybook-Token": draw.choice(TOKENS[1:]).strip() or "x"}
        await _judged(world, body, "a token that nobody has", lambda: door.ask(body, token))
    else:
        good = Sent(_good(NATS_SOURCE, number))
        await _judged(
            world, good.message, None, lambda: door.ask(good.message, draw.choice(FORGED)), must_be_taken=True
        )


async def _in_batch(world: World[Any], draw: Random, body: bytes, source: str, number: int, send: Send) -> None:
    """A bad event between good ones of the same source: none of them may be recorded; or too many of them."""
    around = neighbours(source, number)
    if draw.random() < 0.05:
        whole = b"[" + b",".join([around[0]] * 1001) + b"]"
    else:
        whole = b"[" + around[0] + b"," + body + b"," + around[1] + b"]"
    three = False
    try:
        members = strictly(whole)
        three = len(members) == 3
        bad = len(members) != 3 or any(why_bad(canonical(each)) for each in members)
    except (Malformed, KeyError, TypeError, AttributeError):
        bad = True
    if not bad:
        return  # every member may be good: what becomes of those is looked at where they come alone
    answer = await _judged(world, whole, "a batch with a bad event", lambda: send(whole))
    if three and answer is not None and (blamed := wrongly_blamed(answer)):
        world.complain(f"{whole[:200]!r}: the good events beside a bad one are found wrong: {blamed}")


def neighbours(source: str, number: int) -> list[bytes]:
    """Good events before and after a bad one: nothing is wrong with them, wherever that source may send."""
    return [Sent(_good(source, f"{number}-{each}")).message for each in range(2)]


def wrongly_blamed(answer: Answer) -> list[Any]:
    """Return the errors that a refusal of a bad event between two good ones names of the good ones."""
    errors = answer.said.get("errors", []) if isinstance(answer.said, dict) else []
    return [each for each in errors if each["index"] in (0, 2)]


async def _judged(
    world: World[Any], body: bytes, bad: str | None, send: Callable[[], Awaitable[Answer]], must_be_taken: bool = False
) -> Answer | None:
    """Send until there is an answer, and see that it is one that fits."""
    if bad is None:
        world.receipts.note([_kept(body)])
    for _ in range(_TRIES):
        try:
            answer = await send()
        except NoAnswer as error:
            if bad and "ResponseNotRead" not in repr(error) and len(body) > 2**20:
                return None  # whoever sends so much is cut off
            await asyncio.sleep(0.1)
            continue
        if answer.status != 503:
            break
        await asyncio.sleep(0.1)
    else:
        world.complain(f"no answer to {body[:200]!r} ({bad})")
        return None
    if answer.status in (200, 201) and bad is None:
        world.receipts.acknowledge([_kept(body)], [answer.said["sequence"]])
    elif must_be_taken:
        world.complain(f"a good event with forged headers was answered {answer.status}: {answer.said}")
    elif fault := _fault(answer):
        world.complain(f"{body[:200]!r} ({bad}) was answered {answer.status}: {fault}")
    return answer


def _fault(answer: Answer) -> str:
    """Say what is wrong with a refusal; empty when it has a name, and a place and reason for each fault."""
    if not 400 <= answer.status < 500:
        return f"it is no refusal: {str(answer.said)[:300]}"
    if not isinstance(answer.said, dict) or not re.fullmatch(r"[a-z-]+", answer.kind) or not answer.said.get("detail"):
        return f"it is not named: {str(answer.said)[:300]}"
    errors = answer.said.get("errors", [])
    if answer.kind in ("invalid", "several", "unknown-type", "future-time", "conflict") and not errors:
        return f"no field is named: {answer.said}"
    if any(not each["reason"] or not each["kind"] or not isinstance(each["field"], str) for each in errors):
        return f"a fault is not named: {answer.said}"
    return ""


def _kept(body: bytes) -> Sent:
    """Return what the ledger keeps of an event that was sent as these bytes."""
    return Sent(strictly(canonical(strictly(body))))


def _good(source: str, number: object) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"good-{number}",
        "source": source,
        "type": "daybook.call_made.v1",
        "subject": f"deal/H-{number}",
        "time": "2026-03-31T09:30:00+08:00",
        "data": {"outcome": "interested"},
    }
