"""Forecast, next steps and coverage of a few deals, whose figures are worked out by hand."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.query.service import running
from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import CLAIMED, by, condition, item, playbook, stage
from tests.servers import Servers

MINI = playbook(
    "mini",
    stage("find", "0.10", (item("found"),), (item("qualified"),), commitment=False),
    stage(
        "shape",
        "0.40",
        (item("visited", by("visit_done")),),
        (item("agreed"),),
        commitment=False,
        conditions=(condition("minuted", by("demo_held")), condition("prepared")),
    ),
    stage("closing", "0.80", (item("offered"),), (item("signed"),), commitment=False),
)
D = "2026-03-31"
ITEMS = (("found", "qualified"), ("visited", "agreed"), ("offered", "signed"))


def deal(id: str, completed: int, closing: str | None = None, amount: str | None = None) -> list[dict[str, Any]]:
    """A deal that has completed so many stages by the end of February."""
    given = {"expected_close_on": closing} if closing else {}
    given |= {"amount": amount, "currency": "CNY"} if amount else {}
    told = [event(f"{id}-o", "deal_opened", f"deal/{id}", "2026-01-05", playbook="mini", owner="Li", **given)]
    for number, (milestone, criterion) in enumerate(
        (("found", "qualified"), ("visited", "agreed"), ("offered", "signed"))
    ):
        if number < completed:
            told += [
                event(f"{id}-m{number}", "milestone_achieved", f"deal/{id}", "2026-02-01", milestone=milestone),
                event(f"{id}-c{number}", "criterion_met", f"deal/{id}", "2026-02-02", criterion=criterion),
            ]
    return told


def claimed(id: str, label: str, **more: Any) -> list[dict[str, Any]]:
    """A deal whose CRM says its stage."""
    return [
        event(f"{id}-o", "deal_opened", f"deal/{id}", "2026-01-05", playbook="claimed", owner="Chen", **more),
        event(f"{id}-s", "stage_claimed", f"deal/{id}", "2026-02-01", stage=label),
    ]


STORY = (
    *deal("D-1", 2, "2026-04-10", "100000.00"),  # probability 0.40
    *deal("D-2", 3, "2026-04-30", "50000.00"),  # 0.80
    *deal("D-3", 1, "2026-03-15", "80000.00"),  # 0.10, and its day is over
    *deal("D-4", 0, None, "60000.00"),  # 0, undated
    *deal("D-5", 1, "2026-04-20"),  # without amount
    *deal("D-6", 2, "2026-04-20", "70000.00"),  # on hold
    event("D-6-h", "deal_put_on_hold", "deal/D-6", "2026-03-01", reason="budget frozen"),
    *deal("D-7", 3, "2026-03-10", "95000.00"),  # won for less
    event("D-7-w", "deal_won", "deal/D-7", "2026-03-20", amount="90000.00", currency="CNY"),
    *deal("D-8", 2, "2026-04-01", "40000.00"),  # lost
    event("D-8-l", "deal_lost", "deal/D-8", "2026-03-21"),
    *deal("D-9", 3, None, "30000.00"),  # went back to stage 1 and was lost
    event("D-9-r", "evidence_revoked", "deal/D-9", "2026-03-02", item="agreed", reason="mistaken"),
    event("D-9-l", "deal_lost", "deal/D-9", "2026-03-25"),
    *claimed("E-1", "In Talks", amount="1000.00", currency="USD"),  # probability 0.15
    *claimed("E-2", "In Talks"), event("E-2-l", "deal_lost", "deal/E-2", "2026-03-01"),
    *claimed("E-3", "closing"), event("E-3-w", "deal_won", "deal/E-3", "2026-03-01"),
    event("D-1-d", "demo_held", "deal/D-1", "2026-03-01"),
    event("D-3-d", "demo_held", "deal/D-3", "2026-03-02"),
    event("D-3-v", "visit_done", "deal/D-3", "2026-03-03", purpose="survey"),
)  # fmt: skip


@pytest.fixture(scope="module")
async def read(servers: Servers) -> AsyncIterator[Api]:
    async with fresh_ledger(servers, (MINI, CLAIMED)) as ledger:
        told = Told(ledger)
        await told.tell(*STORY)
        await told.projected()
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with (
            running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            yield Api(client)


async def test_the_forecast_goes_by_month_and_probability(read: Api) -> None:
    answer = await read.get("/reports/forecast", as_of=D)
    rows = {(row["month"], row["currency"]): row for row in answer["rows"]}
    assert list(rows) == [
        ("overdue", "CNY"), ("2026-03", "CNY"), ("2026-04", "CNY"), ("2026-04", None), ("undated", "CNY"),
        ("undated", "USD"),
    ]  # fmt: skip
    april = rows["2026-04", "CNY"]
    # 100,000 × 0.40 + 50,000 × 0.80; the latter alone has a probability of 0.75 or more.
    assert (april["deals"], april["amount"], april["weighted"]) == (2, "150000.00", "80000.00")
    assert (april["commit"], april["best"], april["pipeline"]) == ("50000.00", "0.00", "100000.00")
    assert rows["overdue", "CNY"]["weighted"] == "8000.00"  # 80,000 × 0.10
    assert rows["undated", "CNY"]["weighted"] == "0.00"
    assert (rows["2026-03", "CNY"]["closed"], rows["2026-03", "CNY"]["deals"]) == ("90000.00", 0)
    unpriced = rows["2026-04", None]
    assert (unpriced["deals"], unpriced["unpriced"], unpriced["amount"], unpriced["weighted"]) == (1, 1, None, None)
    assert answer["totals"] == {"on_hold": 1}


async def test_the_forecast_can_be_that_of_a_playbook_or_a_salesperson(read: Api) -> None:
    whole = (await read.get("/reports/forecast", as_of=D))["rows"]
    mini = [row for row in whole if row["currency"] != "USD"]
    assert (await read.get("/reports/forecast", as_of=D, playbook="mini", owner="Li"))["rows"] == mini
    assert (await read.get("/reports/forecast", as_of=D, owner="Wu"))["rows"] == []


async def test_a_figure_of_the_forecast_leads_to_its_deals(read: Api) -> None:
    behind = await read.get("/reports/forecast/rows", as_of=D, line="2026-04,CNY", figure="weighted")
    assert [row["row"]["deal"] for row in behind["rows"]] == ["D-1", "D-2"]
    closed = await read.get("/reports/forecast/rows", as_of=D, line="2026-03,CNY", figure="closed")
    assert [row["row"]["deal"] for row in closed["rows"]] == ["D-7"]


async def test_probabilities_stand_beside_what_became_of_deals(read: Api) -> None:
    rows = (await read.get("/reports/calibration", as_of=D, playbook="mini"))["rows"]
    # Stage 1: all but D-4; 2: D-1, D-2, D-6 to D-9; 3: D-2, D-7, D-9. Won is D-7, lost are D-8 and D-9.
    assert [
        [row[name] for name in ("playbook", "stage", "deals", "won", "lost", "observed", "probability")] for row in rows
    ] == [
        ["mini", 1, 8, 1, 2, "0.3333", "0.1000"],
        ["mini", 2, 6, 1, 2, "0.3333", "0.4000"],
        ["mini", 3, 3, 1, 1, "0.5000", "0.8000"],
    ]
    earlier = (await read.get("/reports/calibration", as_of="2026-03-01", playbook="mini"))["rows"]
    assert [(row["won"], row["lost"], row["observed"]) for row in earlier] == [(0, 0, None)] * 3
    behind = await read.get("/reports/calibration/rows", as_of=D, line="mini,3", figure="lost")
    assert {row["row"]["deal"] for row in behind["rows"]} == {"D-9"}


async def test_a_forecast_can_go_by_what_became_of_deals(read: Api) -> None:
    answer = await read.get("/reports/forecast", as_of=D, calibrate="yes")
    rows = {(row["month"], row["currency"]): row for row in answer["rows"]}
    april = rows["2026-04", "CNY"]
    # 100,000 ÷ 3 + 50,000 ÷ 2; nothing is as sure as 0.75.
    assert (april["weighted"], april["commit"], april["best"]) == ("58333.33", "0.00", "50000.00")
    assert rows["overdue", "CNY"]["weighted"] == "26666.67"  # 80,000 ÷ 3
    assert rows["undated", "CNY"]["weighted"] == "0.00"  # of no stage
    # Of the deals claimed at stage 2 or beyond E-3 is won and E-2 lost: 1000 × 0.5000.
    assert rows["undated", "USD"]["weighted"] == "500.00"
    plain = {(row["month"], row["currency"]): row for row in (await read.get("/reports/forecast", as_of=D))["rows"]}
    assert plain["undated", "USD"]["weighted"] == "150.00"
    assert (await read.get("/reports/forecast", as_of=D, calibrate="no"))["rows"] == list(plain.values())
    await read.get("/reports/forecast", 400, as_of=D, calibrate="perhaps")
    problem = await read.get("/reports/forecast/changes", 400, as_of=D, calibrate="yes", from_known=1, to_known=9)
    assert problem["detail"].startswith("calibrate=yes")


async def test_next_steps_are_what_the_stage_worked_on_lacks(read: Api) -> None:
    rows = {row["deal"]: row for row in (await read.get("/reports/next_steps", as_of=D))["rows"]}
    # D-2 has completed every stage; D-6 is on hold; D-7 and D-8 are closed.
    assert {deal: row["missing"] for deal, row in rows.items()} == {
        "D-1": ["offered"],
        "D-3": ["agreed"],  # it was visited
        "D-4": ["found"],
        "D-5": ["visited"],
    }
    assert (rows["D-3"]["working_on"], rows["D-3"]["since"], rows["D-3"]["owner"]) == (2, "2026-02-02", "Li")
    assert rows["D-4"]["since"] == "2026-01-05"


async def test_the_pipeline_says_what_is_missing_too(read: Api) -> None:
    rows = {row["deal"]: row for row in (await read.get("/reports/pipeline", as_of=D))["rows"]}
    assert (rows["D-1"]["working_on"], rows["D-1"]["missing"], rows["D-1"]["weighted"]) == (3, ["offered"], "40000.00")
    assert (rows["D-2"]["working_on"], rows["D-2"]["missing"], rows["D-5"]["weighted"]) == (None, [], None)
    assert rows["D-6"]["expected_close_on"] == "2026-04-20"


async def test_coverage_is_told_of_the_stage_worked_on(read: Api) -> None:
    answer = await read.get("/reports/coverage", as_of=D)
    # D-1 works on stage 3, which has no conditions, whatever it met of stage 2.
    assert [(row["deal"], row["item"], row["met"], row["met_on"]) for row in answer["rows"]] == [
        ("D-3", "minuted", True, "2026-03-02"),
        ("D-3", "prepared", False, None),
        ("D-5", "minuted", False, None),
        ("D-5", "prepared", False, None),
    ]
    assert answer["totals"] == {"process": "0.2500", "relationship": None, "information": None, "compliance": None}
    one = await read.get("/reports/coverage", as_of=D, deal="D-3")
    assert [row["item"] for row in one["rows"]] == ["minuted", "prepared"]
    assert one["totals"]["process"] == "0.5000"
