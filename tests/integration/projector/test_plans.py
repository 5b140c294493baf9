"""Checks that questions that are asked at any moment stay quick because indexes cover them."""

import json
from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import pytest

from projections.columns import columns_of
from projections.replay.view import Row
from projections.reports import REPORTS
from projections.reports.report import Aggregate, Report
from projections.views import VIEWS
from services.projector.write import statements
from services.views.row_tables import tables_of
from tests.integration.projector.working import served
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.vacuum import vacuumed

_ROWS = 30_000
_VALUES = {
    "text": "'x'",
    "integer": "n % 6 + 1",
    "bigint": "n",
    "numeric": "n % 1000",
    "boolean": "n % 40 = 0",
    "timestamptz": "begins",
    "date": "begins::date + 20",
    "text[]": "array['x']",
}
"""A value of each type of column in the row of number `n`, which begins at `begins`."""
_NAMED = {
    "currency": "case when n % 9 = 0 then 'USD' else 'CNY' end",
    "status": "case when n % 7 = 0 then 'won' else 'open' end",
    "playbook": "'project'",
    "version": "1",
    "kind": "'cash'",
    "invoice": "'I-' || n",
    "to_at": "case when n % 10 = 0 then 'infinity' else begins + (n % 400 + 1) * interval '1 day' end",
}
_OF_ALL = (
    "accounts",
    "segments",
    "ageing_by",
    "follow_up",
    "flywheel",
    "targets",
    "scorecard",
    "participation",
    "data_quality",
)
"""Reports about all accounts and deals: they read all rows that hold, and a table of which that is most as a whole."""
_NARROW = {"stage_stay", "stage_department"}
"""Tables with hardly more columns than their index: who reads all rows may read the table."""
_IN_FUNCTIONS = {"collection": {"invoice", "application"}}
"""Tables that a report reads in a function of its own plan, which is not shown."""


def _filling(schema: str, row: type[Row]) -> str:
    """Rows half an hour apart; most have ended, after all lengths, and a third is no longer believed."""
    subject = row.KEY[0]
    values = [
        "'S-' || n % 5000" if each.name == subject else _NAMED.get(each.name, _VALUES[each.kind.sql])
        for each in columns_of(row)
    ]
    return (
        f"insert into {schema}.{row.TABLE} select {', '.join(values)}, n, "
        f"case when n % 3 = 0 then n + n % 1000 + 1 else 9223372036854775807 end from generate_series(1, {_ROWS}) n "
        "cross join lateral (select timestamptz '2024-01-01' + n * interval '30 minutes' as begins) at"
    )


@pytest.fixture(scope="module")
async def filled(servers: Servers) -> AsyncIterator[Ledger]:
    """A ledger whose tables of all views have many rows, vacuumed."""
    async with fresh_ledger(servers) as ledger:
        owner = await ledger.connect()
        schema = f'"{(await served(owner)).schema}"'
        for table in tables_of(VIEWS):
            await owner.execute(_filling(schema, table.row))
            await vacuumed(owner, f"{schema}.{table.row.TABLE}")
        await owner.execute(f"update {schema}.lane set sequence = $1", 2 * _ROWS)
        yield ledger


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
async def test_a_report_of_many_rows_reads_indexes(filled: Ledger, report: Report) -> None:
    """Aggregates read nothing but indexes; reports of rows read those rows alone that they show."""
    reader = await filled.connect("daybook_reader")
    moment = ["as_of => '2025-01-15'", f"known_at => {_ROWS * 2 // 3}"]
    tables = {source.row.TABLE for source in report.sources if source.row is not None}
    tables -= _IN_FUNCTIONS.get(report.name, set())
    values = [report.parameters[name].words or (report.parameters[name].example,) for name in report.needed]
    scans = []
    for given in product(*values):
        named = [f"{report.in_sql(name)} => '{value}'" for name, value in zip(report.needed, given, strict=True)]
        call = f"reporting.{report.name}({', '.join([*named, *moment])})"
        plan = json.loads(await reader.fetchval(f"explain (format json) select * from {call}"))[0]["Plan"]
        scans += [node for node in _nodes(plan) if node.get("Relation Name") in tables]
    scanned = {scan["Relation Name"] for scan in scans}
    assert scanned == tables or (report.one_of and scanned)  # another parameter may take another table
    if report.name in _OF_ALL:
        return
    kinds = {scan["Node Type"] for scan in scans if scan["Relation Name"] not in _NARROW}
    if isinstance(report, Aggregate):
        assert kinds == {"Index Only Scan"}, scans
        assert {scan["Index Name"] for scan in scans} <= {
            f"{table}_{each}" for table in tables for each in ("last", "standing", "ended", "superseded")
        }
    else:
        assert kinds <= {"Index Only Scan", "Index Scan", "Bitmap Heap Scan", "Bitmap Index Scan"}, scans


_RECORD = """
insert into ledger.journal (sequence, recorded_at, disposition, source, id, type, subject, occurred_at,
                            stream_subject, message, leaf_hash)
select number, timestamptz '2026-01-01' + number * interval '1 second', 'entry', 'crm', 'c-' || number,
       'daybook.call_made.v1', 'deal/D-' || number % 1000, '2026-01-01', 'daybook.deal.D', '{}', sha256('')
  from generate_series(1, 60000) number;
insert into ledger.concerns
select 'deal/D-' || number % 1000, number, number % 16 from generate_series(1, 60000) number;
analyze ledger.journal, ledger.concerns
"""


@pytest.mark.long_cases
@pytest.mark.parametrize("planned", ["custom", "generic"])
async def test_what_is_new_for_all_lanes_is_found_without_a_look_at_the_rest(
    empty_ledger: Ledger, planned: str
) -> None:
    owner = await empty_ledger.connect()
    await owner.execute(_RECORD)
    query = statements((await served(owner)).schema)["combined"]
    await owner.execute(f"set plan_cache_mode = force_{planned}_plan")
    await owner.execute(f"prepare abreast (smallint[], bigint[], bigint, bigint, bigint) as {query}")
    lanes, positions = "array[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, -1]", "array_fill(59900, array[17])"
    told = await owner.fetchval(f"explain (format json) execute abreast ({lanes}, {positions}, 60000, 59900, 5001)")
    scans = [node for node in _nodes(json.loads(told)[0]["Plan"]) if node.get("Relation Name")]
    assert {node["Relation Name"] for node in scans} == {"journal", "concerns"}
    assert all("Index Cond" in node or "Recheck Cond" in node for node in scans), scans


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in _nodes(part))]
