"""Generations: complete sets of view tables, each in a schema of its own, named by the digest of the folds.

`ledger.generation` says which there are. The one promoted last is served: the views of `reporting` read its tables.
Whoever owns the database makes and promotes them; projectors only write rows.
"""

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import asyncpg
import structlog

from projections.generated import FLAG
from projections.generated.tables import index_names, literal
from projections.generated.tables import served as served_view
from projections.replay.view import View
from projections.views import VIEWS, fold_versions, generation_digest
from services.errors import DaybookError, ReportingInUse, Unavailable
from services.ledger.journal import Connection
from services.postgres.statements import queries, script
from services.views.row_tables import quoted, tables_of

Views = Sequence[View[Any]]

LOCK_WAIT_MS = 100
"""How long a statement that replaces a view waits for the queries that read it; PostgreSQL looks for deadlocks after
`deadlock_timeout`, 1 s by default."""
TIMEOUT_S = 10.0
PAUSE_S = 0.05
INDEXED_WITHIN_S = 24 * 3600.0
"""Making an index reads its whole table, however large that is."""

_SCHEMA = re.compile(r"\b(reporting|served)\b")
_MADE = (
    "comment on schema served is 'The tables of the served generation as they are, of which reporting is made. Read "
    "reporting: this may change. Made by {}'"
)
"""Says by which files the schemas were made."""

log = structlog.get_logger()

_SQL = queries("services.views", "generations.sql")


@dataclass(frozen=True, slots=True)
class Generation:
    """A set of view tables."""

    digest: str
    """Of the folds that feed it."""
    schema: str
    """Where its tables are."""


async def served(connection: Connection) -> Generation | None:
    """The generation that `reporting` reads; None before the first."""
    return await _one(connection, "served")


async def own(connection: Connection, views: Views = VIEWS) -> Generation | None:
    """The generation that this version's folds feed; None until `daybook init` or `daybook rebuild` makes it."""
    return await _one(connection, "of_digest", generation_digest(views))


async def folds(connection: Connection, generation: Generation) -> dict[str, int]:
    """Name and version of each fold that made a generation."""
    found: dict[str, int] = json.loads(await connection.fetchval(_SQL["folds"], generation.digest))
    return found


async def ensure(connection: Connection, views: Views = VIEWS) -> Generation:
    """The generation that is served; the first one is made and promoted. Idempotent.

    Another version's generation stays served until `daybook rebuild`. `reporting` is brought up to date with this
    version, whoever made the generation; so are the indexes of our own. Raises Unavailable when queries do not let go
    of them.
    """
    ours = await own(connection, views)
    if ours is not None:
        await _index(connection, ours, views)
    try:
        async with connection.transaction():
            await lock(connection)
            current = await served(connection)
            if current is None:
                current = await own(connection, views) or await create(connection, views)
                await promote(connection, current, views)
            else:
                await face(connection, current)
        if ours is not None:
            await _patiently(connection, ours, await _outdated_indexes(connection, ours, views))
    except asyncpg.LockNotAvailableError as error:
        raise Unavailable(
            f"Queries on the schema reporting kept it from being brought up to date for {TIMEOUT_S:g} s: run "
            "`daybook init` again when they have ended. What was done stays."
        ) from error
    return current


async def create(connection: Connection, views: Views = VIEWS, *, beside: bool = False) -> Generation:
    """New, empty tables with the lanes at 0.

    `beside` makes them for a digest that has a generation already: they are in no list until they are promoted.
    """
    digest = generation_digest(views)
    generation = Generation(digest, f"gen_{digest}_{secrets.token_hex(3)}" if beside else f"gen_{digest}")
    schema = quoted(generation.schema)
    async with connection.transaction():
        await connection.execute(f"create schema {schema}")
        await connection.execute(
            f"comment on schema {schema} is 'A generation of the view tables. Read reporting instead: this may go.'"
        )
        before = await connection.fetchval("select current_setting('search_path')")
        await connection.execute(f"set local search_path = {schema}")
        for text in _tables(views):
            await connection.execute(text)
        await connection.execute("select set_config('search_path', $1, true)", before)
        for text in (*_indexes(views), script("services.views", "grants.sql")):
            await connection.execute(text.replace("{generation}", schema))
        if not beside:
            await connection.execute(_SQL["add"], digest, generation.schema, json.dumps(fold_versions(views)))
    return generation


async def promote(connection: Connection, generation: Generation, views: Views = VIEWS) -> None:
    """Serve a generation from now on: the caller has checked that it is not behind the one served.

    In one transaction, the caller's if there is one.
    """
    async with connection.transaction():
        await connection.execute(_SQL["promote"], generation.digest, generation.schema)
        await face(connection, generation)


async def lock(connection: Connection) -> None:
    """Keep everybody else from making, promoting or removing generations until the end of the transaction."""
    await connection.execute(_SQL["lock"])


async def remove(connection: Connection, generation: Generation) -> None:
    """Drop the tables of a generation that is not served."""
    async with connection.transaction():
        await lock(connection)
        current = await served(connection)
        assert current is None or current.schema != generation.schema, "the served generation is never removed"
        await connection.execute(f"drop schema if exists {quoted(generation.schema)} cascade")
        await connection.execute(_SQL["remove"], generation.digest, generation.schema)


async def remove_outdated(connection: Connection) -> list[Generation]:
    """Drop what is no longer needed: all but the served generation and the one before it. Gives what went."""
    rows = [row for row in await connection.fetch(_SQL["all"]) if row["promoted_at"] is not None]
    gone = [Generation(row["digest"], row["schema_name"]) for row in rows[2:]]
    for each in gone:
        await remove(connection, each)
    await remove_unlisted(connection)
    return gone


async def remove_unlisted(connection: Connection) -> None:
    """Drop the tables that a build beside a listed generation left behind when it was killed, or has replaced."""
    for row in await connection.fetch(_SQL["unlisted"]):
        try:
            async with connection.transaction():
                await connection.execute("set local lock_timeout = '5s'")
                await connection.execute(f"drop schema if exists {quoted(row['schema_name'])} cascade")
        except asyncpg.LockNotAvailableError:
            log.warning("schema_in_use", schema=row["schema_name"], do="nothing: the next rebuild removes it")


async def face(connection: Connection, generation: Generation) -> None:
    """Point `reporting` at a generation, with all views, whichever it has. Columns are only ever added, at the end, so
    that no view is dropped; functions that changed are made anew.

    Raises LockNotAvailableError when queries do not let go of it within `TIMEOUT_S`; ReportingInUse when something
    that is not Daybook's is built on a function that has to change; DaybookError where a later version made a view.
    """
    reports = _generated("reports")
    reporting: tuple[str, ...] = (
        script("services.views", "reporting/ledger.sql"),
        *[await _reporting(connection, generation, each) for each in _groups(VIEWS)],
        reports["units"],
        script("projections.reports", "functions.sql"),
        *(text for name, text in reports.items() if name != "units"),
        script("services.views", "reporting/present.sql"),
        script("services.views", "reporting/history.sql"),
        script("services.views", "reporting/days.sql"),
        script("services.views", "reporting/grants.sql"),
    )
    look = hashlib.sha256("\n".join(reporting).encode()).hexdigest()
    locked = script("services.views", "reporting/locks.sql")
    made = (*reporting, _MADE.format(look))
    try:
        if await connection.fetchval(_SQL["look"]) == look:
            try:
                return await _patiently(connection, generation, (locked, *made))
            except asyncpg.InvalidFunctionDefinitionError:
                log.warning("reporting_altered", do="nothing: its functions are made anew")
        former = await connection.fetchval(_SQL["former"]) if await connection.fetchval(_SQL["has_catalog"]) else None
        await _patiently(connection, generation, (locked, *_beside(reporting, former or []), *made))
    except asyncpg.DependentObjectsStillExistError as error:
        raise ReportingInUse(
            "Functions of reporting get other parameters or columns, and something that is not Daybook's is built on "
            f"them: {error.detail} Drop it, run `daybook init`, and make it anew."
        ) from error
    except asyncpg.InvalidTableDefinitionError as error:
        raise DaybookError(
            f"A view of reporting is not as this version makes it ({error}): a later version made it, or somebody "
            "altered it. Install that version, or drop the view and run `daybook init`."
        ) from error


def _beside(reporting: Sequence[str], former: Sequence[str]) -> Iterator[str]:
    """Statements that make the functions of this version in schemas of their own, and drop ours that differ."""
    named = {"reporting": "daybook_reporting", "served": "daybook_served"}

    def moved(text: str) -> str:
        return _SCHEMA.sub(lambda found: named[found[0]], text)

    yield from (moved(each) for each in reporting[:-1])  # without the grants
    changed = script("services.views", "reporting/changed.sql")
    names = f"array[{', '.join(literal(each) for each in former)}]::text[]"
    for place, text in ({f"{{{name}}}": each for name, each in named.items()} | {"{former}": names}).items():
        changed = changed.replace(place, text)
    yield changed


async def _reporting(connection: Connection, generation: Generation, group: str) -> str:
    """The face of a view's tables. Columns that a generation of an older version lacks are null there, and tables that
    it lacks are empty."""
    text = _generated(group)["reporting"]
    for table in tables_of(VIEWS):
        before = served_view(table.row)
        if before not in text:
            continue
        rows = await connection.fetch(_SQL["columns"], generation.schema, table.row.TABLE)
        lacking = frozenset(table.columns) - {row["name"] for row in rows}
        if lacking:
            text = text.replace(before, served_view(table.row, lacking))
    return text


async def _index(connection: Connection, generation: Generation, views: Views) -> None:
    """Make the indexes that this version's reports rely on, where another version made the tables. Who reads goes on;
    who writes waits. Where they are there, nobody waits."""
    async with connection.transaction():
        await lock(connection)
        for text in _indexes(views):
            await connection.execute(text.replace("{generation}", quoted(generation.schema)), timeout=INDEXED_WITHIN_S)


async def _outdated_indexes(connection: Connection, generation: Generation, views: Views) -> list[str]:
    """Statements that drop indexes of older versions."""
    wanted = {name for table in tables_of(views) for name in index_names(table.row)}
    tables = [table.row.TABLE for table in tables_of(views)]
    rows = await connection.fetch(_SQL["indexes"], generation.schema, tables)
    return [f"drop index if exists {{generation}}.{quoted(row['name'])}" for row in rows if row["name"] not in wanted]


async def _patiently(connection: Connection, generation: Generation, texts: Sequence[str]) -> None:
    """Run scripts that replace or drop what queries read, in one transaction.

    A query locks the views that it reads one after another, and these replace them one after another. Each could hold
    what the other waits for, so this never waits as long as it takes PostgreSQL to look for a deadlock and end a
    reader's query: it lets go of everything and begins again. Raises LockNotAvailableError after `TIMEOUT_S`.
    """
    until = monotonic() + TIMEOUT_S
    while True:
        try:
            await _briefly(connection, generation, texts)
        except asyncpg.LockNotAvailableError:
            if monotonic() > until:
                raise
            await asyncio.sleep(PAUSE_S)
        else:
            return


async def _briefly(connection: Connection, generation: Generation, texts: Sequence[str]) -> None:
    async with connection.transaction():
        before = await connection.fetchval("select current_setting('lock_timeout')")
        await connection.execute(f"set local lock_timeout = '{LOCK_WAIT_MS}ms'")
        for text in texts:
            await connection.execute(text.replace("{generation}", quoted(generation.schema)))
        await connection.execute("select set_config('lock_timeout', $1, true)", before)


def _tables(views: Views) -> list[str]:
    return [
        script("services.views", "generation.sql"),
        *(_generated(each)["tables"] for each in _groups(views)),
    ]


def _indexes(views: Views) -> list[str]:
    return [_generated(each)["indexes"] for each in _groups(views)]


def _groups(views: Views) -> list[str]:
    """Names of the generated files: that of the flags, and one for each view."""
    return [FLAG, *(view.name for view in views)]


def _generated(group: str) -> Mapping[str, str]:
    return queries("projections.generated", f"{group}.sql")


async def _one(connection: Connection, query: str, *arguments: str) -> Generation | None:
    row = await connection.fetchrow(_SQL[query], *arguments)
    return None if row is None else Generation(row["digest"], row["schema_name"])
