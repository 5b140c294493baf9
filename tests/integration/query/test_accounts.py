"""Accounts, segments, relationships and account plans, whose figures are worked out by hand."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.query.service import running
from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import item, playbook, stage
from tests.servers import Servers

MINI = playbook(
    "mini",
    stage("find", "0.25", (item("found"),), (item("qualified"),), commitment=False),
    stage("shape", "0.50", (item("visited"),), (item("agreed"),), commitment=False),
)
D = "2026-03-31"
"""The 365 days up to it begin on 2025-04-01; the 365 before them on 2024-04-01."""


def account(id: str, name: str, **facts: Any) -> dict[str, Any]:
    return event(f"{id}-r", "account_registered", f"account/{id}", "2024-01-05", name=name, **facts)


def invoice(
    account: str, number: str, day: str, amount: str, currency: str = "CNY", due_on: str = "2027-01-01"
) -> dict[str, Any]:
    return event(
        number, "invoice_issued", f"account/{account}", day, invoice=number, amount=amount, currency=currency,
        due_on=due_on,
    )  # fmt: skip


def opened(id: str, account: str | None, amount: str | None = None, currency: str = "CNY") -> dict[str, Any]:
    given = {"amount": amount, "currency": currency} if amount else {}
    given |= {"account_id": account} if account else {}
    return event(f"{id}-o", "deal_opened", f"deal/{id}", "2024-02-01", playbook="mini", owner="Li", **given)


def won(id: str, day: str) -> dict[str, Any]:
    return event(f"{id}-w", "deal_won", f"deal/{id}", day)


def first_stage(id: str) -> list[dict[str, Any]]:
    return [
        event(f"{id}-m", "milestone_achieved", f"deal/{id}", "2026-02-01", milestone="found"),
        event(f"{id}-c", "criterion_met", f"deal/{id}", "2026-02-02", criterion="qualified"),
    ]


def graded(id: str, grade: str, potential: int, standing: int, strategic: int, day: str = "2026-01-10") -> Any:
    return event(
        f"{id}-g-{day}", "account_graded", f"account/{id}", day, grade=grade, potential=potential, standing=standing,
        strategic=strategic, method="product",
    )  # fmt: skip


def merged(id: str, into: str, day: str) -> dict[str, Any]:
    return event(
        f"{id}-into", "account_merged", f"account/{id}", day, into_account_id=into, reason="one firm", approver="Wu"
    )


def cell(id: str, subject: str, contact: str, level: str, content: str, *, reached: bool, **said: Any) -> Any:
    return event(
        id, "relationship_assessed", subject, said.pop("day", "2026-02-01"), contact_id=contact, level=level,
        content=content, reached=reached, **said,
    )  # fmt: skip


def target(id: str, account: str, day: str, value: str, **said: Any) -> dict[str, Any]:
    given = {"target": id, "metric": "net_invoiced", "period": "2026", "currency": "CNY", "value": value} | said
    return event(id, "target_set", f"account/{account}", day, **given)


STORY = (
    account("A", "Alpha", industry="steel", region="north"),
    account("B", "Beta", industry="steel"),
    account("C", "Gamma", industry="glass"),
    account("P", "Prospect"),
    account("O", "Old", industry="glass"),
    graded("A", "A", 4, 4, 4),  # 64
    graded("B", "A", 3, 3, 2),  # 18
    graded("C", "B", 1, 2, 3),  # 6
    graded("A", "B", 5, 5, 5, day="2026-04-10"),  # after D
    # Old invoices of A on the day before the year, and on its first day.
    invoice("A", "A-1", "2025-03-31", "400.00"),
    invoice("A", "A-2", "2025-04-01", "300.00"),
    invoice("A", "A-3", "2026-02-01", "400.00", due_on="2026-03-31"),
    event("A-cn", "credit_note_issued", "account/A", "2026-03-01", credit_note="CN-1", amount="100.00", currency="CNY",
          allocations=[{"invoice": "A-3", "amount": "100.00"}]),
    invoice("A", "A-4", "2026-04-01", "999.00"),  # after D
    invoice("A", "A-5", "2026-03-05", "50.00", "USD"),
    event("A-pay", "payment_received", "account/A", "2026-03-02", payment="P-1", amount="90.00", currency="CNY",
          allocations=[{"invoice": "A-3", "amount": "90.00"}]),
    invoice("B", "B-1", "2026-01-15", "200.00", due_on="2026-02-15"),
    # A1 was merged into A2, and A2 into A: both count with A.
    invoice("A1", "A1-1", "2026-01-20", "200.00"),
    merged("A1", "A2", "2026-02-01"),
    merged("A2", "A", "2026-02-02"),
    # C and C2 were merged into each other: the later merging has no effect, so C2 is in C, and C goes on.
    invoice("C2", "C2-1", "2024-05-01", "80.00"),
    merged("C2", "C", "2026-02-01"),
    merged("C", "C2", "2026-02-10"),
    opened("D-1", "A", "1000.00"), won("D-1", "2024-03-01"),
    opened("D-2", "A1", "500.00"), won("D-2", "2025-04-01"),
    opened("D-3", "B", "700.00"), won("D-3", "2025-12-24"),
    opened("D-4", "O", "10.00"), won("D-4", "2025-03-31"),
    opened("D-5", "A", "2000.00"), *first_stage("D-5"),  # weighted 500.00
    opened("D-6", "A1", "333.33"), *first_stage("D-6"),  # weighted 83.3325
    opened("D-7", "A", "40.00", "USD"), *first_stage("D-7"),
    opened("D-8", "A", "9000.00"), *first_stage("D-8"),
    event("D-8-h", "deal_put_on_hold", "deal/D-8", "2026-03-01", reason="budget frozen"),
    opened("D-9", "B"), event("D-9-l", "deal_lost", "deal/D-9", "2026-03-02"),
    opened("D-10", None, "60.00"),
    opened("D-11", "C", "5.00"), event("D-11-l", "deal_lost", "deal/D-11", "2025-03-31"),
    # People at A: a decision maker who is reached, and one of A1 who is not; a user for D-5; one who was only judged.
    event("x1", "contact_recorded", "account/A", "2026-01-05", contact_id="X", role="decision_maker"),
    event("y1", "contact_recorded", "account/A1", "2026-01-05", contact_id="Y", role="decision_maker"),
    event("z1", "contact_recorded", "deal/D-5", "2026-01-05", contact_id="Z", role="user", account_id="A"),
    event("v1", "contact_recorded", "deal/D-7", "2026-01-05", contact_id="V", role="handler", account_id="A"),
    cell("x2", "account/A", "X", "enterprise_need", "product", reached=True, decision=3, stance="neutral"),
    cell("x3", "account/A", "X", "personal_bond", "company", reached=True, stance="supporter", day="2026-02-03"),
    cell("x4", "account/A", "X", "personal_need", "company", reached=True),
    cell("x5", "account/A", "X", "personal_need", "company", reached=False, day="2026-02-04"),
    cell("y2", "account/A1", "Y", "enterprise_need", "company", reached=False, influence=1),
    cell("w2", "deal/D-5", "W", "enterprise_need", "product", reached=True, account_id="A", motivation="both"),
    target("T-1", "A", "2026-01-01", "1000.00"),
    target("T-2", "A", "2026-02-01", "2000.00"),
    target("T-3", "A", "2026-02-01", "7.00", owner="Li"),
    target("T-4", "A", "2026-05-01", "3000.00"),
    target("T-5", "B", "2026-01-01", "0"),
    target("T-6", "A", "2026-01-01", "900.00", metric="signed_amount"),
    # M was graded, planned and aimed at, then merged into N, which has nothing newer but a plan of the quarter. The
    # grade of Q comes before that of R, into which it was merged.
    account("M", "Mu"), account("N", "Nu"), opened("D-12", "N"), merged("M", "N", "2026-02-05"),
    graded("M", "B", 3, 3, 3), target("T-10", "M", "2026-01-01", "600.00"),
    event("plan-4", "account_plan_set", "account/M", "2026-01-02", plan="P4", period="2026", strategy="both"),
    event("plan-5", "account_plan_set", "account/M", "2026-01-02", plan="P5", period="2026-Q1", strategy="first"),
    event("plan-6", "account_plan_set", "account/N", "2026-01-03", plan="P6", period="2026-Q1", strategy="second"),
    account("Q", "Qu"), account("R", "Rho"), merged("Q", "R", "2026-02-05"),
    graded("Q", "A", 5, 5, 5), graded("R", "C", 1, 1, 2, day="2026-01-11"),
    # Targets of B, of a quarter and of a month.
    target("T-7", "B", "2026-01-01", "1000.00", metric="signed_amount", period="2026-Q1"),
    target("T-8", "B", "2026-02-01", "900.00", metric="collected_amount", period="2026-Q1"),
    target("T-9", "B", "2026-01-01", "160.00", metric="collected_amount", period="2026-02"),
    event("S-1", "contract_signed", "deal/D-3", "2025-12-31", contract="S-1", account_id="B", amount="70.00",
          currency="CNY"),
    event("S-2", "contract_signed", "deal/D-3", "2026-01-01", contract="S-2", account_id="B", amount="400.00",
          currency="CNY", terms=[{"term": "first", "trigger": "signing", "share": 30, "days": 10},
                                 {"term": "rest", "trigger": "acceptance", "share": 70, "days": 10}]),
    event("S-3", "contract_signed", "deal/D-3", "2026-04-02", contract="S-3", account_id="B", amount="5.00",
          currency="CNY"),
    event("B-pay", "payment_received", "account/B", "2026-02-28", payment="P-2", amount="50.00", currency="CNY",
          allocations=[{"invoice": "B-1", "amount": "40.00"}]),
    event("B-pay-2", "payment_received", "account/B", "2026-03-01", payment="P-3", amount="20.00", currency="CNY",
          allocations=[{"invoice": "B-1", "amount": "20.00"}]),
    event("plan-1", "account_plan_set", "account/A", "2026-01-02", plan="P1", period="2026", strategy="old"),
    event("plan-2", "account_plan_set", "account/A", "2026-02-02", plan="P1", period="2026", status="good",
          strategy="new", owner="Wu"),
    event("plan-3", "account_plan_set", "account/A", "2026-03-02", plan="P3", period="2026-Q1", strategy="other"),
)  # fmt: skip


@pytest.fixture(scope="module")
async def read(servers: Servers) -> AsyncIterator[Api]:
    async with fresh_ledger(servers, (MINI,)) as ledger:
        told = Told(ledger)
        await told.tell(*STORY)
        await told.projected()
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with (
            running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            yield Api(client)


async def rows(read: Api, report: str, *key: str, **asked: Any) -> dict[Any, dict[str, Any]]:
    answer = await read.get(f"/reports/{report}", as_of=D, **asked)
    return {tuple(row[name] for name in key) if len(key) > 1 else row[key[0]]: row for row in answer["rows"]}


async def test_accounts_are_listed_by_revenue_in_each_currency(read: Api) -> None:
    found = await rows(read, "accounts", "account", "currency")
    assert list(found) == [
        ("A", "CNY"), ("B", "CNY"), ("C", "CNY"), ("A", "USD"), ("N", None), ("O", None), ("P", None), ("R", None)
    ]  # fmt: skip
    # A: 300 + 400 − 100, and 200 of A1; 400 the year before. B: 200 of 1000. C: 80 of C2 the year before.
    assert {key: [row[name] for name in ("revenue", "share", "rank", "cumulative", "growth")]
            for key, row in found.items()} == {
        ("A", "CNY"): ["800.00", "0.8000", 1, "0.8000", "1.0000"],
        ("B", "CNY"): ["200.00", "0.2000", 2, "1.0000", None],
        ("C", "CNY"): ["0.00", "0.0000", 3, "1.0000", "-1.0000"],
        ("A", "USD"): ["50.00", "1.0000", 1, "1.0000", None],
        ("N", None): [None, None, None, None, None],
        ("O", None): [None, None, None, None, None],
        ("P", None): [None, None, None, None, None],
        ("R", None): [None, None, None, None, None],
    }  # fmt: skip


async def test_a_filter_of_accounts_leaves_shares_and_ranks(read: Api) -> None:
    whole = await rows(read, "accounts", "account", "currency")
    assert await rows(read, "accounts", "account", "currency", account="B") == {("B", "CNY"): whole["B", "CNY"]}
    assert list(await rows(read, "accounts", "account", "currency", currency="USD")) == [("A", "USD")]
    # A1 counts with A, by way of A2.
    assert list(await rows(read, "accounts", "account", "currency", account="A1")) == [("A", "CNY"), ("A", "USD")]
    assert list(await rows(read, "accounts", "account", "currency", account="nobody")) == []


async def test_grades_are_suggested_from_the_score(read: Api) -> None:
    found = await rows(read, "accounts", "account")
    assert {name: [row["name"], row["grade"], row["score"], row["suggested"]] for name, row in found.items()} == {
        "A": ["Alpha", "A", 64, "A"],
        "B": ["Beta", "A", 18, "C"],
        "C": ["Gamma", "B", 6, "D"],
        "N": ["Nu", "B", 27, "B"],  # of M
        "O": ["Old", None, None, None],
        "P": ["Prospect", None, None, None],
        "R": ["Rho", "C", 2, "D"],  # its own is newer than that of Q
    }


async def test_the_life_cycle_goes_by_the_days_of_winning(read: Api) -> None:
    found = await rows(read, "accounts", "account")
    assert {name: [row[each] for each in ("won", "first_won", "last_won", "life_cycle")]
            for name, row in found.items()} == {
        "A": [2, "2024-03-01", "2025-04-01", "active"],  # the last of them 364 days ago, on A1
        "B": [1, "2025-12-24", "2025-12-24", "new"],
        "C": [0, None, None, "prospect"],
        "N": [0, None, None, "prospect"],
        "O": [1, "2025-03-31", "2025-03-31", "dormant"],  # 365 days ago
        "P": [0, None, None, "prospect"],
        "R": [0, None, None, "prospect"],
    }  # fmt: skip


async def test_before_a_merging_accounts_stand_by_themselves(read: Api) -> None:
    answer = await read.get("/reports/accounts", as_of="2026-02-01T08:00:00Z")
    assert [(row["account"], row["revenue"]) for row in answer["rows"] if row["currency"] == "CNY"] == [
        ("A", "700.00"), ("A1", "200.00"), ("B", "200.00"), ("C2", "0.00")
    ]  # fmt: skip


async def test_the_entries_of_a_merged_account_change_the_one_it_was_merged_into(read: Api) -> None:
    at = (await read.get("/reports/accounts", as_of=D))["known_at"]
    found = await read.get("/reports/accounts/changes", as_of=D, from_known=0, to_known=at)
    (alpha,) = [each for each in found["changes"] if each["key"] == {"account": "A", "currency": "CNY"}]
    causes = {each["id"] for each in alpha["causes"]}
    assert {"A-2", "A1-1", "A2-into", "B-1", "D-2-w"} <= causes  # B-1 changes the share
    assert not {"A-4", "A-5", "P-r", "A-g-2026-04-10"} & causes


async def test_segments_go_by_a_fact_as_it_is_now(read: Api) -> None:
    found = await rows(read, "segments", "segment", "currency", by="industry")
    figures = ("accounts", "open", "pipeline", "won", "lost", "win_rate", "revenue", "growth", "collection_rate")
    # Steel: A with A1 and A2, and B. Open: D-5, D-6 and D-7; won in the year D-2 and D-3, lost D-9.
    # Due: 400 − 100 credited of A-3, of which 90 were paid, and 200 of B-1, of which 60 were.
    # Glass: C with C2, and O; D-4 was won and D-11 lost on the day before the year. Unknown: P, N with M and D-12,
    # R with Q, and D-10.
    assert {key: [row[name] for name in figures] for key, row in found.items()} == {
        ("glass", "CNY"): [2, 0, "0.00", 0, 0, None, "0.00", "-1.0000", None],
        ("steel", "CNY"): [2, 3, "2333.33", 2, 1, "0.6667", "1000.00", "1.5000", "0.3000"],
        ("steel", "USD"): [2, 3, "40.00", 2, 1, "0.6667", "50.00", None, None],
        (None, "CNY"): [3, 2, "60.00", 0, 0, None, "0.00", None, None],
    }
    assert list(found) == [("glass", "CNY"), ("steel", "CNY"), ("steel", "USD"), (None, "CNY")]


async def test_segments_of_a_period_count_what_was_closed_and_invoiced_in_it(read: Api) -> None:
    found = await rows(
        read, "segments", "segment", "currency", by="region", **{"from": "2025-03-31", "to": "2025-04-01"}
    )
    # North is A alone: D-2 won on 1 April; D-5 to D-8 had no stage then, and were open. Invoices 400 + 300.
    assert [found["north", "CNY"][name] for name in ("open", "won", "lost", "revenue", "growth")] == [
        4, 1, 0, "700.00", None
    ]  # fmt: skip
    # Without region: D-4 won, D-11 lost.
    assert [found[None, "CNY"][name] for name in ("won", "lost", "win_rate")] == [1, 1, "0.5000"]


async def test_a_region_is_that_of_the_account_a_deal_counts_with(read: Api) -> None:
    # A is in the north, and with it A1 and A2; nobody knows where the others are.
    north = await rows(read, "pipeline", "deal", region="north")
    assert list(north) == ["D-5", "D-6", "D-7", "D-8"]
    assert list(await rows(read, "pipeline", "deal", region="south")) == []
    assert sum(row["deals"] for row in (await read.get("/reports/bands", as_of=D, region="north"))["rows"]) == 4
    invoices = await rows(read, "receivables_open", "invoice", region="north")
    assert list(invoices) == ["A-1", "A-2", "A-3", "A-5", "A1-1"]
    # Shares and ranks stay those among all accounts.
    accounts = await rows(read, "accounts", "account", "currency", region="north")
    assert {key: row["share"] for key, row in accounts.items()} == {("A", "CNY"): "0.8000", ("A", "USD"): "1.0000"}
    # Before the mergings A1 was an account without a region.
    earlier = (await read.get("/reports/pipeline", as_of="2026-02-01T08:00:00Z", region="north"))["rows"]
    assert [row["deal"] for row in earlier] == ["D-5", "D-7", "D-8"]


async def test_segments_need_a_fact_by_which_accounts_can_be_grouped(read: Api) -> None:
    problem = await read.get("/reports/segments", 400, by="goals")
    assert problem["detail"].startswith("by")


async def test_relationships_are_six_cells_of_each_person(read: Api) -> None:
    found = await rows(read, "relationships", "contact", account="A")
    cells = [f"{level}_{content}" for level in ("enterprise_need", "personal_need", "personal_bond")
             for content in ("product", "company")]  # fmt: skip
    assert {name: [each for each in cells if row[each]] for name, row in found.items()} == {
        "V": [],
        "W": ["enterprise_need_product"],
        "X": ["enterprise_need_product", "personal_bond_company"],  # personal_need_company was reached once
        "Y": [],
        "Z": [],
    }
    told = ("roles", "decision", "influence", "motivation", "stance", "reports_to")
    assert [found["X"][name] for name in told] == [["decision_maker"], 3, None, None, "supporter", None]
    assert [found["Y"][name] for name in told] == [["decision_maker"], None, 1, None, None, None]
    assert [found["W"][name] for name in told] == [[], None, None, "both", None, None]


async def test_coverage_is_what_was_reached_of_what_there_is(read: Api) -> None:
    # Roles: decision_maker and user of three; cells: 3 of 6 × 5 persons; X of the decision makers X and Y.
    assert (await read.get("/reports/relationships", as_of=D, account="A"))["totals"] == {
        "role_coverage": "0.6667", "cell_coverage": "0.1000", "decision_makers_reached": "0.5000"
    }  # fmt: skip
    # Merged accounts have one set of persons, whichever of them is asked for.
    assert list(await rows(read, "relationships", "contact", account="A1")) == ["V", "W", "X", "Y", "Z"]


async def test_a_deal_has_the_persons_recorded_for_it_or_for_no_deal(read: Api) -> None:
    assert list(await rows(read, "relationships", "contact", deal="D-5")) == ["W", "X", "Y", "Z"]
    assert list(await rows(read, "relationships", "contact", deal="D-7")) == ["V", "X", "Y"]


async def test_nobody_has_no_coverage(read: Api) -> None:
    answer = await read.get("/reports/relationships", as_of=D, account="P")
    assert answer["rows"] == []
    assert answer["totals"] == {"role_coverage": None, "cell_coverage": None, "decision_makers_reached": None}


@pytest.mark.parametrize("given", [{}, {"account": "A", "deal": "D-5"}])
async def test_relationships_are_those_of_one_account_or_deal(read: Api, given: dict[str, Any]) -> None:
    problem = await read.get("/reports/relationships", 400, **given)
    assert problem["detail"] == "account, deal: give exactly one of them."


async def test_an_account_plan_says_what_is_missing(read: Api) -> None:
    (row,) = (await read.get("/reports/account_plan", as_of=D, account="A", period="2026", currency="CNY"))["rows"]
    # 2026: 400 − 100, and 200 of A1. Open: 2000 × 0.25 + 333.33 × 0.25 = 583.3325; D-8 is on hold.
    # T-2 counts: T-3 is a person's, T-4 comes later, T-6 is of another metric.
    assert row == {
        "target": "2000.00",
        "actual": "500.00",
        "weighted": "583.33",
        "gap": "916.67",
        "attained": "0.2500",
        "status": "good",
        "potential": None,
        "strategy": "new",
        "resources": None,
        "currency": "CNY",
        "metric": "net_invoiced",
        "plan": "P1",
        "owner": "Wu",
    }
    (same,) = (await read.get("/reports/account_plan", as_of=D, account="A1", period="2026", currency="CNY"))["rows"]
    assert same == row


async def test_an_account_plan_without_target_has_no_gap(read: Api) -> None:
    (row,) = (await read.get("/reports/account_plan", as_of=D, account="A", period="2026-Q1", currency="USD"))["rows"]
    told = ("target", "actual", "weighted", "gap", "attained", "strategy", "metric")
    assert [row[name] for name in told] == [None, "50.00", "10.00", None, None, "other", None]
    (zero,) = (await read.get("/reports/account_plan", as_of=D, account="B", period="2026", currency="CNY"))["rows"]
    assert [zero[name] for name in ("target", "actual", "gap", "attained")] == ["0.00", "200.00", "-200.00", None]
    (month,) = (await read.get("/reports/account_plan", as_of=D, account="A", period="2026-01", currency="CNY"))["rows"]
    assert month["actual"] == "200.00"


async def test_an_account_plan_is_measured_by_its_targets_own_metric(read: Api) -> None:
    told = ("metric", "target", "actual", "gap", "attained")
    (row,) = (await read.get("/reports/account_plan", as_of=D, account="B", period="2026-Q1", currency="CNY"))["rows"]
    # S-2 alone was signed in the quarter up to D; its two terms are one contract. T-7 comes before T-8.
    assert [row[name] for name in told] == ["signed_amount", "1000.00", "400.00", "600.00", "0.4000"]
    (row,) = (await read.get("/reports/account_plan", as_of=D, account="B", period="2026-02", currency="CNY"))["rows"]
    # 40 of the 50 received on 28 February were applied.
    assert [row[name] for name in told] == ["collected_amount", "160.00", "40.00", "120.00", "0.2500"]


async def test_a_plan_and_target_of_a_merged_account_count_for_the_one_that_goes_on(read: Api) -> None:
    told = ("target", "gap", "plan", "strategy")
    for account in ("M", "N"):
        asked: dict[str, Any] = {"account": account, "currency": "CNY"}
        (year,) = (await read.get("/reports/account_plan", as_of=D, period="2026", **asked))["rows"]
        assert [year[name] for name in told] == ["600.00", "600.00", "P4", "both"]
        (quarter,) = (await read.get("/reports/account_plan", as_of=D, period="2026-Q1", **asked))["rows"]
        assert [quarter[name] for name in told] == [None, None, "P6", "second"]
    # Before the merging M's are its own.
    asked = {"account": "N", "currency": "CNY", "as_of": "2026-02-04"}
    (before,) = (await read.get("/reports/account_plan", period="2026", **asked))["rows"]
    assert [before[name] for name in told] == [None, None, None, None]


async def test_an_account_plan_needs_a_known_account_and_a_period(read: Api) -> None:
    await read.get("/reports/account_plan", 404, as_of=D, account="nobody", period="2026", currency="CNY")
    problem = await read.get("/reports/account_plan", 400, as_of=D, account="A", period="2026-Q5", currency="CNY")
    assert problem["detail"].startswith("period")


async def test_figures_by_a_policy_name_it_and_its_first_day(read: Api) -> None:
    answer = await read.get("/reports/accounts", as_of="2026-06-30")
    assert answer["policies"] == ["account_grades 1970-01-01", "life_cycle 1970-01-01"]
    assert "policies" not in await read.get("/reports/pipeline", as_of="2026-06-30")
