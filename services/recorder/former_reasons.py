"""Reasons for which earlier versions found a message unreadable that this version can read. The message stays so."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.cloudevents.envelope import CloudEvent
from contracts.types.currencies import MINOR_UNITS, WITHDRAWN

_EVERY_VERSION_KNOWS = frozenset(
    (
        "account_registered appointment_made call_made commitment_withdrawn contact_recorded contract_signed "
        "credit_note_issued criterion_met customer_commitment_received deal_abandoned deal_lost deal_opened "
        "deal_reassigned deal_reopened deal_revised deal_won demo_held dispute_resolved event_corrected event_voided "
        "evidence_revoked invoice_issued milestone_achieved payment_allocated payment_received payment_reversed "
        "payment_transferred playbook_published proposal_submitted receivable_disputed stage_claimed visit_done"
    ).split()
)
"""Events, in version 1, of which no recorder ever said that it does not know their type."""

_ACTIVITIES = frozenset({"appointment_made", "call_made", "demo_held", "proposal_submitted", "visit_done"})
"""Events that were about deals only, and may since be about accounts too."""
_NUMBERING = frozenset({"series", "document"})
_ADDED: dict[str, frozenset[str]] = {
    "daybook.appointment_made.v1": frozenset({"plan", "attendees"}),
    "daybook.call_made.v1": frozenset({"plan", "steps"}),
    "daybook.customer_commitment_received.v1": frozenset({"due_on"}),
    "daybook.deal_lost.v1": frozenset({"reason_code"}),
    "daybook.deal_opened.v1": frozenset({"source_channel", "tender_ref", "referral", "partner_account_id"}),
    "daybook.demo_held.v1": frozenset({"plan"}),
    "daybook.payment_received.v1": frozenset({"remittance", "value_on"}),
    "daybook.proposal_submitted.v1": frozenset({"plan"}),
    "daybook.receivable_disputed.v1": frozenset({"amount", "currency"}),
    "daybook.visit_done.v1": frozenset({"plan"}),
}
"""Fields that were added to types that every version knows, other than numbering."""

_ABOUT_A_DEAL = re.compile(r"([a-z_]+) is about deal/<id>, not account")

_NOT_ACTIVE = re.compile(r"not an active ISO 4217 currency code such as CNY: ([A-Z]{3})")
_DECIMALS = re.compile(r"([0-9.]+) has more than the ([0-4]) decimals of ([A-Z]{3})")
_UNKNOWN = "unknown field"
_UNKNOWN_TYPE = "unknown event type "
_REPLACED = "data.replacement.data"


class Known:
    """Knowledge of a message's recorder, as the entries before the message show it.

    A recorder of an earlier version does not come back: all that an entry shows stays known.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def note(self, type_: str, message: bytes) -> None:
        """Notes an entry, in the order of the journal."""
        name = type_.split(".")[1]
        if _is_new(type_):
            self._seen.add(type_)
        if b'"series":' in message or (name == "payment_allocated" and b'"document":' in message):
            self._seen.add(_UNKNOWN)
        for field in _ADDED.get(type_, ()):
            if f'"{field}":'.encode() in message:
                self._seen.add(f"{type_} {field}")
        if name in _ACTIVITIES and b'"subject":"account/' in message:
            self._seen.add(f"{type_} subject")

    def contradicts(self, type_: str, reason: str) -> bool:
        """Tell if a recorder that knew so much cannot have given this reason."""
        return type_ in self._seen or any(self._knew(type_, *each.partition(": ")[::2]) for each in reason.split("; "))

    def _knew(self, type_: str, path: str, what: str) -> bool:
        """Tell if entries show that the recorder knew a field or type, or that an event may be about an account."""
        field = path.rpartition(".")[2]
        if what == _UNKNOWN and field in _NUMBERING:
            return _UNKNOWN in self._seen
        if what.startswith(_UNKNOWN_TYPE):
            return what.removeprefix(_UNKNOWN_TYPE) in self._seen
        return f"{type_} {field}" in self._seen and (what == _UNKNOWN or _ABOUT_A_DEAL.fullmatch(what) is not None)


def was_refused(event: CloudEvent, reason: str) -> bool:
    """Tell if an earlier version may have found the event of a message unreadable for this reason.

    Each problem that it names must be true of the message: a type or field that was added since; an activity about an
    account; a currency that was not in use then; an amount with more decimals than its currency has.
    """
    if reason == f"type: unknown event type {event.type!r}":
        return _is_new(event.type)
    message = json.loads(event.canonical)
    return all(_was_a_problem(message, *each.partition(": ")[::2]) for each in reason.split("; "))


def _was_a_problem(message: dict[str, Any], path: str, what: str) -> bool:
    value = _at(message, path)
    if value is None:
        return False
    if what == _UNKNOWN:
        return _was_added(message, path)
    if path == "data.target_type":
        return what == f"{_UNKNOWN_TYPE}{value}" and _is_new(str(value))
    if path == "subject" and (found := _ABOUT_A_DEAL.fullmatch(what)):
        return found[1] in _ACTIVITIES and message["type"] == f"daybook.{found[1]}.v1" and value.startswith("account/")
    if found := _NOT_ACTIVE.fullmatch(what):
        return path.endswith(".currency") and value == found[1] and (value in WITHDRAWN or value not in MINOR_UNITS)
    if found := _DECIMALS.fullmatch(what):
        amount, digits, currency = found.groups()
        holder = _REPLACED if path.startswith(_REPLACED) else "data"
        known = (_at(message, f"{holder}.currency"), MINOR_UNITS.get(currency)) == (currency, int(digits))
        return known and path.endswith(".amount") and value == amount and _decimals(amount) > int(digits)
    return False


def _was_added(message: dict[str, Any], path: str) -> bool:
    """Tell if a field is one that the first versions did not have."""
    type_ = _at(message, "data.target_type") if path.startswith(_REPLACED) else message["type"]
    if path.endswith(".series") or (type_ == "daybook.payment_allocated.v1" and path.endswith("data.document")):
        return True
    holder, _, field = path.rpartition(".")
    return holder in ("data", _REPLACED) and field in _ADDED.get(str(type_), ())


def _is_new(type_: str) -> bool:
    """Tell if there was a version that does not know the type."""
    _, _, rest = type_.partition(".")
    name, _, version = rest.rpartition(".")
    return name not in _EVERY_VERSION_KNOWS or version != "v1"


def _decimals(amount: str) -> int:
    try:
        exponent = Decimal(amount).as_tuple().exponent
    except InvalidOperation:
        return 0
    return -exponent if isinstance(exponent, int) else 0


def _at(value: Any, path: str) -> Any:
    """Return the value at a dotted path; None where there is none."""
    for part in path.split("."):
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value
