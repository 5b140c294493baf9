"""Text from outside as a person can see it."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.runtime.visible_text import visible, visible_json


@pytest.mark.parametrize("text", ["", "Li Wei", "[vip] 张三", "[/foo]", ":smile:", "Zoë", "👍", "∅ → …"])
def test_what_prints_as_itself_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "<U+001B>[31mred"),
        ("a\rb", "a<U+000D>b"),
        ("a\nb\tc", "a<U+000A>b<U+0009>c"),
        ("\x9b2J", "<U+009B>2J"),
        ("abc\u202etxt.exe", "abc<U+202E>txt.exe"),
        ("\u2066x\u2069", "<U+2066>x<U+2069>"),
        ("INV\u200b-1", "INV<U+200B>-1"),
        ("INV\u00a01", "INV<U+00A0>1"),
        ("\ufeffx", "<U+FEFF>x"),
        ("so\u00adft", "so<U+00AD>ft"),
        ("\u3164", "<U+3164>"),
        ("a\u2028b", "a<U+2028>b"),
        ("\ud800", "<U+D800>"),
        ("\U000e0041", "<U+E0041>"),
        ("\x7f", "<U+007F>"),
    ],
)
def test_what_a_terminal_obeys_or_hides_is_shown_as_a_code_point(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(exclude_categories=())))
@example("\ud800")
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert visible(text).isprintable()
    assert visible(visible(text)) == visible(text)


@given(st.dictionaries(st.text(), st.text(st.characters(exclude_categories=())) | st.integers() | st.none()))
@example({"\x7f": "\U000e0041\x7f"})
def test_json_says_the_same_and_holds_nothing_that_a_terminal_obeys(document: dict[str, object]) -> None:
    shown = visible_json(json.dumps(document, ensure_ascii=False, indent=2))
    assert json.loads(shown) == document
    assert shown.replace("\n", "").isprintable()
