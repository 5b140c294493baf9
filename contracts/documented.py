"""Models whose fields are described by the docstrings below them.

pydantic reads those from the source whenever a model is made (`use_attribute_docstrings`), which was a fifth of what
each process of Daybook takes to start. Descriptions are for schemas: here they are read when a schema is written.
"""

from functools import cache
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue

from contracts.field_docstrings import field_docstrings


class Documented(BaseModel):
    """Says in its schema what the docstrings of its fields say."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for base in cls.__mro__:
            if issubclass(base, Documented):
                for name, text in _docstrings(base).items():
                    if name in properties:
                        properties[name].setdefault("description", text)
        return schema


_docstrings = cache(field_docstrings)
