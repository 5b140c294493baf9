"""Docstrings that stand under the fields of a class, read from its source: Python itself does not keep them."""

import ast
import inspect
import textwrap


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
