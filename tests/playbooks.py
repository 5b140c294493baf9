"""Playbooks for tests: small enough to see through."""

import json
from decimal import Decimal
from typing import Any

from contracts.playbooks.difference import document
from contracts.playbooks.playbook import (
    Appraisal,
    Condition,
    CustomerStage,
    Item,
    Names,
    Playbook,
    Satisfier,
    Stage,
    Target,
    Track,
)
from contracts.types.metrics import Metric


def names(key: str) -> Names:
    """Names that nobody reads."""
    return Names(zh=key, en=key)


def item(key: str, *satisfied_by: Satisfier) -> Item:
    """A milestone or criterion."""
    return Item(key=key, names=names(key), satisfied_by=satisfied_by)


def by(event: str, at_least: int = 1, **where: str | int | bool) -> Satisfier:
    """Events that satisfy an item."""
    return Satisfier(event=event, where=where, at_least=at_least)


def condition(key: str, *satisfied_by: Satisfier) -> Condition:
    """A condition of a stage."""
    return Condition(key=key, kind="process", names=names(key), satisfied_by=satisfied_by)


def appraisal(key: str, weight: int, *satisfied_by: Satisfier) -> Appraisal:
    """An appraisal item of a stage."""
    return Appraisal(key=key, weight=weight, names=names(key), satisfied_by=satisfied_by)


def stage(
    key: str,
    probability: str,
    milestones: tuple[Item, ...] = (),
    criteria: tuple[Item, ...] = (),
    commitment: bool = True,
    claimed_as: tuple[str, ...] = (),
    conditions: tuple[Condition, ...] = (),
    appraised_by: tuple[Appraisal, ...] = (),
    **more: Any,
) -> Stage:
    """A stage, with its commitment unless told otherwise."""
    return Stage(
        **more,
        conditions=conditions,
        appraisal=appraised_by,
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


def toml(book: Playbook) -> str:
    """The file of a playbook."""

    def told(value: Any) -> str:
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{name} = {told(each)}" for name, each in value.items()) + " }"
        return f"[{', '.join(map(told, value))}]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)

    return "\n".join(f"{name} = {told(value)}" for name, value in document(book).items())


CONTACT = stage(
    "contact",
    "0.1",
    (item("interested", by("call_made", outcome="interested")),),
    (item("meeting_confirmed", by("appointment_made")),),
    departments=(names("A"), names("B")),
)
VISIT = stage(
    "visit",
    "0.2",
    (item("visit_held", by("visit_done")), item("survey_made", by("visit_done", purpose="survey"))),
    (item("pain_agreed"), item("roles_mapped", by("contact_recorded", at_least=2))),
    departments=(names("B"),),
)
PROPOSAL = stage(
    "proposal",
    "0.25",
    (item("proposal_delivered", by("proposal_submitted", kind="preliminary"), by("demo_held", audience="users")),),
    (item("exchange_agreed"),),
)
DEMO = stage(
    "demo",
    "0.3",
    (item("demo_given", by("demo_held", audience="technical")),),
    (item("recognised"),),
    departments=(names("A"),),
)

PRACTICE = playbook("practice", CONTACT, VISIT, PROPOSAL, DEMO)
"""The first half of the process of seed 004, with fewer items."""

SHORTER = playbook("practice", CONTACT, PROPOSAL, DEMO, version=2)
"""Its second version: the visit is left out."""

JUDGED = playbook(
    "practice",
    stage(
        "contact",
        "0.1",
        (item("interested", by("call_made", outcome="interested")),),
        (item("meeting_confirmed", Satisfier(event="appointment_made", has=("place", "topic"))),),
        conditions=(condition("handler_known", by("contact_recorded")),),
        departments=(names("A"),),
    ),
    stage(
        "visit",
        "0.2",
        (
            item("visit_held", Satisfier(event="visit_done", after="appointment_made")),
            item("survey_made", Satisfier(event="visit_done", where={"purpose": "survey"}, min={"duration_s": 600})),
        ),
        (item("pain_agreed"), item("roles_mapped", by("contact_recorded", at_least=2))),
        conditions=(
            condition("booked_twice", Satisfier(event="visit_done", after="appointment_made", at_least=2)),
            condition("well_prepared"),
        ),
        appraised_by=(
            appraisal("brief", 40, Satisfier(event="visit_done", max={"duration_s": 1200})),
            appraisal("minuted", 60, Satisfier(event="visit_done", has=("note",))),
        ),
    ),
    stage(
        "proposal",
        "0.25",
        (item("proposal_delivered", Satisfier(event="proposal_submitted", within="deal_revised.amount")),),
        (item("exchange_agreed"),),
    ),
    version=3,
)
"""Its third version: what events hold, and what came before them, is judged, too; with conditions and appraisal."""

CLAIMED = playbook(
    "claimed",
    stage("prospecting", "0.05", commitment=False),
    stage("engaging", "0.15", commitment=False, claimed_as=("In Talks", "engaged"), departments=(names("B"),)),
    stage("closing", "0.6", commitment=False),
    position="claim",
)
"""Position by the claims of a foreign CRM."""


def watched(book: Playbook) -> Playbook:
    """The playbook with all that reports measure a deal by: expected days, departments, conditions, targets and the
    purchase track."""
    metrics: tuple[Metric, ...] = ("deals_opened", "completion_rate", "median_stay_days", "visits_with_appointment")
    stages = tuple(
        each.model_copy(
            update={
                "expected_days": 3 + number,
                "departments": (names("A"), names("B"))[: 1 + number % 2],
                "customer_stage": CustomerStage(number=number, names=names("customer")),
                "conditions": (condition(f"called_{number}", by("call_made")), condition(f"prepared_{number}")),
                "targets": (
                    Target(key=f"aim_{number}", names=names("aim"), metric=metrics[number % 4], at_least=Decimal(1)),
                ),
            }
        )
        for number, each in enumerate(book.stages, 1)
    )
    return book.model_copy(update={"stages": stages, "track": Track()})


WATCHED = watched(PRACTICE), watched(SHORTER), watched(CLAIMED)
