"""Models whose fields are described by the docstrings below them.

pydantic reads those from the source whenever a model is made (`use_attribute_docstrings`), which was a fifth of what
each process of Daybook takes to start. Descriptions are for schemas: here they are read when a schema is written.
"""

import ast
import inspect
import textwrap
from functools import cache
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue


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


def field_docstrings(cls: type) -> dict[str, str]:
    """Docstrings by the name of their field, of the class itself without the classes that it extends."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found


_docstrings = cache(field_docstrings)
