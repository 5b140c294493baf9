"""Registry of event types: the class of each, and reading an older version as the newest."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from contracts.events.correction import EventCorrected
from contracts.events.event import Event
from contracts.rules.canonical import canonical
from contracts.rules.leniency import RECORDED, read_leniently
from contracts.rules.refusals import fault, reasons_of


class UnknownType(ValueError):
    """Error for a type that no event class has; `args[0]` is the type."""


class Registry:
    """The event classes by type. An older version's class overrides `upcast`, which gives the next version."""

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

    def named(self, name: str) -> type[Event] | None:
        """The newest version's class of an event name such as `call_made`, if there is one."""
        return max((each for each in self if each.event_name() == name), key=lambda each: each.version(), default=None)

    def read(self, type_: str, data: bytes | str, context: str | None = None) -> Event:
        """The data of one event, as written: strict, by its own version's contract.

        With the context RECORDED lists that change do not count. Raises UnknownType, or pydantic's ValidationError
        whose locations name the fields.
        """
        event = self.get(type_).model_validate_json(data, context=context)
        if isinstance(event, EventCorrected):
            self._check_replacement(event, context)
        return event

    def read_entry(self, type_: str, data: Mapping[str, Any]) -> Event:
        """The data of an entry, whatever rules hold today. Raises UnknownType."""
        cls = self.get(type_)
        try:
            return cls.model_validate_json(canonical(data), context=RECORDED)
        except ValidationError:
            return read_leniently(cls, data)

    def newest(self, event: Event) -> Event:
        """The event as the newest version of its class: what folds see."""
        while (next_version := event.upcast()) is not event:
            event = next_version
        return event

    def _check_replacement(self, event: EventCorrected, context: str | None) -> None:
        try:
            target = self.get(event.target_type)
        except UnknownType:
            raise fault((("target_type",), f"unknown event type {event.target_type}")) from None
        if target.family in ("correction", "policy"):
            raise fault((("target_type",), f"{event.target_type} is never corrected"))
        try:
            target.model_validate_json(canonical(event.replacement.data), context=context)
        except ValidationError as error:
            raise fault(*((("replacement", "data", *loc), reason) for loc, reason in reasons_of(error))) from None
