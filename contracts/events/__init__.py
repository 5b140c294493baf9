"""Every event that may be recorded. To add one: write its class in its family's file; the registry finds it."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from contracts.events.event import Event
from contracts.events.registry import Registry, UnknownType

__all__ = ["EVENTS", "Event", "Registry", "UnknownType"]


def _classes() -> Iterator[type[Event]]:
    """Classes with a type of their own, file by file, in the order in which they stand there."""
    for module in iter_modules(__path__):
        found = import_module(f"{__name__}.{module.name}")
        own = (each for each in vars(found).values() if isinstance(each, type) and each.__module__ == found.__name__)
        yield from (each for each in own if issubclass(each, Event) and "type" in vars(each))


EVENTS = Registry(*_classes())
