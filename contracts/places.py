"""Where JSON breaks a rule of the canonical form, so that a refusal names the field. Only for text that was refused."""

import json
from dataclasses import dataclass
from typing import Any

from contracts.canonical import MAX_INTEGER, NotCanonical

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """Stands in a parsed value where the text breaks a rule."""

    reason: str


def read_broken(text: bytes) -> Any:
    """JSON with a `Broken` wherever `read_json` would refuse a number or a key. Raises NotCanonical for no JSON."""
    try:
        return _decoder.decode(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {error}") from None


def breaks(value: Any) -> list[tuple[Path, str]]:
    """Every `Broken` within a value, in its order: (path, reason)."""
    found: list[tuple[Path, str]] = []
    left: list[tuple[Path, Any]] = [((), value)]
    while left:
        path, each = left.pop()
        if isinstance(each, Broken):
            found.append((path, each.reason))
        elif isinstance(each, dict):
            left += [((*path, key), child) for key, child in reversed(each.items())]
        elif isinstance(each, list):
            left += [((*path, index), each[index]) for index in range(len(each) - 1, -1, -1)]
    return found


def _fraction(text: str) -> Broken:
    return Broken(f"a number with a fraction or exponent is not allowed: {text[:40]}; write a decimal string")


def _constant(text: str) -> Broken:
    return Broken(f"{text} is not JSON")


def _integer(text: str) -> int | Broken:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        return Broken(f"an integer beyond ±(2^53 − 1): {text[:40]}")
    return int(text)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        found[key] = Broken("stands twice in one object") if key in found else value
    return found


_decoder = json.JSONDecoder(
    parse_float=_fraction, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_pairs
)
