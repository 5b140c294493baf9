"""Effects of entries on the views: the row versions that they made and unmade."""

from collections.abc import Collection, Sequence
from typing import Any

from contracts.types.identifiers import split_subject
from projections.replay.view import FlagRow, Row, RowKey
from projections.views import VIEWS, generation_digest
from services.ledger.journal import Connection
from services.postgres.statements import queries
from services.query.render import plain, plain_row
from services.query.shapes import Caused
from services.views.generation import Generation
from services.views.row_tables import Table, quoted, tables_of

_SQL = queries("services.query", "history.sql")

Rows = dict[RowKey, Row]


async def effects_of(
    connection: Connection, generation: Generation, sequences: Sequence[int], subject: str
) -> dict[int, list[Caused]]:
    """Find what each entry did, by sequence, to the rows of this subject and of all others that the entry concerns."""
    noted = await connection.fetch(_SQL["concerned"], list(sequences))
    subjects = {subject, *(row["subject"] for row in noted)}
    made: dict[int, Rows] = {sequence: {} for sequence in sequences}
    unmade: dict[int, Rows] = {sequence: {} for sequence in sequences}
    for kind, of_kind in _by_kind(subjects).items():
        for table in await _tables(connection, generation, kind):
            values = [table.subject_value(each) for each in of_kind]
            sql = _changed_sql(generation, table, await _lacking(connection, generation, table))
            for record in await connection.fetch(sql, values, list(sequences)):
                *columns, known_from, known_to = record
                row = table.read(columns)
                if known_from in made:
                    made[known_from][table.key_of(row)] = row
                if known_to in unmade:
                    unmade[known_to][table.key_of(row)] = row
    return {sequence: _told(unmade[sequence], made[sequence]) for sequence in sequences}


async def sequences_of(connection: Connection, generation: Generation, subject: str, up_to: int) -> set[int]:
    """Sequences, up to one, that made or unmade a row of a subject."""
    found: set[int] = set()
    for table in await _tables(connection, generation, split_subject(subject)[0]):
        sql = (
            f"select distinct known.sequence from {quoted(generation.schema)}.{quoted(table.row.TABLE)} version "  # noqa: S608
            "cross join lateral (values (version.known_from), (version.known_to)) as known (sequence) "
            f"where version.{quoted(table.row.KEY[0])} = $1 and known.sequence <= $2"
        )
        found.update(row["sequence"] for row in await connection.fetch(sql, table.subject_value(subject), up_to))
    return found


def _told(unmade: Rows, made: Rows) -> list[Caused]:
    """Effects of an entry, one for each row; a row that replaces another has both sides."""
    told = [
        Caused(
            view=_view_of(key),
            key=dict(zip(key.row.KEY, map(plain, key.key), strict=True)),
            before=_shown(unmade.get(key)),
            after=_shown(made.get(key)),
        )
        for key in {**unmade, **made}
    ]
    return sorted(told, key=lambda each: (each["view"], [str(part) for part in each["key"].values()]))


def _shown(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else plain_row(dict(zip(row.columns(), row.values(), strict=True)))


def _view_of(key: RowKey) -> str:
    """The view that shows the row; a flag says itself which one raised it."""
    if key.row is FlagRow:
        return str(key.key[key.row.KEY.index("view")])
    return next(view.name for view in VIEWS if key.row in view.tables)


def _by_kind(subjects: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for subject in subjects:
        found.setdefault(split_subject(subject)[0], []).append(subject)
    return found


async def _tables(connection: Connection, generation: Generation, kind: str) -> list[Table]:
    """Tables of the views about a kind of subject, but for those that another version's generation lacks."""
    tables = list(tables_of([view for view in VIEWS if view.kind == kind]))
    if generation.digest == generation_digest():
        return tables
    there = {row["name"] for row in await connection.fetch(_SQL["tables"], generation.schema)}
    return [each for each in tables if each.row.TABLE in there]


async def _lacking(connection: Connection, generation: Generation, table: Table) -> set[str]:
    """Columns that the table does not have, where another version made it: they say nothing."""
    if generation.digest == generation_digest():
        return set()
    rows = await connection.fetch(_SQL["columns"], generation.schema, table.row.TABLE)
    return set(table.columns) - {row["name"] for row in rows}


def _changed_sql(generation: Generation, table: Table, lacking: Collection[str]) -> str:
    columns = [f"null as {quoted(name)}" if name in lacking else quoted(name) for name in table.columns]
    return (
        f"select {', '.join(columns)} from {quoted(generation.schema)}.{quoted(table.row.TABLE)} "  # noqa: S608
        f"where {quoted(table.row.KEY[0])} = any($1::text[]) "
        "and (known_from = any($2::bigint[]) or known_to = any($2::bigint[]))"
    )
