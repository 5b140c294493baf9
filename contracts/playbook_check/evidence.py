"""Check that the events that a playbook waits for can occur at all."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from contracts.events import Event, Registry
from contracts.playbooks.consistency import Location, parts
from contracts.rules.refusals import reasons_of

NEVER_EVIDENCE = frozenset({"stage_claimed", "evidence_revoked", "commitment_withdrawn", "condition_assessed"})
"""Events that satisfy no item, whatever a playbook says: a claim is no evidence, an assessment names its own item, and
the others take evidence back."""

_GROUPS = ("milestones", "criteria", "conditions", "appraisal")


def satisfier_mistakes(playbook: Mapping[str, Any], registry: Registry) -> Iterator[tuple[Location, str]]:
    """(location, reason) for every `satisfied_by` of a playbook, as TOML holds it, that no event can ever meet.

    A part of the wrong type is passed over: its own field says what is wrong with it.
    """
    for stage_index, stage in enumerate(parts(playbook, "stages")):
        for group in _GROUPS:
            for item_index, item in enumerate(parts(stage, group)):
                for index, satisfier in enumerate(parts(item, "satisfied_by")):
                    at = ("stages", stage_index, group, item_index, "satisfied_by", index)
                    for path, reason in _mistakes(satisfier, registry):
                        yield (*at, *path), reason


def _mistakes(satisfier: Mapping[str, Any], registry: Registry) -> Iterator[tuple[Location, str]]:
    name = satisfier.get("event")
    if not isinstance(name, str):
        return
    cls = registry.named(name)
    if cls is None:
        yield ("event",), f"there is no event {name!r}{_meant(name, registry.names())}"
        return
    if cls.family == "correction":
        yield ("event",), f"{name} changes what other events say and is no evidence itself"
    elif name in NEVER_EVIDENCE:
        yield ("event",), f"{name} claims a stage, names its own item or takes evidence back, and is no evidence itself"
    elif not _concerns_deals(cls):
        yield ("event",), f"{name} is never about a deal"
    where = satisfier.get("where")
    for field, value in where.items() if isinstance(where, Mapping) else ():
        if isinstance(value, str | int) and (reason := _cannot_hold(cls, field, value)):
            yield ("where", field), reason
    yield from _bounds(satisfier, cls)
    yield from _earlier(satisfier, cls, registry)


def _bounds(satisfier: Mapping[str, Any], cls: type[Event]) -> Iterator[tuple[Location, str]]:
    """Fields that must be given, or lie between numbers, and that the event does not have."""
    has = satisfier.get("has")
    for index, field in enumerate(has if isinstance(has, list) else ()):
        if isinstance(field, str) and field not in cls.model_fields:
            yield ("has", index), _no_field(cls, field)
    for bound in ("min", "max"):
        numbers = satisfier.get(bound)
        for field in numbers if isinstance(numbers, Mapping) else ():
            info = cls.model_fields.get(field)
            if info is None:
                yield (bound, field), _no_field(cls, field)
            elif _plain(_member(_annotated(info))) not in (int, Decimal):
                yield (bound, field), f"{field} of {cls.event_name()} is no number"


def _earlier(satisfier: Mapping[str, Any], cls: type[Event], registry: Registry) -> Iterator[tuple[Location, str]]:
    """Events that must come before, and that never do."""
    if isinstance(after := satisfier.get("after"), str):
        before = registry.named(after)
        if before is None:
            yield ("after",), f"there is no event {after!r}{_meant(after, registry.names())}"
        elif not _concerns_deals(before):
            yield ("after",), f"{after} is never about a deal"
    if isinstance(within := satisfier.get("within"), str) and "." in within:
        name, _, field = within.partition(".")
        limiting = registry.named(name)
        if not _is_money(cls, "amount"):
            yield ("within",), f"{cls.event_name()} has no amount that could lie within anything"
        if limiting is None:
            yield ("within",), f"there is no event {name!r}{_meant(name, registry.names())}"
        elif field not in limiting.model_fields:
            yield ("within",), _no_field(limiting, field)
        elif not _is_money(limiting, field):
            yield ("within",), f"{field} of {name} is no amount"
        elif not _concerns_deals(limiting):
            yield ("within",), f"{name} is never about a deal"


def _concerns_deals(cls: type[Event]) -> bool:
    return "deal" in cls.subjects or _names_a_deal(cls)


def _is_money(cls: type[Event], field: str) -> bool:
    info = cls.model_fields.get(field)
    return info is not None and "currency" in cls.model_fields and _plain(_member(_annotated(info))) is Decimal


def _no_field(cls: type[Event], field: str) -> str:
    return f"{cls.event_name()} has no field {field!r}{_meant(field, list(cls.model_fields))}"


def _annotated(info: FieldInfo) -> Any:
    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def _cannot_hold(cls: type[Event], field: str, value: object) -> str | None:
    """Reason why a field of an event never has this value; None when it can."""
    info = cls.model_fields.get(cls.renamed.get(field, field))
    if info is None:
        return _no_field(cls, field)
    member = _member(_annotated(info))
    if _plain(member) not in (str, int, bool):
        return f"{field} of {cls.event_name()} is compared with nothing: only text, whole numbers and true or false are"
    try:
        TypeAdapter(member).validate_python(value, strict=True)
    except ValidationError as error:
        return f"{field} of {cls.event_name()} {next(reason for _, reason in reasons_of(error))}"
    return None


def _member(annotation: Any) -> Any:
    """Return the type of one value of a field: the type itself, without `| None`, or that of a list's members."""
    plain = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    if get_origin(plain) is tuple:
        return _member(get_args(plain)[0])
    present = [each for each in get_args(plain) if each is not NoneType]
    if NoneType in get_args(plain) and len(present) == 1:
        return _member(present[0])
    return annotation


def _plain(annotation: Any) -> Any:
    plain = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return type(get_args(plain)[0]) if get_origin(plain) is Literal else plain


def _names_a_deal(cls: type[BaseModel]) -> bool:
    members = (_plain(_member(info.annotation)) for info in cls.model_fields.values())
    return "deal_id" in cls.model_fields or any(
        isinstance(each, type) and issubclass(each, BaseModel) and _names_a_deal(each) for each in members
    )


def _meant(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, 1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(sorted(known))}"
