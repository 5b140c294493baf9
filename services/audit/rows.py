"""The row versions that a view has, beside those that a replay gives.

They are read where everybody reads them, in `reporting`: what stands between a table and its readers is checked too.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import asyncpg

from projections.replay.view import FlagRow, Interval, Row, RowKey
from services.audit.differences import Differences
from services.errors import DaybookError
from services.ledger.journal import Connection
from services.views.row_tables import Table, quoted
from services.views.row_versions import STANDS, named

Version = tuple[Row, int, int]
"""A row with known_from and known_to."""
Told = tuple[Any, ...]
"""The same as the database tells it: the values of all columns in order, as asyncpg gives them."""


async def check_readable(connection: Connection, tables: Iterable[Table]) -> None:
    """Raises DaybookError where `reporting` does not have all columns of a table."""
    for table in tables:
        try:
            await connection.fetch(f"select {_columns(table)} from {_face(table)} limit 0")  # noqa: S608
        except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError, asyncpg.InsufficientPrivilegeError) as error:
            raise DaybookError(
                f"{_face(table)} is not as this version made it ({error}), so nobody can read the rows. Run `daybook "
                "init`, which makes the views of reporting anew; drop it before if that does not do."
            ) from error


async def told_of(connection: Connection, table: Table, subjects: Collection[str], up_to: int) -> dict[str, list[Told]]:
    """The versions that some subjects have, as they stood when `up_to` was the last sequence known."""
    by_value = {table.subject_value(subject): subject for subject in subjects}
    found: dict[str, list[Told]] = {subject: [] for subject in subjects}
    place = table.columns.index(table.row.KEY[0])
    for record in await connection.fetch(_versions_sql(table), list(by_value), up_to):
        told = tuple(record)
        found[by_value[told[place]]].append(told if told[-1] <= up_to else (*told[:-1], STANDS))
    return found


async def versions_of(
    connection: Connection, table: Table, subjects: Collection[str], up_to: int
) -> dict[str, list[Version]]:
    """Read the versions that some subjects have, as `told_of` does, and make rows of them."""
    told = await told_of(connection, table, subjects, up_to)
    return {subject: _read(table, each) for subject, each in told.items()}


async def subjects_without_entries(
    connection: Connection, table: Table, kinds: Sequence[str], up_to: int
) -> list[tuple[str, int]]:
    """Subjects that have rows although no entry concerns them or no view is about their kind, with the lowest
    known_from. `kinds` are those of the views that write the table."""
    first = quoted(table.row.KEY[0])
    whole = table.row is FlagRow
    rows = await connection.fetch(
        f"select $2 || {first} as subject, min(known_from) as known_from from {_face(table)} version "  # noqa: S608
        "where known_from <= $1 and (not exists (select from ledger.concerns "
        f"where concerns.subject = $2 || version.{first} and concerns.sequence <= $1) "
        f"or split_part($2 || version.{first}, '/', 1) <> all($3::text[])) group by 1 order by 1",
        up_to,
        "" if whole else f"{kinds[0]}/",
        kinds,
    )
    return [(row["subject"], row["known_from"]) for row in rows]


def compare(
    subject: str, table: Table, expected: Sequence[Version], told: Sequence[Told], differences: Differences
) -> None:
    """Note how the versions of one table differ for one subject."""
    if not _agree(table, expected, told):
        _note(subject, expected, _read(table, told), differences)


def _agree(table: Table, expected: Sequence[Version], told: Sequence[Told]) -> bool:
    """Tell if the versions are the same, value by value. Nearly always they are, and rows need not be made to see it.

    False may also be said of the same versions: PostgreSQL gives a list of values otherwise than a row holds it.
    """
    place = _place(table)
    wanted = {place(each): each for each in (table.record(*version) for version in expected)}
    return len(expected) == len(told) == len(wanted) and all(wanted.pop(place(each), None) == each for each in told)


@cache
def _place(table: Table) -> Callable[[Told], Any]:
    """Return the function that gives what names a version: its key and known_from."""
    return itemgetter(*map(table.columns.index, (*table.row.KEY, "known_from")))


def _note(subject: str, expected: Iterable[Version], found: Iterable[Version], differences: Differences) -> None:
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


def _read(table: Table, told: Iterable[Told]) -> list[Version]:
    return [(table.read(each[:-2]), each[-2], each[-1]) for each in told]


def _versions_sql(table: Table) -> str:
    return (
        f"select {_columns(table)} from {_face(table)} "  # noqa: S608
        f"where {quoted(table.row.KEY[0])} = any($1::text[]) and known_from <= $2"
    )


def _columns(table: Table) -> str:
    valid = table.row.VALID
    ends = valid.ends if isinstance(valid, Interval) else None
    return ", ".join(
        f"coalesce({quoted(name)}, 'infinity')" if name == ends else quoted(name) for name in table.columns
    )


def _face(table: Table) -> str:
    """The view of all versions, which all other views and functions of `reporting` read."""
    return f"reporting.{quoted(table.row.TABLE + '_version')}"


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
