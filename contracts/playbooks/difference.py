"""Differences between two versions of a playbook, part by part: stages and items are told apart by their keys."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contracts.playbooks.playbook import Playbook


class Difference(NamedTuple):
    """A part of a playbook that is not the same in both."""

    path: str
    """For example `stages[contact].milestones[interested].names.zh`; parts without a key are counted from 0."""
    before: Any
    """Its value as JSON has it; None where there is none."""
    after: Any

    def __str__(self) -> str:
        """`stages[contact].probability: "0.1" → "0.2"`."""
        return f"{self.path}: {_told(self.before)} → {_told(self.after)}"


def differences(before: Playbook, after: Playbook) -> list[Difference]:
    """Return all that differs, in the order of the fields; what is left to its default counts as absent."""
    return list(_differences("", document(before), document(after)))


def document(playbook: Playbook) -> dict[str, Any]:
    """Return the playbook as its publication says it: as JSON, without what is left to its default."""
    said: dict[str, Any] = json.loads(playbook.model_dump_json(exclude_defaults=True))
    return said


def _differences(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            yield from _differences(f"{path}.{name}".removeprefix("."), before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        ours, theirs = _by_key(before), _by_key(after)
        for key in dict.fromkeys((*ours, *theirs)):
            yield from _differences(f"{path}[{key}]", ours.get(key), theirs.get(key))
        kept, now = [key for key in ours if key in theirs], [key for key in theirs if key in ours]
        if kept != now:
            yield Difference(f"{path}, order", kept, now)
    elif type(before) is not type(after) or before != after:
        yield Difference(path, before, after)


def _by_key(parts: Sequence[Any]) -> dict[str, Any]:
    keys = (each["key"] if isinstance(each, Mapping) and "key" in each else at for at, each in enumerate(parts))
    return dict(zip(map(str, keys), parts, strict=True))


def _told(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:99]}…"
