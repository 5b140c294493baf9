"""The one byte form of an event (RFC 8785 on this data), and the leaf hash of a journal row.

RFC 8785 sorts keys by UTF-16 code units, writes no white space and UTF-8. Its number rule is about floats; events
hold none, and integers stay within ±(2^53 − 1), so the digits themselves are the canonical form.
"""

import hashlib
import json
from typing import Any, NoReturn

from pydantic_core import from_json, to_json

MAX_DEPTH = 32
"""How deeply objects and lists may be nested."""
MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""


class NotCanonical(ValueError):
    """The text is not JSON, or holds something that has no canonical form here; the message names it."""


def _no_float(text: str) -> NoReturn:
    raise NotCanonical(f"numbers with a fraction or exponent are not allowed: {text[:40]}; write a decimal string")


def _no_constant(text: str) -> NoReturn:
    raise NotCanonical(f"{text} is not JSON")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise NotCanonical(f"integer beyond ±(2^53 − 1): {text[:40]}")
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise NotCanonical(f"the key {twice[:80]!r} stands twice in one object")
    return found


_decoder = json.JSONDecoder(
    parse_float=_no_float, parse_int=_integer, parse_constant=_no_constant, object_pairs_hook=_unique
)
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
_in_given_order = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read_json(text: bytes | str) -> Any:
    """JSON without floats, without a key twice in one object, without half a surrogate pair, not too deep.

    Raises NotCanonical. RFC 8259 text in UTF-8, no byte order mark, at most `MAX_DEPTH` deep.
    """
    if isinstance(text, bytes) and (quickly := parse_unique(text)) is not None and is_plain(quickly, MAX_DEPTH):
        return quickly
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        value = _decoder.decode(decoded)
    except NotCanonical:
        raise
    except UnicodeDecodeError as error:
        raise NotCanonical(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise NotCanonical(f"not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise NotCanonical(f"nested more than {MAX_DEPTH} deep") from None
    except ValueError as error:
        raise NotCanonical(f"not JSON: {error}") from None
    # Both checks are needed by few texts: many brackets, and escapes, without which UTF-8 holds no surrogate.
    if decoded.count("[") + decoded.count("{") > MAX_DEPTH:
        check_depth(value)
    if "\\u" in decoded:
        canonical(value)
    return value


def parse_unique(text: bytes) -> Any:
    """JSON without a key twice in one object, at a sixth of the cost of `read_json`; None if that takes a closer look.

    Numbers and depth may still break a rule: `is_plain` tells. Every colon of a text stands behind a key or within a
    string (unless it is written as an escape), so when a key stands twice the value that is left has fewer of them.
    """
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError:
        return None
    return None if b"\\u003" in text or text.count(b":") != to_json(value).count(b":") else value


def is_plain(value: Any, depth: int) -> bool:
    """Tell if numbers are integers that every reader keeps exactly, and nothing is nested deeper than `depth`."""
    kind = value.__class__
    if kind is dict or kind is list:
        for each in value.values() if kind is dict else value:
            if each.__class__ is not str and not (depth and is_plain(each, depth - 1)):
                return False
        return bool(depth)
    if kind is int:
        return bool(-MAX_INTEGER <= value <= MAX_INTEGER)
    return kind is str or kind is bool or value is None


def check_depth(value: Any) -> None:
    """Raises NotCanonical when a parsed value is nested more than `MAX_DEPTH` deep."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            child
            for each in level
            for child in (each.values() if isinstance(each, dict) else each)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise NotCanonical(f"nested more than {MAX_DEPTH} deep")


def canonical(value: Any) -> bytes:
    """The canonical bytes of a value that `read_json` gave. Raises NotCanonical for half of a surrogate pair."""
    try:
        return canonical_text(value).encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("a string holds half of a surrogate pair") from None


def canonical_text(value: Any) -> str:
    """`canonical` before its encoding to UTF-8."""
    text = _encoder.encode(value)
    # Python sorts by code point. That differs from UTF-16 order only where a character needs two UTF-16 units,
    # and then the text is longer in UTF-16 than two bytes a character.
    if not text.isascii() and len(text.encode("utf-16-le", "surrogatepass")) != 2 * len(text):
        return _in_given_order.encode(_sorted(value))
    return text


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        order = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _sorted(value[key]) for key in order}
    if isinstance(value, list):
        return [_sorted(each) for each in value]
    return value


def leaf_hash(sequence: int, recorded_at_us: int, stream_subject: str, message: bytes) -> bytes:
    """The RFC 9162 leaf hash of a journal row: SHA-256 over 0x00 and the row's place, time, subject and bytes.

    `recorded_at_us` is in microseconds since 1970 UTC. The parts have fixed lengths or a length before them, so
    no two rows share an input.
    """
    subject = stream_subject.encode("utf-8")
    head = b"\x00" + sequence.to_bytes(8, "big") + recorded_at_us.to_bytes(8, "big", signed=True)
    return hashlib.sha256(head + len(subject).to_bytes(2, "big") + subject + message).digest()
