"""Document 002: key accounts, their grades, people, plans and regions.

Four accounts that pay in US dollars, whose deals a CRM claims to be at its stages. Numbers such as 002.5 are rows of
projections/documents.md.
"""

import pytest

from tests.acceptance.stories.telling import Fact, Person, Told, fact

SALES, FINANCE = Person("赵敏", "大客户部"), Person("孙丽", "财务部")
USD = {"currency": "USD"}
D = "2026-06-30"
"""The 365 days up to it begin on 2025-07-01."""
YEAR = {"account": "KA-1", "period": "2026", "currency": "USD", "as_of": D}


def deal(id: str, account: str, day: str, amount: str, stage: str, closes: str | None = None) -> tuple[Fact, Fact]:
    """A deal, opened and claimed to be at a stage."""
    expected = {"expected_close_on": closes} if closes else {}
    return (
        fact(day, SALES, f"deal/{id}", "deal_opened", playbook="crm_claims", account_id=account, owner="赵敏",
             amount=amount, **USD, **expected),
        fact(day, SALES, f"deal/{id}", "stage_claimed", stage=stage),
    )  # fmt: skip


def invoice(account: str, number: str, day: str, amount: str, due_on: str) -> Fact:
    return fact(day, FINANCE, f"account/{account}", "invoice_issued", invoice=number, amount=amount, **USD,
                due_on=due_on, id=number)  # fmt: skip


def paid(account: str, number: str, day: str, amount: str) -> Fact:
    return fact(day, FINANCE, f"account/{account}", "payment_received", payment=f"P-{number}", amount=amount, **USD,
                allocations=[{"invoice": number, "amount": amount}], id=f"P-{number}")  # fmt: skip


def cell(contact: str, level: str, content: str, *, reached: bool, **said: int | str) -> Fact:
    return fact("2026-03-10", SALES, "account/KA-1", "relationship_assessed", contact_id=contact, level=level,
                content=content, reached=reached, **said, id=f"{contact}-{level}-{content}")  # fmt: skip


FACTS = (
    *(
        fact("2025-01-10", SALES, f"account/{id}", "account_registered", name=name, region=region)
        for id, name, region in (
            ("KA-1", "东海汽车", "华东"), ("KA-2", "长江重工", "华东"), ("KA-3", "南岭电子", "华南"),
            ("KA-4", "太湖新能源", "华东"),
        )
    ),
    # What they are to us.
    fact("2026-01-05", SALES, "account/KA-1", "account_profiled", standing="leader", scope="multinational",
         life_phase="maturity", branches=12, employees=9000, organisation="设备部提出，总工办审技术，采购中心招标",
         goals="三年内单车能耗降一成", urgent_problem="焊装线停机", competitors=["恒信自控"]),
    *(
        fact("2026-01-06", SALES, f"account/{id}", "account_graded", grade=grade, potential=potential,
             standing=standing, strategic=strategic, method="三因素乘积法")
        for id, grade, potential, standing, strategic in (
            ("KA-1", "A", 5, 4, 5), ("KA-2", "B", 3, 3, 3), ("KA-3", "A", 2, 2, 2)
        )
    ),
    # What they bought.
    *deal("K-1", "KA-1", "2025-01-20", "400000.00", "Engaging"),
    fact("2025-03-03", SALES, "deal/K-1", "deal_won"),
    *deal("K-2", "KA-1", "2025-12-01", "300000.00", "Engaging"),
    fact("2026-02-02", SALES, "deal/K-2", "deal_won"),
    *deal("K-3", "KA-2", "2025-11-03", "300000.00", "Engaging"),
    fact("2026-01-15", SALES, "deal/K-3", "deal_won"),
    *deal("K-4", "KA-3", "2025-02-03", "250000.00", "Engaging"),
    fact("2025-05-06", SALES, "deal/K-4", "deal_won"),
    invoice("KA-1", "UI-1", "2025-03-10", "400000.00", "2025-04-09"), paid("KA-1", "UI-1", "2025-04-01", "400000.00"),
    invoice("KA-1", "UI-2", "2025-11-10", "300000.00", "2025-12-10"), paid("KA-1", "UI-2", "2025-12-08", "300000.00"),
    invoice("KA-1", "UI-3", "2026-02-10", "300000.00", "2026-03-12"), paid("KA-1", "UI-3", "2026-03-11", "300000.00"),
    invoice("KA-2", "UI-4", "2026-01-20", "300000.00", "2026-02-19"), paid("KA-2", "UI-4", "2026-02-25", "200000.00"),
    fact("2026-03-02", FINANCE, "account/KA-2", "credit_note_issued", credit_note="CN-1", amount="50000.00", **USD,
         allocations=[{"invoice": "UI-4", "amount": "50000.00"}]),
    invoice("KA-3", "UI-5", "2025-05-12", "100000.00", "2025-06-11"), paid("KA-3", "UI-5", "2025-06-10", "100000.00"),
    invoice("KA-3", "UI-6", "2026-04-02", "150000.00", "2026-05-02"),
    # What they may buy.
    *deal("K-5", "KA-1", "2026-03-02", "200000.00", "Engaging", "2026-07-31"),
    fact("2026-03-04", SALES, "deal/K-5", "need_recorded", need="焊装能耗", kind="explicit", motive="organisational",
         pain="能耗高于同行", expectation="单车能耗降一成"),
    *deal("K-6", "KA-1", "2026-04-01", "400000.00", "Prospecting", "2026-09-30"),
    *deal("K-7", "KA-4", "2026-04-15", "100000.00", "Prospecting"),
    *deal("K-8", "KA-2", "2026-04-20", "60000.00", "Prospecting"),
    fact("2026-05-20", SALES, "deal/K-8", "deal_lost", reason_code="relationship"),
    # Who decides there, and what they think of us.
    fact("2026-03-02", SALES, "account/KA-1", "contact_recorded.v2", contact_id="M1", roles=["decision_maker"],
         position="副总裁", department="总部", style="先看数据"),
    fact("2026-03-02", SALES, "account/KA-1", "contact_recorded.v2", contact_id="M2", roles=["handler", "influencer"],
         position="总工", department="总工办", reports_to="M1", id="KA-1-M2"),
    fact("2026-03-02", SALES, "account/KA-1", "contact_recorded.v2", contact_id="M3", roles=["user"],
         position="车间主任", department="焊装车间", reports_to="M2", id="KA-1-M3"),
    cell("M1", "enterprise_need", "product", reached=True, decision=3, influence=2, motivation="organisational",
         stance="neutral"),
    cell("M1", "enterprise_need", "company", reached=True),
    cell("M2", "personal_need", "product", reached=True, decision=1, influence=3, motivation="both",
         stance="supporter"),
    cell("M3", "enterprise_need", "product", reached=False, stance="opponent"),
    # What we plan with them.
    fact("2026-01-08", SALES, "account/KA-1", "account_plan_set", plan="KA-2026", period="2026", status="已供两条产线",
         potential="再上四条产线", strategy="以能耗数据切入", resources="售前两人，样机一台", owner="赵敏"),
    fact("2026-01-08", SALES, "account/KA-1", "target_set", target="MB-K1", metric="net_invoiced", period="2026",
         value="800000.00", **USD),
    fact("2026-06-10", SALES, "account/KA-1", "visit_done", purpose="care"),
)  # fmt: skip


async def test_revenue_shares_say_who_matters(told: Told) -> None:
    """Rows 002.1, 002.11, 002.20. KA-1: 300,000 + 300,000, after 400,000 in the year before. KA-2: 300,000 - 50,000.

    KA-3: 150,000 after 100,000. All: 1,000,000.
    """
    found = await told.figures("accounts", "account", "revenue share rank cumulative growth", currency="USD", as_of=D)
    assert found == {
        "KA-1": ["600000.00", "0.6000", 1, "0.6000", "0.5000"],
        "KA-2": ["250000.00", "0.2500", 2, "0.8500", None],
        "KA-3": ["150000.00", "0.1500", 3, "1.0000", "0.5000"],
    }


async def test_customers_are_graded_by_potential_standing_and_strategic_value(told: Told) -> None:
    """Rows 002.6, 002.8, 002.19. 5 × 4 × 5 = 100; 3 × 3 × 3 = 27; 2 × 2 × 2 = 8, for which C is suggested, not A."""
    found = await told.figures("accounts", "account", "grade score suggested", currency="USD", as_of=D)
    assert found == {"KA-1": ["A", 100, "A"], "KA-2": ["B", 27, "B"], "KA-3": ["A", 8, "C"]}


@pytest.mark.parametrize(
    ("account", "first", "last", "stage"),
    [
        ("KA-1", "2025-03-03", "2026-02-02", "active"),
        ("KA-2", "2026-01-15", "2026-01-15", "new"),
        ("KA-3", "2025-05-06", "2025-05-06", "dormant"),  # 420 days ago
        ("KA-4", None, None, "prospect"),
    ],
)
async def test_every_account_is_at_a_stage_of_its_life(
    told: Told, account: str, first: str | None, last: str | None, stage: str
) -> None:
    """Rows 002.3, 002.7, 002.11."""
    found = await told.figures("accounts", "account", "first_won last_won life_cycle", account=account, as_of=D)
    assert found == {account: [first, last, stage]}


async def test_the_people_who_decide_are_known_with_their_motives(told: Told) -> None:
    """Rows 002.4, 002.5, 002.9, 002.10, 002.16 to 002.18."""
    asked = {"account": "KA-1", "as_of": D}
    found = await told.figures(
        "relationships", "contact", "roles decision influence motivation stance reports_to", **asked
    )
    assert found == {
        "M1": [["decision_maker"], 3, 2, "organisational", "neutral", None],
        "M2": [["handler", "influencer"], 1, 3, "both", "supporter", "M1"],
        "M3": [["user"], None, None, None, "opponent", "M2"],
    }
    cells = "enterprise_need_product enterprise_need_company personal_need_product"
    assert await told.figures("relationships", "contact", cells, **asked) == {
        "M1": [True, True, False], "M2": [False, False, True], "M3": [False, False, False]
    }  # fmt: skip
    # All three roles; three of 6 × 3 cells; the one decision maker.
    assert await told.totals("relationships", **asked) == {
        "role_coverage": "1.0000", "cell_coverage": "0.1667", "decision_makers_reached": "1.0000"
    }  # fmt: skip


async def test_the_value_of_a_region(told: Told) -> None:
    """Row 002.21. East in half a year: three accounts, of which two won a deal and one of these lost one."""
    half = {"by": "region", "from_": "2026-01-01", "to": "2026-06-30", "currency": "USD", "as_of": D}
    names = "accounts open pipeline won lost win_rate revenue growth collection_rate"
    found = await told.figures("segments", "segment", names, **half)
    # Pipeline: 200,000 + 400,000 + 100,000. Revenue: 300,000 of KA-1 and 250,000 of KA-2, after 300,000 in the 181 days
    # before. Due: 300,000 and 300,000 - 50,000; paid of these 300,000 and 200,000.
    assert found["华东"] == [3, 3, "700000.00", 2, 1, "0.6667", "550000.00", "0.8333", "0.9091"]
    assert found["华南"] == [1, 0, "0.00", 0, 0, None, "150000.00", None, "0.0000"]


async def test_a_plan_says_how_much_is_missing(told: Told) -> None:
    """Rows 002.22, 002.24, 002.25. In sight: 200,000 × 0.50 + 400,000 × 0.10 = 140,000."""
    (row,) = (await told.ask("account_plan", **YEAR))["rows"]
    assert (row["target"], row["actual"], row["weighted"]) == ("800000.00", "300000.00", "140000.00")
    assert (row["gap"], row["attained"]) == ("360000.00", "0.3750")  # 800,000 - 300,000 - 140,000
    assert [row[name] for name in ("status", "potential", "strategy", "resources")] == [
        "已供两条产线", "再上四条产线", "以能耗数据切入", "售前两人，样机一台"
    ]  # fmt: skip


async def test_the_target_of_an_account(told: Told) -> None:
    """Row 002.23: 300,000 of 800,000."""
    year = await told.figures("targets", "target", "value actual attained met", period="2026", as_of=D)
    assert year["MB-K1"] == ["800000.00", "300000.00", "0.3750", False]


async def test_the_forecast_by_month(told: Told) -> None:
    """Row 002.23."""
    names = "deals amount weighted best pipeline closed"
    found = await told.figures("forecast", "month", names, playbook="crm_claims", as_of=D)
    assert found == {
        "2025-03": [0, "0.00", "0.00", "0.00", "0.00", "400000.00"],
        "2025-05": [0, "0.00", "0.00", "0.00", "0.00", "250000.00"],
        "2026-01": [0, "0.00", "0.00", "0.00", "0.00", "300000.00"],
        "2026-02": [0, "0.00", "0.00", "0.00", "0.00", "300000.00"],
        "2026-07": [1, "200000.00", "100000.00", "200000.00", "0.00", "0.00"],
        "2026-09": [1, "400000.00", "40000.00", "0.00", "400000.00", "0.00"],
        "undated": [1, "100000.00", "10000.00", "0.00", "100000.00", "0.00"],
    }


async def test_who_is_to_be_visited_next(told: Told) -> None:
    """Row 002.15: A every 30 days, B every 60, from the last touch or the grading. And what they still owe."""
    found = await told.figures("follow_up", "kind subject", "due_on days_late", owner="赵敏", as_of=D)
    assert found == {
        ("return_visit", "account/KA-3"): ["2026-02-05", 145],  # graded on 6 January, not touched since
        ("return_visit", "account/KA-2"): ["2026-03-07", 115],
        ("reminder", "account/KA-2"): ["2026-04-20", 71],  # level 5 is 60 days behind 19 February
        ("reminder", "account/KA-3"): ["2026-06-01", 29],  # level 4 is 30 days behind 2 May
        ("return_visit", "account/KA-1"): ["2026-07-10", -10],  # visited on 10 June
    }


async def test_claims_that_skip_a_stage_are_listed(told: Told) -> None:
    """Row 002.23: a forecast by claims is as good as they are. Five deals were engaged before they were prospects."""
    found = await told.figures("data_quality", "subject", "flag", checks="stage_skipped", as_of=D)
    assert found == {f"deal/K-{number}": "stage_skipped" for number in (1, 2, 3, 4, 5)}


async def test_the_file_of_an_account_has_its_organisation_and_means(told: Told) -> None:
    """Rows 002.2, 002.9, 002.14."""
    history = await told.json("history", "KA-1", "--account")
    (profile,) = [each["data"] for each in history["entries"] if each["type"] == "daybook.account_profiled.v1"]
    assert (profile["employees"], profile["branches"], profile["standing"]) == (9000, 12, "leader")
    by_standing = await told.figures("segments", "segment", "accounts", by="standing", as_of=D)
    assert by_standing["leader"] == 1
