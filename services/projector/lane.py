"""Lane of a projector: a sixteenth of the subjects, taken batch by batch in the order of the journal.

What a batch changed in memory is true only once it is committed. So whatever goes wrong, a lane is thrown away with
all that it holds, and claimed anew from its committed position. Any cut of the batches gives the same rows.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, NamedTuple

from projections.replay.entry import lane_of
from projections.replay.playbooks import Playbooks, Policy, Published
from projections.replay.replay import Change, Replay
from projections.replay.view import Row, RowKey, View
from services.errors import NotProvisioned
from services.ledger import journal
from services.ledger.journal import Connection
from services.projector import metrics
from services.projector.batch import Arrival, Batch, read
from services.projector.bulk_load import bulk_load
from services.projector.cache import Cache
from services.projector.stale import Stale, StaleMarks
from services.projector.time_slice import TimeSlice
from services.projector.write import NOTHING_LONG, LanePosition, Longest, statements
from services.views.row_tables import tables_of
from services.views.row_versions import difference

READ_BATCH_SIZE = 1000
"""Arrivals that one query reads."""
FIRST_PART = 100
"""So many arrivals are folded before a lane looks at the clock: some subjects take milliseconds for each of theirs."""
MAX_CHANGES = 50_000
"""From so many changed rows on a batch is committed, however few arrivals made them."""
MAX_S = 4.0
"""A batch goes on while, by what its parts have taken and by what the last one took to write, all is done within so
long: lanes take turns on few connections, and each is to move within `progress.MOVES_WITHIN_S`."""
MAX_GROWTH = 4
"""A part is at most so many times as large as what was folded before: it may be harder than that was."""
LOADED_BATCH_SIZE = 500
"""Subjects whose histories one query reads."""
LONG_S = 1.0
"""A subject that a batch takes so long for is named."""
CLAIMED_WITHIN_MS = 500
"""The other lanes stand still meanwhile."""


class Folded(NamedTuple):
    """Batch that was read and folded, in memory alone."""

    changes: Sequence[Change]
    arrivals: int
    reaches: int
    """The lane's position once it is committed."""


class Lane:
    """A claimed lane of a generation. After any exception it is of no use any more: claim it anew."""

    def __init__(self, schema: str, views: Sequence[View[Any]], position: LanePosition, cache: Cache) -> None:
        self.position = position
        self._schema = schema
        self._views = views
        self._sql = statements(schema)
        self._cache = cache
        self._playbooks = Playbooks()
        self._stale = Stale({})
        self._unverified: set[str] = set()
        self._took_s: dict[str, float] = {}
        """How long each subject of the batch was folded."""
        self.write_s = 0.0
        """Seconds that each row version took in the last commit of this lane alone."""

    @classmethod
    async def claim(
        cls, connection: Connection, schema: str, views: Sequence[View[Any]], lane: int, cache: Cache
    ) -> "Lane":
        """The lane at its committed position; whoever had it before can no longer commit. `cache` forgets it.

        To be called by the holder of the lane's lock. Raises NotProvisioned when there is no such lane, and
        LockNotAvailableError when another's transaction holds its row for longer than `CLAIMED_WITHIN_MS`.
        """
        cache.forget(lane)
        sql = statements(schema)
        async with connection.transaction():
            await connection.execute(f"set local lock_timeout = '{CLAIMED_WITHIN_MS}ms'")
            row = await connection.fetchrow(sql["claim"], lane)
        if row is None:
            raise NotProvisioned(f"{schema}.lane has no lane {lane}. Build the views with `daybook rebuild --force`.")
        claimed = cls(schema, views, LanePosition(lane, row["epoch"], row["sequence"]), cache)
        claimed._playbooks = await journal.playbooks(connection, row["sequence"])
        claimed._stale = Stale.of(
            each for each in await connection.fetch(sql["stale"]) if lane_of(each["subject"]) == lane
        )
        claimed._unverified = set(claimed._stale.subjects)
        return claimed

    def begin(self) -> None:
        """Another batch begins."""
        self._took_s.clear()

    @property
    def longest(self) -> Longest:
        """The subject that the batch took longest for, so far."""
        subject = max(self._took_s, key=lambda each: self._took_s[each], default=None)
        if subject is None or self._took_s[subject] < LONG_S:
            return NOTHING_LONG
        return Longest(subject, self._took_s[subject])

    @property
    def has_unverified_failures(self) -> bool:
        """Tell if the lane has more to do than to advance: a fold that raised may have been mended since."""
        return bool(self._unverified)

    def advanced(self, sequence: int) -> None:
        """Note that everything taken up to a sequence is committed."""
        self.position = replace(self.position, sequence=sequence)
        self._unverified.clear()

    def marks(self) -> StaleMarks:
        """Return the stale marks that a commit of the entries taken so far has to write; each is returned once."""
        return self._stale.marks()

    async def bulk_load(self, connection: Connection, recorded: int, tell: Callable[[float], None]) -> None:
        """Take and commit everything up to the recorder's position at once, from 0. Raises LostLeadership.

        `tell` hears which share of it is folded.
        """
        filled = await bulk_load(connection, self._schema, self._views, self.position, recorded, tell)
        self._playbooks = filled.playbooks
        self._stale = Stale(filled.stale)
        self.advanced(recorded)
        metrics.ARRIVALS.inc(filled.entries)
        metrics.VERSIONS.inc(filled.versions)

    async def fold(self, connection: Connection, recorded: int, limit: int) -> Folded:
        """Read and fold a batch of this lane alone, in memory, until one of the limits is met.

        A lane that is far behind takes many arrivals at once: what they make and unmake is written once. A playbook
        that is published is a batch by itself.
        By what the first parts take it is seen how large the next one may be.
        """
        began, turns = perf_counter(), TimeSlice()
        changes = await self._reconsider(connection, turns)
        arrivals, reaches, some = 0, self.position.sequence, FIRST_PART
        while True:
            batch = await self._read(connection, reaches, recorded, min(limit - arrivals, some))
            if batch.policy is not None:
                if reaches > self.position.sequence:
                    break
                return Folded(changes + await self._rule(connection, batch.policy, turns), 0, batch.reaches)
            changes += await self.take(connection, batch.arrivals, reaches, turns)
            arrivals, reaches = arrivals + len(batch.arrivals), batch.reaches
            takes_s = perf_counter() - began + len(changes) * self.write_s
            full = max(takes_s / MAX_S, len(changes) / MAX_CHANGES)
            if reaches == recorded or arrivals >= limit or full >= 1:
                break
            some = max(int(arrivals * min(1 / full - 1, MAX_GROWTH)), FIRST_PART)
        return Folded(changes, arrivals, reaches)

    async def _read(self, connection: Connection, after: int, up_to: int, limit: int) -> Batch:
        """The next batch, read in slices, between which others have their turn."""
        lane = self.position.lane
        batch = await read(connection, self._sql, lane, after, up_to, min(limit, READ_BATCH_SIZE))
        while batch.policy is None and len(batch.arrivals) < limit and batch.reaches < up_to:
            some = min(limit - len(batch.arrivals), READ_BATCH_SIZE)
            more = await read(connection, self._sql, lane, batch.reaches, up_to, some)
            if more.policy is not None:
                break
            batch = Batch(batch.arrivals + more.arrivals, more.reaches)
        return batch

    async def take_until(
        self, until: float, connection: Connection, arrivals: Sequence[Arrival], up_to: int, turns: TimeSlice
    ) -> Folded:
        """Fold what comes next, all that there is up to a sequence, part by part while `perf_counter` is below `until`;
        in memory alone."""
        changes: list[Change] = []
        taken, reaches = 0, self.position.sequence
        while taken < len(arrivals) and perf_counter() < until:
            end = min(taken + max(taken * MAX_GROWTH, FIRST_PART), len(arrivals))
            while end < len(arrivals) and arrivals[end].known == arrivals[end - 1].known:
                end += 1
            changes += await self.take(connection, arrivals[taken:end], reaches, turns)
            taken, reaches = end, arrivals[end - 1].known
        return Folded(changes, taken, up_to if taken == len(arrivals) else reaches)

    async def take(
        self, connection: Connection, arrivals: Sequence[Arrival], after: int, turns: TimeSlice
    ) -> list[Change]:
        """Fold what comes next behind a position, in memory alone; what that changes.

        Subject by subject: with a million entries, whose subjects do not fit into the processor's caches, a batch of
        twenty thousand takes up to a quarter less time than in the order of the journal.
        """
        of: dict[str, list[Arrival]] = {}
        for each in arrivals:
            of.setdefault(each.subject, []).append(each)
        changes: list[Change] = []
        for some in _parts(list(of), LOADED_BATCH_SIZE):
            for subject, replay in (await self._replays(connection, some, after, turns)).items():
                changes += await self._take_all(replay, of[subject], turns)
        metrics.CACHED.set(self._cache.entries)
        return changes

    async def _take_all(self, replay: Replay, arrivals: Sequence[Arrival], turns: TimeSlice) -> list[Change]:
        """Fold the arrivals of one subject."""
        changes: list[Change] = []
        took_s = 0.0
        for each in arrivals:
            await turns.next()
            began = perf_counter()
            changes += replay.take(each.recorded, self._playbooks, each.known)
            took_s += perf_counter() - began
            self._stale.note(each.subject, replay.stale, each.known)
        self._took_s[replay.subject] = self._took_s.get(replay.subject, 0.0) + took_s
        metrics.REFOLDS.inc(replay.refolds)
        replay.refolds = 0
        self._cache.keep(replay)
        return changes

    async def _rule(self, connection: Connection, policy: Policy, turns: TimeSlice) -> list[Change]:
        """Take a publication or a withdrawal; the latter changes no row of what is there."""
        if isinstance(policy, Published):
            return await self._publish(connection, policy, turns)
        self._playbooks = self._playbooks.adding(policy)
        return []

    async def _publish(self, connection: Connection, published: Published, turns: TimeSlice) -> list[Change]:
        waiting = [each["subject"] for each in await connection.fetch(self._sql["waiting"], published.playbook.key)]
        subjects = {each for each in waiting if lane_of(each) == self.position.lane}
        subjects |= self._stale.subjects | self._unverified  # of those that have just healed the table says nothing yet
        playbooks = self._playbooks.adding(published)
        changes: list[Change] = []
        for some in _parts(sorted(subjects), LOADED_BATCH_SIZE):
            for subject, replay in (await self._replays(connection, some, self.position.sequence, turns)).items():
                await turns.next()
                changes += replay.republish(playbooks, published.sequence)
                self._stale.note(subject, replay.stale, published.sequence)
                self._cache.keep(replay)
        self._playbooks = playbooks
        return changes

    async def _reconsider(self, connection: Connection, turns: TimeSlice) -> list[Change]:
        """Stale subjects may be found healed by other code: then their rows become known with the next sequence."""
        changes: list[Change] = []
        sequence = self.position.sequence + 1
        for some in _parts(sorted(self._unverified), LOADED_BATCH_SIZE):
            for subject, replay in (await self._replays(connection, some, self.position.sequence, turns)).items():
                changes += difference(await self._standing(connection, subject), replay.rows(), sequence)
                self._stale.note(subject, replay.stale, sequence)
                self._cache.keep(replay)
        return changes

    async def _replays(
        self, connection: Connection, subjects: Collection[str], at: int, turns: TimeSlice
    ) -> dict[str, Replay]:
        """The subjects as of a sequence that the lane has reached, those that are not held read from the journal."""
        found = {subject: self._cache.get(subject) for subject in subjects}
        missing = [subject for subject, replay in found.items() if replay is None]
        metrics.SUBJECTS.labels("cache").inc(len(found) - len(missing))
        metrics.SUBJECTS.labels("journal").inc(len(missing))
        histories = await journal.histories(connection, missing, at) if missing else {}
        for subject, known in histories.items():
            await turns.next()
            replay = Replay(subject, self._views)
            replay.load(known, self._playbooks)
            found[subject] = replay
        return {subject: replay for subject, replay in found.items() if replay is not None}

    async def _standing(self, connection: Connection, subject: str) -> dict[RowKey, Row]:
        """The subject's rows in the tables."""
        kind = subject.partition("/")[0]
        found: dict[RowKey, Row] = {}
        for each in tables_of(view for view in self._views if view.kind == kind):
            for record in await connection.fetch(each.standing_sql(self._schema), each.subject_value(subject)):
                row = each.read(record)
                found[each.key_of(row)] = row
        return found


def _parts(subjects: Sequence[str], size: int) -> list[Sequence[str]]:
    return [subjects[start : start + size] for start in range(0, len(subjects), size)]
