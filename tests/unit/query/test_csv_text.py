"""CSV that any reader takes apart again, and that no spreadsheet runs."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runtime.csv_text import cell, separated

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


def test_there_is_one_header_row_and_lines_end_with_crlf() -> None:
    assert "".join(separated(("deal", "amount"), [("D-1", "12.50"), ("D-2", None)])) == (
        "deal,amount\r\nD-1,12.50\r\nD-2,\r\n"
    )


def test_a_table_without_rows_has_its_header() -> None:
    assert list(separated(("a", "b"), [])) == ["a,b\r\n"]


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    written = "".join(separated(("a", "b"), rows))
    assert list(csv.reader(io.StringIO(written, newline=""), strict=True))[1:] == [[cell(a), cell(b)] for a, b in rows]


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-", "-x", "@sum(a1)", "\t=1", "\r=1", "=cmd|' /c calc'!a1", "＝1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize("value", ["-12.50", -3, Decimal("-0.01"), "12"])
def test_numbers_stay_numbers(value: object) -> None:
    assert cell(value) == str(value)


def test_null_is_empty_and_truth_is_a_word() -> None:
    assert [cell(None), cell(True), cell(False), cell({"名": [1]})] == ["", "true", "false", '{"名":[1]}']
