"""Emitting systems: those that send again until they have a receipt, and those that never repeat anything."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from random import Random
from time import monotonic
from typing import NamedTuple, Protocol

from tests.faults.doors import Answer, Door, HttpDoor, NoAnswer
from tests.faults.receipts import Identity, Receipts, Sent
from tests.faults.told import other_content, told, written
from tests.integration.projector.turmoil import Event

GIVE_UP_S = 120.0
"""A writer that has had no receipt for so long says that its event was never taken."""
_REMEMBERED = 400
_KINDS = {"one": 60, "batch": 12, "again": 8, "mixed": 8, "conflict": 6, "twins": 6}
"""How often each kind of sending is chosen."""
_MAX = 60
"""Events of a batch."""
_AHEAD_S = 0.5
"""Writers that were kept from sending make up for so much of the time that they lost, and no more."""

Complain = Callable[[str], None]


class Sender(Protocol):
    """Sender that sends something whenever it is told to."""

    source: str

    async def send_something(self) -> None:
        """The next sending, to its end."""


class _Known(NamedTuple):
    """Event that a writer has a receipt for."""

    event: Event
    sequence: int
    new: bool


class Pace:
    """So many events a second, by all writers together: quickly around the faults, for so many events; else slowly."""

    def __init__(self, per_s: float, slowly_per_s: float, most: int) -> None:
        self.quick = True
        self._per_s = per_s
        self._slowly_per_s = slowly_per_s
        self._left = most
        self._next = 0.0

    async def turn(self, events: int) -> None:
        """Waits until so many events may be sent."""
        now = monotonic()
        at = max(self._next, now - _AHEAD_S)
        quick = self.quick and self._left > 0
        self._left -= events if quick else 0
        self._next = at + events / (self._per_s if quick else self._slowly_per_s)
        await asyncio.sleep(max(at - now, 0.0))


class Writer:
    """One hand of a source. What it tells, and when it repeats itself, its seed decides; what is answered it does not.

    `name` tells the hands of a source apart.
    """

    def __init__(
        self,
        seed: int,
        source: str,
        name: str,
        door: Door,
        receipts: Receipts,
        moved: Mapping[int, int],
        complain: Complain,
        pace: Pace,
    ) -> None:
        """`moved`: new numbers of messages that were moved on purpose, by those in their receipts."""
        self.source = source
        self._draw = Random(f"{seed} {source} {name}")
        self._manner = Random(f"{seed} {source} {name} manner")
        """Drawn from as often as it takes, so not for what is told."""
        self._door = door
        self._receipts = receipts
        self._complain = complain
        self._pace = pace
        self._told = told(self._draw.randrange(2**20), source, name, publishes=source == "http1" and name == "1")
        self._moved = moved
        self._known: dict[Identity, _Known] = {}
        self._twins: set[Identity] = set()
        """What is being sent twice at once: either may be the one that is new."""

    async def send_something(self) -> None:
        """The next sending, until it has its receipt."""
        draw = self._draw
        kind = draw.choices(list(_KINDS), list(_KINDS.values()))[0]
        known = [each.event for each in self._known.values()]
        if kind == "conflict" and known:
            await self._contradict(draw.choice(known))
        elif kind == "again" and known:
            await self._send(draw.sample(known, min(len(known), draw.randint(1, 3))))
        elif kind == "mixed" and known:
            await self._send([next(self._told), draw.choice(known), next(self._told)])
        elif kind == "twins":
            event = next(self._told)
            self._twins.add(Sent(event).identity)
            await asyncio.gather(self._send([event]), self._send([event]))
            self._twins.clear()
        else:
            await self._send([next(self._told) for _ in range(draw.randint(2, _MAX) if kind == "batch" else 1)])

    async def _send(self, events: Sequence[Event]) -> None:
        sent = [Sent(each) for each in events]
        self._receipts.note(sent)
        await self._pace.turn(len(events))
        answer = await self._until_answered(events)
        if answer is None:
            return
        if answer.status not in (200, 201):
            self._complain(f"{self.source}: good events were refused with {answer.status}: {answer.said}")
            return
        said = answer.said if isinstance(answer.said, list) else [answer.said]
        if [each.get("id") for each in said] != [each["id"] for each in events]:
            self._complain(f"{self.source}: receipts for {said}, sent were {[each['id'] for each in events]}")
            return
        self._receipts.acknowledge(sent, [each["sequence"] for each in said])
        for each, receipt in zip(events, said, strict=True):
            self._remember(each, receipt["sequence"], receipt["duplicate"])

    def _remember(self, event: Event, sequence: int, duplicate: bool | None) -> None:
        identity, new = (event["source"], event["id"]), duplicate is False
        before = self._known.get(identity)
        if before is None:
            self._known[identity] = _Known(event, sequence, new)
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
        elif sequence not in (before.sequence, self._moved.get(before.sequence)):
            self._complain(f"{identity} has receipts for {before.sequence} and for {sequence}")
        elif new and (before.new or identity not in self._twins):
            self._complain(f"{identity} was called new twice")

    async def _contradict(self, event: Event) -> None:
        """Another content under a known identity: whatever happens, there must be no receipt."""
        await self._pace.turn(1)
        answer = await self._until_answered([other_content(event)])
        if answer is not None and answer.status != 409:
            self._complain(f"{self.source}: a conflict with {event['id']} was answered {answer.status}: {answer.said}")

    async def _until_answered(self, events: Sequence[Event]) -> Answer | None:
        until = monotonic() + GIVE_UP_S
        why = ""
        while monotonic() < until:
            try:
                answer = await attempt(self._manner, self._door, events)
                if answer.status != 503:
                    return answer
                why = str(answer.said)
            except NoAnswer as error:
                why = str(error)
            await asyncio.sleep(self._manner.uniform(0.02, 0.3))
        self._complain(f"{self.source}: no answer but {why} for {GIVE_UP_S:g} s")
        return None


class OnceWriter:
    """A source that sends everything once and forgets about it: what has no receipt may be there, once, or not."""

    def __init__(
        self, seed: int, source: str, name: str, door: Door, receipts: Receipts, complain: Complain, pace: Pace
    ) -> None:
        self.source = source
        self._draw = Random(f"{seed} {source} {name}")
        self._manner = Random(f"{seed} {source} {name} manner")
        self._door = door
        self._receipts = receipts
        self._complain = complain
        self._pace = pace
        self._told = told(self._draw.randrange(2**20), source, name, publishes=False)

    async def send_something(self) -> None:
        """The next sending, whatever comes of it."""
        count = self._draw.choice([1, 1, 1, self._draw.randint(2, _MAX)])
        events = [next(self._told) for _ in range(count)]
        sent = [Sent(each) for each in events]
        await self._pace.turn(count)
        self._receipts.note_once(sent)
        try:
            answer = await attempt(self._manner, self._door, events)
        except NoAnswer:
            return
        if answer.status == 201:
            said = answer.said if isinstance(answer.said, list) else [answer.said]
            self._receipts.acknowledge(sent, [each["sequence"] for each in said])
            if any(each["duplicate"] for each in said):
                self._complain(f"{self.source}: what was sent once was called a duplicate: {said[:3]}")
        elif answer.status != 503:
            self._complain(f"{self.source}: good events were refused with {answer.status}: {answer.said}")


async def attempt(draw: Random, door: Door, events: Sequence[Event]) -> Answer:
    """Send some events in one of the ways in which a source may. Raises NoAnswer."""
    if len(events) == 1 and draw.random() < 0.7:
        if isinstance(door, HttpDoor) and draw.random() < 0.3:
            return await door.send_binary(events[0])
        return await door.send(written(draw, events[0]), batch=False)
    return await door.send(f"[{','.join(written(draw, each) for each in events)}]", batch=True)


class Writers:
    """All of them, side by side, until they are told to finish."""

    def __init__(self, writers: Sequence[Sender]) -> None:
        self._writers = writers
        self._may_send = asyncio.Event()
        self._may_send.set()
        self._finish = False
        self._sending = 0
        self._idle = asyncio.Condition()

    async def run(self) -> None:
        """Until `finish`; returns once everything sent is settled."""
        async with asyncio.TaskGroup() as group:
            for each in self._writers:
                group.create_task(self._work(each), name=each.source)

    def finish(self) -> None:
        """Send nothing new."""
        self._finish = True

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """Nobody sends within, and what was sent before has its receipt."""
        self._may_send.clear()
        try:
            async with self._idle:
                await self._idle.wait_for(lambda: not self._sending)
            yield
        finally:
            self._may_send.set()

    async def _work(self, writer: Sender) -> None:
        while True:
            await self._may_send.wait()
            if self._finish:
                return
            self._sending += 1
            try:
                await writer.send_something()
            finally:
                self._sending -= 1
                async with self._idle:
                    self._idle.notify_all()
