"""Tables of rows, and values as people read them."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import htpy as h

from projections.columns import Column
from services.console.page import Page

_RIGHT = {"whole", "decimal", "stage", "days", "count", "microseconds", "sequence", "amount", "rate", "duration"}
"""Kinds of values that are numbers."""


def cell(page: Page, column: Column, value: Any) -> h.Node:
    """A value of a column: ids and sequences are links, unknown values a dash."""
    if value is None or value in ([], {}):
        return h.span(".unknown")["–"]
    match column.kind.name:
        case "sequence":
            return page.entry(value)
        case "sequences":
            return [[page.entry(each), " "] for each in value]
        case "deal":
            return page.subject(f"deal/{value}")
        case "account":
            return page.subject(f"account/{value}")
        case "subject":
            return page.subject(value)
        case "rate":
            return _percent(str(value))
        case _:
            return page.wording.cell(column, value)


def _percent(text: str) -> str:
    """A share with four decimals as percent with two: the same digits."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = digits.partition(".")
    decimals = f"{decimals}0000"[:4]
    return f"{sign}{int(whole + decimals[:2])}.{decimals[2:]} %"


def table(
    page: Page,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    *,
    caption: str,
    figures: Mapping[str, Callable[[Mapping[str, Any]], str]] | None = None,
    more: tuple[str, Any] | None = None,
) -> h.Element:
    """A table in a box that scrolls sideways. `figures` gives the addresses to which values of a column lead; `more` is
    a last column: its heading, and what makes a row's cell."""
    numeric = {each.name for each in columns if each.kind.name in _RIGHT}
    return h.div(".scroll", tabindex="0", role="region", aria_label=caption)[
        h.table[
            h.caption[caption],
            h.thead[
                h.tr[
                    [
                        h.th(".number" if each.name in numeric else "", scope="col", title=each.comment)[
                            page.label(each.label)
                        ]
                        for each in columns
                    ],
                    h.th(scope="col")[more[0]] if more else None,
                ]
            ],
            h.tbody[
                (
                    h.tr[
                        [
                            h.td(".number" if each.name in numeric else "")[_linked(page, each, row, figures or {})]
                            for each in columns
                        ],
                        h.td[more[1](row)] if more else None,
                    ]
                    for row in rows
                )
            ],
        ]
    ]


def _linked(
    page: Page, column: Column, row: Mapping[str, Any], figures: Mapping[str, Callable[[Mapping[str, Any]], str]]
) -> h.Node:
    value = row[column.name]
    shown = cell(page, column, value)
    if value is None or column.name not in figures:
        return shown
    return h.a(href=figures[column.name](row))[shown]


def line_of(row: Mapping[str, Any], key: Sequence[str]) -> str:
    """The key of a row as one line of CSV, as drill-down takes it."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(["" if row[name] is None else row[name] for name in key])
    return written.getvalue()
