"""The views beside a replay of the journal: every subject, here or shared among processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from projections.views import VIEWS
from services.audit.differences import Differences
from services.audit.rows import check_readable, subjects_without_entries
from services.audit.subjects import SubjectChecks
from services.audit.workers import Task, Workers
from services.ledger import journal
from services.ledger.journal import Connection
from services.postgres.statements import queries
from services.views.generation import Generation
from services.views.row_tables import quoted, tables_of
from services.views.row_versions import PlaybookTimeline

_SQL = queries("services.audit", "subjects.sql")
_ENTRIES_BATCH_SIZE = 1000
ENTRIES_PER_WORKER = 10_000
"""With fewer, a process of its own takes longer to begin than to check."""


class ViewChecks:
    """Checks the views of a generation at one sequence."""

    def __init__(self, connection: Connection, generation: Generation, up_to: int) -> None:
        self._connection = connection
        self._generation = generation
        self._up_to = up_to

    async def entries(self, subject: str | None = None) -> int:
        """Number of pairs of subject and entry that are to be replayed."""
        found: int = await (
            self._connection.fetchval(_SQL["noted"], self._up_to)
            if subject is None
            else self._connection.fetchval(_SQL["entries_of"], subject, self._up_to)
        )
        return found

    async def check_one(self, subject: str) -> Differences:
        """Finds all differences of one subject. Raises DaybookError where `reporting` cannot be read."""
        await check_readable(self._connection, tables_of(VIEWS))
        differences, stale = await self._stale(subject)
        differences.merge(await (await self._here(stale)).check([subject]))
        return differences

    async def check_all(
        self, progress: Callable[[int], None], database_url: str | None, workers: int
    ) -> tuple[Differences, int]:
        """Finds all differences, and counts the subjects. With a URL, up to so many processes share the work.

        Raises DaybookError where `reporting` cannot be read.
        """
        await check_readable(self._connection, tables_of(VIEWS))
        differences, stale = await self._stale(None)
        number = min(workers, await self.entries() // ENTRIES_PER_WORKER) if database_url is not None else 0
        if database_url is not None and number > 1:
            task = Task(database_url, self._up_to, stale)
            found, subjects = await self._shared(task, number, progress)
        else:
            found, subjects = await self._alone(await self._here(stale), progress)
        differences.merge(found)
        differences.merge(await self._without_entries())
        return differences, subjects

    async def _here(self, stale: set[tuple[str, str]]) -> SubjectChecks:
        timeline = PlaybookTimeline(await journal.playbooks(self._connection, self._up_to))
        return SubjectChecks(self._connection, VIEWS, timeline, self._up_to, stale)

    async def _alone(self, checks: SubjectChecks, progress: Callable[[int], None]) -> tuple[Differences, int]:
        differences, subjects = Differences(), 0
        async for batch in self._batches():
            differences.merge(await checks.check(batch))
            subjects += len(batch)
            progress(sum(batch.values()))
        return differences, subjects

    async def _shared(self, task: Task, number: int, progress: Callable[[int], None]) -> tuple[Differences, int]:
        differences, subjects = Differences(), 0

        async def check(batch: dict[str, int]) -> None:
            differences.merge(await workers.check(batch))
            progress(sum(batch.values()))

        async with Workers(task, number) as workers, asyncio.TaskGroup() as group:
            async for batch in self._batches():
                await workers.room()
                group.create_task(check(batch))
                subjects += len(batch)
        return differences, subjects

    async def _stale(self, subject: str | None) -> tuple[Differences, set[tuple[str, str]]]:
        """The subjects marked stale, each a difference; and which they are, with the view."""
        differences = Differences()
        sql = _SQL["stale"].replace("{generation}", quoted(self._generation.schema))
        marked = set()
        for row in await self._connection.fetch(sql, self._up_to):
            marked.add((row["subject"], row["view"]))
            if subject in (None, row["subject"]):
                differences.add("stale", row["sequence"], row["subject"], None, f"{row['view']}: {row['error']}")
        return differences, marked

    async def _without_entries(self) -> Differences:
        differences = Differences()
        for table in tables_of(VIEWS):
            kinds = sorted({view.kind for view in VIEWS if table in tables_of([view])})
            for subject, known_from in await subjects_without_entries(self._connection, table, kinds, self._up_to):
                found = f"{table.row.TABLE}: no entry that a view takes concerns it"
                differences.add("view_row_extra", known_from, subject, None, found)
        return differences

    async def _batches(self) -> AsyncIterator[dict[str, int]]:
        """Subjects with the number of their entries, in parts of about `_ENTRIES_BATCH_SIZE` entries."""
        after, batch, entries = "", dict[str, int](), 0
        while rows := await self._page(after):
            for row in rows:
                if batch and entries + row["entries"] > _ENTRIES_BATCH_SIZE:
                    yield batch
                    batch, entries = {}, 0
                batch[row["subject"]] = row["entries"]
                entries += row["entries"]
            after = rows[-1]["subject"]
        if batch:
            yield batch

    async def _page(self, after: str) -> list[Any]:
        return list(await self._connection.fetch(_SQL["subjects"], after, self._up_to, _ENTRIES_BATCH_SIZE))
