"""Numbers that entries give to documents of accounts: invoices, credit notes and payments.

A number is unique by account, kind and series. The fold leaves out what uses one again, and flags it
(`projections/views/receivables/arrival.py`).
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple, cast, get_args

from contracts.cloudevents.envelope import CloudEvent
from contracts.events import EVENTS, Event
from contracts.events.correction import EventCorrected
from contracts.events.receivables import CreditNoteIssued, InvoiceIssued, PaymentReceived
from contracts.types.identifiers import split_subject
from contracts.types.references import number_key

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


def documents_named(event: Any) -> list[str]:
    """Documents that an event of an account names, by kind: the keys by which the receivables fold in partitions.

    Nothing else ties one entry of an account to another. An invoice and a payment have to do with each other once an
    allocation names both; what a reversal takes back was allocated by an entry that named the payment, too. Entries
    about a contract have to do with each other, and not with the invoices under it.
    """
    cls: type[Event] = type(event)
    return [key for names in _naming(cls) for key in names(event)]


@cache
def _naming(cls: type[Event]) -> Sequence[Callable[[Any], list[str]]]:
    """Functions that give the documents which an event of a class names. Raises TypeError if it names none.

    Only a receipt says that its number is a payment's. Of others it may be a credit note's: an allocation takes either,
    and the sender of a reversal or transfer is told where only a credit note has the number.
    """
    either: dict[Kind, Sequence[Kind]] = {} if cls is PaymentReceived else {"payment": ("payment", "credit_note")}
    fields: tuple[Kind, ...] = get_args(Kind)
    found = [_numbered(each, either.get(each, (each,))) for each in fields if each in cls.model_fields]
    if "invoices" in cls.model_fields:
        found.append(lambda event: [f"invoice {number_key(each, event.series)}" for each in event.invoices])
    if not found and "contract" in cls.model_fields:
        found.append(lambda event: [f"contract {number_key(event.contract, None)}"])
    if not found:
        raise TypeError(f"{cls.__name__} names no document: it has none of {', '.join(fields)}, invoices, contract")
    if "allocations" in cls.model_fields:
        found.append(lambda event: [f"invoice {number_key(each.invoice, each.series)}" for each in event.allocations])
    return found


def _numbered(field: Kind, kinds: Sequence[Kind]) -> Callable[[Any], list[str]]:
    """Function that gives the document whose number is in a field, as each of the kinds that it may be."""

    def names(event: Any) -> list[str]:
        key = number_key(getattr(event, field), event.series)
        return [f"{kind} {key}" for kind in kinds]

    return names
