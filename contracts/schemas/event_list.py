"""`contracts/README.md`: every event type for people, with its fields and an example."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from contracts.events import EVENTS, Event, Registry
from contracts.labels import event_label, field_label, value_label
from contracts.schemas.event_schema import event_schema

_HEAD = """\
# Event types

Written by `make schemas` from the classes in [events](events) and the examples in `tests/conformance/golden`; change
those, not this.

Every event is a [CloudEvents 1.0](https://github.com/cloudevents/spec) message. JSON Schemas and an AsyncAPI document
are in [schemas](schemas); intake serves them at `GET /schemas/asyncapi.json`.

| attribute | meaning |
| --- | --- |
"""
_FEW = 30
"""Most words of a choice that are listed; only currencies are more."""
_SHOWN = ("id", "source", "type", "subject", "time", "actor", "department", "correlationid", "causationid")


def event_list(examples: Mapping[str, Mapping[str, Any]], registry: Registry = EVENTS) -> str:
    """The document. `examples` are events by their type."""
    classes = list(registry)
    head = event_schema(classes[0])["properties"]
    attributes = "".join(f"| `{name}` | {_cell(head[name]['description'])} |\n" for name in _SHOWN)
    families: dict[str, list[type[Event]]] = {}
    for each in classes:
        families.setdefault(each.family, []).append(each)
    contents = "".join(
        f"- {family}: " + ", ".join(f"[{_name(each)}](#{_anchor(each)})" for each in members) + "\n"
        for family, members in families.items()
    )
    return (
        _HEAD
        + attributes
        + "\n"
        + contents
        + "".join(
            f"\n## {family.capitalize()}\n" + "".join(_event(each, examples.get(each.type)) for each in members)
            for family, members in families.items()
        )
    )


def _name(cls: type[Event]) -> str:
    """`call_made`, with the version where it is not the first."""
    return cls.event_name() if cls.version() == 1 else f"{cls.event_name()} v{cls.version()}"


def _anchor(cls: type[Event]) -> str:
    """Anchor of the event's heading, as GitHub makes it."""
    return f"{cls.type.replace('.', '')}-{event_label(cls.event_name(), 'zh')}"


def _event(cls: type[Event], example: Mapping[str, Any] | None) -> str:
    schema = event_schema(cls)
    data = schema["$defs"][cls.__name__]
    required = set(data.get("required", ()))
    event = cls.event_name()
    rows = "".join(
        f"| `{name}` | {field_label(event, name, 'zh')} "
        f"| {_type(each, partial(_value, event, name))}{'' if name in required else ', optional'} "
        f"| {_cell(each.get('description', ''))} |\n"
        for name, each in data.get("properties", {}).items()
    )
    fields = f"\n| field of `data` | 中文 | type | meaning |\n| --- | --- | --- | --- |\n{rows}" if rows else ""
    shown = "" if example is None else f"\n```json\n{json.dumps(example, ensure_ascii=False, indent=2)}\n```\n"
    about = " or ".join(f"`{kind}/<id>`" for kind in sorted(cls.subjects))
    heading = f"\n### {cls.type} {event_label(event, 'zh')}\n"
    return f"{heading}\n{_cell(schema['description'])} Subject: {about}.\n{fields}{shown}"


def _value(event: str, field: str, value: str) -> str:
    """A value that a field may have, with its Chinese label."""
    return f"`{value}` {value_label(event, field, value, 'zh')}"


def _type(schema: Mapping[str, Any], value: Callable[[str], str]) -> str:
    """A type in few words; `value` writes one of a choice."""
    match schema:
        case {"enum": words} if len(words) > _FEW:
            return "currency code (ISO 4217)"
        case {"enum": words}:
            return " \\| ".join(map(value, words))
        case {"const": str(word)}:
            return value(word)
        case {"$ref": reference}:
            return str(reference).rpartition("/")[2]
        case {"anyOf": parts}:
            return " or ".join(_type(each, value) for each in parts if each != {"type": "null"})
        case {"type": "array", "items": items}:
            return f"list of {_type(items, value)}"
        case {"type": "string", "format": "date"}:
            return "day"
        case {"type": "string", "format": "date-time"}:
            return "time with offset"
        case {"type": "string", "pattern": str(pattern)} if r"(\.[0-9]{1," in pattern:
            return "decimal string"
        case {"type": kind}:
            return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(str(kind), str(kind))
        case _:
            return "any"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
