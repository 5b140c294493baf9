"""Views: each is a pure, total fold over one subject's effective history, and the rows that the fold shows."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from types import UnionType
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, TypeVar, get_args

from contracts.events import Event
from projections.columns import Added, EntrySequence, Label, Subject
from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Interval:
    """Valid time of rows that hold from one instant until before another: the names of both columns."""

    begins: str = "from_at"
    ends: str = "to_at"
    """FOREVER in rows that have not ended: `infinity` in tables, null in `reporting`."""


@dataclass(frozen=True, slots=True)
class Instant:
    """Valid time of rows that hold from one instant on: the name of the column."""

    at: str = "at"


@dataclass(frozen=True, slots=True)
class Index:
    """Index that a table has beside those by key, by subject and by the two times."""

    name: str
    columns: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a view's table, without `known_from` and `known_to`, which the runtime adds.

    A subclass is `@dataclass(frozen=True, slots=True)`, its fields are the table's columns in order
    (`projections/columns.py`), and its docstring is the comment of the table; the first sentence says the rows' time as
    "over time". `python -m projections.generated` writes the table's SQL from the class.
    """

    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    """Names the row through all versions of knowledge; the first column is the subject's id (or, for flags, the whole
    subject)."""
    VALID: ClassVar[Interval | Instant]
    COUNTED: ClassVar[tuple[str, ...]]
    """Columns that reports group or filter by: the indexes hold them, so that no report reads the table for them."""
    SUMMED: ClassVar[tuple[str, ...]]
    """Columns that reports read of each row beside those, such as amounts that they sum: the indexes hold them, too."""
    FACE: ClassVar[bool]
    """The relation and the function of the table's name in `reporting` show its rows; false where a report has the
    name."""
    INDEXES: ClassVar[tuple[Index, ...]]
    PAST: ClassVar[tuple[str, ...]]
    """Columns that reports read of all rows that had begun by an instant, ended or not: an index holds them,
    by the first one, whose value reports give. Empty: no report asks for the past of the rows."""

    def __init_subclass__(
        cls,
        *,
        table: str | None = None,
        key: tuple[str, ...] = (),
        valid: Interval | Instant | None = None,
        counted: tuple[str, ...] = (),
        summed: tuple[str, ...] = (),
        face: bool = True,
        indexes: tuple[Index, ...] = (),
        past: tuple[str, ...] = (),
    ) -> None:
        # With slots=True the class is made twice, the second time without keywords: keep what the first time said.
        if table is not None:
            assert valid is not None, f"{cls.__name__} says no valid time"
            cls.TABLE, cls.KEY, cls.VALID = table, key, valid
            cls.COUNTED, cls.SUMMED, cls.FACE, cls.INDEXES, cls.PAST = counted, summed, face, indexes, past

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Column names in order, without known_from and known_to."""
        return tuple(each.name for each in fields(cls))

    def values(self) -> tuple[Any, ...]:
        """The columns' values in order."""
        return tuple(getattr(self, name) for name in self.__slots__) if self.__slots__ else ()


class RowKey(NamedTuple):
    """Key of a row: its table's class and the values of its key columns."""

    row: type[Row]
    key: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class FlagRow(
    Row,
    table="flag",
    key=("subject", "view", "flag", "entry", "from_at"),
    valid=Interval(),
    counted=("view", "flag"),
    face=False,
    indexes=(Index("waiting", ("detail",), "flag = 'unknown_playbook'"),),
):
    """Surprises in entries over time. An entry is recorded all the same; a flag says what the view made of it, and ends
    when the surprise is over."""

    subject: Annotated[Subject, Label("对象", "subject")]
    """deal/<id> or account/<id>."""
    view: Annotated[str, Label("视图", "view")]
    """The view that found it; history for corrections and voids."""
    flag: Annotated[str, Label("异常", "flag")]
    """What was found, in one word."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the surprising entry."""
    detail: Annotated[str | None, Label("说明", "detail")]
    """What is surprising about it."""
    from_at: Annotated[datetime, Label("自", "from"), Added()]
    """Since when it is surprising, inclusive."""
    to_at: Annotated[datetime, Label("至", "to"), Added()]
    """Until when, exclusive; null while nothing later is known."""


_WHOLE = ("",)


def _never(_: object, __: object) -> bool:
    return False


def _never_merged(_: object, __: object) -> None:
    raise AssertionError("all entries have the same name")


@dataclass(frozen=True)
class View(Generic[S]):
    """One derived answer.

    `evolve(state, entry, playbooks)` takes the next entry in effective order and changes the state in place: the
    state is owned by whoever folds and is never shared, which keeps the cost per entry independent of the size of
    the subject. It returns the keys of the rows that it touched. It is total: surprising order or content becomes
    a flag. `row(state, key)` renders one row that was touched, None where there is none (any more, or yet).
    """

    name: str
    version: int
    """Raised whenever the same entries give other rows; part of the generation's digest. `changes` says why."""
    kind: Literal["deal", "account"]
    handles: UnionType
    """The union type that `evolve` matches on."""
    tables: tuple[type[Row], ...]
    initial: Callable[[str], S]
    """The state of a subject (its id, without the kind) before any entry."""
    evolve: Callable[[S, Entry[Any], Playbooks], Iterable[RowKey]]
    row: Callable[[S, RowKey], Row | None]
    insert: Callable[[S, Entry[Any]], bool] = _never
    """Change a state into that with one more entry, which belongs before others that are folded, if no row depends on
    it; whether it did. Without it the entries behind a late one are always folded anew. It may be false at any time:
    then the state is as before."""
    remove: Callable[[S, Entry[Any]], bool] = _never
    """Change a state into that with one entry less, which is among those folded; tell if it did, as `insert`."""
    partition_keys: Callable[[Entry[Any]], Sequence[Hashable]] = lambda _: _WHOLE
    """Partition keys of an entry, at least one. Entries linked by common keys form a partition. Partitions have no
    effect on each other and touch no row in common, so that a late entry refolds only its own. By default all entries
    of a subject form one."""
    changes: Mapping[int, Sequence[str]] = field(default_factory=dict, compare=False)
    """By each version above 1, sentences for people: which rows it makes otherwise than the version before."""
    merge: Callable[[S, S], None] = _never_merged
    """Change a state into that of its entries and those of another, which shares no key with it and is given up."""

    @cached_property
    def handled(self) -> frozenset[type[Event]]:
        """The event classes of `handles`."""
        return frozenset(get_args(self.handles))


def fold(view: View[S], subject_id: str, entries: Iterable[Entry[Any]], playbooks: Playbooks) -> S:
    """The state after entries given in effective order."""
    state = view.initial(subject_id)
    for entry in entries:
        if type(entry.event) in view.handled:
            view.evolve(state, entry, playbooks)
    return state
