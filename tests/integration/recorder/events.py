"""Events as sources send them, for the recorder's tests: each has an id of its own unless one is given."""

import itertools
from typing import Any

from contracts.cloudevents.envelope import read_event

_numbers = itertools.count(1)


def event(name: str, subject: str, id: str | None = None, source: str = "crm", **data: Any) -> dict[str, Any]:
    """Any event, in structured mode."""
    return {
        "specversion": "1.0",
        "id": id or f"event {next(_numbers)}",
        "source": source,
        "type": f"daybook.{name}.v1",
        "subject": subject,
        "time": "2026-03-31T09:30:00+08:00",
        "data": data,
    }


def call(deal: str = "D-1", id: str | None = None, note: str = "", source: str = "crm") -> dict[str, Any]:
    return event("call_made", f"deal/{deal}", id, source, outcome="interested", note=f"said {note}")


def payment(account: str = "A-1", id: str | None = None, deal: str = "D-1") -> dict[str, Any]:
    """A payment on the account's subject that names a deal."""
    paid = [{"invoice": "I-1", "amount": "10.00", "deal_id": deal}]
    return event(
        "payment_received",
        f"account/{account}",
        id,
        payment=id or "P",
        amount="10.00",
        currency="EUR",
        allocations=paid,
    )


def void(target: str, subject: str, id: str | None = None, source: str = "crm") -> dict[str, Any]:
    """Voids an event of the source `crm`."""
    aim = {"source": "crm", "id": target}
    return event("event_voided", subject, id, source, target=aim, reason="mistaken", approver="Li")


def stored(said: dict[str, Any]) -> bytes:
    """Its canonical bytes."""
    return read_event(said).canonical
