"""Charts as SVG: bars, stacked bars, lines and heat maps of the rows of a report, coloured by the style sheet.

Coordinates are in a box of `WIDTH` units. Lengths are rounded to tenths, so that equal rows make equal bytes.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import htpy as h
from markupsafe import Markup

from projections.columns import Column
from projections.reports.report import Chart
from services.console.page import Page

WIDTH = 720
_LABEL = 170
_ROW = 26
_MOST = 40
"""Most bars of a chart; a table beside it has all rows."""

Rows = Sequence[Mapping[str, Any]]


def chart(page: Page, declared: Chart, columns: Sequence[Column], rows: Rows, title: str) -> h.Node:
    """The chart that a report declares; nothing where no row has a value."""
    by_name = {each.name: each for each in columns}
    figures = [by_name[name] for name in declared.y if name in by_name]
    shown = [row for row in rows if any(_number(row.get(each.name)) for each in figures)]
    if not shown or declared.x not in by_name or not figures:
        return None
    x = by_name[declared.x]
    made = _heat(page, x, figures, shown, title) if declared.kind == "heat" else None
    return made or _bars(page, x, figures, shown, title, stacked=declared.kind == "stacked")


def _bars(page: Page, x: Column, figures: Sequence[Column], rows: Rows, title: str, *, stacked: bool) -> h.Element:
    """Horizontal bars, a line of text each; of several figures side by side, or one behind the other."""
    listed = rows[:_MOST]
    most = max(
        (sum(parts) if stacked else max(parts) for parts in (_parts(row, figures) for row in listed)),
        default=Decimal(1),
    ) or Decimal(1)
    room = WIDTH - _LABEL - 110
    height = 12 if len(figures) > 1 and not stacked else 16
    step = _ROW if stacked or len(figures) == 1 else 8 + len(figures) * (height + 2)
    made: list[h.Node] = []
    for place, row in enumerate(listed):
        top = place * step
        named = _named(page, x, row)
        made.append(_svg_text(_LABEL - 8, top + step / 2 + 4, named, "end"))
        left = Decimal(0)
        told = []
        for order, (figure, value) in enumerate(zip(figures, _parts(row, figures), strict=True)):
            length = value / most * room
            y = top + 4 + (0 if stacked else order * (height + 2))
            made.append(
                h.rect(
                    class_=f"series-{order + 1}",
                    x=_units(_LABEL + left),
                    y=_units(y),
                    width=_units(length),
                    height=height,
                )[h.title[f"{named} · {page.label(figure.label)} {_said(page, figure, row)}"]]
            )
            told.append(_said(page, figure, row))
            if not stacked:
                made.append(_svg_text(_LABEL + length + 6, y + height - 3, told[-1], "start"))
            left += length if stacked else 0
        if stacked:
            made.append(_svg_text(_LABEL + left + 6, top + step / 2 + 4, _total(row, figures), "start"))
    return _figure(page, title, made, len(listed) * step + 6, figures)


def _heat(page: Page, x: Column, figures: Sequence[Column], rows: Rows, title: str) -> h.Element | None:
    """A field for each pair of the two dimensions, shaded by a rate; None where there are not two dimensions."""
    if len(figures) != 2:
        return None
    down, value = figures
    lines = list(dict.fromkeys(str(row[x.name]) for row in rows))[-_MOST:]
    across = sorted({row[down.name] for row in rows if row[down.name] is not None})
    if not across:
        return None
    wide = Decimal(WIDTH - _LABEL) / len(across)
    made: list[h.Node] = [
        _svg_text(_LABEL + (place + Decimal("0.5")) * wide, 14, str(each), "middle")
        for place, each in enumerate(across)
    ]
    for row in rows:
        if str(row[x.name]) not in lines or row[down.name] is None:
            continue
        top = 20 + lines.index(str(row[x.name])) * _ROW
        left = _LABEL + across.index(row[down.name]) * wide
        rate = _number(row[value.name])
        level = "none" if rate is None else str(min(10, max(0, int(rate * 10))))
        made.append(
            h.rect(class_=f"heat-{level}", x=_units(left), y=top, width=_units(wide - 2), height=_ROW - 2)[
                h.title[f"{row[x.name]} · {row[down.name]} · {_said(page, value, row)}"]
            ]
        )
        if wide >= 48:
            made.append(_svg_text(left + wide / 2, top + 16, _said(page, value, row), "middle"))
    made += [_svg_text(_LABEL - 8, 20 + place * _ROW + 16, each, "end") for place, each in enumerate(lines)]
    return _figure(page, title, made, 24 + len(lines) * _ROW, (value,))


def _figure(page: Page, title: str, made: Sequence[h.Node], height: float, figures: Sequence[Column]) -> h.Element:
    return h.figure(".chart")[
        h.div(".scroll", tabindex="0", role="region", aria_label=page.text("chart of", title=title))[
            h.svg(role="img", aria_label=page.text("chart of", title=title), viewBox=f"0 0 {WIDTH} {_units(height)}")[
                made
            ]
        ],
        h.figcaption[
            [
                h.span(".legend")[h.span(class_=f"swatch series-{place + 1}"), page.label(each.label)]
                for place, each in enumerate(figures)
            ]
        ],
    ]


def _named(page: Page, x: Column, row: Mapping[str, Any]) -> str:
    """Label of a bar: the value of the column, and the row's name in the language of the page where it has one."""
    value = page.wording.cell(x, row[x.name]) if row[x.name] is not None else "–"
    name = row.get(f"name_{page.wording.language}")
    currency = row.get("currency")
    return " ".join(str(each) for each in (value, name, currency if x.name != "currency" else None) if each)


def _parts(row: Mapping[str, Any], figures: Sequence[Column]) -> list[Decimal]:
    """Values of the figures; what is below 0 or unknown has no length."""
    return [max(_number(row.get(each.name)) or Decimal(0), Decimal(0)) for each in figures]


def _total(row: Mapping[str, Any], figures: Sequence[Column]) -> str:
    return f"{sum((_number(row.get(each.name)) or Decimal(0) for each in figures), Decimal(0)):f}"


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None or isinstance(value, bool) else Decimal(str(value))
    except ArithmeticError:
        return None


def _said(page: Page, column: Column, row: Mapping[str, Any]) -> str:
    value = row.get(column.name)
    return "–" if value is None else page.wording.cell(column, value)


def _units(value: Decimal | float) -> str:
    return f"{round(Decimal(value), 1):f}"


def _svg_text(x: Decimal | float, y: Decimal | float, text: str, anchor: str) -> h.Node:
    shown = text if len(text) <= 22 else f"{text[:21]}…"
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(_units(x), _units(y), anchor, shown)
