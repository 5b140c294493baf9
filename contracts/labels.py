"""Labels of events, their fields and the values of fields, in Chinese and English, as `labels.toml` holds them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["zh", "en"]


def event_label(name: str, language: Language) -> str:
    """Label of an event by its name: `call_made` is 电话沟通, "call made". Raises KeyError where there is none."""
    return _text(tables()["events"], name, language)


def field_label(name: str, field: str, language: Language) -> str:
    """Label of an event's field; one within another has its path, as `terms.share`. Raises KeyError."""
    own = _own(name, "fields")
    return _text(own, field, language) if field in own else _text(tables()["fields"], _last(field), language)


def value_label(name: str, field: str, value: str, language: Language) -> str:
    """Label of a value that a field may have, where it has few. Raises KeyError."""
    own = _own(name, "values")
    return _text(own[field] if field in own else tables()["values"][_last(field)], value, language)


@cache
def tables() -> Mapping[str, Any]:
    """Content of the file."""
    return tomllib.loads(files("contracts").joinpath("labels.toml").read_text(encoding="utf-8"))


def _own(name: str, group: str) -> Mapping[str, Any]:
    """Labels that an event has for itself."""
    found: Mapping[str, Any] = tables()["of"].get(name, {}).get(group, {})
    return found


def _last(field: str) -> str:
    """Name of a field without the path to it."""
    return field.rpartition(".")[2]


def _text(labels: Mapping[str, Any], name: str, language: Language) -> str:
    """Label in a language; one that is only Chinese has the name itself in English."""
    label = labels[name]
    if isinstance(label, str):
        return label if language == "zh" else _last(name).replace("_", " ")
    return str(label[language])
