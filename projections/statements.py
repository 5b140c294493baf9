"""Statements of SQL by name, from `.sql` files beside their code: each under a line `-- name: …`."""

import re
from collections.abc import Mapping
from types import MappingProxyType

_NAME = re.compile(r"^-- name: ([a-z_]+)\n", re.MULTILINE)


def named(text: str) -> Mapping[str, str]:
    """Statements of a text by name; what stands before the first name is a comment on the file."""
    _, *parts = _NAME.split(text)
    return MappingProxyType({name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)})
