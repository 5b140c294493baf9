"""Which types there are, and how an older version is read as the newest."""

from collections.abc import Iterator
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from contracts.canonical import canonical
from contracts.events.correction import EventCorrected
from contracts.events.event import Event


class UnknownType(ValueError):
    """No event class has this type; `args[0]` is the type."""


class Registry:
    """The event classes by type. An older version's class has `upcast(self)`, which gives the next version."""

    def __init__(self, *classes: type[Event]) -> None:
        self._by_type: dict[str, type[Event]] = {}
        for each in classes:
            if each.type in self._by_type:
                raise ValueError(f"two classes have the type {each.type}")
            self._by_type[each.type] = each

    def __iter__(self) -> Iterator[type[Event]]:
        return iter(self._by_type.values())

    def names(self) -> list[str]:
        """Event names without version, sorted: `call_made`, …"""
        return sorted({each.event_name() for each in self})

    def get(self, type_: str) -> type[Event]:
        """The class of a type. Raises UnknownType."""
        try:
            return self._by_type[type_]
        except KeyError:
            raise UnknownType(type_) from None

    def read(self, type_: str, data: bytes) -> Event:
        """The data of one event, as written: strict, by its own version's contract.

        Raises UnknownType, or pydantic's ValidationError whose locations name the fields.
        """
        event = self.get(type_).model_validate_json(data)
        if isinstance(event, EventCorrected):
            self._check_replacement(event)
        return event

    def newest(self, event: Event) -> Event:
        """The event as the newest version of its class: what folds see."""
        while (upcast := getattr(event, "upcast", None)) is not None:
            event = cast("Event", upcast())
        return event

    def _check_replacement(self, event: EventCorrected) -> None:
        try:
            target = self.get(event.target_type)
            if target.family in ("correction", "policy"):
                raise PydanticCustomError("target", "{type} is never corrected", {"type": event.target_type})
        except (UnknownType, PydanticCustomError) as error:
            reason = (
                error
                if isinstance(error, PydanticCustomError)
                else PydanticCustomError("type", "unknown event type {type}", {"type": event.target_type})
            )
            raise ValidationError.from_exception_data(
                "EventCorrected",
                [InitErrorDetails(type=reason, loc=("target_type",), input=event.target_type)],
            ) from None
        try:
            target.model_validate_json(canonical(event.replacement.data))
        except ValidationError as error:
            raise ValidationError.from_exception_data(
                "EventCorrected",
                [
                    InitErrorDetails(
                        type=PydanticCustomError(
                            cast("Any", each["type"]), cast("Any", each["msg"].replace("{", "(").replace("}", ")"))
                        ),
                        loc=("replacement", "data", *each["loc"]),
                        input=each["input"],
                    )
                    for each in error.errors(include_url=False)
                ],
            ) from None
