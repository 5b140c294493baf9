"""An invoice of the demo: what is said about it until it is paid."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.demo.cast import day
from services.demo.deal import DealStory

_LADDER = ((1, -3), (2, 1), (3, 15), (4, 30), (5, 60))
"""Levels of reminders, by days past due."""
CENT = Decimal("0.01")


class Bill:
    """An invoice of a deal."""

    def __init__(self, deal: DealStory, at: datetime, amount: Decimal, days: int, **named: Any) -> None:
        self.deal, self.at, self.amount = deal, at, amount
        self.due = at + timedelta(days=days)
        self.number = deal.document("INV")
        deal.invoices.append(self.number)
        deal.say("invoice_issued", at, invoice=self.number, due_on=day(self.due), **self.money(amount), **named)

    def money(self, amount: Decimal) -> dict[str, str]:
        """An amount in the deal's currency."""
        return {"amount": str(amount), "currency": self.deal.currency}

    def allocated(self, amount: Decimal) -> list[dict[str, str]]:
        """Part of a payment that pays this invoice."""
        return [{"invoice": self.number, "amount": str(amount), "deal_id": self.deal.id}]

    def pay(self, at: datetime, amount: Decimal, more: Decimal = Decimal(0), remittance: str | None = None) -> datetime:
        """Receive a payment for it; with a remittance text nobody has booked it yet. Returns when."""
        allocations = None if remittance else self.allocated(amount)
        self.deal.say(
            "payment_received", at, payment=self.deal.document("PAY"), payer=self.deal.customer.name, method="transfer",
            allocations=allocations, remittance=remittance, **self.money(amount + more),
        )  # fmt: skip
        return at

    def remind(self, until: datetime) -> None:
        """Send the reminders that are due by then; finance hears of the later ones."""
        for level, days in _LADDER:
            at = self.due + timedelta(days=days)
            if self.at < at < until:
                channel = ("email", "call", "letter", "visit", "lawyer_letter")[level - 1]
                self.deal.say("reminder_sent", at, invoices=[self.number], level=level, channel=channel,
                              contact_id=self.deal.contact, finance_notified=level > 2)  # fmt: skip

    def dispute(self, at: datetime, share: int, reason: str) -> Decimal:
        """The customer disputes a part in per cent. Returns the amount."""
        part = (self.amount * share / 100).quantize(CENT)
        self.deal.say("receivable_disputed", at, invoice=self.number, reason=reason, **self.money(part))
        return part
