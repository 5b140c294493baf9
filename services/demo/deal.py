"""One deal of the demo's story: who sells what to whom, and what has been told of it."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts.events import EVENTS
from contracts.playbooks.playbook import Playbook, Satisfier, Stage
from services.demo.accounts import CUSTOMERS
from services.demo.cast import CLERKS, LOOKED_AT, MODELS, OPENED, PEOPLE, process_of
from services.demo.facts import SENDER, Facts, reference

_ON_ACCOUNT = {each.event_name() for each in EVENTS if "deal" not in each.subjects}
"""Events whose subject is the account; most name the deal in a field."""


@dataclass(slots=True)
class Telling:
    """Chances and facts that all deals of the story share."""

    facts: Facts
    draw: random.Random
    habits: Iterator[str]
    """Ways in which invoices are paid, one after the other."""
    contracts: Iterator[int]
    """Numbers of contracts."""


class DealStory:
    """A deal; `say` tells a fact about it."""

    def __init__(self, telling: Telling, number: int, playbook: Playbook, opened_at: datetime) -> None:
        draw = self.draw = telling.draw
        self.facts, self.habits, self.contracts = telling.facts, telling.habits, telling.contracts
        self.number, self.playbook, self.opened_at = number, playbook, opened_at
        self.process = process_of(number)
        self.id = f"D-{number:04d}"
        self.subject = f"deal/{self.id}"
        customers = CUSTOMERS[self.process.customers]
        self.customer = customers[LOOKED_AT - 1] if number in OPENED else draw.choice(customers)
        self.contact = self.customer.contact(1)
        self.owner = draw.choice(PEOPLE[self.process.sellers])
        self.amount = Decimal(draw.randrange(*self.process.thousands)) * 1000
        self.price = (self.amount * draw.choice([100, 97, 95, 92]) / 100).quantize(Decimal(1))
        abroad = self.process.customers == "company" and number not in OPENED and draw.random() < 0.2
        self.currency = "USD" if abroad else "CNY"
        self.warranty = draw.randrange(60, 200)
        self.contract = ""
        """Number of its contract, once one is signed."""
        self.invoices: list[str] = []
        self.appointments: list[dict[str, Any]] = []
        """Appointments that no visit has used yet."""
        self.settled_at = opened_at
        """When the last of the invoices that are paid was paid."""
        self.said: list[tuple[str, dict[str, Any]]] = []
        self._documents: Counter[str] = Counter()

    @property
    def model(self) -> bool:
        """Tell if the deal goes through its whole process and meets everything."""
        return self.number in MODELS and self.number != LOOKED_AT

    def say(self, event: str, at: datetime, actor: str | None = None, **data: Any) -> dict[str, Any]:
        """Tell a fact about the deal, of the account where the event is about accounts."""
        cls = EVENTS.named(event)
        subject = self.customer.subject if event in _ON_ACCOUNT else self.subject
        if event in _ON_ACCOUNT and cls is not None and "deal_id" in cls.model_fields:
            data["deal_id"] = self.id
        source = SENDER[event]
        person = None if source == "bank" else actor or CLERKS.get(source, self.owner)
        self.said.append((event, data))
        said = self.facts.say(event, subject, at, person, **data)
        if event == "appointment_made":
            self.appointments.append(reference(said))
        elif event == "visit_done":
            del self.appointments[:1]
        return said

    def shown(self, event: str) -> list[dict[str, Any]]:
        """Data of the events of a name that were told."""
        return [data for name, data in self.said if name == event]

    def satisfies(self, satisfier: Satisfier) -> bool:
        """Tell if what was told has the fields that a satisfier asks for; the order of events is not looked at."""
        return sum(_fits(satisfier, data) for data in self.shown(satisfier.event)) >= satisfier.at_least

    def document(self, kind: str) -> str:
        """The next number of a document, such as the deal's second quote."""
        self._documents[kind] += 1
        return f"{kind}-{self.id}-{self._documents[kind]}"

    def colleague(self, stage: Stage) -> str:
        """Somebody who does a part of a stage: mostly the owner, otherwise of a department that takes part."""
        departments = [each.zh for each in stage.departments if each.zh != self.process.sellers]
        if not departments or self.draw.random() < 0.6:
            return self.owner
        return PEOPLE[self.draw.choice(departments)][0]


def _fits(satisfier: Satisfier, data: dict[str, Any]) -> bool:
    cls = EVENTS.named(satisfier.event)
    names = {} if cls is None else cls.renamed

    def value(name: str) -> Any:
        return data.get(names.get(name, name))

    return (
        all(wanted == (found := value(name)) or (isinstance(found, list) and wanted in found)
            for name, wanted in satisfier.where.items())
        and all(value(name) for name in satisfier.has)
        and all(value(name) is not None and value(name) >= int(least) for name, least in satisfier.min.items())
    )  # fmt: skip


def later(deal: DealStory, at: datetime, least: int, most: int) -> datetime:
    """A moment some hours later, within working hours."""
    at += timedelta(hours=deal.draw.randrange(least, most), minutes=deal.draw.randrange(60))
    if at.hour >= 18:
        at += timedelta(hours=33 - at.hour)
    elif at.hour < 9:
        at += timedelta(hours=9 - at.hour)
    return at + timedelta(days=max(0, 7 - at.weekday()) if at.weekday() > 4 else 0)
