"""The evidence family: milestones achieved, criteria met, and evidence taken back."""

from typing import Literal, Self

from pydantic import model_validator

from contracts.events.event import Data, Event
from contracts.rules.refusals import fault
from contracts.types.identifiers import EventId, ItemKey, LongText, ShortText, SourceName


class EventReference(Data):
    """An event, by the identity that is its own for ever."""

    source: SourceName
    """The emitting system."""
    id: EventId
    """The event's id there."""


class MilestoneAchieved(Event, type="daybook.milestone_achieved.v1", family="evidence", subjects="deal"):
    """Someone confirms that a milestone of the deal's playbook is done."""

    milestone: ItemKey
    """Key of the milestone."""
    proof: ShortText | None = None
    """What shows it: a document, a message."""
    note: LongText | None = None
    """More about it."""


class CriterionMet(Event, type="daybook.criterion_met.v1", family="evidence", subjects="deal"):
    """Someone confirms that a success criterion of the deal's playbook is met."""

    criterion: ItemKey
    """Key of the criterion."""
    proof: ShortText | None = None
    """What shows it."""
    note: LongText | None = None
    """More about it."""


class EvidenceRevoked(Event, type="daybook.evidence_revoked.v1", family="evidence", subjects="deal"):
    """Evidence no longer holds, from this event's time on: one event's, or all there is so far for one item."""

    target: EventReference | None = None
    """The event that no longer counts as evidence, for any item."""
    item: ItemKey | None = None
    """The item whose evidence so far no longer counts; what comes later counts again."""
    reason: LongText
    """Why."""

    @model_validator(mode="after")
    def _target_or_item(self) -> Self:
        if (self.target is None) == (self.item is None):
            raise fault((("target",), "give either target or item, one of the two"))
        return self


class ConditionAssessed(Event, type="daybook.condition_assessed.v1", family="evidence", subjects="deal"):
    """Someone judged a condition or an appraisal item of the deal's playbook. Sent by the CRM. It moves no deal."""

    item: ItemKey
    """Key of the condition or appraisal item."""
    result: Literal["met", "not_met"]
    """The judgement; not_met ends what stood before."""
    proof: ShortText | None = None
    """Proof: a document, a message."""
    note: LongText | None = None
    """More about it."""
