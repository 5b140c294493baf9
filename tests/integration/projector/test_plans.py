"""What is asked at any moment stays quick because indexes cover it."""

import json
from typing import Any

import pytest

from services.projector.write import statements
from tests.integration.projector.working import served
from tests.ledger import Ledger
from tests.vacuum import vacuumed

_DEALS = 20_000
_FILL = """
-- Each deal takes a step every nine days; every step was first known without its end.
insert into {schema}.stage_position
select 'D-' || deal, at.begins, case when known = 2 and step < 5 then at.ends else 'infinity' end, 'project', 1,
       nullif(step, 0), case when step = 0 then null else 'entered' end,
       case when step = 5 and deal % 3 = 0 then 'won' else 'open' end, 0.1 * step, deal % 1000, 'CNY', 'Li',
       'A-' || deal % 100, at.begins, step * {deals} + deal,
       (step + known - 1) * {deals} + deal,
       case when known = 1 and step < 5 then (step + 1) * {deals} + deal else 9223372036854775807 end
  from generate_series(1, {deals}) deal
 cross join generate_series(0, 5) step
 cross join lateral (select timestamptz '2026-01-01' + step * interval '9 days' + deal * interval '1 minute' as begins,
                            timestamptz '2026-01-10' + step * interval '9 days' + deal * interval '1 minute' as ends) at
 cross join generate_series(1, case when step < 5 then 2 else 1 end) known
"""


async def test_the_funnel_of_20000_deals_is_read_from_the_indexes_alone(ledger: Ledger) -> None:
    owner = await ledger.connect()
    schema = f'"{(await served(owner)).schema}"'
    await owner.execute(_FILL.format(schema=schema, deals=_DEALS))
    await owner.execute(f"update {schema}.lane set sequence = $1", _DEALS * 6)
    await vacuumed(owner, f"{schema}.stage_position")
    reader = await ledger.connect("daybook_reader")
    for report in ("funnel", "funnel_outcome"):
        query = f"select * from reporting.{report}('project', '2026-01-31', {_DEALS * 3})"
        nodes = _nodes(json.loads(await reader.fetchval(f"explain (format json) {query}"))[0]["Plan"])
        scans = [node for node in nodes if node.get("Relation Name") == "stage_position"]
        assert {scan["Node Type"] for scan in scans} == {"Index Only Scan"}
        assert {scan["Index Name"] for scan in scans} == {
            f"stage_position_{each}" for each in ("last", "ended", "superseded")
        }
    (outcome,) = await reader.fetch(query)
    assert outcome["open"] > _DEALS / 2


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


@pytest.mark.parametrize("planned", ["custom", "generic"])
async def test_what_is_new_for_all_lanes_is_found_without_a_look_at_the_rest(
    empty_ledger: Ledger, planned: str
) -> None:
    owner = await empty_ledger.connect()
    await owner.execute(_RECORD)
    query = statements((await served(owner)).schema)["abreast"]
    await owner.execute(f"set plan_cache_mode = force_{planned}_plan")
    await owner.execute(f"prepare abreast (smallint[], bigint[], bigint, bigint, bigint) as {query}")
    lanes, positions = "array[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, -1]", "array_fill(59900, array[17])"
    told = await owner.fetchval(f"explain (format json) execute abreast ({lanes}, {positions}, 60000, 59900, 5001)")
    scans = [node for node in _nodes(json.loads(told)[0]["Plan"]) if node.get("Relation Name")]
    assert {node["Relation Name"] for node in scans} == {"journal", "concerns"}
    assert all("Index Cond" in node or "Recheck Cond" in node for node in scans), scans


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in _nodes(part))]
