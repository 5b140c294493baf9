"""The JSON Schema (2020-12) of one event type: the whole structured CloudEvent, with the data of its class."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from contracts.cloudevents.envelope import ABOUT_THE_SENDING, Attributes
from contracts.events import Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SENDING = {
    "datacontenttype": "Media type of `data`: application/json in UTF-8.",
    "dataschema": "Where a schema of `data` is.",
    "traceparent": "Trace context of the sending (W3C).",
    "tracestate": "Trace context of the sending (W3C).",
    "sequence": "Where the ledger recorded the event: twenty digits. Added on the way out.",
    "recordedtime": "When the ledger recorded the event, in UTC. Added on the way out.",
}


class WithoutFieldTitles(GenerateJsonSchema):
    """Fields are known by their names; a title made of the name again would only be noise."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False


def event_schema(cls: type[Event]) -> dict[str, Any]:
    """The schema of every structured CloudEvent of this type that intake takes and the ledger hands out.

    Looser than intake in what JSON Schema cannot say: decimals and days of a currency, sums, sizes in bytes,
    texts that show nothing.
    """
    data = cls.model_json_schema(schema_generator=WithoutFieldTitles)
    parts = data.pop("$defs", {})
    head = Attributes.model_json_schema(schema_generator=WithoutFieldTitles)
    kinds = "|".join(sorted(cls.subjects))
    own = {
        "type": {"const": cls.type, "description": head["properties"]["type"]["description"]},
        "subject": head["properties"]["subject"] | {"pattern": f"^({kinds})/[A-Za-z0-9_-]{{1,64}}$"},
    }
    sending = {
        name: {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None, "description": _SENDING[name]}
        for name in ABOUT_THE_SENDING
    }
    return {
        "$schema": DIALECT,
        "$id": f"urn:daybook:schema:{cls.type}",
        "title": cls.type,
        "description": data["description"],
        "type": "object",
        "properties": head["properties"] | own | sending | {"data": {"$ref": f"#/$defs/{cls.__name__}"}},
        "required": [*head["required"], "data"],
        "additionalProperties": False,
        "$defs": dict(sorted((parts | {cls.__name__: data}).items())),
    }
