"""What the receivables fold finds surprising. It is recorded all the same; the flag says what came of it."""

from itertools import islice
from typing import Literal

from projections.view import FlagRow, RowKey

VIEW = "receivables"

Standing = Literal[
    "invoice_twice",  # the account has an invoice of this number and series already: not added
    "payment_twice",  # the account has a payment of this reference and series already: not added
    "credit_note_twice",  # the account has a credit note of this number and series already: not added
    "wrong_currency",  # not the currency of the invoice that it names: no effect
    "over_allocated",  # more than was left on the payment or on the invoice: the rest stays unapplied
    "reversal_exceeds_payment",  # more than is left of the payment here and where it went: the rest has no effect
    "transfer_exceeds_payment",  # more than is left of the payment on the account it leaves: the rest has no effect
    "reversed_after_transfer",  # reversed on the account that this cash had come from
    "transfer_to_itself",  # from an account to the same account: no effect
    "not_disputed",  # resolves a dispute that there is not: no effect
]
"""Flags that stay."""

Waiting = Literal[
    "unknown_payment",  # names a payment or credit note that the account does not have yet
    "wrong_currency",  # names a payment or credit note that the account has in another currency
    "not_cash",  # reverses or transfers what is a credit note of the account, and no payment yet
    "allocated_unknown_invoice",  # allocates to an invoice that the account does not have yet
    "dispute_unknown_invoice",  # disputes, or resolves, an invoice that the account does not have yet
]
"""Flags that go when the missing document arrives: what the entry asks for then takes effect."""

Flag = Standing | Waiting

SHOWN = 3
"""An entry with many allocations may raise one flag many times; its row names the first few."""


class Flags:
    """The flags of one account. One entry may raise a flag for several of its parts (its allocations)."""

    __slots__ = ("_found", "_subject")

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._found: dict[RowKey, dict[int, str]] = {}

    def copy(self) -> "Flags":
        """Those of an account that goes on by itself."""
        other = Flags(self._subject)
        other._found = {key: parts.copy() for key, parts in self._found.items()}
        return other

    def join(self, other: "Flags") -> None:
        """Take over those that other entries have raised."""
        self._found |= other._found

    def raise_(self, flag: Flag, entry: int, part: int, detail: str) -> RowKey:
        """Flag part `part` of an entry. Returns the key of the row."""
        key = self._key(flag, entry)
        self._found.setdefault(key, {})[part] = detail
        return key

    def lower(self, flag: Waiting, entry: int, part: int) -> RowKey:
        """The part no longer waits. Returns the key of the row."""
        key = self._key(flag, entry)
        parts = self._found[key]
        del parts[part]
        if not parts:
            del self._found[key]
        return key

    def row(self, key: RowKey) -> FlagRow | None:
        """The flag as it now stands."""
        parts = self._found.get(key)
        if parts is None:
            return None
        detail = "; ".join(islice(parts.values(), SHOWN))
        if len(parts) > SHOWN:
            detail += f"; and {len(parts) - SHOWN} more"
        subject, view, flag, entry = key.key
        return FlagRow(subject, view, flag, entry, detail)

    def _key(self, flag: Flag, entry: int) -> RowKey:
        return RowKey(FlagRow, (self._subject, VIEW, flag, entry))
