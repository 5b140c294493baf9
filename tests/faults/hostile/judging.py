"""Verdict on messages that cannot be events: by RFC 8259 read strictly, and by the JSON Schemas for emitting
systems."""

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator

SCHEMAS = {
    path.name.removesuffix(".json"): json.loads(path.read_text())
    for path in sorted((Path(__file__).parent.parent.parent.parent / "contracts" / "schemas").glob("daybook.*.json"))
}
_VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}
MAX_BYTES = 48 * 1024
_MAX_DEPTH = 32
_MAX_INTEGER = 2**53 - 1
_ABOUT_THE_SENDING = ("datacontenttype", "dataschema", "traceparent", "tracestate", "sequence", "recordedtime")


class Malformed(Exception):
    """Text that is no JSON, or JSON that cannot be kept exactly; the message says why."""


def why_bad(body: bytes) -> str | None:
    """Reason why a text cannot be an event; None when it may be one."""
    try:
        event = strictly(body)
    except Malformed as error:
        return str(error)
    if not isinstance(event, dict):
        return "no object"
    event = {name: value for name, value in event.items() if value is not None}  # CloudEvents in JSON, 2.2: unset
    type_ = event.get("type")
    if not isinstance(type_, str) or type_ not in _VALIDATORS:
        return "unknown type"
    if (fault := next(_VALIDATORS[type_].iter_errors(event), None)) is not None:
        return f"{'.'.join(map(str, fault.path))}: {fault.message[:120]}"
    return "too large" if len(canonical(event)) > MAX_BYTES else None


def strictly(body: bytes) -> Any:
    """The value of a JSON text. Raises Malformed."""
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_once,
            parse_float=_refuse,
            parse_constant=_refuse,
            parse_int=_integer,
        )
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{type(error).__name__}: {error}"[:120]) from None
    if _depth(value) > _MAX_DEPTH:
        raise Malformed("nested too deep")
    return value


def canonical(event: dict[str, Any]) -> bytes:
    """Return what the ledger keeps of an event that was sent like this."""
    kept = {name: value for name, value in event.items() if value is not None and name not in _ABOUT_THE_SENDING}
    kept["time"] = _time(kept["time"])
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _time(text: str) -> str:
    text = re.sub(r"(\.\d*?)0*(?=[Zz+-]|$)", r"\1", text[:19].upper() + text[19:])
    text = text.replace(".Z", "Z").replace(".z", "Z").replace(".+", "+").replace(".-", "-")
    return re.sub(r"([+-]00:00|z)$", "Z", text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"no such number: {text[:20]}")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _MAX_INTEGER:
        raise ValueError(f"no such integer: {text[:20]}")
    return int(text)


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        deepest += 1
        level = [child for each in level for child in (each.values() if isinstance(each, dict) else each)]
    return deepest
