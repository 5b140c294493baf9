"""A small story on a ledger of its own, recorded and projected by the real services: what the reading tests ask about.

First, on practice: D-1 advances, is corrected and has an early commitment; D-2 is won; D-3 is lost after its call was
voided; D-4 was never opened; D-5 waits for a playbook. Account A-1 owes two invoices. Then things are learnt later.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.integration.projector.working import projecting
from tests.integration.recorder.recording import recorder
from tests.ledger import Ledger
from tests.playbooks import CLAIMED, PRACTICE

PLAYBOOKS = (PRACTICE,)


@dataclass
class Told:
    """The ledger, and where each event of the story is."""

    ledger: Ledger
    at: dict[str, int] = field(default_factory=dict)
    """Sequence by event id."""
    first: int = 0
    """The last sequence of the first part."""
    last: int = 0
    """The last sequence of all."""

    async def tell(self, *events: dict[str, Any]) -> None:
        """Append events, in order."""
        for event, sequence in zip(events, await self.ledger.append(*events), strict=True):
            self.at[event["id"]] = sequence
        self.last = await self.ledger.last_sequence()

    async def projected(self) -> None:
        """Record and project everything, by the services in this process."""
        async with recorder(self.ledger), projecting(self.ledger):
            await self.ledger.recorded()
            self.last = await self.ledger.projected()


def event(id: str, name: str, subject: str, day: str, /, **data: Any) -> dict[str, Any]:
    """An event of the source crm, at nine in the morning UTC unless `day` says when."""
    return {
        "specversion": "1.0",
        "id": id,
        "source": "crm",
        "type": f"daybook.{name}.v1",
        "subject": subject,
        "time": day if "T" in day else f"{day}T09:00:00Z",
        "actor": "Li",
        "data": data,
    }


def corrected(id: str, target: str, name: str, subject: str, day: str, **data: Any) -> dict[str, Any]:
    """A correction of an event of the source crm."""
    return event(
        id,
        "event_corrected",
        subject,
        "2026-03-01",
        target={"source": "crm", "id": target},
        target_type=f"daybook.{name}.v1",
        replacement={"time": f"{day}T09:00:00+00:00", "data": data},
        reason="typed wrong",
        approver="Wang",
    )


FIRST = (
    event("o1", "deal_opened", "deal/D-1", "2026-01-01", playbook="practice", owner="Li", account_id="A-1",
          amount="1000.00", currency="CNY"),
    event("o2", "deal_opened", "deal/D-2", "2026-01-01", playbook="practice", owner="Zhao", amount="500.00",
          currency="USD"),
    event("o3", "deal_opened", "deal/D-3", "2026-01-01", playbook="practice", owner="=cmd()"),
    event("c1", "call_made", "deal/D-1", "2026-01-02", outcome="interested"),
    event("k1", "customer_commitment_received", "deal/D-1", "2026-01-05", stage=1),
    event("m1", "appointment_made", "deal/D-1", "2026-01-03", scheduled_at="2026-01-10T09:00:00+08:00"),
    event("c3", "call_made", "deal/D-3", "2026-01-02", outcome="interested"),
    event("c4", "call_made", "deal/D-4", "2026-01-02", outcome="interested"),
    event("w2", "deal_won", "deal/D-2", "2026-02-01", amount="450.00", currency="USD"),
    event("l3", "deal_lost", "deal/D-3", "2026-02-01", reason="price"),
    event("o5", "deal_opened", "deal/D-5", "2026-01-01", playbook="claimed", owner="Li"),
    event("i1", "invoice_issued", "account/A-1", "2026-01-10", invoice="INV-1", amount="100.00", currency="CNY",
          due_on="2026-02-09", deal_id="D-1"),
    event("i2", "invoice_issued", "account/A-1", "2026-01-10", invoice="INV-2", amount="70.00", currency="CNY",
          due_on="2026-03-31"),
    event("p1", "payment_received", "account/A-1", "2026-02-20", payment="P-1", amount="60.00", currency="CNY",
          allocations=[{"invoice": "INV-1", "amount": "40.00"}]),
)  # fmt: skip
"""Sequences 2 to 15; 1 publishes practice."""

SECOND = (
    corrected("x1", "o1", "deal_opened", "deal/D-1", "2026-01-01", playbook="practice", owner="Li", account_id="A-1",
              amount="2000.00", currency="CNY"),
    event("v3", "event_voided", "deal/D-3", "2026-03-01", target={"source": "crm", "id": "c3"}, reason="other deal",
          approver="Wang"),
    event("r1", "payment_reversed", "account/A-1", "2026-02-25", payment="P-1", amount="50.00", currency="CNY"),
    # A correction that comes before what it corrects, which concerns A-1 through its target alone.
    corrected("x6", "o6", "deal_opened", "deal/D-6", "2026-01-20", playbook="practice", owner="Sun", account_id="A-1",
              amount="66.00", currency="CNY"),
    event("o6", "deal_opened", "deal/D-6", "2026-01-15", playbook="practice", owner="Sun", account_id="A-1",
          amount="6.00", currency="CNY"),
    event("pb", "playbook_published", "playbook/claimed", "2026-03-02", playbook=CLAIMED.model_dump(mode="json")),
    event("s5", "stage_claimed", "deal/D-5", "2026-01-04", stage="In Talks"),
)  # fmt: skip


async def tell_first(ledger: Ledger) -> Told:
    """The first part, recorded and projected."""
    told = Told(ledger)
    await told.tell(*FIRST)
    await told.projected()
    told.first = told.last
    return told


async def tell_second(told: Told) -> None:
    """The second part, with messages that do not count."""
    await told.tell(*SECOND)
    again = event("c1", "call_made", "deal/D-1", "2026-01-02", outcome="interested")
    other = event("c1", "call_made", "deal/D-1", "2026-01-02", outcome="callback")
    told.at["duplicate"] = await told.ledger.publish(_canonical(again), "daybook.deal.D-1")
    told.at["conflict"] = await told.ledger.publish(_canonical(other), "daybook.deal.D-1")
    told.at["unreadable"] = await told.ledger.publish(b"\x00not an event", "daybook.deal.D-1")
    await told.projected()


def _canonical(each: dict[str, Any]) -> bytes:
    from contracts.cloudevents.envelope import read_event

    return read_event(each).canonical
