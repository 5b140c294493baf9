"""Schemas of the events for other programs: one JSON Schema for each type, and one AsyncAPI document.

The files are written from the classes by `python -m contracts.schemas`; `--check` finds those that have drifted.
"""

import json

from contracts.events import EVENTS, Registry
from contracts.schemas.asyncapi import asyncapi
from contracts.schemas.event_schema import event_schema

ASYNCAPI = "asyncapi.json"


def documents(registry: Registry = EVENTS) -> dict[str, str]:
    """The text of every file by its name; the same text for the same classes, always."""
    found = {f"{cls.type}.json": _text(event_schema(cls)) for cls in registry}
    return dict(sorted((found | {ASYNCAPI: _text(asyncapi(registry))}).items()))


def _text(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
