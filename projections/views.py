"""The views of Daybook, in one list. To add one: write its folder and name it here."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from projections import history
from projections.receivables import receivables
from projections.stage_position import stage_position
from projections.view import View

VIEWS: tuple[View[Any], ...] = (stage_position, receivables)


def fold_versions(views: Iterable[View[Any]] = VIEWS) -> dict[str, int]:
    """What decides the rows: each view's version by name, and that of effective history."""
    return {"history": history.VERSION, **{view.name: view.version for view in views}}


def generation_digest(views: Iterable[View[Any]] = VIEWS) -> str:
    """The name of a generation: the first 12 hexadecimal digits of SHA-256 over the fold versions, sorted by name."""
    versions = json.dumps(fold_versions(views), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(versions.encode("ascii")).hexdigest()[:12]
