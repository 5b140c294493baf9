"""The lanes that one process holds, for as long as its connections last.

Every look at the journal sets those that are behind to work: what is nearly up to date in a combined batch, that is
one transaction, and what is not each for itself, side by side. Whatever ends a session ends it with all that its lanes
hold in memory.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic

import asyncpg
import structlog

from services.errors import DaybookError, LostLeadership, Unavailable
from services.ledger.journal import recorded_position
from services.projector import combined_batch, metrics
from services.projector.cache import Cache
from services.projector.lane import Lane
from services.projector.locks import LaneLocks
from services.projector.progress import Progress
from services.projector.write import statements
from services.views.generation import Generation, Views

POLL_INTERVAL_S = 0.5
"""How often a session looks by itself; notices only make it look sooner."""
REST_S = 5.0
"""How long a lane rests after an error that trying again at once would only repeat."""

CONNECTION_BROKEN = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
"""After these nothing is known of a connection; asyncpg itself loses its way when one is cut at an odd moment."""

Find = Callable[[asyncpg.Connection], Awaitable[Generation | None]]
Tell = Callable[[int, int], Awaitable[None]]
Working = asyncio.LifoQueue[asyncpg.Connection]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Manner:
    """Parameters of the work on lanes."""

    views: Views
    cache_entries: int
    """Entries that all lanes together keep in memory."""
    batch: int
    """Arrivals per transaction of a lane by itself; a combined batch takes no more entries either."""
    tell: Tell
    """Called with lane and position after every commit."""
    on_trouble: Callable[[Exception], None]
    """Called with what stops a lane until it is tried again."""
    progress: Progress
    """Told what becomes of the lanes."""
    bulk_loads: bool = False
    """Flag: a lane at the beginning loads all entries at once, see bulk_load.py."""


class Session:
    """Holds its share of a generation's lanes until a connection breaks or another generation is to be fed."""

    def __init__(
        self, locking: asyncpg.Connection, working: Working, generation: Generation, manner: Manner, wake: asyncio.Event
    ) -> None:
        self._locking = locking
        self._locks = LaneLocks(locking, generation.schema)
        self._working = working
        self._turns = asyncio.Semaphore(working.qsize())
        """Gives the connections to lanes in the order in which they ask. The queue alone gives one to who has just put
        it back: lanes that always have more to do would keep the others waiting for ever."""
        self._generation = generation
        self._sql = statements(generation.schema)
        self._manner = manner
        self._cache = Cache(manner.cache_entries)
        self._wake = wake
        self._lanes: dict[int, Lane] = {}
        """Those that may be set to work: what they hold in memory is committed, but for what is being worked on."""
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._combined_at_work = False
        """Flag: a combined batch is at work; lanes that could share it wait, and are in the next one."""
        self._alone: set[int] = set()
        """Lanes that join a combined batch again only once they have caught up by themselves: an error fails every lane
        of a combined batch, and the next time it is to fail no other."""
        self._surplus: set[int] = set()
        """Lanes that are to stop after their batch, because others have too few."""
        self._leaving: set[int] = set()
        """Lanes that are of no use any more; their locks are released at the next look."""
        self._resting: dict[int, float] = {}
        self._recorded = 0
        self._failure: BaseException | None = None

    async def run(self, find: Find) -> None:
        """Work until `find` gives another generation. Raises what breaks a connection."""
        await self._locks.attend()
        counted = -POLL_INTERVAL_S
        while True:
            self._wake.clear()
            while self._leaving:
                await self._let_go(self._leaving.pop())
            if monotonic() - counted >= POLL_INTERVAL_S:
                counted = monotonic()
                if await find(self._locking) != self._generation:
                    return
                await self._share()
            self._recorded = await recorded_position(self._locking)
            self._set_to_work()
            if self._failure is not None:
                raise self._failure
            try:
                async with asyncio.timeout(POLL_INTERVAL_S):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def end(self) -> None:
        """Stop the lanes that are at work; what they have not committed is done again by whoever claims them."""
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def _share(self) -> None:
        """Hold as many lanes as are this process's share: let some go, or take free ones."""
        census = await self._locks.census()
        by_ease = sorted(self._lanes, key=lambda lane: lane in self._busy)
        self._surplus = set(by_ease[: max(len(self._lanes) - census.share, 0)])
        for lane in self._surplus - self._busy.keys():
            await self._let_go(lane)
        for lane in census.free:
            if len(self._lanes) >= census.share:
                break
            rests = self._resting.get(lane, 0.0) > monotonic()
            if not rests and await self._locks.take(lane) and not await self._claim(lane):
                break

    async def _claim(self, lane: int) -> bool:
        schema, views = self._generation.schema, self._manner.views
        try:
            claimed = self._lanes[lane] = await Lane.claim(self._locking, schema, views, lane, self._cache)
        except asyncpg.LockNotAvailableError:
            await self._end_former_worker(lane)
        except DaybookError as error:
            self._rest(lane, error)
        else:
            self._alone.add(lane)
            self._manner.progress.claimed(lane, claimed.position.sequence)
            return True
        await self._let_go(lane)
        return False

    async def _end_former_worker(self, lane: int) -> None:
        """End connections of a worker that lost the lane's lock but still keeps the lane's row in an open transaction.

        Such a worker may have been stopped in the middle of a transaction. Where its connections cannot be ended, the
        lane rests.
        """
        holders = [row["pid"] for row in await self._locking.fetch(self._sql["holders"], lane)]
        if await self._locks.end(holders):
            log.warning("former_worker_terminated", lane=lane, connections=len(holders))
        else:
            where = f"backend {', '.join(map(str, holders))}" if holders else "a transaction"
            self._rest(lane, Unavailable(f"Its row in {self._generation.schema}.lane is locked by {where}."))

    async def _let_go(self, lane: int) -> None:
        self._forget(lane)
        await self._locks.release(lane)

    def _forget(self, lane: int) -> None:
        """Drops what a lane holds in memory: it may never have been committed, so nobody goes on from it."""
        self._lanes.pop(lane, None)
        self._alone.discard(lane)
        self._manner.progress.let_go(lane)
        self._cache.forget(lane)

    def _rest(self, lane: int, error: Exception) -> None:
        log.error("lane_stopped", lane=lane, error=str(error), exc_info=not isinstance(error, DaybookError))
        self._resting[lane] = monotonic() + REST_S
        self._manner.progress.stops(lane, error)
        self._manner.on_trouble(error)

    def _set_to_work(self) -> None:
        behind = {
            number: lane
            for number, lane in self._lanes.items()
            if number not in self._busy and lane.position.sequence < self._recorded
        }
        self._manner.progress.looked({number: number in behind or number in self._busy for number in self._lanes})
        near = [number for number, lane in behind.items() if self._may_combine(number, lane)]
        if len(near) == 1 and not self._combined_at_work:
            near = []
        if near and not self._combined_at_work:
            self._combined_at_work = True
            task = asyncio.create_task(self._work_combined(near), name=f"lanes {near}")
            self._busy.update(dict.fromkeys(near, task))
        for number in behind.keys() - set(near):
            self._busy[number] = asyncio.create_task(self._work(number), name=f"lane {number}")

    def _may_combine(self, number: int, lane: Lane) -> bool:
        to_load = self._manner.bulk_loads and lane.position.sequence == 0
        near = self._recorded - lane.position.sequence <= min(combined_batch.NEAR, self._manner.batch)
        return near and not to_load and not lane.has_unverified_failures and number not in self._alone

    def _loses(self, lane: int) -> None:
        log.warning("lane_lost", lane=lane)
        metrics.TROUBLES.labels("lane_lost").inc()

    async def _tell(self, lane: int, sequence: int) -> None:
        self._manner.progress.moved(lane, sequence)
        await self._manner.tell(lane, sequence)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection to work on, as soon as it is our turn."""
        async with self._turns:
            connection = self._working.get_nowait()
            try:
                yield connection
            finally:
                self._working.put_nowait(connection)

    async def _work_combined(self, numbers: Collection[int]) -> None:
        """Take one batch for lanes that are nearly up to date, or none when each lane is to work by itself.

        Lanes for which there was no time work by themselves, too: a subject that takes long holds up the others of its
        lane alone.
        """
        recorded, kept = self._recorded, set[int]()
        try:
            async with self._connection() as connection:
                lanes = [self._lanes[number] for number in numbers]
                step = await combined_batch.step(
                    connection, self._generation.schema, lanes, recorded, self._manner.batch
                )
            if step is None:
                self._alone.update(numbers)
                kept = set(numbers)
                return
            kept = step.moved
            for number in set(numbers) - kept:
                self._loses(number)
            for number in kept:
                sequence = self._lanes[number].position.sequence
                if sequence < recorded:
                    self._alone.add(number)
                self._manner.progress.took_long(number, self._lanes[number].longest)
                await self._tell(number, sequence)
        except asyncpg.LockNotAvailableError as error:
            self._go_alone(numbers, error)
        except CONNECTION_BROKEN as error:
            self._failure = error
        except Exception as error:
            self._go_alone(numbers, error)
        finally:
            self._combined_at_work = False
            for number in numbers:
                del self._busy[number]
                if number not in kept or number in self._surplus:
                    self._forget(number)
                    self._leaving.add(number)
            self._wake.set()

    def _go_alone(self, numbers: Collection[int], error: Exception) -> None:
        """Lanes go alone because of an error; whichever of them meets it again says more."""
        expected = isinstance(error, DaybookError | asyncpg.LockNotAvailableError)
        log.warning("lanes_go_alone", lanes=list(numbers), error=str(error), exc_info=not expected)
        metrics.TROUBLES.labels("lanes_go_alone").inc()

    async def _work(self, number: int) -> None:
        """Batch after batch up to where the recorder is now, or until another process is to have the lane.

        What is recorded meanwhile it may take in a combined batch.
        """
        lane, recorded = self._lanes[number], self._recorded
        try:
            while lane.position.sequence < recorded and number not in self._surplus:
                async with self._connection() as connection:
                    if self._manner.bulk_loads and lane.position.sequence == 0:
                        tell = partial(self._manner.progress.bulk_loads, number)
                        await lane.bulk_load(connection, recorded, tell)
                    else:
                        step = await combined_batch.step(
                            connection, self._generation.schema, [lane], recorded, self._manner.batch
                        )
                        if step is None or not step.moved:
                            raise LostLeadership(f"Another projector has claimed lane {number}.")
                await self._tell(number, lane.position.sequence)
                self._manner.progress.took_long(number, lane.longest)
        except LostLeadership:
            self._loses(number)
        except CONNECTION_BROKEN as error:
            self._failure = error
        except Exception as error:
            self._rest(number, error)
        else:
            self._alone.discard(number)
            if number not in self._surplus:
                return
        finally:
            del self._busy[number]
            self._wake.set()
        self._forget(number)
        self._leaving.add(number)
