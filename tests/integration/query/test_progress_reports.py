"""Rotting deals, the purchase track, commitments and participation of a few deals, whose figures are worked out by
hand."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.playbooks.playbook import CustomerStage, Names, Track
from services.ledger import zone_rules
from services.query.service import running
from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import item, names, playbook, stage
from tests.servers import Servers

D = "2026-03-31"
SALES, MARKETING, ENGINEERING = (
    Names(zh=zh, en=en) for zh, en in (("销售部", "Sales"), ("市场部", "Marketing"), ("技术部", "Engineering"))
)
MINI = playbook(
    "mini",
    stage("find", "0.10", (item("m1"),), (item("c1"),), False, expected_days=10, departments=(SALES, MARKETING)),
    stage("shape", "0.40", (item("m2"),), (item("c2"),), False, expected_days=20, departments=(ENGINEERING,)),
    stage("closing", "0.80", (item("m3"),), (item("c3"),), False),
)
STEPS = playbook(
    "steps",
    *(
        stage(
            f"step{n}",
            f"0.{n}",
            (item(f"m{n}"),),
            (item(f"c{n}"),),
            False,
            customer_stage=CustomerStage(number=n, names=names("customer")),
        )
        for n in (1, 2, 3, 4)
    ),
    track=Track(tender=5, tender_needs=4),  # and the thresholds of the format: 1, 2, 3, and 45 days
)

Events = list[dict[str, Any]]


def opened(deal: str, day: str, book: str = "mini", **more: Any) -> Events:
    return [event(f"{deal}-o", "deal_opened", f"deal/{deal}", day, playbook=book, owner="Li", **more)]


def said(deal: str, name: str, day: str, **data: Any) -> dict[str, Any]:
    return event(f"{deal}-{name}-{day}-{len(str(data))}", name, f"deal/{deal}", day, **data)


def entered(deal: str, n: int, day: str) -> dict[str, Any]:
    return event(f"{deal}-m{n}", "milestone_achieved", f"deal/{deal}", day, milestone=f"m{n}")


def completed(deal: str, n: int, day: str, entry: str | None = None) -> Events:
    last = event(f"{deal}-c{n}", "criterion_met", f"deal/{deal}", day, criterion=f"c{n}")
    return [entered(deal, n, entry or day), last]


def held(deal: str, first: str, last: str | None = None) -> Events:
    resumed = [said(deal, "deal_resumed", last)] if last else []
    return [said(deal, "deal_put_on_hold", first, reason="budget frozen"), *resumed]


ROTTING = (
    *opened("R-1", "2026-03-21"),
    *opened("R-2", "2026-03-20"),
    *opened("R-3", "2026-02-20"), *completed("R-3", 1, "2026-03-01"), entered("R-3", 2, "2026-03-10"),
    said("R-3", "visit_done", "2026-03-10", purpose="survey"),
    *opened("R-4", "2026-02-20"), *completed("R-4", 1, "2026-03-01"), entered("R-4", 2, "2026-03-10"),
    *held("R-4", "2026-03-05", "2026-03-25"),
    *opened("R-5", "2026-02-20"), *completed("R-5", 1, "2026-03-01"),
    said("R-5", "evidence_revoked", "2026-03-28", item="c1", reason="mistaken"),
    *opened("R-6", "2026-01-05"), *held("R-6", "2026-03-01"),
    *opened("R-7", "2026-01-05"), *(each for n in (1, 2, 3) for each in completed("R-7", n, f"2026-02-0{n}")),
    *opened("R-8", "2026-01-05"), *(each for n in (1, 2) for each in completed("R-8", n, f"2026-02-0{n}")),
    *opened("R-9", "2026-02-01"), *completed("R-9", 1, "2026-03-01"), *held("R-9", "2026-02-20", "2026-03-05"),
    *opened("R-10", "2026-01-05", "never_published"),
)  # fmt: skip

OBSERVED = (  # ours, the customer's stage, the day on which it was observed, and the verdict
    (2, 2, "2026-02-14", "in_sync"),  # 45 days before
    (2, 2, "2026-02-13", "unknown"),  # 46 days before
    (2, 4, "2026-03-30", "catch_up"),  # 4 - 2 = 2
    (3, 5, "2026-03-30", "review"),  # 5 - 3 = 2, but the call for tenders has begun, and 3 is below 4
    (4, 6, "2026-03-30", "catch_up"),  # 6 - 4 = 2, and 4 is enough then
    (1, 4, "2026-03-30", "review"),  # 4 - 1 = 3
    (3, 2, "2026-03-30", "ahead"),  # 2 - 3 = -1
    (0, 1, "2026-03-30", "behind"),  # 1 - 0 = 1
)


def at(deal: str, ours: int) -> Events:
    """A deal that has entered this stage of `steps`."""
    before = [each for n in range(1, ours) for each in completed(deal, n, f"2026-02-0{n}")]
    return [*opened(deal, "2026-01-05", "steps"), *before, *([entered(deal, ours, "2026-02-05")] if ours else [])]


def observed(deal: str, number: int, day: str) -> dict[str, Any]:
    return said(deal, "purchase_stage_observed", day, number=number, confidence="stated")


TRACK = (
    *(
        each
        for place, (ours, customer, day, _) in enumerate(OBSERVED, 1)
        for each in (*at(f"T-{place}", ours), observed(f"T-{place}", customer, day))
    ),
    *at("T-A", 1),  # never observed
    *at("T-B", 1), observed("T-B", 4, "2026-02-20"), observed("T-B", 1, "2026-03-01"),  # the later one counts
    observed("T-B", 5, "2026-04-01"),  # behind D
    *at("T-C", 1), *held("T-C", "2026-03-01"),
    *at("T-D", 1), said("T-D", "deal_lost", "2026-03-01"),
    *at("T-E", 1), *completed("T-E", 1, "2026-02-06"), observed("T-E", 1, "2026-03-01"),  # stage 2 is not entered yet
)  # fmt: skip


def given(deal: str, id: str, number: int, due_on: str | None = None) -> dict[str, Any]:
    more = {"due_on": due_on} if due_on else {}
    return event(id, "customer_commitment_received", f"deal/{deal}", "2026-03-01", stage=number, **more)


def settled(deal: str, id: str, name: str) -> dict[str, Any]:
    target = {"source": "crm", "id": id}
    return event(f"{id}-{name}", name, f"deal/{deal}", "2026-03-20", target=target)


COMMITMENTS = (
    *opened("C-1", "2026-02-01"), *opened("C-2", "2026-02-01"),
    event("C-2-r", "deal_reassigned", "deal/C-2", "2026-03-25", owner="Wu"),
    given("C-1", "k1", 1, "2026-03-31"), given("C-1", "k2", 1, "2026-03-30"), given("C-1", "k3", 1),
    given("C-1", "k4", 2, "2026-03-10"), settled("C-1", "k4", "commitment_fulfilled"),
    given("C-2", "k5", 2), settled("C-2", "k5", "commitment_fulfilled"),
    given("C-2", "k6", 2, "2026-03-10"), settled("C-2", "k6", "commitment_broken"),
    given("C-2", "k7", 3, "2026-03-10"), said("C-2", "commitment_withdrawn", "2026-03-15", stage=3),
    given("C-3", "k8", 1),  # of a deal that nobody opened
)  # fmt: skip


TEAM = playbook("team", *MINI.stages)


def of(department: Names, told: dict[str, Any]) -> dict[str, Any]:
    return told | {"department": department.zh}


PARTICIPATION = (
    *(each for n in "12345" for each in opened(f"P-{n}", "2026-01-05", "team", account_id="A-1")),
    *(each for n in "134" for each in completed(f"P-{n}", 1, "2026-02-02")),
    *(of(MARKETING, each) for each in completed("P-5", 1, "2026-02-02")),
    of(SALES, said("P-1", "call_made", "2026-01-06", outcome="interested")),
    of(ENGINEERING, said("P-1", "demo_held", "2026-02-10")),
    of(MARKETING, said("P-2", "call_made", "2026-01-04", outcome="interested")),  # before the opening
    of(ENGINEERING, said("P-3", "visit_done", "2026-02-02", purpose="survey")),  # when stage 1 was completed
    of(SALES, said("P-3", "visit_done", "2026-02-02", purpose="other")),
    of(SALES, said("P-2", "visit_done", "2026-01-05", purpose="other")),  # when it was opened
    of(ENGINEERING, said("P-3", "demo_held", "2026-01-05")),
    said("P-4", "deal_lost", "2026-02-01"),  # before it completed stage 1
    of(ENGINEERING, said("P-4", "demo_held", "2026-02-10")),
    of(ENGINEERING, event("care", "care_given", "account/A-1", "2026-02-11", kind="service", deal_id="P-5")),
)


@pytest.fixture(scope="module")
async def told(servers: Servers) -> AsyncIterator[Told]:
    async with fresh_ledger(servers, (MINI, STEPS, TEAM)) as ledger:
        told = Told(ledger)
        await told.tell(*ROTTING, *TRACK, *COMMITMENTS, *PARTICIPATION)
        await told.projected()
        yield told


@pytest.fixture(scope="module")
async def read(told: Told) -> AsyncIterator[Api]:
    settings = told.ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
    async with (
        running(settings) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        yield Api(client)


async def test_a_deal_rots_behind_the_days_that_its_stage_is_expected_to_take(read: Api) -> None:
    rows = {row["deal"]: row for row in (await read.get("/reports/rotting", as_of=D, playbook="mini"))["rows"]}
    told = {
        deal: (rows[deal]["days"], rows[deal]["expected"], rows[deal]["rotting"]) for deal in rows if deal[0] == "R"
    }
    assert told == {
        "R-1": (10, 10, False),  # opened 21 March
        "R-2": (11, 10, True),  # opened 20 March
        "R-3": (30, 20, True),  # completed stage 1 on 1 March, entered stage 2 on the 10th
        "R-4": (10, 20, False),  # the same; on hold from 5 to 25 March: 30 - 20
        "R-5": (3, 10, False),  # fell back to stage 1 on the 28th
        "R-8": (57, None, False),  # 2 February to 31 March; nothing is expected of stage 3
        "R-9": (26, 20, True),  # on hold from 20 February, of which 1 to 5 March count: 30 - 4
    }  # R-6 is on hold, R-7 has completed every stage, and the playbook of R-10 is not published.
    assert (rows["R-3"]["since"], rows["R-3"]["working_on"], rows["R-3"]["owner"]) == ("2026-03-01", 2, "Li")
    assert (rows["R-3"]["idle_days"], rows["R-4"]["idle_days"]) == (21, None)  # it was visited on 10 March


async def test_while_a_deal_was_on_hold_it_did_not_rot(read: Api) -> None:
    rows = {row["deal"]: row for row in (await read.get("/reports/rotting", as_of="2026-03-04"))["rows"]}
    assert rows["R-4"]["days"] == 3
    assert "R-9" not in rows
    assert "R-4" not in {row["deal"] for row in (await read.get("/reports/rotting", as_of="2026-03-10"))["rows"]}


async def test_days_end_where_the_ledger_is(told: Told) -> None:
    owner, reader = await told.ledger.connect(), await told.ledger.connect("daybook_reader")
    query = "select days, rotting from reporting.rotting($1::text::timestamptz) where deal = 'R-1'"
    await owner.execute("update ledger.identity set time_zone = 'Asia/Shanghai'")
    try:
        await zone_rules.keep(owner)
        # Opened on 21 March, in Shanghai too, where 1 April begins at 16:00 UTC.
        assert tuple(await reader.fetchrow(query, "2026-03-31T15:59:59Z") or ()) == (10, False)
        assert tuple(await reader.fetchrow(query, "2026-03-31T16:00:00Z") or ()) == (11, True)
    finally:
        await owner.execute("update ledger.identity set time_zone = 'UTC'")
        await zone_rules.keep(owner)


async def test_the_track_compares_the_stage_entered_with_the_one_observed(read: Api, told: Told) -> None:
    rows = {row["deal"]: row for row in (await read.get("/reports/purchase_track", as_of=D))["rows"]}
    for place, (ours, customer, day, verdict) in enumerate(OBSERVED, 1):
        row = rows[f"T-{place}"]
        assert (row["ours"], row["customer"], row["gap"]) == (ours, customer, customer - ours)
        assert (row["verdict"], row["observed_on"]) == (verdict, day), row
    assert (rows["T-1"]["observed_days_ago"], rows["T-2"]["observed_days_ago"]) == (45, 46)
    assert {deal: row["verdict"] for deal, row in rows.items() if deal > "T-9"} == {
        "T-A": "unknown",
        "T-B": "in_sync",
        "T-C": "unknown",  # on hold
        "T-E": "in_sync",
    }  # T-D is lost; deals of `mini` have no track.
    assert (rows["T-A"]["customer"], rows["T-A"]["gap"], rows["T-A"]["entry"]) == (None, None, None)
    assert rows["T-B"]["entry"] == told.at["T-B-purchase_stage_observed-2026-03-01-37"]
    assert rows["T-E"]["ours"] == 1


async def test_the_track_gives_its_reason_with_the_numbers(read: Api) -> None:
    rows = {row["deal"]: row for row in (await read.get("/reports/purchase_track", as_of=D))["rows"]}
    reasons = {deal: row["reason"] for deal, row in rows.items()}
    assert reasons["T-1"] == "The customer is at purchasing stage 2, we are at 2: in step."
    assert reasons["T-2"] == (
        "The customer was seen at purchasing stage 2 46 days ago; after more than 45 days that says nothing."
    )
    assert reasons["T-3"] == "The customer is at purchasing stage 4, we are at 2: 2 behind; from 2 on, catch up."
    assert reasons["T-4"] == (
        "The customer is at purchasing stage 5, from 5 on it calls for tenders; we are at 3 and should be at 4: "
        "review whether to give up."
    )
    assert reasons["T-6"].endswith("we are at 1: 3 behind; from 3 on, review whether to give up.")
    assert (reasons["T-7"][-8:], reasons["T-8"][-9:]) == ("1 ahead.", "1 behind.")
    assert reasons["T-A"] == "The customer's purchasing stage was never observed."
    assert rows["T-3"]["reason_zh"] == "客户处于采购第4阶段，我方处于第2阶段：落后2个阶段；落后2个起需追赶。"


async def test_a_commitment_is_overdue_behind_its_day(read: Api, told: Told) -> None:
    answer = await read.get("/reports/commitments", as_of=D)
    ids = {sequence: id for id, sequence in told.at.items()}
    assert {ids[row["entry"]]: row["state"] for row in answer["rows"]} == {
        "k1": "open",  # due on D
        "k2": "overdue",  # due the day before
        "k3": "open",  # without a day
        "k4": "kept",
        "k5": "kept",
        "k6": "broken",
        "k7": "withdrawn",
    }
    assert answer["totals"] == {"kept_rate": "0.6667"}  # 2 kept, 1 broken
    assert {row["received_on"] for row in answer["rows"]} == {"2026-03-01"}


async def test_commitments_go_with_the_owner_of_the_deal_now(read: Api) -> None:
    answer = await read.get("/reports/commitments", as_of=D, owner="Wu")
    assert {(row["deal"], row["owner"]) for row in answer["rows"]} == {("C-2", "Wu")}
    assert answer["totals"] == {"kept_rate": "0.5000"}
    before = await read.get("/reports/commitments", as_of="2026-03-19", owner="Wu")
    assert (before["rows"], before["totals"]) == ([], {"kept_rate": None})


async def test_a_department_takes_part_by_an_entry_while_the_stage_is_worked_on(read: Api) -> None:
    rows = (await read.get("/reports/participation", playbook="team", as_of=D))["rows"]
    assert [tuple(row.values()) for row in rows] == [
        (1, "销售部", 3, 5, "0.6000", "Sales"),  # P-1, P-2 when it was opened, P-3 when it completed the stage
        (1, "市场部", 1, 5, "0.2000", "Marketing"),  # it met items of P-5; it called P-2 before the opening
        (2, "技术部", 2, 3, "0.6667", "Engineering"),  # P-1 and P-5 of P-1, P-3, P-5; P-4 was lost by then
    ]


async def test_participation_before_any_deal_has_no_rate(read: Api) -> None:
    rows = (await read.get("/reports/participation", playbook="team", as_of="2026-01-01"))["rows"]
    assert [(row["deals"], row["rate"]) for row in rows] == [(0, None)] * 3


async def test_a_figure_of_participation_leads_to_its_deals(read: Api) -> None:
    asked: dict[str, Any] = {"playbook": "team", "as_of": D, "line": "2,技术部"}
    for figure, deals in (("took_part", {"P-1", "P-5"}), ("deals", {"P-1", "P-3", "P-5"})):
        behind = await read.get("/reports/participation/rows", figure=figure, **asked)
        assert {row["row"]["deal"] for row in behind["rows"]} == deals


async def test_participation_in_a_playbook_that_nobody_knows_is_refused(read: Api) -> None:
    await read.get("/reports/participation", 404, playbook="nobody", as_of=D)
    assert (await read.get("/reports/participation", playbook="never_published", as_of=D))["rows"] == []
