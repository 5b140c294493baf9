"""The views of Daybook, in one list. To add one: write its folder and name it here."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from projections.replay import history
from projections.replay.view import View
from projections.views.customer import customer
from projections.views.dealings import dealings
from projections.views.receivables import receivables
from projections.views.stage_position import stage_position

VIEWS: tuple[View[Any], ...] = (stage_position, receivables, dealings, customer)


def fold_versions(views: Iterable[View[Any]] = VIEWS) -> dict[str, int]:
    """Versions of the folds that decide the rows: each view's by name, and that of effective history."""
    return {"history": history.VERSION, **{view.name: view.version for view in views}}


def generation_digest(views: Iterable[View[Any]] = VIEWS) -> str:
    """The name of a generation: the first 12 hexadecimal digits of SHA-256 over the fold versions, sorted by name."""
    versions = json.dumps(fold_versions(views), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(versions.encode("ascii")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class FoldChange:
    """A fold, or effective history, whose version is another than that which made some rows."""

    fold: str
    before: int | None
    """None: there was no such fold."""
    after: int | None
    """None: there is none any more."""
    why: tuple[str, ...]
    """Sentences for people; none where an earlier version takes a later one's place."""


def changes_since(before: Mapping[str, int], views: Iterable[View[Any]] = VIEWS) -> list[FoldChange]:
    """Folds whose version differs from the one in `before`, with what changed from each version to the next."""
    views = tuple(views)
    told = {"history": history.CHANGES, **{view.name: view.changes for view in views}}
    after = fold_versions(views)
    found = []
    for name in sorted({*before, *after}):
        then, now = before.get(name), after.get(name)
        if then != now:
            versions = range(then + 1, now + 1) if then is not None and now is not None else range(0)
            why = tuple(each for version in versions for each in told[name].get(version, ()))
            found.append(FoldChange(name, then, now, why))
    return found


def unexplained(tables: Iterable[str], changes: Iterable[FoldChange], views: Iterable[View[Any]] = VIEWS) -> list[str]:
    """Tables of those given that no fold of another version writes: no fold is a reason for what differs in them."""
    changed = {each.fold for each in changes}
    if "history" in changed:
        return []
    explained = {row.TABLE for view in views if view.name in changed for row in view.tables}
    return [each for each in tables if each not in explained]
