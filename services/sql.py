"""SQL lives in .sql files beside the code that runs it: queries by name, each under a line `-- name: …`."""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

_NAME = re.compile(r"^-- name: ([a-z_]+)\n", re.MULTILINE)


@cache
def queries(package: str, file: str) -> Mapping[str, str]:
    """The queries of a file: `queries("services.ledger", "journal.sql")["history"]`."""
    _, *parts = _NAME.split(script(package, file))
    return MappingProxyType({name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)})


def script(package: str, file: str) -> str:
    """A whole file, as it is."""
    return resources.files(package).joinpath(file).read_text(encoding="utf-8")
