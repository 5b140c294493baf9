"""A row class and its table: what is written, what is read back, and the statements for both."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, Literal, get_args, get_origin, get_type_hints

from contracts.types.identifiers import split_subject
from projections.replay.entry import FOREVER
from projections.replay.view import FlagRow, Row, RowKey, View

_INFINITY = datetime.max
"""What asyncpg takes for PostgreSQL's `infinity`, and gives for it: without a zone."""


_SQL_TYPES: dict[Any, str] = {str: "text", int: "bigint", bool: "boolean", datetime: "timestamptz", date: "date"}
"""The types that key columns may have."""


def _sql_type(hint: Any) -> str:
    """The type of a key column; a choice of words is text."""
    return "text" if get_origin(hint) is Literal else _SQL_TYPES[hint]


def quoted(name: str) -> str:
    """An identifier as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Table:
    """The table of one row class."""

    row: type[Row]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table, known_from and known_to included."""
        return (*self.row.columns(), "known_from", "known_to")

    @cached_property
    def _times(self) -> tuple[int, ...]:
        hints = get_type_hints(self.row)
        return tuple(
            place
            for place, name in enumerate(self.row.columns())
            if hints[name] is datetime or datetime in get_args(hints[name])
        )

    @cached_property
    def _values(self) -> Callable[[Row], tuple[Any, ...]]:
        return attrgetter(*self.row.columns())

    @cached_property
    def _key_times(self) -> tuple[int, ...]:
        times = {self.row.columns()[place] for place in self._times}
        return tuple(place for place, name in enumerate(self.row.KEY) if name in times)

    def record(self, row: Row, known_from: int, known_to: int) -> tuple[Any, ...]:
        """The values of a version, as asyncpg takes them."""
        return (*_to_infinity(self._values(row), self._times), known_from, known_to)

    def closing(self, closed: Mapping[RowKey, int]) -> list[list[Any]]:
        """The parameters for `close_sql`: what unmade each row, and each column of the keys."""
        keys = [_to_infinity(key.key, self._key_times) for key in closed]
        return [list(closed.values()), *map(list, zip(*keys, strict=True))]

    def read(self, record: Iterable[Any]) -> Row:
        """A row from the values of its own columns, as asyncpg gives them."""
        values = list(record)
        for place in self._times:
            if values[place] == _INFINITY:
                values[place] = FOREVER
        return self.row(*(tuple(value) if isinstance(value, list) else value for value in values))

    def key_of(self, row: Row) -> RowKey:
        """The key that names a row."""
        return RowKey(self.row, tuple(getattr(row, name) for name in self.row.KEY))

    def subject_value(self, subject: str) -> str:
        """Value of the first key column for a subject: the subject's id; for flags the whole subject."""
        return subject if self.row is FlagRow else split_subject(subject)[1]

    def insert_sql(self, schema: str) -> str:
        """Insert one version."""
        places = ", ".join(f"${place + 1}" for place in range(len(self.columns)))
        return f"insert into {self._name(schema)} ({self._list(self.columns)}) values ({places})"  # noqa: S608

    def close_sql(self, schema: str) -> str:
        """Set known_to of the versions that stand under keys; the parameters are arrays (`closing`)."""
        hints = get_type_hints(self.row)
        arrays = ", ".join(f"${place + 2}::{_sql_type(hints[name])}[]" for place, name in enumerate(self.row.KEY))
        where = " and ".join(f"stands.{quoted(name)} = closing.{quoted(name)}" for name in self.row.KEY)
        return (
            f"update {self._name(schema)} stands set known_to = closing.unmade_by "  # noqa: S608
            f"from unnest($1::bigint[], {arrays}) as closing (unmade_by, {self._list(self.row.KEY)}) "
            f"where {where} and stands.known_to = 9223372036854775807"
        )

    def standing_sql(self, schema: str) -> str:
        """The rows of one subject that stand."""
        return (
            f"select {self._list(self.row.columns())} from {self._name(schema)} "  # noqa: S608
            f"where {quoted(self.row.KEY[0])} = $1 and known_to = 9223372036854775807"
        )

    def _name(self, schema: str) -> str:
        return f"{quoted(schema)}.{quoted(self.row.TABLE)}"

    def _list(self, names: Iterable[str]) -> str:
        return ", ".join(map(quoted, names))


_TABLES: dict[type[Row], Table] = {}


def table(row: type[Row]) -> Table:
    """The table of a row class; one for each."""
    found = _TABLES.get(row)
    if found is None:
        found = _TABLES[row] = Table(row)
    return found


def tables_of(views: Iterable[View[Any]]) -> tuple[Table, ...]:
    """The tables that views write, the flags that all share included; each once."""
    return tuple(table(row) for row in dict.fromkeys([*(row for view in views for row in view.tables), FlagRow]))


def _to_infinity(values: tuple[Any, ...], times: tuple[int, ...]) -> tuple[Any, ...]:
    for place in times:
        if values[place] == FOREVER:
            values = (*values[:place], _INFINITY, *values[place + 1 :])
    return values
