"""Document 004: eight stages beside the customer's eight, milestones, success criteria and commitments.

P-1 goes through all of them; P-2 runs behind the customer and is given up; P-3 stands still. Numbers such as 004.9 are
rows of projections/documents.md.
"""

import pytest

from tests.acceptance.stories.telling import Person, Told, fact, of

SALES, PRESALES, DEVELOPMENT = Person("周涛", "销售部"), Person("罗兰", "售前技术部"), Person("冯磊", "研发部")
LEGAL = Person("何静", "法务部")
P1, P2, P3, BUYER = "deal/P-1", "deal/P-2", "deal/P-3", "account/PR-1"
CNY = {"currency": "CNY"}
OWNER = {"owner": "周涛"}

FACTS = (
    # Stage 1: planning and the call. A customer of grade A, from its annual report.
    fact("2026-01-04", SALES, BUYER, "account_registered", name="西岭水务", region="西北", founded_year=1998),
    fact("2026-01-04", SALES, BUYER, "account_graded", grade="A", potential=5, standing=4, strategic=4,
         method="三因素乘积法"),
    fact("2026-01-05", SALES, P1, "deal_opened", playbook="project", account_id="PR-1", **OWNER, name="泵站监控",
         amount="2000000.00", **CNY, expected_close_on="2026-06-30", source_channel="association"),
    fact("2026-01-06", SALES, P1, "call_made", outcome="interested", contact_id="H1",
         steps=["rapport", "pain", "appointment"]),
    fact("2026-01-06", SALES, P1, "condition_assessed", item="target_fits", result="met"),
    fact("2026-01-07", SALES, BUYER, "account_profiled", scope="regional", standing="major", profitability="profitable",
         investment="expanding", credit="a", industry_phase="mature", life_phase="maturity", branches=12,
         goals="漏损率降到百分之九", urgent_problem="夜间停机", organisation="设备部提出，总工办审技术",
         info_source="annual_report", deal_id="P-1"),
    fact("2026-01-07", SALES, BUYER, "contact_recorded.v2", contact_id="H1", roles=["handler"], position="设备部副主任",
         duties="泵站技改", deal_id="P-1"),
    fact("2026-01-07", SALES, P1, "appointment_made", scheduled_at="2026-01-15T10:00:00+08:00"),
    fact("2026-01-08", SALES, P1, "need_recorded", need="泵站监控", kind="explicit", project_size="二十六座泵站",
         project_value="每年少赔三百万元", priority="high", pain="夜间停机无人知晓", since="前年", tried="加派夜班"),
    fact("2026-01-08", SALES, P1, "need_recorded", need="手机告警", kind="hidden", id="P-1-hidden"),
    fact("2026-01-09", SALES, P1, "appointment_made", scheduled_at="2026-01-15T10:00:00+08:00", contact_id="H1",
         place="城东水司", topic="停机与漏损", attendees=["设备部副主任", "罗兰"]),
    fact("2026-01-09", SALES, BUYER, "relationship_assessed", contact_id="H1", level="enterprise_need",
         content="product", reached=True, deal_id="P-1"),
    fact("2026-01-09", SALES, P1, "condition_assessed", item="will_consider", result="met", id="P-1-will"),
    fact("2026-01-09", SALES, P1, "condition_assessed", item="willing", result="met", id="P-1-willing"),
    fact("2026-01-09", SALES, P1, "customer_commitment_received", stage=1, contact_id="H1", due_on="2026-01-15",
         id="P-1-meet"),
    # Stages 2 and 3: the visit, the preliminary proposal with a receipt.
    fact("2026-01-15", PRESALES, P1, "visit_done", purpose="survey", note="调研报告 1"),
    fact("2026-01-15", SALES, P1, "commitment_fulfilled", target=of("P-1-meet")),
    fact("2026-01-15", SALES, P1, "purchase_stage_observed", number=2, confidence="stated"),
    fact("2026-01-16", SALES, P1, "criterion_met", criterion="pain_agreed"),
    fact("2026-01-16", SALES, P1, "criterion_met", criterion="roles_mapped", id="P-1-roles"),
    fact("2026-01-19", SALES, P1, "customer_commitment_received", stage=2),
    fact("2026-01-26", PRESALES, P1, "proposal_submitted", kind="preliminary"),
    fact("2026-01-27", PRESALES, P1, "proposal_submitted", kind="preliminary", receipt="签收单 3"),
    fact("2026-01-30", SALES, P1, "customer_commitment_received", stage=3),
    # Stage 4: shown to users and engineers. The customer asks for the formal design: 4 is completed, 5 not begun.
    fact("2026-02-05", PRESALES, P1, "demo_held", audience=["users"], note="要求短信告警"),
    fact("2026-02-09", DEVELOPMENT, P1, "demo_held", audience=["technical"]),
    fact("2026-02-10", SALES, P1, "purchase_stage_observed", number=4, confidence="stated"),
    fact("2026-02-10", SALES, P1, "criterion_met", criterion="recognised"),
    fact("2026-02-12", SALES, P1, "customer_commitment_received", stage=4),
    # Stage 5: needs analysis and formal design.
    fact("2026-02-20", PRESALES, P1, "milestone_achieved", milestone="needs_analysed"),
    fact("2026-03-02", DEVELOPMENT, P1, "milestone_achieved", milestone="solution_designed"),
    fact("2026-03-05", SALES, P1, "proposal_submitted", kind="formal", amount="1950000.00", **CNY, receipt="签收单 9"),
    fact("2026-03-06", SALES, P1, "deal_revised", amount="1950000.00", **CNY),
    fact("2026-03-10", SALES, P1, "criterion_met", criterion="formal_accepted"),
    fact("2026-03-12", SALES, P1, "customer_commitment_received", stage=5, due_on="2026-03-20", id="P-1-admit"),
    # Stages 6 to 8: evaluation, negotiation, signing.
    fact("2026-04-01", SALES, P1, "milestone_achieved", milestone="shortlisted"),
    fact("2026-04-01", PRESALES, P1, "milestone_achieved", milestone="clarifications_answered", id="P-1-answers"),
    fact("2026-04-02", SALES, P1, "commitment_fulfilled", target=of("P-1-admit")),
    fact("2026-04-03", SALES, P1, "criterion_met", criterion="preferred_supplier"),
    fact("2026-04-03", SALES, P1, "customer_commitment_received", stage=6),
    fact("2026-04-07", LEGAL, P1, "visit_done", purpose="negotiation"),
    fact("2026-04-08", SALES, P1, "milestone_achieved", milestone="draft_exchanged"),
    *(
        fact("2026-04-10", SALES, P1, "criterion_met", criterion=criterion, id=f"P-1-{criterion}")
        for criterion in ("price_agreed", "payment_schedule_agreed", "acceptance_and_retention_agreed", "signing_dated")
    ),
    fact("2026-04-10", SALES, P1, "customer_commitment_received", stage=7),
    fact("2026-04-14", LEGAL, P1, "milestone_achieved", milestone="text_approved"),
    fact("2026-04-17", SALES, P1, "contract_signed.v2", contract="HT-P1", account_id="PR-1", amount="1850000.00",
         **CNY),
    fact("2026-04-17", SALES, P1, "criterion_met", criterion="collection_plan_active"),
    fact("2026-04-17", SALES, P1, "customer_commitment_received", stage=8),
    fact("2026-04-17", SALES, P1, "deal_won", amount="1850000.00", **CNY),
    # P-2: the customer runs ahead of us, breaks a promise, and we give it up.
    fact("2026-01-12", SALES, P2, "deal_opened", playbook="project", account_id="PR-2", **OWNER, amount="800000.00",
         **CNY, source_channel="exhibition"),
    fact("2026-01-13", SALES, "account/PR-2", "account_profiled", scope="local", deal_id="P-2"),
    fact("2026-01-14", SALES, P2, "call_made", outcome="interested"),
    fact("2026-01-15", SALES, P2, "customer_commitment_received", stage=1, due_on="2026-01-30", id="P-2-meet"),
    fact("2026-02-02", SALES, P2, "purchase_stage_observed", number=3, confidence="inferred"),
    fact("2026-02-05", SALES, P2, "commitment_broken", target=of("P-2-meet"), reason="没有约成"),
    fact("2026-02-20", SALES, P2, "purchase_stage_observed", number=5, confidence="stated"),
    fact("2026-02-25", SALES, P2, "deal_abandoned", reason="标书按别家写"),
    # P-3: called once, on hold for 20 days.
    fact("2026-02-10", SALES, P3, "deal_opened", playbook="project", account_id="PR-3", **OWNER, amount="500000.00",
         **CNY, source_channel="network"),
    fact("2026-02-11", SALES, P3, "call_made", outcome="callback"),
    fact("2026-02-15", SALES, P3, "purchase_stage_observed", number=1, confidence="inferred"),
    fact("2026-03-01", SALES, P3, "deal_put_on_hold", reason="预算冻结", reason_code="budget_frozen"),
    fact("2026-03-21", SALES, P3, "deal_resumed"),
    # What was aimed at.
    fact("2026-01-01", SALES, "playbook/project", "target_set", target="MB-P1", metric="call_to_meeting_rate",
         period="2026-01", value="0.60", stage="planning"),
    fact("2026-01-01", SALES, "playbook/project", "target_set", target="MB-P2", metric="discount_rate",
         period="2026-Q2", value="0.08", stage="negotiation", id="MB-P2"),
)  # fmt: skip


async def test_each_stage_stands_beside_one_of_the_customer(told: Told) -> None:
    """Row 004.1."""
    shown = await told.json("playbook", "show", "project", "--version", "2")
    assert [stage["names"]["zh"] for stage in shown["stages"]] == [
        "客户规划与电话邀约", "客户拜访与初步调研", "提交初步方案", "方案演示与技术交流", "需求分析与正式方案设计",
        "项目评估", "商务谈判", "签约成交",
    ]  # fmt: skip
    assert [stage["customer_stage"]["number"] for stage in shown["stages"]] == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("day", "stage", "phase", "probability"),
    [
        ("2026-01-05", None, None, "0.0000"),
        ("2026-01-06", 1, "entered", "0.0000"),  # 004.26: the customer is interested
        ("2026-01-07", 1, "entered", "0.0000"),  # 004.27: an appointment without place, topic and person
        ("2026-01-09", 1, "completed", "0.1000"),  # 004.18, 004.3: with all of them, and the customer agrees to meet
        ("2026-01-15", 2, "entered", "0.1000"),
        ("2026-01-19", 2, "completed", "0.2000"),  # 004.2, 004.7
        ("2026-01-26", 2, "completed", "0.2000"),  # 004.6: a proposal without receipt, so still the stage before
        ("2026-01-27", 3, "entered", "0.2000"),
        ("2026-01-30", 3, "completed", "0.2500"),
        ("2026-02-05", 3, "completed", "0.2500"),  # 004.4: shown to the users alone
        ("2026-02-09", 4, "entered", "0.2500"),
        ("2026-02-12", 4, "completed", "0.3000"),  # 004.9: company A, asked by B for the formal design
        ("2026-02-20", 4, "completed", "0.3000"),
        ("2026-03-02", 5, "entered", "0.3000"),  # 004.8: entering does not raise the probability
        ("2026-03-11", 5, "entered", "0.3000"),  # 004.5: accepted, and no commitment
        ("2026-03-12", 5, "completed", "0.5000"),
        ("2026-04-01", 6, "entered", "0.5000"),
        ("2026-04-03", 6, "completed", "0.7500"),
        ("2026-04-08", 7, "entered", "0.7500"),
        ("2026-04-10", 7, "completed", "0.9000"),
        ("2026-04-14", 8, "entered", "0.9000"),
        ("2026-04-17", 8, "completed", "1.0000"),
    ],
)
async def test_milestones_enter_a_stage_and_criteria_with_commitment_complete_it(
    told: Told, day: str, stage: int | None, phase: str | None, probability: str
) -> None:
    assert await told.stands("P-1", day) == (stage, phase, probability)


@pytest.mark.parametrize(
    ("day", "working_on", "missing"),
    [
        ("2026-01-08", 1, ["meeting_confirmed", "commitment"]),
        ("2026-02-12", 5, ["needs_analysed", "solution_designed"]),
        ("2026-03-02", 5, ["formal_submitted", "formal_accepted", "commitment"]),
        ("2026-03-31", 6, ["shortlisted", "clarifications_answered"]),
    ],
)
async def test_the_next_step_says_what_is_missing(told: Told, day: str, working_on: int, missing: list[str]) -> None:
    """Row 004.10."""
    found = await told.figures("next_steps", "deal", "working_on missing", **OWNER, as_of=day)
    assert found["P-1"] == [working_on, missing]


async def test_the_conditions_of_the_first_stage(told: Told) -> None:
    """Rows 004.22, 004.28 to 004.31."""
    # Process: the target fits, the contact is the handler, of five. Information: five facts of the account, three of
    # the project, position and duties of the handler, of twelve.
    assert await told.totals("coverage", deal="P-1", as_of="2026-01-08") == {
        "process": "0.4000", "relationship": "0.0000", "information": "0.8333", "compliance": None
    }  # fmt: skip
    met = await told.figures("coverage", "item", "met met_on", deal="P-1", as_of="2026-01-08")
    assert met["handler_position"] == [True, "2026-01-07"]
    assert met["handler_character"] == met["handler_enterprise_need"] == [False, None]


@pytest.mark.parametrize(
    ("deal", "day", "ours", "customer", "gap", "verdict"),
    [
        ("P-1", "2026-01-15", 2, 2, 0, "in_sync"),
        ("P-1", "2026-02-12", 4, 4, 0, "in_sync"),
        ("P-1", "2026-03-27", 5, 4, -1, "ahead"),  # seen 45 days ago
        ("P-1", "2026-03-28", 5, 4, -1, "unknown"),
        ("P-2", "2026-01-31", 1, None, None, "unknown"),
        ("P-2", "2026-02-02", 1, 3, 2, "catch_up"),
        ("P-2", "2026-02-20", 1, 5, 4, "review"),
        ("P-3", "2026-02-20", 0, 1, 1, "behind"),
    ],
)
async def test_our_track_beside_that_of_the_customer(
    told: Told, deal: str, day: str, ours: int, customer: int | None, gap: int | None, verdict: str
) -> None:
    """Rows 004.11, 004.12."""
    found = await told.figures("purchase_track", "deal", "ours customer gap verdict", **OWNER, as_of=day)
    assert found[deal] == [ours, customer, gap, verdict]


async def test_a_deal_is_given_up(told: Told) -> None:
    """Row 004.13."""
    assert "P-2" not in await told.figures("purchase_track", "deal", "verdict", **OWNER, as_of="2026-02-25")
    totals = await told.totals("funnel", playbook="project", as_of="2026-04-30")
    assert (totals["open"], totals["won"], totals["lost"], totals["abandoned"]) == (1, 1, 0, 1)


async def test_commitments_are_kept_and_broken(told: Told) -> None:
    """Row 004.3."""
    march = await told.figures("commitments", "deal stage", "state", **OWNER, as_of="2026-03-31")
    assert march == {
        ("P-1", 1): "kept", ("P-1", 2): "open", ("P-1", 3): "open", ("P-1", 4): "open",
        ("P-1", 5): "overdue",  # until 20 March
        ("P-2", 1): "broken",
    }  # fmt: skip
    assert await told.totals("commitments", **OWNER, as_of="2026-03-31") == {"kept_rate": "0.5000"}
    assert await told.totals("commitments", **OWNER, as_of="2026-04-02") == {"kept_rate": "0.6667"}


async def test_what_moved_in_the_pipeline(told: Told) -> None:
    """Row 004.10: 2,800,000 + 500,000 - 50,000 - 800,000 = 2,450,000."""
    asked = {"start": "2026-01-31", "end": "2026-03-31", "as_of": "2026-03-31", **OWNER}
    lines = await told.figures("pipeline_changes", "line", "deals amount", **asked)
    assert lines == {
        "before": [2, "2800000.00"],  # P-1 and P-2
        "opened": [1, "500000.00"],  # P-3
        "reopened": [0, "0.00"],
        "up": [0, "0.00"],
        "down": [1, "-50000.00"],  # P-1, by its formal proposal
        "won": [0, "0.00"],
        "lost": [0, "0.00"],
        "abandoned": [1, "-800000.00"],  # P-2
        "after": [2, "2450000.00"],
    }
    assert (await told.totals("pipeline_changes", **asked))["forward"] == 1


async def test_what_stands_still(told: Told) -> None:
    """Row 004.10. P-1: 19 days since 12 March, idle since the 5th. P-3: 49 since 10 February, 20 of them on hold."""
    names = "working_on days expected rotting idle_days"
    assert await told.figures("rotting", "deal", names, **OWNER, as_of="2026-03-31") == {
        "P-1": [6, 19, 30, False, 26], "P-3": [1, 29, 14, True, 48]
    }  # fmt: skip


async def test_the_forecast_goes_by_the_last_stage_completed(told: Told) -> None:
    """Rows 004.2, 004.7: 1,950,000 × 0.50; P-3 has completed none and has no day."""
    names = "deals amount weighted commit best pipeline"
    found = await told.figures("forecast", "month", names, playbook="project", as_of="2026-03-31")
    assert found == {
        "2026-06": [1, "1950000.00", "975000.00", "0.00", "1950000.00", "0.00"],
        "undated": [1, "500000.00", "0.00", "0.00", "0.00", "500000.00"],
    }


async def test_a_month_of_a_person_in_process_and_outcome(told: Told) -> None:
    """Rows 004.14, 004.15, 004.32, 004.33.

    Appraisal: P-1 at stage 1 has both items (1.00), at 2 the survey's minutes (0.50), at 3 the receipt (0.60), at 4
    nothing; P-2 at stage 1 neither. 2.10 / 5.
    """
    asked = {"person": "周涛", "month": "2026-01", "as_of": "2026-01-31"}
    found = await told.figures("scorecard", "perspective figure", "value of", **asked)
    del found["learning", "timeliness"]  # goes by when the entries came, which is when this runs
    assert found == {
        ("financial", "signed"): [None, 0],
        ("financial", "collected"): [None, 0],
        ("customer", "commitments"): ["4", 4],  # three of P-1, one of P-2
        ("customer", "kept_rate"): ["1.0000", 1],  # P-2's was broken in February
        ("customer", "satisfaction"): [None, 0],
        ("process", "appraisal"): ["0.4200", 5],
        ("process", "on_time"): ["1.0000", 3],  # 4 of 14 days, 10 of 21, 11 of 14
        ("learning", "information"): ["0.0769", 13],  # P-1 works on stage 4, which asks for one; P-2 has 1 of 12
    }
    april = await told.figures("scorecard", "figure", "value of", person="周涛", month="2026-04", as_of="2026-04-30")
    assert april["signed"] == ["1850000.00", 1]
    proofs = await told.figures("scorecard", "figure", "entries", explain="yes", **asked)
    assert {told.at["P-1-meet"], told.at["P-2-meet"]} <= set(proofs["commitments"])


async def test_targets_of_stages(told: Told) -> None:
    """Row 004.14: of two customers first called in January one agreed to meet; 5 % were given away.

    1 - 1,850,000 / 1,950,000 = 0.0513.
    """
    january = await told.figures("targets", "target", "value actual attained met", period="2026-01", as_of="2026-01-31")
    assert january["MB-P1"] == ["0.60", "0.5000", "0.8333", False]
    quarter = await told.figures("targets", "target", "value actual attained met", period="2026-Q2", as_of="2026-06-30")
    assert quarter["MB-P2"] == ["0.08", "0.0513", None, True]


async def test_why_a_deal_stands_where_it_stands(told: Told) -> None:
    """Rows 004.4, 004.5: the entry that met each item."""
    explained = await told.get("/deals/P-1/explain", as_of="2026-01-15")
    first, second = explained["stages"][:2]
    met = {each["item"]: each["by"] for each in first["items"]}
    assert met == {
        "customer_interested": [told.at["deal/P-1/call_made/2026-01-06"]],
        "meeting_confirmed": [told.at["deal/P-1/appointment_made/2026-01-09"]],
        "commitment": [told.at["P-1-meet"]],
    }
    assert (second["completed_at"], explained["missing"]) == (None, ["pain_agreed", "roles_mapped", "commitment"])
    assert "痛点" in await told.command("explain", "P-1", "--as-of", "2026-01-15", "--lang", "zh")


async def test_customers_of_grade_a_become_prospects(told: Told) -> None:
    """Rows 004.16, 004.19: 5 × 4 × 4 = 80, and A is from 64 on."""
    found = await told.figures("accounts", "account", "grade score suggested", account="PR-1", as_of="2026-01-31")
    assert found == {"PR-1": ["A", 80, "A"]}


async def test_the_base_data_of_a_customer_have_their_source(told: Told) -> None:
    """Rows 004.17, 004.20, 004.21, 004.23 to 004.25."""
    entries = (await told.json("history", "PR-1", "--account"))["entries"]
    (profile,) = [each["data"] for each in entries if each["type"] == "daybook.account_profiled.v1"]
    assert (profile["info_source"], profile["industry_phase"], profile["life_phase"]) == (
        "annual_report", "mature", "maturity"
    )  # fmt: skip
    entries = (await told.json("history", "P-1"))["entries"]
    (opening,) = [each["data"] for each in entries if each["type"] == "daybook.deal_opened.v1"]
    (call,) = [each["data"] for each in entries if each["type"] == "daybook.call_made.v1"]
    needs = [each["data"]["kind"] for each in entries if each["type"] == "daybook.need_recorded.v1"]
    assert (opening["source_channel"], call["steps"]) == ("association", ["rapport", "pain", "appointment"])
    assert needs == ["explicit", "hidden"]
