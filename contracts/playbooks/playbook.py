"""A playbook: the stages of a sales process, and what evidence moves a deal through them (seed 004)."""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from contracts.documented import Documented
from contracts.playbooks.consistency import problems
from contracts.rules.canonical import MAX_INTEGER
from contracts.rules.refusals import fault
from contracts.types.decimals import Figure
from contracts.types.identifiers import FieldName, ItemKey, PlaybookKey, PlaybookVersion, ShortText
from contracts.types.metrics import Metric

_PROBABILITY = re.compile(r"0(\.[0-9]{1,4})?|1(\.0{1,4})?")


def _probability(value: object) -> Decimal:
    text = format(value, "f") if isinstance(value, Decimal) else value
    if not isinstance(text, str) or not _PROBABILITY.fullmatch(text):
        raise PydanticCustomError("probability", 'must be text from "0" to "1" with up to four decimals, as "0.25"')
    return Decimal(text)


Probability = Annotated[
    Decimal,
    BeforeValidator(_probability),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^({_PROBABILITY.pattern})$"}),
]
"""Between "0" and "1", as a decimal string with up to four places."""


def _value(value: object) -> object:
    if isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable():
        return value
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    raise PydanticCustomError("where", "must be a line of text, a whole number, true or false")


Value = Annotated[str | int | bool, BeforeValidator(_value)]
"""What a field of an event is compared with."""


_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")


def _number(value: object) -> object:
    if type(value) is int and abs(value) <= MAX_INTEGER:
        return value
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return value
    raise PydanticCustomError("number", 'must be a whole number, or a decimal number as text such as "0.5"')


Number = Annotated[int | str, BeforeValidator(_number)]
"""Bound of a number: a whole number, or decimal text with up to six places."""


FieldOfEvent = Annotated[str, Field(max_length=129, pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
"""Field of an event: `need_recorded.budget`."""


class _Part(Documented):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Names(_Part):
    """Names that people read, in both languages."""

    zh: ShortText
    """In Chinese."""
    en: ShortText
    """In English."""


class Satisfier(_Part):
    """Events that satisfy an item without naming it."""

    event: FieldName
    """Event name, for example `visit_done`."""
    where: dict[FieldName, Value] = Field(default={}, max_length=8)
    """Fields of the event's data that must have these values; in a list field, one of its members."""
    at_least: Annotated[int, Field(ge=1, le=100)] = 1
    """How many such events it takes."""
    has: tuple[FieldName, ...] = Field(default=(), max_length=8)
    """Fields that must be given and not empty."""
    min: dict[FieldName, Number] = Field(default={}, max_length=8)
    """Fields that must be at least these numbers."""
    max: dict[FieldName, Number] = Field(default={}, max_length=8)
    """Fields that must be at most these numbers."""
    after: FieldName | None = None
    """Event that must come before, unused: each event that counts uses up the earliest one of this name that was
    neither cancelled nor revoked until then."""
    within: FieldOfEvent | None = None
    """Limit of the event's `amount`: the latest value before it of this field, in the same currency. Without such a
    value the event does not count."""


class Item(_Part):
    """A milestone or a success criterion. `milestone_achieved` or `criterion_met` naming it always satisfies it."""

    key: ItemKey
    """Names the item in events, for ever."""
    names: Names
    """What people call it."""
    satisfied_by: tuple[Satisfier, ...] = Field(default=(), max_length=8)
    """Other ways to satisfy it: any one of them is enough."""


class Condition(_Part):
    """Condition that must hold while a stage is worked on (阶段条件); it is shown and appraised, but moves no deal."""

    key: ItemKey
    """Names the condition, for ever."""
    kind: Literal["process", "relationship", "information", "compliance"]
    """过程, 关系, 信息, 合规: what sort of condition it is."""
    names: Names
    """What people call it."""
    satisfied_by: tuple[Satisfier, ...] = Field(default=(), max_length=8)
    """Ways to satisfy it beside `condition_assessed`: any one of them is enough."""


class Appraisal(_Part):
    """Item by which a salesperson is appraised at this stage (绩效考核内容)."""

    key: ItemKey
    """Names the appraisal item, for ever."""
    names: Names
    """What people call it."""
    weight: Annotated[int, Field(ge=1, le=100)]
    """Share of the stage's appraisal; the weights of a stage add up to 100."""
    proved_by: Names | None = None
    """What verifies it."""
    satisfied_by: tuple[Satisfier, ...] = Field(default=(), max_length=8)
    """Ways to satisfy it beside `condition_assessed`: any one of them is enough."""


class Target(_Part):
    """A measurable aim of the stage (量化指标)."""

    key: ItemKey
    """Names the target, for ever."""
    names: Names
    """What is measured."""
    value: ShortText | None = None
    """Aim in words, in figures that both languages read: `>= 80 %`. It is shown, and measured by nothing."""
    metric: Metric | None = None
    """Measure that the aim is about."""
    at_least: Figure | None = None
    """Number that the measure is to reach."""
    at_most: Figure | None = None
    """Number that the measure is not to exceed."""
    per: Literal["month", "quarter", "year"] | None = None
    """Period that the measure covers; without it everything up to the day asked about."""

    @model_validator(mode="after")
    def _measured_or_told(self) -> Self:
        bounds = [each for each in (self.at_least, self.at_most) if each is not None]
        if self.metric is None:
            if self.value is None:
                raise fault((("metric",), "give a metric with at_least or at_most, or a value in words"))
            if bounds:
                raise fault((("metric",), "is missing: nothing says of what at_least or at_most is a bound"))
        elif len(bounds) != 1:
            raise fault((("metric",), "give either at_least or at_most, one of the two"))
        return self


class Track(_Part):
    """Thresholds of the comparison of both tracks. The gap is the customer's purchasing stage less ours."""

    behind: Annotated[int, Field(ge=1, le=8)] = 1
    """Gap from which we are behind."""
    catch_up: Annotated[int, Field(ge=1, le=8)] = 2
    """Gap from which we have to catch up."""
    review: Annotated[int, Field(ge=1, le=8)] = 3
    """Gap from which to consider giving the deal up."""
    tender: Annotated[int, Field(ge=1, le=8)] | None = None
    """Purchasing stage from which the customer's call for tenders has begun."""
    tender_needs: Annotated[int, Field(ge=1, le=8)] | None = None
    """Stage of ours that it takes then; below it the deal is reviewed."""
    unknown_after_days: Annotated[int, Field(ge=1, le=3650)] = 45
    """Days after which an observation of the customer's stage says nothing any more."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.behind <= self.catch_up <= self.review:
            raise fault((("review",), "behind, catch_up and review must rise in this order"))
        if (self.tender is None) != (self.tender_needs is None):
            raise fault((("tender",), "give tender and tender_needs together"))
        return self


class CustomerStage(_Part):
    """The customer's purchasing stage that runs beside ours."""

    number: Annotated[int, Field(ge=1, le=8)]
    """Its place among the customer's stages."""
    names: Names
    """What people call it."""


class Stage(_Part):
    """One stage. Entered by all its milestones, completed by all its criteria and the customer's commitment."""

    key: ItemKey
    """Names the stage, for ever."""
    names: Names
    """What people call it."""
    customer_stage: CustomerStage | None = None
    """Where the customer is in its purchasing when we are here."""
    band: Literal["potential", "intent", "negotiation", "closing"]
    """Funnel band 潜在, 意向, 洽谈, 成交 (seed 003)."""
    probability: Probability
    """Win probability once the stage is completed."""
    expected_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days after which a deal at this stage is said to be rotting."""
    departments: tuple[Names, ...] = Field(default=(), max_length=20)
    """Departments that take part."""
    targets: tuple[Target, ...] = Field(default=(), max_length=20)
    """What the stage aims at, in figures."""
    milestones: tuple[Item, ...] = Field(default=(), max_length=50)
    """里程碑: all of them enter the stage, once the stage before is completed."""
    criteria: tuple[Item, ...] = Field(default=(), max_length=50)
    """成功标准: all of them, with the commitment, complete the stage."""
    commitment: Names | None = None
    """What the customer commits to; none means that no commitment is needed."""
    conditions: tuple[Condition, ...] = Field(default=(), max_length=50)
    """What must hold while the stage is worked on."""
    appraisal: tuple[Appraisal, ...] = Field(default=(), max_length=50)
    """What salespeople are appraised by at this stage."""
    claimed_as: tuple[ShortText, ...] = Field(default=(), max_length=20)
    """Words by which a foreign CRM's claim names this stage, beside its key and number."""


class Playbook(_Part):
    """A sales process. A version never changes once it is published."""

    key: PlaybookKey
    """Names the playbook; the subject of its events is `playbook/<key>`."""
    version: PlaybookVersion
    """From 1, raised with every change."""
    names: Names
    """What people call it."""
    position: Literal["evidence", "claim"] = "evidence"
    """Whether evidence or a foreign CRM's claims say where a deal stands."""
    track: Track | None = None
    """Thresholds of the comparison with the customer's purchasing stages; without it no deal is judged by them."""
    stages: tuple[Stage, ...] = Field(min_length=1, max_length=50)
    """In order."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if found := problems(self.model_dump(mode="json")):
            raise fault(*found)
        return self
