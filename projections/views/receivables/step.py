"""Step of the receivables fold: the changes that one entry makes. Rules change items, documents, promises and contracts
and report each change to the step; at the end the step cuts the intervals once.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from projections.replay.entry import Order
from projections.replay.view import Row, RowKey
from projections.views.receivables.flags import Standing, Waiting
from projections.views.receivables.rows import MovementKind, MovementRow
from projections.views.receivables.shown import Shown
from projections.views.receivables.state import Account, Ask


class Step:
    """One entry being folded into an account. `finish` gives the keys of the rows that it touched."""

    __slots__ = ("_changed", "_touched", "account", "at", "order", "sequence")

    def __init__(self, account: Account, order: Order) -> None:
        self.account = account
        self.order = order
        self.at, _, self.sequence = order
        self._changed: dict[int, Shown[Any]] = {}
        self._touched: dict[RowKey, None] = {}  # in order: what a fold does is the same in every run

    def changed(self, part: Shown[Any]) -> None:
        """Take note that a part of the state is other than before, or may be."""
        self._changed[id(part)] = part

    def add(self, key: RowKey, row: Row) -> None:
        """Add a row that no later entry ends."""
        self.account.rows[key] = row
        self._touched[key] = None

    def moved(
        self,
        kind: MovementKind,
        document: str,
        series: str | None,
        currency: str,
        amount: Decimal,
        entry: int,
        deal: str | None = None,
    ) -> None:
        """The ledger balance changes by `amount` now, on behalf of `entry`."""
        account = self.account.id
        row = MovementRow(account, self.at, currency, amount, kind, document, deal, entry, series or "")
        self.add(RowKey(MovementRow, (account, entry)), row)

    def flag(self, flag: Standing, detail: str, ask: Ask | None = None) -> None:
        """Flag the entry being folded, or the entry that asked."""
        entry, part = (self.sequence, 0) if ask is None else ask.order[2:]
        self._touched[self.account.flags.raise_(flag, entry, part, detail, self.at)] = None

    def waits(self, flag: Waiting, detail: str, ask: Ask) -> None:
        """The order waits for a document: flagged until `no_longer_waits`."""
        self.account.waits[ask.order[2:]] = flag
        self._touched[self.account.flags.raise_(flag, *ask.order[2:], detail, self.at)] = None

    def no_longer_waits(self, ask: Ask) -> None:
        """The document that the order waited for is there. Nothing happens where this account did not flag it."""
        flag = self.account.waits.pop(ask.order[2:], None)
        if flag is not None:
            self._touched[self.account.flags.lower(flag, *ask.order[2:], self.at)] = None

    def finish(self) -> Iterable[RowKey]:
        """End the intervals of what changed and begin new ones."""
        account, at, rows = self.account.id, self.at, self.account.rows
        for part in self._changed.values():
            shown = part.shown
            if shown is not None:
                if part.stands_as(shown):
                    continue
                key = part.row_key(account, shown.from_at)
                if shown.from_at == at:  # no interval has length zero
                    del rows[key]
                else:
                    rows[key] = shown.until(at)
                self._touched[key] = None
            part.shown = row = part.row(account, at, self.sequence)
            if row is not None:
                self.add(part.row_key(account, at), row)
        return self._touched
