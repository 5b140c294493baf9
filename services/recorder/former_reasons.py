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

_NOT_ACTIVE = re.compile(r"not an active ISO 4217 currency code such as CNY: ([A-Z]{3})")
_DECIMALS = re.compile(r"([0-9.]+) has more than the ([0-4]) decimals of ([A-Z]{3})")
_UNKNOWN = "unknown field"
_REPLACED = "data.replacement.data"


class Known:
    """Knowledge of a message's recorder, as the entries before the message show it.

    A recorder of an earlier version does not come back: all that an entry shows stays known.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def note(self, type_: str, message: bytes) -> None:
        """Notes an entry, in the order of the journal."""
        _, _, rest = type_.partition(".")
        name, _, version = rest.rpartition(".")
        if name not in _EVERY_VERSION_KNOWS or version != "v1":
            self._seen.add(type_)
        if b'"series":' in message or (name == "payment_allocated" and b'"document":' in message):
            self._seen.add(_UNKNOWN)

    def contradicts(self, type_: str, reason: str) -> bool:
        """Tell if a recorder that knew so much cannot have given this reason."""
        return type_ in self._seen or (_UNKNOWN in self._seen and _UNKNOWN in reason)


def was_refused(event: CloudEvent, reason: str) -> bool:
    """Tell if an earlier version may have found the event of a message unreadable for this reason.

    Each problem that it names must be true of the message: a type or field that was added since; a currency that was
    not in use then; an amount with more decimals than its currency has.
    """
    if reason == f"type: unknown event type {event.type!r}":
        return event.event.version() > 1 or event.event.event_name() not in _EVERY_VERSION_KNOWS
    message = json.loads(event.canonical)
    return all(_was_a_problem(message, *each.partition(": ")[::2]) for each in reason.split("; "))


def _was_a_problem(message: dict[str, Any], path: str, what: str) -> bool:
    value = _at(message, path)
    if value is None:
        return False
    if what == _UNKNOWN:
        return _was_added(message, path)
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
    return path.endswith(".series") or (type_ == "daybook.payment_allocated.v1" and path.endswith("data.document"))


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
