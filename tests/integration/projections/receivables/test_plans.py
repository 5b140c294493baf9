"""Ageing as of any moment stays quick because indexes cover what it reads."""

import json
from typing import Any

import pytest

from projections.views.receivables import ItemRow, MovementRow, UnappliedRow
from tests.integration.projections.receivables.conftest import Tables
from tests.vacuum import vacuumed

ITEMS = 50_000
_FILL = """
-- Invoices half an hour apart, each settled after thirty days but every twelfth; each was first known without its end.
insert into {schema}.receivables_item
select 'A-' || n % 500, 'INV-' || n, made.at, case when known = 2 then made.at + interval '30 days' else 'infinity' end,
       null, case when n % 9 = 0 then 'USD' else 'CNY' end, 100.00, 100.00, (made.at + interval '20 days')::date,
       n % 40 = 0, n, '', null, (known - 1) * {items} + n,
       case when known = 1 and n % 12 > 0 then {items} + n else 9223372036854775807 end
  from generate_series(1, {items}) n
 cross join lateral (select timestamptz '2024-01-01' + n * interval '30 minutes' as at) made
 cross join generate_series(1, case when n % 12 = 0 then 1 else 2 end) known;
insert into {schema}.receivables_unapplied
select account, 'P-' || entry, 'cash', from_at, to_at, currency, 10.00, entry, '', from_at, null, known_from, known_to
  from {schema}.receivables_item where entry % 5 = 0;
insert into {schema}.receivables_movement
select account, from_at, currency, 100.00, 'invoice', invoice, null, entry, '', entry, 9223372036854775807
  from {schema}.receivables_item where known_from = entry;
"""


@pytest.fixture(scope="module")
async def filled(tables: Tables) -> Tables:
    schema = f'"{tables.schema}"'
    await tables.refill()
    await tables.owner.execute(_FILL.format(schema=schema, items=ITEMS))
    for row in (ItemRow, UnappliedRow, MovementRow):
        await vacuumed(tables.owner, f"{schema}.{row.TABLE}")
    return tables


async def test_ageing_of_50000_items_is_read_from_the_indexes_alone(filled: Tables) -> None:
    query = f"select * from reporting.ageing('2024-02-15', {ITEMS})"
    (plan,) = json.loads(await filled.reader.fetchval(f"explain (analyze, format json) {query}"))
    scans = [node for node in _nodes(plan["Plan"]) if node.get("Relation Name", "").startswith("receivables_")]
    assert {(scan["Node Type"], scan["Index Name"]) for scan in scans} == {
        ("Index Only Scan", f"receivables_{name}")
        for name in (
            "item_last",
            "item_ended",
            "item_superseded",
            "unapplied_last",
            "unapplied_ended",
            "unapplied_superseded",
            "movement_standing",
            "movement_superseded",
        )
    }
    assert sum(scan["Heap Fetches"] for scan in scans) == 0


async def test_the_rows_of_one_account_are_found_by_its_id(filled: Tables) -> None:
    for row in (ItemRow, UnappliedRow, MovementRow):
        query = f'select * from "{filled.schema}".{row.TABLE} where account = $1'
        (plan,) = json.loads(await filled.owner.fetchval(f"explain (format json) {query}", "A-7"))
        indexes = {node["Index Name"] for node in _nodes(plan["Plan"]) if "Index Name" in node}
        assert indexes == {f"{row.TABLE}_account"}


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in _nodes(part))]
