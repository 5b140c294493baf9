"""Questions that the suite asks of a report: values of its parameters, read from what the ledger holds."""

from typing import Any

import asyncpg

from projections.reports.report import Report

_VALUES = {
    "playbook": "select distinct playbook as value from reporting.stage_position_version order by 1",
    "deal": "select distinct deal as value from reporting.stage_position_version order by 1",
    "account": "select distinct account as value from reporting.receivables_movement_version order by 1",
}


async def questions(connection: asyncpg.Connection, report: Report, most: int = 3) -> list[dict[str, Any]]:
    """Parameters of a report by name: all values that there are of one kind, at most so many."""
    found: list[dict[str, Any]] = [{}]
    for name, each in report.parameters.items():
        if each.optional:
            continue
        rows = await connection.fetch(_VALUES[each.kind.name])
        values = [row["value"] for row in rows][:most]
        found = [{**question, name: value} for question in found for value in values]
    return found
