"""Step of the customer fold: the rows that one entry makes and ends."""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from projections.replay.entry import FOREVER, Entry
from projections.replay.view import FlagRow, Row, RowKey
from projections.views.customer.rows import ReferralRow, Standing, TouchRow
from projections.views.customer.state import Account, Shown, Thing

VIEW = "customer"


class Step:
    """One entry being folded into an account. `touched` has the keys of the rows that it touched."""

    __slots__ = ("account", "at", "entry", "touched")

    def __init__(self, account: Account, entry: Entry[Any]) -> None:
        self.account = account
        self.entry = entry
        self.at = entry.occurred_at
        self.touched: dict[RowKey, None] = {}

    @property
    def about_the_account(self) -> bool:
        """The entry's subject is this account, which others do no more than name."""
        return self.entry.subject == self.account.subject

    @property
    def deal(self) -> str | None:
        """Id of the deal that the entry is about or names."""
        kind, _, name = self.entry.subject.partition("/")
        return name if kind == "deal" else getattr(self.entry.event, "deal_id", None)

    def show(self, table: type[Standing], key: tuple[Hashable, ...], *said: Any, entry: int | None = None) -> None:
        """Let a thing stand so from now on. Nothing changes where it does already."""
        account = self.account
        thing: Thing = table, key
        shown = account.standing.get(thing)
        if shown is not None:
            if shown.said == said:
                return
            self._end(RowKey(table, (account.id, *key, shown.row.from_at)), shown.row)
        sequence = self.entry.sequence if entry is None else entry
        make: type[Any] = table
        row = make(account.id, *key, self.at, FOREVER, *said, sequence)
        account.standing[thing] = Shown(row, said)
        self.put(RowKey(table, (account.id, *key, self.at)), row)

    def happened(self, row: TouchRow | ReferralRow) -> None:
        """Keep what happened at this instant."""
        self.put(RowKey(type(row), (self.account.id, self.entry.sequence)), row)

    def flag(self, flag: str, detail: str) -> RowKey:
        """Flag the entry from its time on. Returns the key of the row."""
        row = FlagRow(self.account.subject, VIEW, flag, self.entry.sequence, detail, self.at, FOREVER)
        key = RowKey(FlagRow, (row.subject, row.view, row.flag, row.entry, row.from_at))
        self.put(key, row)
        return key

    def lower(self, key: RowKey) -> None:
        """End a flag now."""
        row = self.account.rows[key]
        assert isinstance(row, FlagRow)
        self._end(key, row)

    def put(self, key: RowKey, row: Row) -> None:
        """Show a row."""
        self.account.rows[key] = row
        self.touched[key] = None

    def _end(self, key: RowKey, row: Standing | FlagRow) -> None:
        """End a row's interval now. A row that began at this same instant is removed: no interval has length zero."""
        if row.from_at == self.at:
            del self.account.rows[key]
            self.touched[key] = None
        else:
            self.put(key, replace(row, to_at=self.at))
