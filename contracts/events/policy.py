"""The policy family: the sales processes themselves, published so that replays use what was in force; and targets."""

from typing import Self

from pydantic import ValidationInfo, model_validator

from contracts.events.event import Event
from contracts.playbooks.playbook import Playbook
from contracts.rules.leniency import RECORDED
from contracts.rules.refusals import fault
from contracts.types.decimals import Figure
from contracts.types.identifiers import ItemKey, LongText, Person, PlaybookVersion, ShortText, SubjectKind
from contracts.types.metrics import MONEY_METRICS, Metric
from contracts.types.money import Currency, too_fine
from contracts.types.times import Period

_PLAYBOOK_OR_ACCOUNT: frozenset[SubjectKind] = frozenset({"playbook", "account"})


class PlaybookPublished(Event, type="daybook.playbook_published.v1", family="policy", subjects="playbook"):
    """A version of a playbook is in force. Versions never change, so they are never corrected or voided."""

    playbook: Playbook
    """The whole playbook."""


class PlaybookWithdrawn(Event, type="daybook.playbook_withdrawn.v1", family="policy", subjects="playbook"):
    """Withdrawal of a playbook version, for good. Deals that have it keep it; later ones use it only by name."""

    playbook_version: PlaybookVersion
    """The version that is withdrawn."""
    reason: LongText
    """Why."""


class TargetSet(Event, type="daybook.target_set.v1", family="policy", subjects=_PLAYBOOK_OR_ACCOUNT):
    """A figure to be reached in a period by a sales process or with an account. Sent by sales operations.

    Of targets whose fields are equal but for `target` and `value` the later counts, so none is corrected or voided.
    """

    target: ShortText
    """Name of the target, as sales operations know it."""
    metric: Metric
    """The figure that is measured."""
    period: Period
    """Year, quarter or month in which: `2026`, `2026-Q1`, `2026-03`."""
    value: Figure
    """The aim: a count, days, a rate from 0 to 1, a score, or an amount in units of `currency`."""
    currency: Currency | None = None
    """ISO 4217 currency of an amount: given for signed_amount, collected_amount and net_invoiced, and for no other."""
    stage: ItemKey | None = None
    """Key of the stage that it is for; without it the whole process or account."""
    owner: Person | None = None
    """The salesperson whom it is for; without it everybody."""
    region: ShortText | None = None
    """The region that it is for; without it all of them."""

    @model_validator(mode="after")
    def _currency_of_an_amount(self, info: ValidationInfo) -> Self:
        if self.metric in MONEY_METRICS and self.currency is None:
            raise fault((("currency",), f"is missing: {self.metric} is an amount"))
        if self.metric not in MONEY_METRICS and self.currency is not None:
            raise fault((("currency",), f"is for amounts only: {self.metric} is none"))
        if (
            self.currency is not None
            and info.context is not RECORDED
            and (reason := too_fine(self.value, self.currency))
        ):
            raise fault((("value",), reason))
        return self
