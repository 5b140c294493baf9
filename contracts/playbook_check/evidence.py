"""Check that the events that a playbook waits for can occur at all."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from contracts.events import Event, Registry
from contracts.playbooks.consistency import Location, parts
from contracts.rules.refusals import reasons_of

NEVER_EVIDENCE = frozenset({"stage_claimed", "evidence_revoked", "commitment_withdrawn"})
"""Events that satisfy no item, whatever a playbook says: a claim is no evidence, the others take evidence back."""


def satisfier_mistakes(playbook: Mapping[str, Any], registry: Registry) -> Iterator[tuple[Location, str]]:
    """(location, reason) for every `satisfied_by` of a playbook, as TOML holds it, that no event can ever meet.

    A part of the wrong type is passed over: its own field says what is wrong with it.
    """
    for stage_index, stage in enumerate(parts(playbook, "stages")):
        for group in ("milestones", "criteria"):
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
        yield ("event",), f"{name} claims a stage or takes evidence back, and is no evidence itself"
    elif "deal" not in cls.subjects and not _names_a_deal(cls):
        yield ("event",), f"{name} is never about a deal"
    where = satisfier.get("where")
    for field, value in where.items() if isinstance(where, Mapping) else ():
        if isinstance(value, str | int) and (reason := _cannot_hold(cls, field, value)):
            yield ("where", field), reason


def _cannot_hold(cls: type[Event], field: str, value: object) -> str | None:
    """Reason why a field of an event never has this value; None when it can."""
    info = cls.model_fields.get(field)
    if info is None:
        return f"{cls.event_name()} has no field {field!r}{_meant(field, list(cls.model_fields))}"
    member = _member(Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation)
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
