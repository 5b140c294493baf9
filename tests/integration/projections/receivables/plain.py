"""Ageing read plainly from row versions: one loop and the calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from projections.views.receivables import ItemRow, MovementRow, UnappliedRow

Version = tuple[ItemRow | UnappliedRow | MovementRow, int, int]
"""A row, known from and known to."""

LINES = (
    *("not_due", "1-30", "31-60", "61-90", "over_90"),
    *("disputed", "unapplied_cash", "unapplied_credit", "unapplied", "balance"),
)


@dataclass
class Line:
    """A line of the report."""

    items: int = 0
    amount: Decimal = Decimal(0)

    def add(self, amount: Decimal) -> None:
        """One more item."""
        self.items += 1
        self.amount += amount


def ageing(versions: Iterable[Version], zone: str, as_of: datetime, known_at: int) -> dict[tuple[str, str], Line]:
    """By currency and line."""
    today = as_of.astimezone(ZoneInfo(zone)).date()
    found: dict[tuple[str, str], Line] = {}
    for row, known_from, known_to in versions:
        if not known_from <= known_at < known_to:
            continue
        if isinstance(row, MovementRow):
            if row.at > as_of:
                continue
        elif not row.from_at <= as_of < row.to_at:
            continue
        for line in LINES:
            found.setdefault((row.currency, line), Line())
        if isinstance(row, ItemRow):
            found[row.currency, _bucket((today - row.due_on).days)].add(row.open_amount)
            if row.disputed:
                found[row.currency, "disputed"].add(row.open_amount)
        elif isinstance(row, UnappliedRow):
            found[row.currency, f"unapplied_{row.kind}"].add(row.amount)
            found[row.currency, "unapplied"].add(row.amount)
        else:
            found[row.currency, "balance"].add(row.amount)
    return found


def _bucket(days_past_due: int) -> str:
    if days_past_due < 1:
        return "not_due"
    if days_past_due < 31:
        return "1-30"
    if days_past_due < 61:
        return "31-60"
    return "61-90" if days_past_due < 91 else "over_90"
