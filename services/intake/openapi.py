"""OpenAPI description of intake's HTTP API: every body it reads and every answer it gives."""

import json
from typing import Any

from fastapi import FastAPI

from contracts.cloudevents.envelope import MAX_BATCH, Attributes
from contracts.events import EVENTS
from contracts.schemas.asyncapi import WARNINGS
from contracts.schemas.event_schema import event_schema
from services.intake.responses import CONTENT_TYPE, KINDS, type_of

JSON = "application/json"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BINARY = JSON
"""With the attributes in `ce-` headers."""

ABOUT: dict[str, Any] = {
    "title": "Daybook intake",
    "version": "1",
    "description": "Emitting systems send CloudEvents and get receipts that hold: what is acknowledged is on the disk.",
}

_REF = "#/components/schemas/"
_SECURITY: list[dict[str, list[str]]] = [{"token": []}]
_SEQUENCE = {"type": "integer", "minimum": 1, "description": "Place in the stream."}
_MAYBE = {"anyOf": [_SEQUENCE, {"type": "null"}]}
_TIME = {"type": "string", "format": "date-time"}


def _object(properties: dict[str, Any], *optional: str, **more: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **more,
    }


_RECEIPT = _object(
    {
        "id": {"type": "string", "description": "The event's id."},
        "sequence": _SEQUENCE | {"description": "Where the event is; for a duplicate, where the original is."},
        "duplicate": {
            "type": ["boolean", "null"],
            "description": "Whether it was there before; null when that cannot be known, because PostgreSQL is away "
            "or the recorder is minutes behind.",
        },
        "warnings": WARNINGS,
    },
    "warnings",
)
_PROBLEM = _object(
    {
        "type": {"type": "string", "enum": [type_of(kind) for kind in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": _object(
                {
                    "index": {"type": ["integer", "null"], "description": "Which event, from 0; null: the whole body."},
                    "field": {"type": "string", "description": "Path such as data.amount; empty: the whole event."},
                    "reason": {"type": "string"},
                    "kind": {"type": "string"},
                    "sequence": _SEQUENCE | {"description": "For a conflict: where the original is."},
                },
                "sequence",
            ),
        },
    },
    "errors",
    description="RFC 9457 problem details.",
)
_FATE = _object(
    {
        "source": {"type": "string"},
        "id": {"type": "string"},
        "sequence": _SEQUENCE,
        "disposition": {"const": "entry"},
        "type": {"type": "string"},
        "subject": {"type": "string"},
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "voided_by": _MAYBE | {"description": "The void that counts."},
        "corrected_by": _MAYBE | {"description": "The correction that counts."},
        "without_effect": {"type": ["string", "null"], "description": "For a correction or void: the rule it breaks."},
        "duplicates": {"type": "array", "items": _SEQUENCE, "description": "Further messages with the same content."},
        "conflicts": {
            "type": "array",
            "items": _object({"sequence": _SEQUENCE, "reason": {"type": "string"}}),
            "description": "Messages with the same source and id and other content; in quarantine.",
        },
    }
)


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _REF + name}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": schema}}}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        status: {
            "description": "; ".join(title for each, title in KINDS.values() if each == status),
            "content": {CONTENT_TYPE: {"schema": _ref("Problem")}},
        }
        for status in statuses
    }


_RECEIPTS = {"anyOf": [_ref("Receipt"), {"type": "array", "items": _ref("Receipt"), "minItems": 1}]}

POST_EVENTS: dict[str, Any] = {
    "operation_id": "send_events",
    "summary": "Record one event, or a batch: receipts for all of it, or for none",
    "description": "Without receipts send the same again, unchanged, until it has them: nothing counts twice. When a "
    "NATS server dies while it stores a batch, or its disk is full, the first events of the batch may be recorded "
    "without a receipt; sending the batch again adds the others.",
    "status_code": 201,
    "responses": {
        201: _answer("Recorded.", _RECEIPTS),
        200: _answer("All of it was recorded before.", _RECEIPTS),
        **_problems(400, 401, 403, 408, 409, 413, 415, 422, 500, 503),
    },
    "openapi_extra": {
        "security": _SECURITY,
        "requestBody": {
            "required": True,
            "content": {
                STRUCTURED: {"schema": _ref("Event")},
                BATCH: {
                    "schema": {"type": "array", "items": _ref("Event"), "minItems": 1, "maxItems": MAX_BATCH},
                },
                BINARY: {"schema": {"type": "object", "description": "The data; the attributes are `ce-` headers."}},
            },
        },
        "parameters": [
            {
                "name": f"ce-{name}",
                "in": "header",
                "required": False,
                "description": f"Binary mode: the CloudEvents attribute {name}.",
                "schema": schema,
            }
            for name, schema in Attributes.model_json_schema()["properties"].items()
        ],
    },
}
GET_EVENT: dict[str, Any] = {
    "operation_id": "event_fate",
    "summary": "What became of an event",
    "responses": {
        200: _answer("It is an entry of the journal.", _ref("Fate")),
        **_problems(401, 403, 404, 500, 503),
    },
    "openapi_extra": {"security": _SECURITY},
}
GET_SCHEMA: dict[str, Any] = {
    "operation_id": "schema",
    "summary": "What events are, and how to send them over NATS",
    "description": "`asyncapi.json` is the AsyncAPI 3 document of the NATS door and of the stream. It refers to the "
    "others by relative URLs: a JSON Schema (2020-12) for each type of event, such as `daybook.call_made.v1.json`.",
    "responses": {200: _answer("The file.", {"type": "object"}), **_problems(404, 500)},
}


def complete(app: FastAPI) -> dict[str, Any]:
    """The app's OpenAPI document with every schema that it refers to."""
    document = FastAPI.openapi(app)
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    components.setdefault("schemas", {}).update(_schemas())
    return document


def _schemas() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    events: dict[str, Any] = {}
    for each in EVENTS:
        schema = json.loads(json.dumps(event_schema(each)).replace('"#/$defs/', f'"{_REF}'))
        parts |= schema.pop("$defs")
        events[each.type] = {name: value for name, value in schema.items() if name not in ("$schema", "$id")}
    return {
        **parts,
        **events,
        "Event": {"oneOf": [_ref(name) for name in events], "description": "A CloudEvent in structured mode."},
        "Receipt": _RECEIPT,
        "Problem": _PROBLEM,
        "Fate": _FATE,
    }
