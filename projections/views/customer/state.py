"""State of the fold for one account: the row that stands of each thing, and its planned activities."""

from collections.abc import Hashable
from datetime import date
from typing import Any, NamedTuple

from projections.replay.view import Row, RowKey
from projections.views.customer.rows import Standing

Thing = tuple[type[Standing], tuple[Hashable, ...]]
"""Row class and key, without account and time, of a thing that has one row at a time."""


class Shown(NamedTuple):
    """The row of a thing that is now open-ended, and what it says."""

    row: Standing
    said: tuple[Any, ...]


class Planned(NamedTuple):
    """An activity as it was planned last."""

    kind: str
    due_on: date
    owner: str | None
    contact: str | None
    agenda: str | None
    entry: int


class Todo:
    """A plan and what became of it, whichever was told first."""

    __slots__ = ("cancelled_by", "done_by", "name", "planned", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        """As the first entry that names the plan writes it."""
        self.planned: Planned | None = None
        self.done_by: int | None = None
        """Sequence of the first entry that carries it out."""
        self.cancelled_by: int | None = None
        """Sequence of the entry that cancels it; None once it is planned anew."""
        self.waiting: list[RowKey] = []
        """Flags of entries that name the plan before it was planned."""


class Account:
    """The state of one account."""

    __slots__ = ("case_names", "id", "referrals", "rows", "standing", "subject", "todos")

    def __init__(self, account_id: str) -> None:
        self.id = account_id
        self.subject = f"account/{account_id}"
        self.standing: dict[Thing, Shown] = {}
        self.todos: dict[str, Todo] = {}
        """By the key of the plan's name."""
        self.case_names: dict[str, str] = {}
        """By the key of a case's number, the number as the first feedback about it writes it."""
        self.referrals: set[str] = set()
        """Keys of the referrals' names."""
        self.rows: dict[RowKey, Row] = {}
        """All rows, the intervals that have ended included."""

    def join(self, other: "Account") -> None:
        """Take over what other entries have made of the same account; nothing is about a thing of both."""
        self.standing |= other.standing
        self.todos |= other.todos
        self.case_names |= other.case_names
        self.referrals |= other.referrals
        self.rows |= other.rows
