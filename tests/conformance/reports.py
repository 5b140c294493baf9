"""Material for the checks of every report: questions to ask of it, and the columns of its functions in SQL."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg

from projections.columns import columns_of
from projections.reports.report import Report

VALUES = {
    "playbook": "select distinct playbook as value from reporting.stage_position_version order by 1",
    "deal": "select distinct deal as value from reporting.stage_position_version order by 1",
    "account": "select distinct account as value from reporting.receivables_movement_version order by 1",
    "currency": "select distinct currency as value from reporting.receivables_movement_version order by 1",
}


def columns_in_sql(report: Report) -> dict[str, list[str]]:
    """Columns of a report's functions in `reporting`, in order, each with its type."""
    rows = {report.name: report.columns}
    if report.totals is not None:
        rows[f"{report.name}_totals"] = columns_of(report.totals)
    return {name: [f"{each.name} {each.kind.sql}" for each in columns] for name, columns in rows.items()}


def published_columns() -> dict[str, list[str]]:
    """Columns of the reports' functions as they were published: no line of `report_columns.json` ever changes."""
    text = Path(__file__).with_name("report_columns.json").read_text(encoding="utf-8")
    found: dict[str, list[str]] = json.loads(text)
    return found


async def questions(connection: asyncpg.Connection, report: Report, most: int = 3) -> list[dict[str, Any]]:
    """Parameters of a report by name: all values that there are of one kind, at most so many; of days and texts the
    example."""
    found: list[dict[str, Any]] = [{}]
    for name in report.needed:
        each = report.parameters[name]
        values: list[Any] = [date.fromisoformat(each.example)] if each.kind.name == "day" else [*each.words][:most]
        if not values:
            query = VALUES.get(each.kind.name)
            values = [row["value"] for row in await connection.fetch(query)][:most] if query else [each.example]
        found = [{**question, name: value} for question in found for value in values]
    return found
