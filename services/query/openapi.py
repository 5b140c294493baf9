"""OpenAPI description of the read API: every parameter, every answer, every problem."""

from typing import Any

from fastapi import FastAPI

from projections.columns import Kind
from projections.reports.report import Parameter, Report
from services.http.problems import CONTENT_TYPE, KINDS, type_of
from services.query.former_answers import COMPARED

ABOUT: dict[str, Any] = {
    "title": "Daybook query",
    "version": "1",
    "description": "Every report is a function of two times: as_of (when it had happened) and known_at (when the "
    "ledger knew it). Every answer states both as it used them; asking again with them gives the same answer.",
}
_SECURITY: list[dict[str, list[str]]] = [{"token": []}]
_TIME = [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]
_ID = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
_SEQUENCE = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}


def _parameter(name: str, schema: dict[str, Any], description: str, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": description}


_KNOWN = (
    "A sequence, or a time: then the highest sequence recorded by then. A sequence still to come is refused (400), and "
    "so is a time by which the stream had taken more than is recorded yet."
)
PARAMETERS: dict[str, dict[str, Any]] = {
    each["name"]: each
    for each in (
        _parameter("as_of", {"anyOf": _TIME}, "As it had happened by then; a day means its end. Default: now."),
        _parameter(
            "known_at", {"anyOf": [_SEQUENCE, *_TIME]}, f"As it was known then. {_KNOWN} Default: all projected."
        ),
        _parameter("after", _SEQUENCE, "Wait, at most 5 s, until the views include this sequence; then 504."),
        _parameter("from_known", {"anyOf": [_SEQUENCE, *_TIME]}, f"The first state of knowledge. {_KNOWN}", True),
        _parameter("to_known", {"anyOf": [_SEQUENCE, *_TIME]}, f"The second. {_KNOWN} Default: all projected."),
        _parameter("report", {"enum": list(COMPARED)}, "Which report. Default: pipeline and receivables."),
        _parameter("playbook", {"type": "string"}, "For the funnel: which playbook's."),
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": 10_000}, "Rows of a page. Default: all."),
        _parameter("cursor", {"type": "string"}, "Goes on behind a page: its `next`, which also says both times."),
        _parameter("bom", {"enum": ["0", "1"]}, "1: CSV begins with a byte order mark, by which Excel knows UTF-8."),
        _parameter(
            "line", {"type": "string"}, "Key of the row: its values in order as a line of CSV, nothing for null.", True
        ),
        _parameter("figure", {"type": "string"}, "One of the report's figures. Default: all of the row."),
    )
}
_HEADERS = {
    "Daybook-Sequence": {"schema": _SEQUENCE, "description": "The lowest sequence that all lanes have projected."},
    "Daybook-As-Of": {"schema": _TIME[1], "description": "The as_of that was used, where the answer depends on it."},
    "Daybook-Known-At": {"schema": _SEQUENCE, "description": "The known_at that was used, likewise."},
}


def report_parameters(report: Report) -> list[dict[str, Any]]:
    """Parameters and filters of a report."""
    found = [
        {
            **_parameter(name, _schema_of(each), each.comment, each.required),
            "example": each.example,
        }
        for name, each in report.parameters.items()
    ]
    return found + [
        _parameter(name, {"type": "string", "minLength": 1, "maxLength": 256}, f"Only rows with this {name}.")
        for name in report.filters
    ]


def _schema_of(parameter: Parameter) -> dict[str, Any]:
    default = {} if parameter.default is None else {"default": parameter.default}
    if parameter.words:
        return {"type": "string", "enum": list(parameter.words), **default}
    return {**_schema_of_kind(parameter.kind), **default}


def _schema_of_kind(kind: Kind) -> dict[str, Any]:
    if kind.name in ("deal", "account", "playbook"):
        return _ID
    found: dict[str, dict[str, Any]] = {
        "integer": {"type": "integer", "minimum": -(10**9), "maximum": 10**9},
        "bigint": {"type": "integer", "minimum": -(10**15), "maximum": 10**15},
        "numeric": {"type": "number"},
        "date": {"type": "string", "format": "date"},
        "boolean": {"type": "boolean"},
    }
    return found.get(kind.sql, {"type": "string", "minLength": 1, "maxLength": 256})


def answer(
    shape: Any,
    description: str,
    *names: str | dict[str, Any],
    not_known: bool = False,
    more: str = "",
    name: str | None = None,
    example: Any = None,
    media: tuple[str, ...] = ("text/csv",),
) -> dict[str, Any]:
    """The arguments of a route that answers with a shape, as JSON or CSV, and takes these parameters: by name, or as
    they are described. `more` is what the shape does not say, `name` that of the operation, `media` what it may be
    beside JSON."""
    statuses = [400, 401, *([404] if not_known else []), 500, 503, 504]
    return {
        "response_model": shape,
        "summary": description,
        "description": more,
        "responses": {
            200: {
                "description": "The answer.",
                "headers": _HEADERS,
                "content": {
                    **{each: {"schema": {"type": "string"}} for each in media},
                    **({} if example is None else {"application/json": {"example": example}}),
                },
            },
            **({304: {"description": "The answer is the one that If-None-Match names."}} if example else {}),
            **{status: _problem(status) for status in statuses},
        },
        "operation_id": name,
        "openapi_extra": {
            "security": _SECURITY,
            "parameters": [PARAMETERS[each] if isinstance(each, str) else each for each in names],
        },
    }


def _problem(status: int) -> dict[str, Any]:
    """A refusal tells the position too where it can be read, except to one who is not let in."""
    return {
        **({} if status == 401 else {"headers": {"Daybook-Sequence": _HEADERS["Daybook-Sequence"]}}),
        "description": "; ".join(title for each, title in KINDS.values() if each == status),
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def complete(app: FastAPI) -> dict[str, Any]:
    """The app's OpenAPI document. FastAPI adds an answer 422 of its own, which is never given."""
    document = FastAPI.openapi(app)
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["schema"] = _ID
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = {
        "type": "object",
        "description": "RFC 9457 problem details.",
        "properties": {
            "type": {"type": "string", "enum": [type_of(kind) for kind in KINDS]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": False,
    }
    return document
