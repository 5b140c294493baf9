"""Numbers that entries give to documents of accounts: invoices, credit notes and payments.

A number is unique by account, kind and series. The fold leaves out what uses one again, and flags it
(`projections/receivables/arrival.py`).
"""

from typing import Literal, NamedTuple, cast

from contracts.envelope import CloudEvent
from contracts.events import EVENTS, CreditNoteIssued, Event, EventCorrected, InvoiceIssued, PaymentReceived
from contracts.identifiers import split_subject
from contracts.references import number_key

Kind = Literal["invoice", "credit_note", "payment"]
"""Kind of a document, and the field of its event that holds the number."""

_KINDS: dict[type[Event], Kind] = {
    InvoiceIssued: "invoice",
    CreditNoteIssued: "credit_note",
    PaymentReceived: "payment",
}
_TYPES = frozenset(each.type for each in EVENTS if each.event_name() in {cls.event_name() for cls in _KINDS})
DOCUMENTS = tuple(sorted(_TYPES))
"""Types of the events that number a document, in all versions."""


class DocumentNumber(NamedTuple):
    """A number as it is compared. The columns of ledger.document_number but the last, in order."""

    account: str
    """Id of the account."""
    kind: Kind
    reference: str
    """Key of the number, and of its series behind a line end."""


def number_of(subject: str, event: Event) -> DocumentNumber | None:
    """Number that an event gives to a document, or that a correction gives to one; None for all others."""
    document = document_of(event)
    if document is None:
        return None
    kind = _KINDS[type(document)]
    return DocumentNumber(split_subject(subject)[1], kind, number_key(getattr(document, kind), document.series))


def document_of(event: Event) -> InvoiceIssued | CreditNoteIssued | PaymentReceived | None:
    """The document that an event issues or a correction puts in its place, in the newest version; None for others."""
    if type(event) is EventCorrected:
        if event.target_type not in _TYPES:
            return None
        event = EVENTS.read_entry(event.target_type, event.replacement.data)
    elif event.type not in _TYPES:
        return None
    return cast("InvoiceIssued | CreditNoteIssued | PaymentReceived", EVENTS.newest(event))


def numbered(said: CloudEvent) -> DocumentNumber | None:
    """The number that an event gives, as its newest version tells it."""
    return number_of(said.subject, said.event)
