"""Playbooks for tests: small enough to see through."""

from decimal import Decimal
from typing import Any

from contracts.playbooks.playbook import Item, Names, Playbook, Satisfier, Stage


def names(key: str) -> Names:
    """Names that nobody reads."""
    return Names(zh=key, en=key)


def item(key: str, *satisfied_by: Satisfier) -> Item:
    """A milestone or criterion."""
    return Item(key=key, names=names(key), satisfied_by=satisfied_by)


def by(event: str, at_least: int = 1, **where: str | int | bool) -> Satisfier:
    """Events that satisfy an item."""
    return Satisfier(event=event, where=where, at_least=at_least)


def stage(
    key: str,
    probability: str,
    milestones: tuple[Item, ...] = (),
    criteria: tuple[Item, ...] = (),
    commitment: bool = True,
    claimed_as: tuple[str, ...] = (),
) -> Stage:
    """A stage, with its commitment unless told otherwise."""
    return Stage(
        key=key,
        names=names(key),
        band="intent",
        probability=Decimal(probability),
        milestones=milestones,
        criteria=criteria,
        commitment=names("commitment") if commitment else None,
        claimed_as=claimed_as,
    )


def playbook(key: str, *stages: Stage, version: int = 1, **more: Any) -> Playbook:
    """A playbook of these stages."""
    return Playbook(key=key, version=version, names=names(key), stages=stages, **more)


CONTACT = stage(
    "contact",
    "0.1",
    (item("interested", by("call_made", outcome="interested")),),
    (item("meeting_confirmed", by("appointment_made")),),
)
VISIT = stage(
    "visit",
    "0.2",
    (item("visit_held", by("visit_done")), item("survey_made", by("visit_done", purpose="survey"))),
    (item("pain_agreed"), item("roles_mapped", by("contact_recorded", at_least=2))),
)
PROPOSAL = stage(
    "proposal",
    "0.25",
    (item("proposal_delivered", by("proposal_submitted", kind="preliminary"), by("demo_held", audience="users")),),
    (item("exchange_agreed"),),
)
DEMO = stage("demo", "0.3", (item("demo_given", by("demo_held", audience="technical")),), (item("recognised"),))

PRACTICE = playbook("practice", CONTACT, VISIT, PROPOSAL, DEMO)
"""The first half of the process of seed 004, with fewer items."""

SHORTER = playbook("practice", CONTACT, PROPOSAL, DEMO, version=2)
"""Its second version: the visit is left out."""

CLAIMED = playbook(
    "claimed",
    stage("prospecting", "0.05", commitment=False),
    stage("engaging", "0.15", commitment=False, claimed_as=("In Talks", "engaged")),
    stage("closing", "0.6", commitment=False),
    position="claim",
)
"""Position by the claims of a foreign CRM."""
