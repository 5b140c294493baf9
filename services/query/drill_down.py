"""Drill-down: the rows of views, and the entries, behind a row of a report or one figure of it."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from projections.columns import columns_of
from projections.reports import compose
from projections.reports.report import Aggregate, Report
from services.errors import BadRequest, NotKnown
from services.ledger.journal import Connection
from services.query.moment import Moment
from services.query.render import instant
from services.query.report_answers import Json, Places, causes, fetch, values_of
from services.query.report_question import MAX_ROWS, Question, named, read_value
from services.query.shapes import RowBehind, RowsBehind


@dataclass(frozen=True, slots=True)
class Behind:
    """A row of a view that a figure is made of."""

    view: str
    row: Json
    entry: int | None


def read_figure(report: Report, text: str | None) -> str | None:
    """One of a report's figures, none where none is given. Raises BadRequest."""
    if text is not None and text not in report.figures:
        raise BadRequest(f"figure: there is no {text[:40]!r}; there are {', '.join(report.figures) or 'none here'}.")
    return text


def read_line(report: Report, text: str) -> list[Any]:
    """The key of a row from text: its values in order as one line of CSV, nothing for null. Raises BadRequest."""
    try:
        parts = next(iter(csv.reader([text], strict=True)), [""]) or [""]
    except (csv.Error, ValueError):
        parts = []
    if len(parts) != len(report.key):
        raise BadRequest(f"line: a row of {report.name} is named by {', '.join(report.key)}, comma separated.")
    by_name = {each.name: each for each in report.columns}
    try:
        return [
            None if not part and by_name[name].optional else read_value(by_name[name].kind, f"line ({name})", part)
            for name, part in zip(report.key, parts, strict=True)
        ]
    except NotKnown as error:
        raise BadRequest(f"line: {error}") from None


async def behind(
    connection: Connection, asked: Question, moment: Moment, line: Sequence[Any], figure: str | None = None
) -> list[Behind]:
    """Rows of views that make one row of the report, or one figure of it; at most `MAX_ROWS`."""
    report = asked.report
    by_name = {each.name: each for each in report.columns}
    values = values_of(asked, moment) | {
        f"line_{name}": (value, by_name[name].kind.sql) for name, value in zip(report.key, line, strict=True)
    }
    sources = {source.relation: source for source in report.sources}
    if isinstance(report, Aggregate):
        sources = {name: cells.source for name, cells in report.cells.items()}
    found: list[Behind] = []
    seen: set[tuple[str, str]] = set()
    for name in sources:
        bind = Places(values)
        text = compose.drill(report, name, bind, figure, tuple(asked.filters))
        row = sources[name].row
        if text is None or row is None:
            continue
        order = ", ".join(f"report.{each}" for each in row.KEY)
        text = f"select report.*\nfrom (\n{text}\n) report\norder by {order}\nlimit {MAX_ROWS}"
        for each in await fetch(connection, asked, compose.as_json_rows(columns_of(row), text), bind):
            if (row.TABLE, each["row"]) not in seen:
                seen.add((row.TABLE, each["row"]))
                told = json.loads(each["row"])
                found.append(Behind(row.TABLE, told, told.get("entry")))
    return found


async def told_rows(
    connection: Connection, asked: Question, moment: Moment, line: Sequence[Any], figure: str | None
) -> RowsBehind:
    """Rows and entries that a figure is made of."""
    found = await behind(connection, asked, moment, line, figure)
    entries = await causes(connection, sorted({each.entry for each in found if each.entry is not None}))
    return RowsBehind(
        report=asked.report.name,
        as_of=instant(moment.as_of),
        known_at=moment.known_at,
        parameters=named(asked),
        line=dict(zip(asked.report.key, line, strict=True)),
        figure=figure,
        whole=len(found) < MAX_ROWS,
        rows=[RowBehind(view=each.view, row=each.row, entry=each.entry) for each in found],
        entries=[entries[sequence] for sequence in sorted(entries)],
    )
