"""Check of a playbook's TOML file: every mistake with its line, as `daybook playbook check` prints it."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from typing import Any, Self

from pydantic import ValidationError, model_validator

from contracts.cloudevents.envelope import MAX_EVENT_BYTES
from contracts.events import EVENTS, Registry
from contracts.playbook_check.evidence import satisfier_mistakes
from contracts.playbook_check.lines import lines_of
from contracts.playbooks.consistency import Location, problems
from contracts.playbooks.playbook import Playbook
from contracts.rules.canonical import MAX_DEPTH, canonical
from contracts.rules.refusals import reasons_of

_ENVELOPE_BYTES = 1024
"""Room for the attributes of the event that publishes a playbook."""

MAX_FILE_BYTES = 262_144
"""Of a file, comments included: what is published of it has a quarter of that."""
MAX_KEYS = 16_384
"""Of a file, members of lists included: no event has room for so many."""
_KEY = r"""(?:(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_CHAINED = re.compile(rf"(?:{_KEY}\.[ \t]*+){{{MAX_DEPTH}}}{_KEY}")
"""A key of more parts than may be nested, as in `a.b.c`: the reader's memory grows with the square of their number."""

TOO_DEEP = f"tables or lists are nested more than {MAX_DEPTH} deep"


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """Mistake in a playbook's file."""

    line: int
    """From 1. Of something that is missing: where the table that should have it begins."""
    path: str
    """For example `stages[0].milestones[2].names.zh`, counted from 0; empty means the whole file."""
    reason: str

    def __str__(self) -> str:
        """`line 12, stages[0].key: is missing`."""
        return f"line {self.line}{f', {self.path}' if self.path else ''}: {self.reason}"


def check(text: str, registry: Registry = EVENTS) -> Playbook | list[Mistake]:
    """The playbook of a TOML file, or all its mistakes in the order of its lines.

    Only a mistake of TOML itself, or nesting without end, hides others: what cannot be read cannot be judged.
    """
    if len(text) > MAX_FILE_BYTES:
        return [Mistake(1, "", f"has more than {MAX_FILE_BYTES:,} characters")]
    if (chained := _CHAINED.search(text)) is not None:
        first = chained[0].partition(".")[0].strip(" \t\"'")
        return [Mistake(text.count("\n", 0, chained.start()) + 1, first, TOO_DEEP)]
    try:
        data = tomllib.loads(text)
        lines = lines_of(text)
    except RecursionError:
        return [Mistake(1, "", TOO_DEEP)]
    except ValueError as error:
        return [_syntax(text, error)]
    if len(lines) > MAX_KEYS:
        return [Mistake(1, "", f"has {len(lines):,} keys, tables and list members, more than {MAX_KEYS:,}")]
    deepest = max(lines, key=len)
    if len(deepest) > MAX_DEPTH:
        return [Mistake(lines[deepest], _path(deepest[:1]), TOO_DEEP)]
    playbook, found = _fields(data)
    found += problems(data)
    found += satisfier_mistakes(data, registry)
    if playbook is not None and not found:
        size = len(canonical(playbook.model_dump(mode="json"))) + _ENVELOPE_BYTES
        if size > MAX_EVENT_BYTES:
            found.append(((), f"takes {size} bytes when it is published; an event has at most {MAX_EVENT_BYTES}"))
    mistakes = {Mistake(_line(lines, location), _path(location), reason) for location, reason in found}
    if playbook is None or mistakes:
        return sorted(mistakes)
    return Playbook.model_validate_json(canonical(data))


_MAX_BITS = 4096
"""Integers of more bits are taken for a mistake; Python writes none of more than 4,300 digits."""


class _Draft(Playbook):
    """A playbook whose fields are right; how they fit together is looked at apart, to name every mistake."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        return self


def _fields(data: dict[str, Any]) -> tuple[Playbook | None, list[tuple[Location, str]]]:
    try:
        return _Draft.model_validate_json(json.dumps(_as_json(data))), []
    except ValidationError as error:
        return None, [_told(location, reason) for location, reason in reasons_of(error)]


def _as_json(value: Any) -> Any:
    """TOML's values as JSON has them. No field takes a date, an infinite number or an integer of thousands of
    digits, which Python does not write, nor the fraction in its place."""
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    endless = type(value) is int and value.bit_length() > _MAX_BITS
    return 0.5 if endless or isinstance(value, date | time | float) else value


def _told(location: Location, reason: str) -> tuple[Location, str]:
    if location and location[-1] == "[key]":
        return location[:-1], f"its name {reason}"
    if reason == "unknown field":
        known = sorted(_known(location[:-1]))
        close = get_close_matches(str(location[-1]), known, 1)
        return (
            location,
            f"unknown field; did you mean {close[0]}?" if close else f"unknown field; there are {', '.join(known)}",
        )
    return location, reason


@cache
def _schema() -> Mapping[str, Any]:
    return _Draft.model_json_schema()


def _known(location: Location) -> Iterator[str]:
    """The fields that a part of a playbook may have."""
    schema = _schema()
    parts = schema["$defs"]
    at: Mapping[str, Any] = schema
    for step in location:
        at = at["items"] if isinstance(step, int) else at["properties"][step]
        at = next((each for each in at.get("anyOf", ()) if "$ref" in each), at)
        at = parts[at["$ref"].rpartition("/")[2]] if "$ref" in at else at
    yield from at["properties"]


def _syntax(text: str, error: ValueError) -> Mistake:
    match = re.fullmatch(r"(.*) \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)", str(error))
    if match is None:
        return Mistake(1, "", f"not TOML: {error}")
    reason, line, column = match.groups()
    if line is None:
        return Mistake(len(text.splitlines()) or 1, "", f"not TOML: {reason} at the end of the file")
    return Mistake(int(line), "", f"not TOML: {reason} at column {column}")


def _line(lines: Mapping[Location, int], location: Location) -> int:
    while location not in lines:
        location = location[:-1]
    return lines[location]


def _path(location: Location) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(steps).removeprefix(".")
