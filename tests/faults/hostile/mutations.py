"""Faults of messages: an event made from a schema, and one thing about it changed. Seeded."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.hostile.judging import MAX_BYTES, SCHEMAS

_GOLDEN = Path(__file__).parent.parent.parent / "conformance" / "golden"
EXAMPLES: list[dict[str, Any]] = [json.loads(each.read_text()) for each in sorted(_GOLDEN.glob("*.json"))]
"""A good event of each type, with every optional field."""


class Raw(str):
    """Stands for itself in the text, whatever JSON says of it."""

    __slots__ = ()


ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**53, -(2**53), 2**63, 10**40),
    *("", " ", "\n", "\x00", "\x7f", "\x1b[31m", "\u202e", "\ufeff", "\ufffe"),
    *("x" * 201, "x" * 4001, "é" * 129, "\U0001f600" * 65, "9" * 400),
    *("-", "-0", "00", "NaN", "1e3", "0x10", "١٢", "1,5", "1_000", "+1", "1.", ".5", "CNY ", "cny"),
    *("deal/", "deal/../x", "deal/*", "deal/>", "account/A B", "playbook/", "%00"),
    *("'; drop table ledger.journal; --", "${jndi:ldap://x}", "{{7*7}}", "../../etc/passwd", "<script>"),
    *([], [[]], [None], {}, {"": ""}, {"$ref": "#"}, {"__proto__": {}}, {"$gt": ""}),
    *("2026-02-30T00:00:00Z", "2026-03-31", "2026-03-31T09:30:00", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59Z"),
    *("2026-06-30T23:59:60Z", "2026-03-31T24:00:00Z", "2026-03-31T09:30:00+24:00", "2026-03-31T09:30:00.0000000001Z"),
    *(Raw("NaN"), Raw("Infinity"), Raw("-Infinity"), Raw("1.5"), Raw("1e400"), Raw("1E2"), Raw("-0"), Raw("01")),
    *(
        Raw("+1"),
        Raw('"\\ud800"'),
        Raw('"a\\udc00"'),
        Raw('"\\ud83d\\ud83d"'),
        Raw("'x'"),
        Raw("undefined"),
        Raw("tru"),
    ),
    *(
        Raw(""),
        Raw('"\\x41"'),
        Raw('"\t"'),
        Raw('"\x00"'),
        Raw("[1,]"),
        Raw('{"a":1,}'),
        Raw('{"a":1,"a":1}'),
        Raw("{]"),
    ),
    *(Raw("/* */1"), Raw("9" * 5000), Raw("[" * 40 + "]" * 40), Raw('{"a":' * 60 + "1" + "}" * 60), Raw("[" * 100_000)),
)


def text(value: Any) -> str:
    """JSON, and `Raw` as it is."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def mutated(draw: Random, source: str, number: int) -> bytes:
    """An event of that source under an id of its own, changed in one way or another; seldom it is still good."""
    event = json.loads(json.dumps(draw.choice(EXAMPLES))) | {"source": source, "id": f"hostile-{number}"}
    return draw.choice(_WAYS)(draw, event)


def _bytes(value: Any) -> bytes:
    return text(value).encode("utf-8", "surrogatepass")


def _odd_value(draw: Random, event: dict[str, Any]) -> bytes:
    holder, key = draw.choice(list(_places(event)))
    holder[key] = draw.choice(ODD)
    return _bytes(event)


def _against_the_schema(draw: Random, event: dict[str, Any]) -> bytes:
    """A field just beyond what its schema allows."""
    schema = SCHEMAS[event["type"]]
    beyond = list(_beyond(schema, schema, event))
    holder, key, value = draw.choice(beyond)
    holder[key] = value
    return _bytes(event)


def _left_out(draw: Random, event: dict[str, Any]) -> bytes:
    holder, key = draw.choice(list(_places(event)))
    del holder[key]
    return _bytes(event)


def _added(draw: Random, event: dict[str, Any]) -> bytes:
    holders = [event, *(holder[key] for holder, key in _places(event) if isinstance(holder[key], dict))]
    holder = draw.choice(holders)
    for _ in range(draw.choice([1, 1, 1, 70, 5000])):
        holder[f"{draw.choice(['x', 'Id', 'ce-id', '$', '', 'data_base64', 'é'])}{draw.randrange(10**6)}"] = (
            draw.choice(ODD[:60])
        )
    return _bytes(event)


def _moved(draw: Random, event: dict[str, Any]) -> bytes:
    """A value where another belongs."""
    places = list(_places(event))
    (one, a), (other, b) = draw.choice(places), draw.choice(places)
    one[a], value = other[b], one[a]
    if draw.random() < 0.5:
        other[b] = value
    try:
        return _bytes(event)
    except RecursionError:
        return b"{"


def _twice(draw: Random, event: dict[str, Any]) -> bytes:
    key = draw.choice(list(event))
    return _bytes(event)[:-1] + f",{json.dumps(key)}:{text(draw.choice([event[key], 'other']))}}}".encode()


def _large(draw: Random, event: dict[str, Any]) -> bytes:
    places = [each for each in _places(event) if isinstance(each[0][each[1]], str)]
    holder, key = draw.choice(places)
    holder[key] = draw.choice(["x", "é", "\\"]) * draw.choice([MAX_BYTES, 9 * MAX_BYTES, 2**20])
    return _bytes(event)


def _broken_bytes(draw: Random, event: dict[str, Any]) -> bytes:
    whole = _bytes(event)
    at = draw.randrange(len(whole))
    junk = draw.choice(
        [
            b"\xff",
            b"\xc3",
            b"\xed\xa0\x80",
            b"\xc0\x80",
            b"\xf5\x80\x80\x80",
            b"\x00",
            b"\xef\xbb\xbf",
            b"}",
            b"\x1f\x8b",
        ]
    )
    return draw.choice([
        whole[:at], whole[at:], whole[:at] + junk + whole[at:], junk + whole, whole + junk, whole + whole,
        whole.decode().encode("utf-16"), whole.decode().encode("utf-16-le"), whole.decode().encode("utf-32"),
        whole[:at] + bytes([whole[at] ^ (1 << draw.randrange(8))]) + whole[at + 1 :],
    ])  # fmt: skip


def _something_else(draw: Random, event: dict[str, Any]) -> bytes:
    return draw.choice([
        b"", b" ", b"null", b"true", b"0", b'""', b"[]", b"[[]]", b"{}", b"[{}]", b'[{"id":1}]', b"\x00" * 100,
        b"<xml/>", b"a=1&b=2", draw.randbytes(300), b"[" * 200_000, b'{"a":' * 50_000, b"[" + b"1," * 30_000 + b"1]",
        b"\"" + b"\\u0000" * 9000 + b"\"", b"-" * 5000, b'{"data":' + _bytes(event) + b"}",
    ])  # fmt: skip


_WAYS: tuple[Callable[[Random, dict[str, Any]], bytes], ...] = (
    *(_odd_value, _odd_value, _odd_value, _against_the_schema, _against_the_schema, _against_the_schema),
    *(_left_out, _added, _moved, _twice, _large, _broken_bytes, _broken_bytes, _something_else),
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a value that holds another, as (holder, key)."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _beyond(schema: Any, root: Any, value: Any, holder: Any = None, key: Any = None) -> Iterator[tuple[Any, Any, Any]]:
    """For each rule of a schema that a value obeys, (holder, key, value that breaks it)."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            yield from _beyond(each, root, value, holder, key)
    if holder is not None:
        for broken in _breaking(schema, value):
            yield holder, key, broken
    if isinstance(value, dict):
        for name, part in schema.get("properties", {}).items():
            if name in value:
                yield from _beyond(part, root, value[name], value, name)
    if isinstance(value, list) and "items" in schema:
        for place, each in enumerate(value):
            yield from _beyond(schema["items"], root, each, value, place)


def _breaking(schema: Any, value: Any) -> Iterator[Any]:
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if "const" in schema or "enum" in schema:
        yield "another"
    if "pattern" in schema and isinstance(value, str):
        yield from ("", f"{value}\x07", f"{value}\n", f" {value}", value + "\u00a0")
    if "maxItems" in schema and isinstance(value, list) and value:
        yield value * (schema["maxItems"] + 1)
    if "minItems" in schema:
        yield []
    wrong = {"string": 1, "integer": "1", "boolean": "true", "array": {}, "object": []}
    if schema.get("type") in wrong:
        yield wrong[schema["type"]]
