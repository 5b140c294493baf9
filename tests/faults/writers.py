"""Emitting systems that send again until they have a receipt, and remember every one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from random import Random
from time import monotonic

from tests.faults.doors import Answer, Door, HttpDoor, NoAnswer
from tests.faults.receipts import Identity, Receipts, Sent
from tests.faults.told import other_content, told, written
from tests.integration.projector.turmoil import Event

GIVE_UP_S = 120.0
"""A writer that has had no receipt for so long says that its event was never taken."""
_REMEMBERED = 400

Complain = Callable[[str], None]


class Writer:
    """One source. What it tells, and when it repeats itself, is decided by the seed; what is answered is not."""

    def __init__(
        self,
        seed: int,
        source: str,
        door: Door,
        receipts: Receipts,
        moved: Mapping[int, int],
        complain: Complain,
        pace_s: float,
    ) -> None:
        """`moved`: new numbers of messages that were moved on purpose, by those in their receipts."""
        self.source = source
        self._draw = Random(f"{seed} {source}")
        self._manner = Random(f"{seed} {source} manner")
        """Drawn from as often as it takes, so not for what is told."""
        self._door = door
        self._receipts = receipts
        self._complain = complain
        self._pace_s = pace_s
        self._told = told(self._draw.randrange(2**20), source, publishes=source.endswith("1"))
        self._moved = moved
        self._known: dict[Identity, tuple[Event, int]] = {}

    async def send_something(self) -> None:
        """The next sending, until it has its receipt."""
        draw = self._draw
        kind = draw.choices(["one", "batch", "again", "mixed", "conflict"], [50, 25, 10, 10, 5])[0]
        known = [event for event, _ in self._known.values()]
        if kind == "conflict" and known:
            await self._contradict(draw.choice(known))
        elif kind == "again" and known:
            await self._send(draw.sample(known, min(len(known), draw.randint(1, 3))))
        elif kind == "mixed" and known:
            await self._send([next(self._told), draw.choice(known), next(self._told)])
        else:
            await self._send([next(self._told) for _ in range(draw.randint(2, 12) if kind == "batch" else 1)])
        await asyncio.sleep(self._manner.expovariate(1 / self._pace_s))

    async def _send(self, events: Sequence[Event]) -> None:
        sent = [Sent(each) for each in events]
        self._receipts.note(sent)
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
        await self._receipts.acknowledge(sent, [each["sequence"] for each in said])
        for each, receipt in zip(events, said, strict=True):
            self._remember(each, receipt["sequence"], receipt["duplicate"])

    def _remember(self, event: Event, sequence: int, duplicate: bool | None) -> None:
        identity = event["source"], event["id"]
        before = self._known.get(identity)
        if before is None:
            self._known[identity] = event, sequence
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
        elif sequence not in (before[1], self._moved.get(before[1])):
            self._complain(f"{identity} has receipts for {before[1]} and for {sequence}")
        elif duplicate is False:
            self._complain(f"{identity} was called new twice")

    async def _contradict(self, event: Event) -> None:
        """Another content under a known identity: whatever happens, there must be no receipt."""
        answer = await self._until_answered([other_content(event)])
        if answer is not None and answer.status != 409:
            self._complain(f"{self.source}: a conflict with {event['id']} was answered {answer.status}: {answer.said}")

    async def _until_answered(self, events: Sequence[Event]) -> Answer | None:
        until = monotonic() + GIVE_UP_S
        why = ""
        while monotonic() < until:
            try:
                answer = await self._try(events)
                if answer.status != 503:
                    return answer
                why = str(answer.said)
            except NoAnswer as error:
                why = str(error)
            await asyncio.sleep(self._manner.uniform(0.02, 0.3))
        self._complain(f"{self.source}: no answer but {why} for {GIVE_UP_S:g} s")
        return None

    async def _try(self, events: Sequence[Event]) -> Answer:
        draw = self._manner
        if len(events) == 1 and draw.random() < 0.7:
            if isinstance(self._door, HttpDoor) and draw.random() < 0.3:
                return await self._door.send_binary(events[0])
            return await self._door.send(written(draw, events[0]), batch=False)
        return await self._door.send(f"[{','.join(written(draw, each) for each in events)}]", batch=True)


class Writers:
    """All of them, side by side, until they are told to finish."""

    def __init__(self, writers: Sequence[Writer]) -> None:
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

    async def _work(self, writer: Writer) -> None:
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
