"""Reading what was recorded under other rules than today's.

Three sets of rules hold an event. Those of intake (`contracts/cloudevents/intake_rules.py`) hold what is sent: they
may be tightened at any time. Those of its class hold what is recorded as well: they are never tightened, and the lists
that they look into (currencies) do not count for a message that was taken once. An entry of the journal counts for
ever: should a class have become stricter all the same, it is read field by field, as far as it goes.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import to_json

RECORDED = "recorded"
"""The context of a validation that reads what was taken once: lists that change do not count."""

_M = TypeVar("_M", bound=BaseModel)


def read_leniently(cls: type[_M], data: Mapping[str, Any]) -> _M:
    """Recorded data by a class that would refuse it today.

    Unknown fields are left out; one that is missing has its default, or else None; a value that breaks a rule is kept
    when it is of the field's type, and as it was written when it is not.
    """
    return cls.model_construct(
        **{
            name: _value(cls, name, data[name]) if name in data else _default(field)
            for name, field in cls.model_fields.items()
        }
    )


def _default(field: FieldInfo) -> Any:
    return None if field.is_required() else field.get_default(call_default_factory=True)


def _value(cls: type[BaseModel], name: str, written: Any) -> Any:
    try:
        return _adapter(cls, name).validate_json(to_json(written), strict=True, context=RECORDED)
    except ValidationError:
        return _nearest(cls.model_fields[name].annotation, written)


@cache
def _adapter(cls: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = cls.model_fields[name]
    annotation: Any = field.annotation
    for each in field.metadata:
        annotation = Annotated[annotation, each]
    return TypeAdapter(annotation)


def _nearest(annotation: Any, written: Any) -> Any:
    """A value that breaks a rule, in the type that folds expect where it can be had."""
    if get_origin(annotation) is Annotated:
        return _nearest(get_args(annotation)[0], written)
    if isinstance(written, list):
        members = next((get_args(each)[0] for each in _choices(annotation) if get_origin(each) is tuple), None)
        return tuple(_nearest(members, each) for each in written)
    for each in _choices(annotation):
        if isinstance(each, type) and issubclass(each, BaseModel) and isinstance(written, dict):
            return read_leniently(each, written)
        if each in _FROM_TEXT and isinstance(written, str):
            try:
                return _FROM_TEXT[each](written)
            except (ValueError, ArithmeticError):
                continue
    return written


_FROM_TEXT: dict[Any, Any] = {Decimal: Decimal, datetime: datetime.fromisoformat, date: date.fromisoformat}


def _choices(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of a union, or the one that there is, without what annotates them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _choices(get_args(annotation)[0])
    if origin is None or origin is tuple:
        return (annotation,)
    return tuple(choice for each in get_args(annotation) for choice in _choices(each))
