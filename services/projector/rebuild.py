"""Building a generation from the journal while another one serves, comparing the two, and promoting the new one.

A generation of new folds is listed as soon as it is made: a build that was interrupted keeps the lanes that were
complete, and projectors of the same version help. One that is built again for the same folds stands beside the first
in tables of its own, which nobody else knows; an interrupted build leaves nothing behind.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

import asyncpg

from projections.views import VIEWS, FoldChange, changes_since, generation_digest, unexplained
from services.errors import Unavailable
from services.ledger.journal import recorded_position
from services.postgres.statements import queries
from services.projector.building import Build, building
from services.runtime.shutdown import run_to_end
from services.views import generation
from services.views.compare import TableDifference, compare
from services.views.generation import Generation, Views
from services.views.row_tables import quoted

CATCH_UP_S = 10.0
"""How long the lanes of the served generation are held while the new ones catch up with them."""

Progress = Callable[[int, int], None]
"""Called with how far the build is, and how far it has to go."""

_SQL = queries("services.projector", "rebuild.sql")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Result of a rebuild."""

    before: Generation | None
    """What was served."""
    after: Generation
    """What was built."""
    sequence: int
    """The sequence at which they were compared."""
    tables: list[TableDifference]
    stale: int
    """Subjects for which the folds of the new generation raise."""
    promoted: bool
    changes: list[FoldChange] = field(default_factory=list)
    """Folds that are of another version than those which made what was served, and why."""
    unexplained: list[str] = field(default_factory=list)
    """Tables that differ although no fold that writes them is of another version: one has a fault, or rows were
    altered."""
    built: bool = True
    """False: what is served is of these folds already, and building it again was not asked for."""

    @property
    def same(self) -> bool:
        """Tell if the two generations hold the same rows."""
        return all(each.same for each in self.tables)


async def rebuild(
    connection: asyncpg.Connection,
    database_url: str,
    *,
    force: bool = False,
    diff_only: bool = False,
    views: Views = VIEWS,
    cache_entries: int = 1_000_000,
    progress: Progress = lambda done, of: None,
) -> Rebuilt:
    """Build, compare and, unless `diff_only`, promote. The connection is the owner's, and used by nobody else.

    Raises Unavailable when another rebuild runs, or when a query on `reporting` does not let go of it.
    """
    if not await connection.fetchval(_SQL["lock"]):
        raise Unavailable("Another `daybook rebuild` runs on this ledger: wait until it has ended.")
    try:
        return await _rebuild(connection, database_url, force, diff_only, views, cache_entries, progress)
    finally:
        if not connection.is_closed():
            await connection.execute(_SQL["unlock"])


async def _rebuild(
    connection: asyncpg.Connection,
    database_url: str,
    force: bool,
    diff_only: bool,
    views: Views,
    cache_entries: int,
    progress: Progress,
) -> Rebuilt:
    await generation.remove_unlisted(connection)
    before = await generation.served(connection)
    if before is not None and before.digest == generation_digest(views) and not force:
        return Rebuilt(before, before, await _lowest(connection, before), [], 0, promoted=False, built=False)
    async with (
        _made(connection, force, views) as after,
        building(database_url, after, views, cache_entries) as build,
    ):
        sequence = await _built(connection, before, after, build, progress)
        tables = await compare(connection, before, after, sequence, views) if before is not None else []
        changes = changes_since(await generation.folds(connection, before), views) if before is not None else []
        stale = await connection.fetchval(_of("stale", after))
        if not diff_only:
            await _promote(connection, before, after, views, build)
    if not diff_only:
        await generation.remove_outdated(connection)
    odd = unexplained([each.table for each in tables if not each.same], changes, views)
    return Rebuilt(before, after, sequence, tables, stale, not diff_only, changes, odd)


@asynccontextmanager
async def _made(connection: asyncpg.Connection, force: bool, views: Views) -> AsyncIterator[Generation]:
    """The tables to build in. Those beside a listed generation go again unless they are promoted."""
    listed = await generation.own(connection, views)
    if listed is None or not force:
        yield listed or await generation.create(connection, views)
        return
    after = await generation.create(connection, views, beside=True)
    try:
        yield after
    finally:
        await run_to_end(_removed_unless_promoted(connection, after, views))


async def _removed_unless_promoted(connection: asyncpg.Connection, made: Generation, views: Views) -> None:
    if await generation.own(connection, views) != made:
        await generation.remove(connection, made)


async def _built(
    connection: asyncpg.Connection,
    before: Generation | None,
    after: Generation,
    build: Build,
    progress: Progress,
) -> int:
    """Wait until the lanes have passed what the recorder and the served generation have; gives where both are."""
    while True:
        goal = await recorded_position(connection)
        reached = await _lowest(connection, after)
        committed = await connection.fetchval(_of("done", after), goal)
        progress(min(committed + int(build.filled * goal), goal), goal)
        served = await _lowest(connection, before) if before is not None else reached
        if reached >= served and reached >= goal:
            return min(reached, served)
        build.reached(await connection.fetchval(_of("begun", after)), reached)
        await build.pause()


async def _promote(
    connection: asyncpg.Connection,
    before: Generation | None,
    after: Generation,
    views: Views,
    build: Build,
) -> None:
    """Promote the new generation in one transaction, and never backwards.

    The generation served so far stands still until the new one has passed it.
    """
    try:
        async with connection.transaction():
            await generation.lock(connection)
            await connection.execute("set local lock_timeout = '10s'")
            if before is not None:
                await connection.execute(_of("hold", before))
                await _caught_up(connection, await _lowest(connection, before), after, build)
            await generation.promote(connection, after, views)
            if before is not None and before.digest == after.digest:
                await connection.execute(_of("fence", before))
    except asyncpg.LockNotAvailableError as error:
        raise Unavailable(
            "A query that runs on the schema reporting keeps it from being repointed: try again when it has ended. "
            "What was built stays, unless it was built by --force."
        ) from error


async def _caught_up(connection: asyncpg.Connection, wanted: int, after: Generation, build: Build) -> None:
    until = monotonic() + CATCH_UP_S
    while await _lowest(connection, after) < wanted:
        if monotonic() > until:
            raise Unavailable(
                f"The new views did not reach sequence {wanted} within {CATCH_UP_S:g} s of standing still: try again."
            )
        await build.pause()


async def _lowest(connection: asyncpg.Connection, of: Generation) -> int:
    found: int = await connection.fetchval(_of("lowest", of))
    return found


def _of(query: str, of: Generation) -> str:
    return _SQL[query].replace("{generation}", quoted(of.schema))
