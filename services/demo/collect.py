"""Collection of the demo: contracts, deliveries, invoices, and how each invoice comes to be paid, or does not."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from services.demo.bill import CENT, Bill
from services.demo.cast import DIRECTOR, END, day
from services.demo.deal import DealStory


def contract(deal: DealStory, at: datetime) -> None:
    """Carry out a signed contract: perhaps an amendment, then delivery, acceptance and an invoice for each term."""
    about = {"contract": deal.contract, "account_id": deal.customer.id}
    signed, worth = deal.shown("contract_signed")[-1], deal.price
    if deal.process.customers != "consumer" and deal.draw.random() < 0.15:
        worth = (worth * 105 / 100).quantize(Decimal(1))
        deal.say("contract_amended", at + timedelta(days=1), reason="增加一个站点", amount=str(worth),
                 currency=deal.currency, **about)  # fmt: skip
    for name, share, days in deal.process.terms:
        if name != "signing":
            at += timedelta(days=deal.draw.randrange(10, 30))
            done = {"delivered_on": day(at)} if name == "delivery" else {"accepted_on": day(at)}
            deal.say("acceptance_confirmed", at, term=name, proof="签收单", **done, **about)
        at += timedelta(days=deal.draw.randrange(1, 4))
        amount = (worth * Decimal(share) / 100).quantize(CENT)
        _settle(Bill(deal, at, amount, 30 if days is None else days, contract=deal.contract, term=name))
    if "retention_until" in signed:
        kept = (worth * Decimal(deal.process.retention) / 100).quantize(CENT)
        released_at = datetime.fromisoformat(f"{signed['retention_until']}T10:00:00+00:00")
        deal.say("retention_released", released_at, contract=deal.contract, amount=str(kept), currency=deal.currency,
                 reason="质保期满")  # fmt: skip
        billed_at = released_at + timedelta(days=2)
        _settle(Bill(deal, billed_at, kept, 15, contract=deal.contract, term="retention"))


def order(deal: DealStory, at: datetime) -> datetime:
    """Bill an order without a contract. Returns when."""
    return Bill(deal, at, deal.price, 0).at


def paid(deal: DealStory, at: datetime) -> datetime:
    """Receive the payment of an order. Returns when."""
    (number,) = deal.invoices
    money = {"amount": str(deal.price), "currency": deal.currency}
    allocations = [{"invoice": number, "amount": str(deal.price), "deal_id": deal.id}]
    deal.say("payment_received", at, payment=deal.document("PAY"), method="online", allocations=allocations, **money)
    return at


def _settle(bill: Bill) -> None:
    """Let an invoice be paid in the next way; consumers, and every other public buyer, pay without being pressed."""
    deal = bill.deal
    habit = next(deal.habits)
    if deal.process.customers == "consumer" or (deal.process.customers == "public" and deal.number % 2):
        habit = "prompt"
    deal.settled_at = max(deal.settled_at, _HABITS[habit](bill))


def _prompt(bill: Bill) -> datetime:
    return bill.pay(bill.at + timedelta(days=bill.deal.draw.randrange(1, 6), hours=2), bill.amount)


def _in_parts(bill: Bill) -> datetime:
    half = (bill.amount / 2).quantize(CENT)
    bill.pay(bill.due, half)
    return bill.pay(bill.due + timedelta(days=12), bill.amount - half)


def _late(bill: Bill) -> datetime:
    paid_at = bill.due + timedelta(days=bill.deal.draw.randrange(10, 50))
    bill.remind(paid_at)
    return bill.pay(paid_at, bill.amount)


def _disputed(bill: Bill) -> datetime:
    """A part is disputed and the rest paid; about half of the disputes are settled, and then that part is paid too."""
    part = bill.dispute(bill.at + timedelta(days=5), 40, "数量有异议")
    bill.pay(bill.due + timedelta(days=3), bill.amount - part)
    if bill.deal.draw.random() < 0.5:
        return END + timedelta(days=1)
    bill.deal.say("dispute_resolved", bill.due + timedelta(days=20), invoice=bill.number, outcome="按原额付款",
                  approver=DIRECTOR)  # fmt: skip
    return bill.pay(bill.due + timedelta(days=25), part)


def _reduced(bill: Bill) -> datetime:
    """A dispute ends with a credit note."""
    part = bill.dispute(bill.at + timedelta(days=1), 10, "少发一件")
    bill.deal.say("credit_note_issued", bill.at + timedelta(days=4), credit_note=bill.deal.document("CN"),
                  reason="少发一件", allocations=bill.allocated(part), **bill.money(part))  # fmt: skip
    bill.deal.say("dispute_resolved", bill.at + timedelta(days=5), invoice=bill.number, outcome="减额")
    return bill.pay(bill.due, bill.amount - part)


def _unidentified(bill: Bill) -> datetime:
    """Money of an unknown payer is found to be this customer's, and booked."""
    deal, payment, at = bill.deal, bill.deal.document("PAY"), bill.due + timedelta(days=4)
    money = bill.money(bill.amount)
    deal.facts.say("payment_received", "account/unidentified", at, payment=payment, **money)
    deal.facts.say("payment_transferred", "account/unidentified", at + timedelta(days=2), "钱进", payment=payment,
                   to_account_id=deal.customer.id, reason="查明付款人", **money)  # fmt: skip
    at += timedelta(days=3)
    deal.say("payment_allocated", at, payment=payment, currency=deal.currency, allocations=bill.allocated(bill.amount))
    return at


def _overpaid(bill: Bill) -> datetime:
    return bill.pay(bill.due - timedelta(days=1), bill.amount, Decimal(1000))


def _promised(bill: Bill) -> datetime:
    """The customer promises to pay; some keep the promise."""
    bill.remind(bill.due + timedelta(days=20))
    promised = bill.due + timedelta(days=25)
    bill.deal.say("payment_promised", bill.due + timedelta(days=16), invoice=bill.number, promised_on=day(promised),
                  contact_id=bill.deal.contact, **bill.money(bill.amount))  # fmt: skip
    kept = bill.deal.draw.random() < 0.6
    return bill.pay(promised, bill.amount) if kept else END + timedelta(days=1)


def _remitted(bill: Bill) -> datetime:
    """Money that names the invoice in its remittance text and waits to be booked."""
    bill.pay(bill.due + timedelta(days=2), bill.amount, remittance=f"支付发票 {bill.number}")
    return END + timedelta(days=1)


def _unpaid(bill: Bill) -> datetime:
    bill.remind(END)
    return END + timedelta(days=1)


def _partly_lost(bill: Bill) -> datetime:
    """Most is paid late, and the rest is written off."""
    rest = (bill.amount / 10).quantize(CENT)
    bill.pay(bill.due + timedelta(days=20), bill.amount - rest)
    at = bill.due + timedelta(days=45)
    bill.deal.say("receivable_written_off", at, invoice=bill.number, reason="双方和解", approver=DIRECTOR,
                  **bill.money(rest))  # fmt: skip
    return at


_HABITS: Mapping[str, Callable[[Bill], datetime]] = {
    "prompt": _prompt, "parts": _in_parts, "late": _late, "disputed": _disputed, "reduced": _reduced,
    "unidentified": _unidentified, "overpaid": _overpaid, "promised": _promised, "remitted": _remitted,
    "unpaid": _unpaid, "partly lost": _partly_lost,
}  # fmt: skip
HABITS = tuple(_HABITS)
"""Ways in which invoices are paid."""
