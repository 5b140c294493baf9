"""`/health` and `/ready` as OpenAPI describes them."""

from typing import Any


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), **more}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_REASON = _object(
    {
        "code": {"type": "string", "pattern": "^[a-z_]+$", "description": "For programs: one of a fixed list."},
        "detail": {"type": "string", "description": "For people."},
    },
    additionalProperties=False,
)
_CONDITION = _object(
    {
        "ready": {"type": "boolean"},
        "reasons": {"type": "array", "items": _REASON, "description": "Why it is not ready; none: it is."},
        "state": {"type": "object", "description": "How far it is, as far as that is known."},
    },
    additionalProperties=False,
)

HEALTH: dict[str, Any] = {
    "operation_id": "health",
    "summary": "Whether the service lives",
    "responses": {200: _answer("It does.", _object({"alive": {"const": True}}))},
}
READY: dict[str, Any] = {
    "operation_id": "ready",
    "summary": "Whether the service can do its work now",
    "responses": {200: _answer("It can.", _CONDITION), 503: _answer("It cannot, and why.", _CONDITION)},
}
