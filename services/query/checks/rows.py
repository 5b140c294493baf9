"""The row versions that a view has, beside those that a replay gives."""

from collections.abc import Collection, Iterable
from typing import Any

from projections.view import Row, RowKey
from services.ledger.journal import Connection
from services.projector.tables import Table, quoted
from services.projector.versions import STANDS
from services.query.checks.differences import Differences
from services.query.checks.replays import named

Version = tuple[Row, int, int]
"""A row with known_from and known_to."""


async def versions_of(
    connection: Connection, schema: str, table: Table, subjects: Collection[str], up_to: int
) -> dict[str, list[Version]]:
    """The versions that some subjects have, as they stood when `up_to` was the last sequence known."""
    by_value = {table.subject_value(subject): subject for subject in subjects}
    found: dict[str, list[Version]] = {subject: [] for subject in subjects}
    first = table.row.KEY[0]
    rows = await connection.fetch(_versions_sql(schema, table), list(by_value), up_to)
    place = table.row.columns().index(first)
    for record in rows:
        *values, known_from, known_to = record
        version = table.read(values), known_from, known_to if known_to <= up_to else STANDS
        found[by_value[values[place]]].append(version)
    return found


async def subjects_without_entries(
    connection: Connection, schema: str, table: Table, kind: str, up_to: int
) -> list[tuple[str, int]]:
    """Subjects that have rows although no entry concerns them, with their lowest known_from."""
    first = quoted(table.row.KEY[0])
    prefix = "" if table.subject_value(f"{kind}/x") == f"{kind}/x" else f"{kind}/"
    rows = await connection.fetch(
        f"select $2 || {first} as subject, min(known_from) as known_from "  # noqa: S608
        f"from {quoted(schema)}.{quoted(table.row.TABLE)} version "
        "where known_from <= $1 and not exists (select from ledger.concerns "
        f"where concerns.subject = $2 || version.{first} and concerns.sequence <= $1) "
        "group by 1 order by 1",
        up_to,
        prefix,
    )
    return [(row["subject"], row["known_from"]) for row in rows]


def compare(subject: str, expected: Iterable[Version], found: Iterable[Version], differences: Differences) -> None:
    """Note how the versions of one table differ for one subject."""
    wanted = {(_key(version[0]), version[1]): version for version in expected}
    extra: dict[RowKey, list[Version]] = {}
    for row, known_from, known_to in found:
        key = _key(row)
        version = wanted.pop((key, known_from), None)
        if version is None:
            extra.setdefault(key, []).append((row, known_from, known_to))
            continue
        if version[0] != row:
            right, wrong = _differing(version[0], row)
            differences.add("view_row_altered", known_from, subject, f"{named(key)}: {right}", wrong)
        if version[2] != known_to:
            differences.add(
                "view_known_to_altered", known_from, subject, f"{named(key)}: {_known(version[2])}", _known(known_to)
            )
    for (key, known_from), version in wanted.items():
        moved = next((each for each in extra.get(key, ()) if each[0] == version[0] and each[2] == version[2]), None)
        if moved is None:
            differences.add("view_row_missing", known_from, subject, f"{named(key)}: {_shown(version[0])}")
        else:
            extra[key].remove(moved)
            differences.add("view_known_from_altered", known_from, subject, f"{named(key)}: {known_from}", moved[1])
    for key, versions in extra.items():
        for row, known_from, _ in versions:
            differences.add("view_row_extra", known_from, subject, None, f"{named(key)}: {_shown(row)}")


def _versions_sql(schema: str, table: Table) -> str:
    columns = ", ".join(map(quoted, table.columns))
    return (
        f"select {columns} from {quoted(schema)}.{quoted(table.row.TABLE)} "  # noqa: S608
        f"where {quoted(table.row.KEY[0])} = any($1::text[]) and known_from <= $2"
    )


def _key(row: Row) -> RowKey:
    return RowKey(type(row), tuple(getattr(row, name) for name in row.KEY))


def _differing(expected: Row, found: Row) -> tuple[str, str]:
    names = [name for name in expected.columns() if getattr(expected, name) != getattr(found, name)]
    return _some(expected, names), _some(found, names)


def _shown(row: Row) -> str:
    return _some(row, [name for name in row.columns() if name not in row.KEY])


def _some(row: Row, names: Iterable[str]) -> str:
    return ", ".join(f"{name}={_value(getattr(row, name))}" for name in names)


def _value(value: Any) -> str:
    return "null" if value is None else str(value)


def _known(sequence: int) -> str:
    return "stands" if sequence == STANDS else str(sequence)
