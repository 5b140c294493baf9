import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.canonical import MAX_DEPTH, MAX_INTEGER, NotCanonical, canonical, leaf_hash, read_json

values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=20),
    lambda children: st.lists(children, max_size=5) | st.dictionaries(st.text(max_size=10), children, max_size=5),
    max_leaves=20,
)


@given(values)
def test_reading_what_was_written_gives_the_same_bytes(value: Any) -> None:
    assert read_json(canonical(value)) == value
    assert canonical(read_json(canonical(value))) == canonical(value)


@given(values, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_white_space_key_order_and_escapes_are_irrelevant(
    value: Any, ascii_only: bool, indent: int | str | None
) -> None:
    spelt = json.dumps(_backwards(value), ensure_ascii=ascii_only, indent=indent)
    assert canonical(read_json(spelt)) == canonical(value)


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(value)}
    return [_backwards(each) for each in value] if isinstance(value, list) else value


def test_keys_are_sorted_by_utf_16_units_as_rfc_8785_shows() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical(dict.fromkeys(keys, 0)))) == expected
    assert list(json.loads(canonical([{"x": dict.fromkeys(keys, 0)}]))[0]["x"]) == expected


def test_control_characters_are_escaped_as_rfc_8785_says() -> None:
    assert canonical('\b\t\n\f\r"\\/\u000f\u007f€') == '"\\b\\t\\n\\f\\r\\"\\\\/\\u000f\u007f€"'.encode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"a":1.5}', "fraction or exponent"),
        (b'{"a":1e3}', "fraction or exponent"),
        (b'{"a":NaN}', "NaN is not JSON"),
        (b'{"a":-Infinity}', "-Infinity is not JSON"),
        (b'{"a":1,"b":2,"a":1}', "the key 'a' stands twice"),
        (b'{"a":{"b":1,"\\u0062":2}}', "the key 'b' stands twice"),
        (b'["\\ud800"]', "half of a surrogate pair"),
        (b'{"\\udfff":1}', "half of a surrogate pair"),
        (b'["\xed\xa0\x80"]', "not UTF-8 at byte 2"),
        (b'\xef\xbb\xbf{"a":1}', "not JSON"),
        (b'{"a":"\x00"}', "not JSON"),
        (b'{"a":1,}', "not JSON"),
        (b'{"a":1} {}', "not JSON: Extra data at character 8"),
        (b"", "not JSON"),
        (f'{{"a":{2**53}}}'.encode(), "integer beyond"),
        (f'{{"a":-{2**53}}}'.encode(), "integer beyond"),
        (b'{"a":' + b"9" * 100_000 + b"}", "integer beyond"),
        (b"[" * 1_000_000, "nested more than 32 deep"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "nested more than 32 deep"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"0" + b"}" * (MAX_DEPTH + 1), "nested more than 32 deep"),
    ],
)
def test_what_has_no_canonical_form_is_refused_by_name(text: bytes, reason: str) -> None:
    with pytest.raises(NotCanonical, match=reason):
        read_json(text)


def test_brackets_in_a_string_are_not_depth() -> None:
    assert read_json('["' + "[{" * 1000 + '"]') == ["[{" * 1000]


def test_the_deepest_allowed_nesting_is_read() -> None:
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) != []


def test_a_surrogate_pair_written_as_escapes_is_one_character() -> None:
    assert canonical(read_json(b'"\\ud83d\\ude00"')) == '"😀"'.encode()


def test_the_largest_integers_are_kept_and_minus_zero_is_zero() -> None:
    assert canonical(read_json(f"[{MAX_INTEGER},-{MAX_INTEGER},-0]")) == f"[{MAX_INTEGER},-{MAX_INTEGER},0]".encode()


def test_a_leaf_is_the_rfc_9162_hash_of_place_time_subject_and_bytes() -> None:
    expected = hashlib.sha256(
        b"\x00"
        + bytes.fromhex("0000000000000007")
        + bytes.fromhex("ffffffffffffffff")
        + b"\x00\x0edaybook.deal.D"
        + b"{}"
    ).digest()
    assert leaf_hash(7, -1, "daybook.deal.D", b"{}") == expected


@given(st.tuples(st.text(max_size=4), st.binary(max_size=4)), st.tuples(st.text(max_size=4), st.binary(max_size=4)))
def test_two_rows_never_share_a_leaf_by_moving_bytes_between_subject_and_message(
    one: tuple[str, bytes], other: tuple[str, bytes]
) -> None:
    assert (leaf_hash(1, 1, *one) == leaf_hash(1, 1, *other)) == (one == other)
