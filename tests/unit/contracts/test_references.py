import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.types.references import MAX_KEY_BYTES, number_key, reference_key, spelled_out, told_apart

LOOK_ALIKE = [
    ("Café-1", "Cafe\u0301-1"),
    ("Å-7", "\u212b-7"),
    ("q\u0323\u0307", "q\u0307\u0323"),
    ("가-1", "\u1100\u1161-1"),
    ("INV-1", "INV-1 "),
    ("INV-1", "\u3000INV-1\t"),
    ("INV 1", "INV\u00a01"),
    ("INV 1", "INV\u202f1"),
    ("INV 1", "INV\u20071"),
    ("INV 1", "INV\u16801"),
    ("INV 1", "INV\u28001"),
    ("INV 1", "INV  1"),
    ("INV-1", "ＩＮＶ－１"),
    ("INV-1", "INV\u20101"),
    ("INV-1", "INV\u20111"),
    ("発票ガ1", "発票ｶﾞ1"),
    ("INV-1", "INV-\u200b1"),
    ("INV-1", "INV\u00ad-1"),
    ("INV-1", "\ufeffINV-1"),
    ("INV-1", "\u202aINV-1\u202c"),
    ("INV-1", "\u2066INV-1\u2069\u200e"),
    ("INV-1", "INV-1\ufe0f"),
    ("INV-1", "INV-1\U000e0100"),
    ("INV-1", "INV\u3164-1\uffa0"),
    ("INV-1", "\u115f\u1160INV-1"),
    ("INV-1", "INV-1\u2060\u2062"),
    ("INV-1", "INV-1\U000e0041"),
    ("INV-1", "INV-1\ufffb"),
    ("é1", "e\u034f\u03011"),
    ("é1", "e\u200d\u03011"),
]


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKE)
def test_references_that_look_alike_are_the_same(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        assert reference_key(first) == reference_key(second) == unicodedata.normalize("NFKC", one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("INV-1", "inv-1"), ("INV 1", "INV1"), ("INV-1", "INV1"), ("O1", "01"), ("1", "01"), ("INV-1/2026", "INV-1")],
)
def test_references_that_look_different_are_different(one: str, other: str) -> None:
    assert reference_key(one) != reference_key(other)
    assert told_apart(one, other) == (one, other)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u00a0\u3000", "\ufeff \u00ad", "\u3164", "\u2800", "\u034f"])
def test_a_reference_that_shows_nothing_has_an_empty_key(text: str) -> None:
    assert reference_key(text) == ""


def test_signs_that_stand_before_numbers_are_seen() -> None:
    assert reference_key("\u06001") != "1"


@pytest.mark.parametrize(
    "around", ["{}", *(pytest.param(each, marks=pytest.mark.long) for each in ("A{}", "{}\u0301", "A {} "))]
)
def test_a_key_is_its_own_key_for_every_character(around: str) -> None:
    every = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    keys = {reference_key(around.format(each)) for each in every}
    assert all(reference_key(each) == each for each in keys)


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("INV-1", "INV-1\u200b", ("INV-1", "INV-1<U+200B>")),
        ("INV-1", "INV-1 ", ("INV-1", "INV-1<U+0020>")),
        ("发票1", "发票１", ("发票<U+0031>", "发票<U+FF11>")),
        ("é-1", "e\u0301-1", ("<U+00E9>-1", "<U+0065><U+0301>-1")),
        ("INV 1", "INV  1", ("INV 1", "INV <U+0020>1")),
        ("x", "x\U000e0100", ("x", "x<U+E0100>")),
    ],
)
def test_texts_that_look_alike_are_told_apart_by_code_points(one: str, other: str, shown: tuple[str, str]) -> None:
    assert told_apart(one, other) == shown


_few = st.text(
    st.sampled_from(["I", "1", "-", " ", "\u00a0", "\u200b", "e", "\u0301", "é", "\u00ad", "１"]), max_size=6
)


@given(_few, _few)
def test_what_looks_alike_and_differs_never_reads_alike(one: str, other: str) -> None:
    if one != other:
        first, second = told_apart(one, other)
        assert first != second
        if reference_key(one) == reference_key(other):
            assert any("<U+" in each for each in (first, second))


def test_the_key_of_a_long_number_has_a_bound_and_is_no_others() -> None:
    longest = "\ufdfa" * 200  # NFKC makes eighteen characters of each
    numbers = [longest, longest[:-1], longest + "1", "\U00020000" * 200, "1" * 600, "1" * 601]
    keys = [number_key(number, series) for number in numbers for series in (None, "1", *numbers)]
    assert len(set(keys)) == len(keys)
    assert max(len(key.encode()) for key in keys) <= 2 * MAX_KEY_BYTES + 1
    assert number_key("1" * 600, None) == "1" * 600


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("INV-\u0410\u00311", "INV-<U+0410>11"), ("INV\u22121", "INV<U+2212>1"), ("\u0399NV-1", "<U+0399>NV-1"),
        ("INV-1", "INV-1"), ("发票-001", "发票-001"), ("Счёт", "Счёт"), ("Ünal 7", "Ünal 7"),
    ],
)  # fmt: skip
def test_what_looks_like_ascii_is_spelled_out_among_ascii(text: str, spelled: str) -> None:
    assert spelled_out(text) == spelled
