"""Finds the places where JSON breaks the canonical form, so that a refusal names the field. Only for refused text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from contracts.rules.canonical import MAX_INTEGER, NotCanonical, check_depth
from contracts.rules.refusals import MAX_NAMED

MAX_INVALID = 10_000
"""With more than that a text is refused as a whole."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class InvalidValue:
    """Stands in a parsed value where the text breaks a rule."""

    reason: str


def read_invalid(text: bytes) -> Any:
    """JSON with a `InvalidValue` wherever `read_json` would refuse a number or a key.

    Raises NotCanonical for no JSON and for what is nested too deep.
    """
    try:
        value = _Reader().decoder.decode(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {error}") from None
    check_depth(value)
    return value


def breaks(value: Any) -> list[tuple[Path, str]]:
    """The first `MAX_NAMED` `InvalidValue` within a value that `read_invalid` gave, in its order: (path, reason)."""
    return list(islice(_breaks(value, []), MAX_NAMED))


def _breaks(value: Any, path: list[str | int]) -> Iterator[tuple[Path, str]]:
    if isinstance(value, InvalidValue):
        yield tuple(path), value.reason
    elif isinstance(value, dict | list):
        for step, each in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(each, InvalidValue | dict | list):
                path.append(step)
                yield from _breaks(each, path)
                path.pop()


class _Reader:
    """Puts a `InvalidValue` wherever a rule is broken, and gives up where hardly anything else is to be found."""

    def __init__(self) -> None:
        self._left = MAX_INVALID
        self.decoder = json.JSONDecoder(
            parse_float=lambda text: self._broken(
                f"numbers with a fraction or exponent are not allowed: {text[:40]}; write a decimal string"
            ),
            parse_constant=lambda text: self._broken(f"{text} is not JSON"),
            parse_int=self._integer,
            object_pairs_hook=self._pairs,
        )

    def _broken(self, reason: str) -> InvalidValue:
        self._left -= 1
        if self._left < 0:
            raise NotCanonical(f"more than {MAX_INVALID} values that are not allowed, the last: {reason}")
        return InvalidValue(reason)

    def _integer(self, text: str) -> int | InvalidValue:
        if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
            return self._broken(f"integer beyond ±(2^53 − 1): {text[:40]}")
        return int(text)

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            found[key] = self._broken("stands twice in one object") if key in found else value
        return found
