"""Statements of SQL by name, from `.sql` files beside their code: each under a line `-- name: …`."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from projections.statements import named


@cache
def queries(package: str, file: str) -> Mapping[str, str]:
    """The queries of a file: `queries("services.ledger", "journal.sql")["history"]`."""
    return named(script(package, file))


def script(package: str, file: str) -> str:
    """A whole file, as it is."""
    return resources.files(package).joinpath(file).read_text(encoding="utf-8")
