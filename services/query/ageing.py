"""What is owed, by how long it is past due, and the open invoices that this is made of."""

from typing import Any, cast

from services.ledger.journal import Connection, Row
from services.query.shapes import Ageing, CurrencyAgeing, OpenItem, OpenItems
from services.query.times import Moment
from services.query.values import amount, instant
from services.sql import queries

_SQL = queries("services.query", "reports.sql")
BUCKETS = ("not_due", "1-30", "31-60", "61-90", "over_90", "disputed")
"""Lines that count items; the others are amounts alone."""


async def ageing(connection: Connection, moment: Moment) -> Ageing:
    """Every currency that had moved by then. Buckets less `unapplied` are the `balance`."""
    currencies: dict[str, dict[str, Any]] = {}
    for row in await connection.fetch(_SQL["ageing"], moment.as_of, moment.known_at):
        lines = currencies.setdefault(row["currency"], {})
        owed = amount(row["amount"], row["currency"])
        lines[row["line"]] = {"items": row["items"], "amount": owed} if row["line"] in BUCKETS else owed
    return Ageing(
        as_of=instant(moment.as_of),
        known_at=moment.known_at,
        currencies={currency: cast("CurrencyAgeing", lines) for currency, lines in currencies.items()},
    )


async def receivables_open(connection: Connection, moment: Moment) -> OpenItems:
    """Invoices that were open, ordered by account, invoice and entry."""
    rows = await connection.fetch(_SQL["receivables_open"], moment.as_of, moment.known_at)
    return OpenItems(as_of=instant(moment.as_of), known_at=moment.known_at, items=[open_item(row) for row in rows])


def open_item(row: Row) -> OpenItem:
    """One open invoice."""
    return OpenItem(
        account=row["account"],
        invoice=row["invoice"],
        deal=row["deal"],
        currency=row["currency"],
        amount=amount(row["amount"], row["currency"]),
        open_amount=amount(row["open_amount"], row["currency"]),
        due_on=row["due_on"].isoformat(),
        days_past_due=row["days_past_due"],
        bucket=row["bucket"],
        disputed=row["disputed"],
        since=instant(row["since"]),
        entry=row["entry"],
        stale=row["stale"],
        series=row["series"] or None,
    )
