"""The AsyncAPI 3.0 document: what lies on the stream, and how to send over NATS."""

from typing import Any

from contracts.cloudevents.envelope import MAX_BATCH, MAX_EVENT_BYTES
from contracts.events import Event, Registry
from contracts.types.identifiers import SubjectKind

_EVENT_MEDIA = "application/cloudevents+json"
_BATCH_MEDIA = "application/cloudevents-batch+json"
_JSON = "application/json"
_PROBLEM_MEDIA = "application/problem+json"
_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"

_STREAMED: dict[SubjectKind, tuple[str, str]] = {
    "deal": ("id", "The deal's id, the part of the subject `deal/<id>` behind the stroke."),
    "account": ("id", "The account's id, the part of the subject `account/<id>` behind the stroke."),
    "playbook": ("key", "The playbook's key."),
}


def asyncapi(registry: Registry) -> dict[str, Any]:
    """The document. Event payloads refer to the schema files beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Daybook",
            "version": "1",
            "description": "An event-sourced sales activity ledger. Emitting systems send CloudEvents to "
            "`intake.{source}` and get receipts. The stream holds what was taken, in order and in canonical form "
            "(RFC 8785); of two messages with one source and id the first counts.",
        },
        "defaultContentType": _EVENT_MEDIA,
        "channels": {kind: _channel(kind, registry) for kind in _STREAMED} | {"intake": INTAKE, "receipts": _RECEIPTS},
        "operations": {f"tell_{kind}": _telling(kind, registry) for kind in _STREAMED} | {"take": _TAKE},
        "components": {
            "messages": {cls.type: _message(cls) for cls in registry} | _REQUESTS | _REPLIES,
            "schemas": {"token_header": _TOKEN, "status_header": _STATUS, "receipt": _RECEIPT, "problem": _PROBLEM},
        },
    }


def _about(kind: SubjectKind, registry: Registry) -> list[type[Event]]:
    return [cls for cls in registry if kind in cls.subjects]


def _channel(kind: SubjectKind, registry: Registry) -> dict[str, Any]:
    parameter, says = _STREAMED[kind]
    return {
        "address": f"daybook.{kind}.{{{parameter}}}",
        "title": f"What was said about one {kind}",
        "description": "On the JetStream stream. The header `Nats-Msg-Id` is `<source>:<id>`.",
        "parameters": {parameter: {"description": says}},
        "messages": {cls.type: {"$ref": f"#/components/messages/{cls.type}"} for cls in _about(kind, registry)},
    }


def _telling(kind: SubjectKind, registry: Registry) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{kind}"},
        "summary": f"Every event about a {kind}, once it is durable.",
        "messages": [{"$ref": f"#/channels/{kind}/messages/{cls.type}"} for cls in _about(kind, registry)],
    }


def _message(cls: type[Event]) -> dict[str, Any]:
    return {
        "name": cls.type,
        "title": cls.event_name(),
        "summary": " ".join((cls.__doc__ or "").split()),
        "contentType": _EVENT_MEDIA,
        "payload": _of_format({"$ref": f"./{cls.type}.json"}),
    }


def _of_format(schema: dict[str, Any]) -> dict[str, Any]:
    return {"schemaFormat": _SCHEMA_FORMAT, "schema": schema}


_TOKEN = {
    "type": "object",
    "properties": {"Daybook-Token": {"type": "string", "description": "The source's token, as printed once."}},
    "required": ["Daybook-Token"],
}
_STATUS = {
    "type": "object",
    "properties": {
        "Daybook-Status": {"type": "string", "pattern": "^[1-5][0-9]{2}$", "description": "HTTP status of the answer."},
        "content-type": {"enum": [_JSON, _PROBLEM_MEDIA], "description": "Receipts, or a problem."},
    },
    "required": ["Daybook-Status", "content-type"],
}
WARNINGS = {
    "type": "array",
    "minItems": 1,
    "description": "What to look at; the event is recorded all the same. Not there for most, and not where it "
    "could not be told in time: `daybook status` and reporting.data_quality tell it in any case.",
    "items": {
        "type": "object",
        "properties": {
            "kind": {
                "type": "string",
                "description": "number-reused: the account has a document of this kind, number and series; "
                "unknown-playbook: the deal follows a playbook, or a version of one, that is not published.",
            },
            "field": {"type": "string", "description": "Path such as data.invoice."},
            "reason": {"type": "string", "description": "What is surprising, in words, and what to do."},
            "source": {
                "type": ["string", "null"],
                "description": "Source of the earlier event; null for another's, unless you may correct its events, "
                "and where no earlier event is meant.",
            },
            "id": {"type": ["string", "null"], "description": "Id of the earlier event; null likewise."},
            "sequence": {"type": "integer", "minimum": 1, "description": "Place of the earlier event, or of this one."},
        },
        "required": ["kind", "field", "reason", "source", "id", "sequence"],
        "additionalProperties": False,
    },
}
"""Schema of the warnings that a receipt may carry, over HTTP as over NATS."""
_RECEIPT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "The event's id."},
        "sequence": {
            "type": "integer",
            "minimum": 1,
            "description": "Its place in the stream; a duplicate's original's.",
        },
        "duplicate": {
            "type": ["boolean", "null"],
            "description": "Whether it was there before; null when that cannot be known just now.",
        },
        "warnings": WARNINGS,
    },
    "required": ["id", "sequence", "duplicate"],
    "additionalProperties": False,
}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details: nothing was recorded, and why.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "description": "Each fault, with the event's index and the field."},
    },
    "required": ["type", "title", "status", "detail"],
}
_REQUESTS = {
    "event": {
        "name": "event",
        "summary": f"One CloudEvent in structured mode, at most {MAX_EVENT_BYTES} bytes in canonical form.",
        "contentType": _EVENT_MEDIA,
        "headers": {"$ref": "#/components/schemas/token_header"},
        "payload": _of_format({"type": "object", "description": "An event by the schema that its type names."}),
    },
    "batch": {
        "name": "batch",
        "summary": "Several CloudEvents in structured mode: all of them are recorded, or none.",
        "contentType": _BATCH_MEDIA,
        "headers": {"$ref": "#/components/schemas/token_header"},
        "payload": _of_format({"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": MAX_BATCH}),
    },
}
_REPLIES = {
    "receipt": {
        "name": "receipt",
        "summary": "The event is durable.",
        "contentType": _JSON,
        "headers": {"$ref": "#/components/schemas/status_header"},
        "payload": _of_format({"$ref": "#/components/schemas/receipt"}),
    },
    "batch_receipt": {
        "name": "batch_receipt",
        "summary": "All events of the batch are durable; the receipts are in their order.",
        "contentType": _JSON,
        "headers": {"$ref": "#/components/schemas/status_header"},
        "payload": _of_format({"type": "array", "items": {"$ref": "#/components/schemas/receipt"}}),
    },
    "problem": {
        "name": "problem",
        "summary": "Nothing was recorded.",
        "contentType": _PROBLEM_MEDIA,
        "headers": {"$ref": "#/components/schemas/status_header"},
        "payload": _of_format({"$ref": "#/components/schemas/problem"}),
    },
}
INTAKE: dict[str, Any] = {
    "address": "intake.{source}",
    "title": "Where emitting systems send",
    "description": "A NATS request. The answer comes when the event is durable.",
    "parameters": {"source": {"description": "The source's name; also the `source` of its events."}},
    "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _REQUESTS},
}
"""Channel of the requests that intake takes over NATS; intake subscribes to its address."""
_RECEIPTS = {
    "address": None,
    "title": "The sender's inbox",
    "description": "The reply subject of the request.",
    "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _REPLIES},
}
_TAKE = {
    "action": "receive",
    "channel": {"$ref": "#/channels/intake"},
    "summary": "Record one event, or a batch: receipts for all of it, or for none.",
    "description": "Without receipts send the same again, unchanged, until it has them: nothing counts twice. When a "
    "NATS server dies while it stores a batch, or its disk is full, the first events of the batch may be recorded "
    "without a receipt; sending the batch again adds the others.",
    "messages": [{"$ref": f"#/channels/intake/messages/{name}"} for name in _REQUESTS],
    "reply": {
        "channel": {"$ref": "#/channels/receipts"},
        "messages": [{"$ref": f"#/channels/receipts/messages/{name}"} for name in _REPLIES],
    },
}
