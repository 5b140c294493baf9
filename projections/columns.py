"""Columns of rows: their kinds, labels and comments, read from the fields of row classes.

A field says the kind of its value by its type, its label by `Annotated`, its comment by the docstring under it:

    amount: Annotated[Amount | None, Label("金额", "amount")]
    \"\"\"Expected value, and once won the final one; null when unknown.\"\"\"

The values of a `Literal` have labels, too: `Words(open="在手", won="赢单")`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from contracts.documented import field_docstrings


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: how SQL stores it, and by which rule people and programs read it."""

    name: str
    sql: str
    """Type in PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Label:
    """Heading of a column, or title of a report, in both languages."""

    zh: str
    en: str


class Words:
    """Labels of the values of a column that has few of them: Chinese as given, English as the value with spaces."""

    def __init__(self, **zh: str) -> None:
        self.labels = {value: Label(text, value.replace("_", " ")) for value, text in zh.items()}


@dataclass(frozen=True, slots=True)
class Added:
    """Mark of a column that a later version added. Relations of `reporting` have it behind all columns that they had
    before, because PostgreSQL replaces a view only by one that adds columns at the end."""


TEXT = Kind("text", "text")
WORD = Kind("word", "text")
WHOLE = Kind("whole", "bigint")
DECIMAL = Kind("decimal", "numeric")
INSTANT = Kind("instant", "timestamptz")
DAY = Kind("day", "date")
YES_NO = Kind("yes_no", "boolean")

_BY_TYPE: dict[Any, Kind] = {
    str: TEXT,
    int: WHOLE,
    Decimal: DECIMAL,
    datetime: INSTANT,
    date: DAY,
    bool: YES_NO,
}

DealId = Annotated[str, Kind("deal", "text")]
AccountId = Annotated[str, Kind("account", "text")]
Subject = Annotated[str, Kind("subject", "text")]
"""`deal/<id>` or `account/<id>`."""
PlaybookKey = Annotated[str, Kind("playbook", "text")]
Person = Annotated[str, Kind("person", "text")]
Currency = Annotated[str, Kind("currency", "text")]
"""ISO 4217 code."""
Series = Annotated[str, Kind("series", "text")]
"""Series of a document's number; empty where it has none."""
Version = Annotated[int, Kind("version", "integer")]
StageNumber = Annotated[int, Kind("stage", "integer")]
Days = Annotated[int, Kind("days", "integer")]
DayOrTime = Annotated[str, Kind("day or time", "text")]
"""A day, whose end is meant, or a time with its offset from UTC."""
Count = Annotated[int, Kind("count", "bigint")]
Microseconds = Annotated[int, Kind("microseconds", "bigint")]
EntrySequence = Annotated[int, Kind("sequence", "bigint")]
"""Sequence of an entry of the ledger."""
Amounts = Annotated[dict[str, Decimal], Kind("amounts", "jsonb")]
"""Amounts by currency; a currency without any is left out."""
Amount = Annotated[Decimal, Kind("amount", "numeric")]
"""Amount in the currency that the row's column `currency` names."""
Rate = Annotated[Decimal, Kind("rate", "numeric")]
"""Share, 0 to 1."""
Duration = Annotated[Decimal, Kind("duration", "numeric")]
"""Days, with two decimals."""
Texts = Annotated[tuple[str, ...], Kind("texts", "text[]")]
"""List of texts."""
Sequences = Annotated[tuple[int, ...], Kind("sequences", "bigint[]")]
"""Sequences of entries of the ledger."""


@dataclass(frozen=True, slots=True)
class Column:
    """Column of a row class."""

    name: str
    kind: Kind
    optional: bool
    """Null is possible."""
    label: Label
    comment: str
    added: bool
    """Added by a later version."""
    words: Mapping[str, Label]
    """Values that are possible, where they are few, with their labels."""


def kind_of(hint: Any) -> Kind:
    """The kind of value that a type stands for. Raises TypeError."""
    kinds = _read(hint).kinds
    if len(kinds) != 1:
        raise TypeError(f"No kind of column is known for {hint}.")
    return kinds[0]


def words_of(hint: Any) -> tuple[str, ...]:
    """Values of a type that has few of them."""
    return _read(hint).words


_COLUMNS: dict[type[Any], tuple[Column, ...]] = {}


def columns_of(row: type[Any]) -> tuple[Column, ...]:
    """Columns of a dataclass in the order of its fields.

    Raises TypeError for a field without label or comment, and for a value of a `Literal` without label.
    """
    found = _COLUMNS.get(row)
    if found is None:
        hints = get_type_hints(row, include_extras=True)
        comments = comments_of(row)
        found = _COLUMNS[row] = tuple(_column(row, each.name, hints[each.name], comments) for each in fields(row))
    return found


def column_of(row: type[Any], name: str) -> Column:
    """The column of a dataclass that has a name. Raises KeyError."""
    return {each.name: each for each in columns_of(row)}[name]


def comments_of(row: type[Any]) -> dict[str, str]:
    """Docstrings under the fields of a class and of the classes that it extends, each as one line."""
    found: dict[str, str] = {}
    for each in reversed(row.__mro__[:-1]):
        found |= {name: " ".join(text.split()) for name, text in field_docstrings(each).items()}
    return found


@dataclass(slots=True)
class _Hint:
    """Findings about a field in its type."""

    kinds: list[Kind] = field(default_factory=list)
    label: Label | None = None
    added: bool = False
    optional: bool = False
    words: tuple[str, ...] = ()
    labels: Mapping[str, Label] = field(default_factory=dict)


def _column(row: type[Any], name: str, hint: Any, comments: dict[str, str]) -> Column:
    found = _read(hint)
    if found.label is None or name not in comments:
        raise TypeError(f"{row.__name__}.{name} lacks a {'label' if found.label is None else 'docstring'}.")
    if len(found.kinds) != 1:
        raise TypeError(f"{row.__name__}.{name}: no kind of column is known for {hint}.")
    if unlike := set(found.words) ^ found.labels.keys():
        raise TypeError(f"{row.__name__}.{name}: give each value one of Words, and no other: {', '.join(unlike)}.")
    words = {word: found.labels[word] for word in found.words}
    return Column(name, found.kinds[0], found.optional, found.label, comments[name], found.added, words)


def _read(hint: Any) -> _Hint:
    origin = get_origin(hint)
    if hint is NoneType:
        return _Hint(optional=True)
    if hint in _BY_TYPE:
        return _Hint([_BY_TYPE[hint]])
    if origin is Literal:
        return _Hint([WORD], words=get_args(hint))
    if origin is Annotated:
        inner, *marks = get_args(hint)
        found = _read(inner)
        for mark in marks:
            match mark:
                case Kind():
                    found.kinds = [mark]
                case Label():
                    found.label = mark
                case Added():
                    found.added = True
                case Words():
                    found.labels = mark.labels
        return found
    if origin in (Union, UnionType):
        parts = [_read(each) for each in get_args(hint)]
        return _Hint(
            [kind for part in parts for kind in part.kinds],
            next((part.label for part in parts if part.label), None),
            any(part.added for part in parts),
            any(part.optional for part in parts),
            tuple(word for part in parts for word in part.words),
            {word: label for part in parts for word, label in part.labels.items()},
        )
    return _Hint()
