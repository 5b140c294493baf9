"""Flags of the receivables fold: surprising entries are recorded all the same, and a flag says what came of each."""

from datetime import datetime
from itertools import islice
from typing import Literal

from projections.replay.entry import FOREVER
from projections.replay.view import FlagRow, RowKey

VIEW = "receivables"

Standing = Literal[
    "invoice_twice",  # the account has an invoice of this number and series already: not added
    "payment_twice",  # the account has a payment of this reference and series already: not added
    "credit_note_twice",  # the account has a credit note of this number and series already: not added
    "wrong_currency",  # not the currency of the invoice or contract that it names: no effect
    "over_allocated",  # more than was left on the payment or on the invoice: the rest stays unapplied
    "reversal_exceeds_payment",  # more than is left of the payment here and where it went: the rest has no effect
    "transfer_exceeds_payment",  # more than is left of the payment on the account it leaves: the rest has no effect
    "reversed_after_transfer",  # reversed on the account that this cash had come from
    "transfer_to_itself",  # from an account to the same account: no effect
    "not_disputed",  # resolves a dispute that there is not: no effect
    "over_written_off",  # writes off more than the invoice still owes: the rest has no effect
    "contract_twice",  # the account has a contract of this number already: not added
    "shares_not_whole",  # changes terms or retention without the other, so that shares do not add up to 100
    "unknown_term",  # delivers or accepts a term that the contract does not have: no effect
    "over_released",  # releases more than the contract keeps back: the rest has no effect
]
"""Flags that stay."""

Waiting = Literal[
    "unknown_payment",  # names a payment or credit note that the account does not have yet
    "wrong_currency",  # names a payment or credit note that the account has in another currency
    "not_cash",  # reverses or transfers what is a credit note of the account, and no payment yet
    "allocated_unknown_invoice",  # allocates to an invoice that the account does not have yet
    "dispute_unknown_invoice",  # disputes, or resolves, an invoice that the account does not have yet
    "write_off_unknown_invoice",  # writes off an invoice that the account does not have yet
    "promise_unknown_invoice",  # promises to pay an invoice that the account does not have yet
    "reminder_unknown_invoice",  # asks for payment of an invoice that the account does not have yet
    "unknown_contract",  # amends, accepts or releases under a contract that the account does not have yet
]
"""Flags that go when the missing document or contract arrives: what the entry asks for then takes effect."""

Flag = Standing | Waiting

SHOWN = 3
"""An entry with many allocations may raise one flag many times; its row names the first few."""


class _Raised:
    """A flag of one entry, from when a part raised it until all parts have lowered it."""

    __slots__ = ("ends", "from_at", "over", "up")

    def __init__(self, from_at: datetime) -> None:
        self.from_at = self.ends = from_at
        self.up: dict[int, str] = {}
        """Parts of the entry that it is up for, with what is surprising."""
        self.over: dict[int, str] = {}
        """Parts that it was up for."""


class Flags:
    """The flags of one account. One entry may raise a flag for several of its parts (its allocations), and again after
    all have lowered it."""

    __slots__ = ("_found", "_last", "_subject")

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._found: dict[RowKey, _Raised] = {}
        self._last: dict[tuple[Flag, int], RowKey] = {}
        """By flag and entry, when it was raised last."""

    def join(self, other: "Flags") -> None:
        """Take over those that other entries have raised."""
        self._found |= other._found
        self._last |= other._last

    def raise_(self, flag: Flag, entry: int, part: int, detail: str, at: datetime) -> RowKey:
        """Flag part `part` of an entry from `at` on. Returns the key of the row."""
        key = self._last.get((flag, entry))
        raised = None if key is None else self._found[key]
        if key is None or raised is None or not (raised.up or raised.ends == at):
            key = self._last[flag, entry] = RowKey(FlagRow, (self._subject, VIEW, flag, entry, at))
            raised = self._found[key] = _Raised(at)
        raised.up[part] = detail
        raised.over.pop(part, None)
        return key

    def lower(self, flag: Waiting, entry: int, part: int, at: datetime) -> RowKey:
        """The part no longer waits from `at` on. Returns the key of the row."""
        key = self._last[flag, entry]
        raised = self._found[key]
        raised.over[part] = raised.up.pop(part)
        raised.ends = at
        return key

    def row(self, key: RowKey) -> FlagRow | None:
        """The flag as it now stands, or stood when it ended; None where it ended at once."""
        raised = self._found.get(key)
        if raised is None or not (raised.up or raised.from_at < raised.ends):
            return None
        parts = raised.up or raised.over
        detail = "; ".join(islice(parts.values(), SHOWN))
        if len(parts) > SHOWN:
            detail += f"; and {len(parts) - SHOWN} more"
        subject, view, flag, entry, _ = key.key
        return FlagRow(subject, view, flag, entry, detail, raised.from_at, FOREVER if raised.up else raised.ends)
