import json
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.playbook_check.lines import lines_of
from contracts.playbooks.consistency import Location
from contracts.playbooks.shipped import shipped_files

EVERY_SHAPE = '''# a comment with [brackets] and = signs
key = "a # no comment"
"quoted.key" = 'lit\\eral'
dotted.sub . deep = 1979-05-27 07:32:00 # a date with a space

text = """
[not.a.header]
"two quotes" at the end"""""
lit = \'\'\'it''s
# not a comment\'\'\'
numbers = [
  1, 0x2F,
  # between
  [3.5, inf], "]",
]
inline = { a = 1, b.c = [ { d = "}" }, { d = 2 } ] }
\t[ table . "sub" ]
x = true

[[stages]]
key = "one"
  [stages.names]
  zh = "一"
[[stages.items]]
key = "i"
[[stages.items]]
key = "j"
[[stages]]
names.en = "two"
[[stages.items]]
key = "k"
'''  # fmt: skip


def test_every_shape_of_toml_is_found_on_its_line() -> None:
    assert lines_of(EVERY_SHAPE) == {
        (): 1,
        ("key",): 2,
        ("quoted.key",): 3,
        ("dotted",): 4,
        ("dotted", "sub"): 4,
        ("dotted", "sub", "deep"): 4,
        ("text",): 6,
        ("lit",): 9,
        ("numbers",): 11,
        ("numbers", 0): 12,
        ("numbers", 1): 12,
        ("numbers", 2): 14,
        ("numbers", 2, 0): 14,
        ("numbers", 2, 1): 14,
        ("numbers", 3): 14,
        ("inline",): 16,
        ("inline", "a"): 16,
        ("inline", "b"): 16,
        ("inline", "b", "c"): 16,
        ("inline", "b", "c", 0): 16,
        ("inline", "b", "c", 0, "d"): 16,
        ("inline", "b", "c", 1): 16,
        ("inline", "b", "c", 1, "d"): 16,
        ("table",): 17,
        ("table", "sub"): 17,
        ("table", "sub", "x"): 18,
        ("stages",): 20,
        ("stages", 0): 20,
        ("stages", 0, "key"): 21,
        ("stages", 0, "names"): 22,
        ("stages", 0, "names", "zh"): 23,
        ("stages", 0, "items"): 24,
        ("stages", 0, "items", 0): 24,
        ("stages", 0, "items", 0, "key"): 25,
        ("stages", 0, "items", 1): 26,
        ("stages", 0, "items", 1, "key"): 27,
        ("stages", 1): 28,
        ("stages", 1, "names"): 29,
        ("stages", 1, "names", "en"): 29,
        ("stages", 1, "items"): 30,
        ("stages", 1, "items", 0): 30,
        ("stages", 1, "items", 0, "key"): 31,
    }


def test_windows_line_ends_count_once() -> None:
    assert lines_of("a = 1\r\n\r\n[b]\r\nc = 2\r\n") == {(): 1, ("a",): 1, ("b",): 3, ("b", "c"): 4}


def test_every_part_of_the_shipped_playbooks_is_found() -> None:
    for text in shipped_files().values():
        assert set(lines_of(text)) == set(_paths(tomllib.loads(text), ()))


words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)
scalars = st.booleans() | st.integers(-(2**53), 2**53) | words
tables = st.dictionaries(
    words, st.recursive(scalars, lambda inner: st.lists(inner, max_size=4), max_leaves=8), max_size=6
)


@given(tables, st.lists(tables, max_size=3))
def test_whatever_is_written_is_found_where_it_was_written(top: dict[str, Any], members: list[dict[str, Any]]) -> None:
    written: list[str] = []
    expected: dict[Location, int] = {(): 1}
    top.pop("members", None)
    _write(written, expected, (), top)
    for index, each in enumerate(members):
        written.append("[[ members ]] # next")
        expected |= {("members",): expected.get(("members",), len(written)), ("members", index): len(written)}
        _write(written, expected, ("members", index), each)
    text = "\n".join(written)
    assert tomllib.loads(text) == top | ({"members": members} if members else {})
    assert lines_of(text) == expected


def _write(written: list[str], expected: dict[Location, int], at: Location, table: dict[str, Any]) -> None:
    for key, value in table.items():
        written.append(f"{_quoted(key)} = ")
        expected[(*at, key)] = len(written)
        _write_value(written, expected, (*at, key), value)


def _write_value(written: list[str], expected: dict[Location, int], at: Location, value: Any) -> None:
    if not isinstance(value, list):
        written[-1] += _quoted(value) if isinstance(value, str) else json.dumps(value)
        return
    written[-1] += "["
    for index, each in enumerate(value):
        written.append("")
        expected[(*at, index)] = len(written)
        _write_value(written, expected, (*at, index), each)
        written[-1] += ","
    written.append("]")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _paths(value: Any, at: Location) -> list[Location]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for step, each in members for path in _paths(each, (*at, step)))]
