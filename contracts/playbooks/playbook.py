"""A playbook: the stages of a sales process, and what evidence moves a deal through them (seed 004)."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from contracts.identifiers import ItemKey, PlaybookKey, ShortText

_PROBABILITY = r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$"


def _probability(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("probability", 'a probability is a decimal string such as "0.25"')
    return Decimal(value)


Probability = Annotated[
    Decimal,
    BeforeValidator(_probability),
    Field(ge=0, le=1, decimal_places=4),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _PROBABILITY}),
]
"""Between "0" and "1", as a decimal string with up to four places."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class Names(_Part):
    """What people read, in both languages."""

    zh: ShortText
    en: ShortText


class Satisfier(_Part):
    """Events that satisfy an item without naming it."""

    event: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Event name, for example `visit_done`."""
    where: dict[str, str | int | bool] = Field(default={}, max_length=8)
    """Fields of the event's data that must have these values; in a list field, one of its members."""
    at_least: Annotated[int, Field(ge=1, le=100)] = 1
    """How many such events it takes."""


class Item(_Part):
    """A milestone or a success criterion. `milestone_achieved` or `criterion_met` naming it always satisfies it."""

    key: ItemKey
    names: Names
    satisfied_by: tuple[Satisfier, ...] = Field(default=(), max_length=8)
    """Other ways to satisfy it: any one of them is enough."""


class Condition(_Part):
    """What must hold while a stage is worked on (阶段条件); shown and appraised, it moves no deal."""

    key: ItemKey
    kind: Literal["process", "relationship", "information", "compliance"]
    names: Names


class Appraisal(_Part):
    """What a salesperson is appraised by at this stage (绩效考核内容)."""

    key: ItemKey
    names: Names
    weight: Annotated[int, Field(ge=1, le=100)]
    """Share of the stage's appraisal; the weights of a stage add up to 100."""
    proved_by: Names | None = None
    """What verifies it."""


class Target(_Part):
    """A measurable aim of the stage (量化指标)."""

    key: ItemKey
    names: Names
    value: ShortText
    """The aim, as people write it: `>= 0.8`, `10 per month`."""


class CustomerStage(_Part):
    """The customer's purchasing stage that runs beside ours."""

    number: Annotated[int, Field(ge=1, le=8)]
    names: Names


class Stage(_Part):
    """One stage. Entered by all its milestones, completed by all its criteria and the customer's commitment."""

    key: ItemKey
    names: Names
    customer_stage: CustomerStage | None = None
    band: Literal["potential", "intent", "negotiation", "closing"]
    """Funnel band 潜在, 意向, 洽谈, 成交 (seed 003)."""
    probability: Probability
    """Win probability once the stage is completed."""
    expected_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days after which a deal at this stage is said to be rotting."""
    departments: tuple[ShortText, ...] = Field(default=(), max_length=20)
    targets: tuple[Target, ...] = Field(default=(), max_length=20)
    milestones: tuple[Item, ...] = Field(default=(), max_length=50)
    criteria: tuple[Item, ...] = Field(default=(), max_length=50)
    commitment: Names | None = None
    """What the customer commits to; none means that no commitment is needed."""
    conditions: tuple[Condition, ...] = Field(default=(), max_length=50)
    appraisal: tuple[Appraisal, ...] = Field(default=(), max_length=50)
    claimed_as: tuple[ShortText, ...] = Field(default=(), max_length=20)
    """Words by which a foreign CRM's claim names this stage, beside its key and number."""


class Playbook(_Part):
    """A sales process. A version never changes once it is published."""

    key: PlaybookKey
    version: Annotated[int, Field(ge=1)]
    names: Names
    position: Literal["evidence", "claim"] = "evidence"
    """Whether evidence or a foreign CRM's claims say where a deal stands."""
    stages: tuple[Stage, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problem = next(iter(problems(self)), None)
        if problem:
            raise PydanticCustomError("playbook", "{problem}", {"problem": problem[1]})
        return self


def problems(playbook: Playbook) -> list[tuple[tuple[str | int, ...], str]]:
    """What no single field shows to be wrong: (location, reason) pairs, in the order of the file."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    seen: dict[str, str] = {}
    words: dict[str, int] = {}
    last = Decimal(0)
    for index, stage in enumerate(playbook.stages):
        at: tuple[str | int, ...] = ("stages", index)
        if stage.key in seen:
            found.append(((*at, "key"), f"the key {stage.key!r} is used twice: {seen[stage.key]}"))
        seen[stage.key] = f"stage {index + 1}"
        for group in ("milestones", "criteria", "conditions", "appraisal", "targets"):
            for number, item in enumerate(getattr(stage, group)):
                if item.key in seen:
                    found.append(((*at, group, number, "key"), f"the key {item.key!r} is used twice: {seen[item.key]}"))
                seen[item.key] = f"{group} of stage {index + 1}"
        for word in {each.casefold() for each in (stage.key, str(index + 1), *stage.claimed_as)}:
            if word in words:
                found.append(((*at, "claimed_as"), f"{word!r} also names stage {words[word]}"))
            words[word] = index + 1
        if stage.probability < last:
            found.append(((*at, "probability"), f"{stage.probability} is lower than the {last} of the stage before"))
        last = stage.probability
        if playbook.position == "evidence" and not stage.milestones:
            found.append((at, f"stage {index + 1} has no milestone, so nothing can enter it"))
        if playbook.position == "evidence" and not (stage.criteria or stage.commitment):
            found.append((at, f"stage {index + 1} has neither criteria nor a commitment, so nothing completes it"))
        weight = sum(each.weight for each in stage.appraisal)
        if stage.appraisal and weight != 100:
            found.append(((*at, "appraisal"), f"weights add up to {weight}, not 100"))
    return found
