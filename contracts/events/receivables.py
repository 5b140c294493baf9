"""The receivables family: what the customer owes, what came in, and which pays for which."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from contracts.events.customer import BuyerKind
from contracts.events.event import Data, Event
from contracts.rules.refusals import fault
from contracts.types.decimals import DailyRate, Percent
from contracts.types.identifiers import AccountId, ContactId, DealId, DocumentNumber, LongText, Person, ShortText
from contracts.types.money import Currency, Monetary, PositiveAmount
from contracts.types.times import CalendarDay

WholePercent = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=0, le=3650)]
Series = ShortText
"""Series or year of a document's number, where the issuer begins again at 1; it keeps equal numbers apart."""


Trigger = Literal["signing", "delivery", "acceptance", "invoice", "warranty_end", "date"]


class PaymentTerm(Data):
    """One instalment of a contract, its share in whole per cent."""

    term: ShortText
    """Name of the instalment, unique within the contract."""
    trigger: Trigger
    """What makes it payable."""
    share: WholePercent
    """Part of the contract's amount, in per cent."""
    days: Days = 0
    """Days between the trigger and the due date."""
    on: CalendarDay | None = None
    """The day itself, for trigger `date`."""


class PaymentTermV2(Data):
    """One instalment of a contract, its share to four decimals."""

    term: ShortText
    """Name of the instalment, unique within the contract."""
    trigger: Trigger
    """The occasion that makes it payable."""
    share: Percent
    """Part of the contract's amount, in per cent, as a decimal string."""
    days: Days | None = None
    """Days between the trigger and the due date; null where none were agreed."""
    on: CalendarDay | None = None
    """The day itself, for trigger `date`."""


def _newer_term(term: PaymentTerm) -> PaymentTermV2:
    """The term with its share as a decimal. Days that were given stay, 0 too; those that were left out were not agreed.

    Version 1 reads both as 0. But who wrote 0 said that the amount is due at once, and who left it out said nothing,
    which decides between 30 and 60 days by law (Order 802).
    """
    return term.as_newer(PaymentTermV2, share=Decimal(term.share))


def _shares_fault(terms: Sequence[PaymentTerm] | Sequence[PaymentTermV2], retention: int | Decimal) -> None:
    """Raise a fault if there are terms and their shares do not add up to 100 with the retention."""
    total = sum(term.share for term in terms) + retention
    if terms and total != 100:
        raise fault((("terms",), f"their shares and retention_percent add up to {total}, not 100"))


class Allocation(Data):
    """Part of a payment or credit note that pays an invoice."""

    invoice: DocumentNumber
    """The invoice paid."""
    amount: PositiveAmount
    """How much of it, in the currency of the event."""
    deal_id: DealId | None = None
    """The deal that the money belongs to."""
    series: Series | None = None
    """Series of the invoice's number, where it has one."""


class ContractSigned(Event, Monetary, type="daybook.contract_signed.v1", family="receivables", subjects="deal"):
    """The contract is signed, with its payment terms (for example 30/60/7/3 with retention) in whole per cent."""

    contract: DocumentNumber
    """Contract number."""
    account_id: AccountId
    """Who owes under it."""
    amount: PositiveAmount
    """Contract value, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency."""
    terms: tuple[PaymentTerm, ...] = Field(default=(), max_length=50)
    """The instalments; with retention their shares add up to 100."""
    retention_percent: WholePercent = 0
    """质保金: share kept back until the warranty ends, in per cent."""
    retention_until: CalendarDay | None = None
    """When the retention falls due."""

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        _shares_fault(self.terms, self.retention_percent)
        return self

    def upcast(self) -> "ContractSignedV2":
        """Shares become decimals; the days of a term that were left out were not agreed (see `_newer_term`)."""
        changed: dict[str, Any] = {"retention_percent": Decimal(self.retention_percent)}
        return self.as_newer(ContractSignedV2, terms=tuple(map(_newer_term, self.terms)), **changed)


class ContractSignedV2(Event, Monetary, type="daybook.contract_signed.v2", family="receivables", subjects="deal"):
    """The contract is signed, with its payment terms (for example 30/60/7.5/2.5 with retention). Sent by the CRM."""

    contract: DocumentNumber
    """Contract number."""
    account_id: AccountId
    """Account that owes under it."""
    amount: PositiveAmount
    """Contract value, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency."""
    terms: tuple[PaymentTermV2, ...] = Field(default=(), max_length=50)
    """The instalments; with retention their shares add up to exactly 100."""
    retention_percent: Percent = Decimal(0)
    """质保金: share kept back until the warranty ends, in per cent, as a decimal string."""
    retention_until: CalendarDay | None = None
    """The day on which the retention falls due."""
    sme_declared: bool | None = None
    """Flag: we told the buyer that we are a small or medium-sized enterprise (Order 802, article 3)."""
    buyer_kind: BuyerKind | None = None
    """Kind of the buyer by law, on which the longest time of payment depends."""
    late_rate_per_day: DailyRate | None = None
    """Interest agreed for late payment, as a share of the sum for each day; without it the legal rate."""

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        _shares_fault(self.terms, self.retention_percent)
        return self


class ContractAmended(Event, Monetary, type="daybook.contract_amended.v1", family="receivables", subjects="deal"):
    """The contract was changed, from this event's time on. Sent by the CRM and billing.

    What is given replaces what the contract said, whole; what is left out stays.
    """

    contract: DocumentNumber
    """The contract."""
    account_id: AccountId
    """Account that owes under it."""
    reason: LongText
    """Reason."""
    amount: PositiveAmount | None = None
    """New contract value, in units of `currency`."""
    currency: Currency | None = None
    """ISO 4217 currency of `amount`."""
    terms: tuple[PaymentTermV2, ...] | None = Field(default=None, max_length=50)
    """All instalments as they are now; an empty list means that none are agreed any more."""
    retention_percent: Percent | None = None
    """New share kept back until the warranty ends, in per cent, as a decimal string."""
    retention_until: CalendarDay | None = None
    """New day on which the retention falls due."""

    @model_validator(mode="after")
    def _something_changes(self) -> Self:
        changes = ("amount", "terms", "retention_percent", "retention_until")
        if all(getattr(self, name) is None for name in changes):
            raise fault((("amount",), f"nothing changes: give one or more of {', '.join(changes)}"))
        if self.terms is not None and self.retention_percent is not None:
            _shares_fault(self.terms, self.retention_percent)
        elif self.terms and (total := sum(term.share for term in self.terms)) > 100:
            raise fault((("terms",), f"their shares add up to {total}, more than 100"))
        return self


class InvoiceIssued(Event, Monetary, type="daybook.invoice_issued.v1", family="receivables", subjects="account"):
    """We asked the customer for money."""

    invoice: DocumentNumber
    """Invoice number, unique per account and series."""
    amount: PositiveAmount
    """What is owed, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency."""
    due_on: CalendarDay
    """The last day on which payment is in time."""
    deal_id: DealId | None = None
    """The deal that it belongs to."""
    contract: DocumentNumber | None = None
    """The contract that it invoices."""
    term: ShortText | None = None
    """The payment term of that contract."""
    series: Series | None = None
    """Series or year of the number: invoices of one number and different series are different invoices."""


class _Allocating(Event, Monetary):
    """Data that allocates an amount: the allocations do not exceed it."""

    def _check(self, amount: Decimal, allocations: tuple[Allocation, ...]) -> None:
        total = sum((each.amount for each in allocations), Decimal(0))
        if total > amount:
            raise fault((("allocations",), f"they add up to {total}, more than the amount {amount}"))


class CreditNoteIssued(_Allocating, type="daybook.credit_note_issued.v1", family="receivables", subjects="account"):
    """We reduced what the customer owes. What is not allocated stays as unapplied credit."""

    credit_note: DocumentNumber
    """Credit note number, unique per account and series among credit notes."""
    amount: PositiveAmount
    """Credited, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency."""
    allocations: tuple[Allocation, ...] = Field(default=(), max_length=500)
    """The invoices that it reduces."""
    reason: LongText | None = None
    """Why."""
    series: Series | None = None
    """Series or year of the number, where numbers begin again."""

    @model_validator(mode="after")
    def _allocated(self) -> Self:
        self._check(self.amount, self.allocations)
        return self


class PaymentReceived(_Allocating, type="daybook.payment_received.v1", family="receivables", subjects="account"):
    """Money is in. What is not allocated stays as unapplied cash; unknown payers are `account/unidentified`."""

    payment: DocumentNumber
    """Payment reference, unique per account and series among payments."""
    amount: PositiveAmount
    """Received, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency."""
    allocations: tuple[Allocation, ...] = Field(default=(), max_length=500)
    """The invoices that it pays."""
    payer: ShortText | None = None
    """Who paid, as the bank says."""
    method: ShortText | None = None
    """How: transfer, cheque, bill."""
    series: Series | None = None
    """Series or year of the reference, where references begin again or a cheque is presented again."""
    remittance: LongText | None = None
    """Text of the payer that says what is paid, as the bank passes it on."""
    value_on: CalendarDay | None = None
    """Value date: the day from which the bank counts the money as ours."""

    @model_validator(mode="after")
    def _allocated(self) -> Self:
        self._check(self.amount, self.allocations)
        return self


class PaymentAllocated(Event, Monetary, type="daybook.payment_allocated.v1", family="receivables", subjects="account"):
    """Unapplied cash or credit now pays invoices."""

    payment: DocumentNumber
    """The payment or credit note."""
    currency: Currency
    """ISO 4217 currency of the payment and of the invoices."""
    allocations: tuple[Allocation, ...] = Field(min_length=1, max_length=500)
    """The invoices that it pays."""
    series: Series | None = None
    """Series of the payment's or credit note's number, where it has one."""
    document: Literal["payment", "credit_note"] | None = None
    """Kind of the document. Without it the payment of that number, or else the credit note."""


class PaymentTransferred(
    Event, Monetary, type="daybook.payment_transferred.v1", family="receivables", subjects="account"
):
    """Cash booked on this account belongs to another one. Unapplied cash first, then allocations, latest first."""

    payment: DocumentNumber
    """The payment; on the other account it has the same reference."""
    to_account_id: AccountId
    """Whose money it is."""
    amount: PositiveAmount
    """How much moves, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency of the payment."""
    reason: LongText | None = None
    """Why."""
    series: Series | None = None
    """Series of the payment's reference, where it has one."""


class PaymentReversed(Event, Monetary, type="daybook.payment_reversed.v1", family="receivables", subjects="account"):
    """Money went back: a bounced cheque, a returned transfer. Unapplied cash first, then allocations, latest first.

    What this account has passed on is taken back from the accounts that it was transferred to, latest transfer first.
    """

    payment: DocumentNumber
    """The payment."""
    amount: PositiveAmount
    """How much went back, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency of the payment."""
    reason: LongText | None = None
    """Why."""
    series: Series | None = None
    """Series of the payment's reference, where it has one."""


class ReceivableDisputed(
    Event, Monetary, type="daybook.receivable_disputed.v1", family="receivables", subjects="account"
):
    """The customer contests an invoice. It is still owed and still ages, marked."""

    invoice: DocumentNumber
    """The invoice."""
    reason: LongText | None = None
    """What is contested."""
    series: Series | None = None
    """Series of the invoice's number, where it has one."""
    amount: PositiveAmount | None = None
    """Part of it that is contested, in units of `currency`; without it the whole invoice."""
    currency: Currency | None = None
    """ISO 4217 currency of `amount`, that of the invoice."""


class DisputeResolved(Event, type="daybook.dispute_resolved.v1", family="receivables", subjects="account"):
    """The invoice is no longer contested."""

    invoice: DocumentNumber
    """The invoice."""
    outcome: LongText | None = None
    """How it ended."""
    approver: Person | None = None
    """Who agreed."""
    series: Series | None = None
    """Series of the invoice's number, where it has one."""


class AcceptanceConfirmed(Event, type="daybook.acceptance_confirmed.v1", family="receivables", subjects="deal"):
    """The customer confirmed a delivery or accepted it, so that payment terms begin to run. Sent by service."""

    contract: DocumentNumber
    """The contract that it is under."""
    account_id: AccountId
    """Account that owes under it."""
    term: ShortText | None = None
    """Name of the payment term that it sets going; without it all that wait for it."""
    delivered_on: CalendarDay | None = None
    """The day of delivery."""
    accepted_on: CalendarDay | None = None
    """The day of acceptance."""
    proof: ShortText | None = None
    """Proof: a record of acceptance, a signed delivery note."""

    @model_validator(mode="after")
    def _delivered_or_accepted(self) -> Self:
        if self.delivered_on is None and self.accepted_on is None:
            raise fault((("accepted_on",), "give delivered_on, accepted_on or both"))
        return self


class ReminderSent(Event, type="daybook.reminder_sent.v1", family="receivables", subjects="account"):
    """We asked the customer to pay what is due or will be. Sent by finance."""

    invoices: tuple[DocumentNumber, ...] = Field(min_length=1, max_length=500)
    """The invoices that it is about."""
    level: Annotated[int, Field(ge=1, le=9)]
    """Urgency, from 1; each level follows the one before."""
    channel: Literal["call", "email", "letter", "visit", "lawyer_letter", "other"]
    """Way by which it was sent."""
    contact_id: ContactId | None = None
    """The person who was reminded."""
    deal_id: DealId | None = None
    """The deal that the invoices belong to."""
    finance_notified: bool | None = None
    """Flag: our finance department knows of it."""
    plan: ShortText | None = None
    """The planned activity that this carries out."""
    note: LongText | None = None
    """Words that were exchanged."""
    series: Series | None = None
    """Series of the invoices' numbers, where they have one."""


class PaymentPromised(Event, Monetary, type="daybook.payment_promised.v1", family="receivables", subjects="account"):
    """The customer promised to pay an amount by a day. Sent by finance."""

    invoice: DocumentNumber
    """The invoice."""
    amount: PositiveAmount
    """Amount promised, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency, that of the invoice."""
    promised_on: CalendarDay
    """The day by which it will be paid."""
    contact_id: ContactId | None = None
    """Person who promised."""
    series: Series | None = None
    """Series of the invoice's number, where it has one."""


class RetentionReleased(
    Event, Monetary, type="daybook.retention_released.v1", family="receivables", subjects="account"
):
    """The customer agrees that money kept back is payable. Sent by finance. It is owed once it is invoiced."""

    contract: DocumentNumber
    """The contract that it was kept back from."""
    amount: PositiveAmount
    """Amount payable, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency, that of the contract."""
    deal_id: DealId | None = None
    """The deal that the contract belongs to."""
    reason: LongText | None = None
    """Reason, or the part that the customer keeps."""


class ReceivableWrittenOff(
    Event, Monetary, type="daybook.receivable_written_off.v1", family="receivables", subjects="account"
):
    """We gave up part or all of what is owed on an invoice. Sent by finance. It is no payment and no credit."""

    invoice: DocumentNumber
    """The invoice."""
    amount: PositiveAmount
    """Amount given up, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency, that of the invoice."""
    reason: LongText
    """Reason."""
    approver: Person
    """Person of ours who agreed."""
    series: Series | None = None
    """Series of the invoice's number, where it has one."""
