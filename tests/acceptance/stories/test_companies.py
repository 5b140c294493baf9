"""Document 001: the sales process between companies, beside those of consumers and of partners.

Deal B-1 goes through all six stages with five departments; B-2 rests at its needs; B-3 is lost. C-1 is a shop's order,
H-1 a dealer, through whom B-2 is sold. Numbers such as 001.13 are rows of projections/documents.md.
"""

import pytest

from tests.acceptance.stories.telling import Person, Told, fact, of

SALES, MARKETING, PRESALES = Person("王强", "销售部"), Person("吴倩", "市场部"), Person("郑凯", "售前部")
DEVELOPMENT, LEGAL, SERVICE = Person("冯磊", "研发部"), Person("何静", "法务部"), Person("蒋雯", "客服部")
CHANNEL, OPERATIONS = Person("沈浩", "渠道部"), Person("周敏", "销售运营部")
B1, B2, B3, C1, H1 = "deal/B-1", "deal/B-2", "deal/B-3", "deal/C-1", "deal/H-1"
BUYER, SHOPPER, PARTNER = "account/CO-1", "account/CO-9", "account/CO-P"
CNY = {"currency": "CNY"}

FACTS = (
    # B-1, found at an exhibition by marketing.
    fact("2026-01-08", MARKETING, BUYER, "account_registered", name="华明装备", region="华北"),
    fact("2026-01-08", MARKETING, B1, "deal_opened", playbook="b2b", account_id="CO-1", owner="王强",
         amount="500000.00", **CNY, source_channel="exhibition"),
    fact("2026-01-12", MARKETING, B1, "call_made", outcome="interested"),
    fact("2026-01-13", SALES, BUYER, "account_graded", grade="B", potential=3, standing=4, strategic=3,
         method="三因素乘积法"),
    fact("2026-01-14", SALES, BUYER, "contact_recorded.v2", contact_id="D1", roles=["decision_maker"],
         position="总经理", deal_id="B-1"),
    fact("2026-01-14", SALES, BUYER, "contact_recorded.v2", contact_id="D2", roles=["decision_maker", "influencer"],
         position="财务总监", reports_to="D1", deal_id="B-1", id="B-1-D2"),
    fact("2026-01-14", SALES, BUYER, "contact_recorded.v2", contact_id="U1", roles=["user"], position="车间主任",
         reports_to="D2", deal_id="B-1", id="B-1-U1"),
    fact("2026-01-15", SALES, B1, "call_made", outcome="callback"),
    fact("2026-01-19", PRESALES, B1, "call_made", outcome="other", note="停机原因分布"),
    fact("2026-01-19", PRESALES, B1, "need_recorded", need="产线监测", kind="explicit", pain="停机无预警",
         expectation="提前一小时预警", contact_id="U1"),
    fact("2026-01-26", SALES, B1, "customer_commitment_received", stage=2),
    fact("2026-02-02", PRESALES, B1, "milestone_achieved", milestone="solution_made"),
    fact("2026-02-03", DEVELOPMENT, B1, "call_made", outcome="other", note="接口可行性"),
    fact("2026-02-04", PRESALES, B1, "proposal_submitted", kind="preliminary", receipt="邮件"),
    fact("2026-02-04", PRESALES, B1, "criterion_met", criterion="materials_ready"),
    fact("2026-02-05", SALES, B1, "customer_commitment_received", stage=3),
    fact("2026-02-10", SALES, B1, "appointment_made", scheduled_at="2026-02-12T10:00:00+08:00"),
    fact("2026-02-12", SALES, B1, "visit_done", purpose="presentation", note="方案获认可"),
    fact("2026-02-12T14:00", PRESALES, B1, "demo_held", audience=["users"]),
    fact("2026-02-13", PRESALES, B1, "criterion_met", criterion="doubts_answered"),
    fact("2026-02-16", SALES, B1, "customer_commitment_received", stage=4),
    fact("2026-02-20", SALES, B1, "proposal_submitted", kind="formal", amount="500000.00", **CNY),
    fact("2026-02-24", SALES, B1, "quote_submitted", quote="BJ-B1", amount="480000.00", **CNY),
    fact("2026-02-26", LEGAL, B1, "visit_done", purpose="negotiation"),
    fact("2026-02-27", SALES, B1, "criterion_met", criterion="price_agreed"),
    fact("2026-02-27", SALES, B1, "criterion_met", criterion="terms_confirmed", id="B-1-terms"),
    fact("2026-03-02", SALES, B1, "contract_signed.v2", contract="HT-B1", account_id="CO-1", amount="470000.00", **CNY),
    fact("2026-03-02", SALES, B1, "customer_commitment_received", stage=5),
    fact("2026-03-02", SALES, B1, "deal_won", amount="470000.00", **CNY),
    fact("2026-03-10", SERVICE, BUYER, "care_given", kind="service", deal_id="B-1"),
    fact("2026-03-12", SERVICE, BUYER, "feedback_given", kind="complaint", case="TS-B1", deal_id="B-1", text="误报"),
    fact("2026-03-16", SERVICE, BUYER, "feedback_given", kind="complaint", case="TS-B1", deal_id="B-1", resolved=True),
    fact("2026-03-20", SERVICE, BUYER, "feedback_given", kind="satisfaction", score=7, deal_id="B-1"),
    fact("2026-04-10", SERVICE, BUYER, "feedback_given", kind="satisfaction", score=9, deal_id="B-1"),
    # B-2, sold through the partner; its amount was mistyped. B-3, of which nothing came.
    fact("2026-01-15", SALES, "account/CO-2", "account_registered", name="远景纺织", region="华北"),
    fact("2026-01-15", SALES, B2, "deal_opened", playbook="b2b", account_id="CO-2", owner="王强",
         amount="3000000.00", **CNY, source_channel="market_research", partner_account_id="CO-P"),
    fact("2026-01-20", SALES, B2, "call_made", outcome="interested"),
    fact("2026-01-30", SALES, B2, "appointment_made", scheduled_at="2026-02-02T10:00:00+08:00"),
    fact("2026-02-01", OPERATIONS, B2, "event_corrected", target=of("deal/B-2/deal_opened/2026-01-15"),
         target_type="daybook.deal_opened.v1", reason="多输了一个零", approver="周敏",
         replacement={"time": "2026-01-15T10:00:00+08:00", "data": {
             "playbook": "b2b", "account_id": "CO-2", "owner": "王强", "amount": "300000.00", **CNY,
             "source_channel": "market_research", "partner_account_id": "CO-P"}}),
    fact("2026-02-02", SALES, B2, "visit_done", purpose="survey"),
    fact("2026-02-02", SALES, B2, "need_recorded", need="能耗看板", kind="explicit", pain="能耗不明"),
    fact("2026-01-22", MARKETING, B3, "deal_opened", playbook="b2b", account_id="CO-3", owner="王强",
         amount="90000.00", **CNY, source_channel="website"),
    fact("2026-02-27", SALES, B3, "deal_lost", reason="没有立项", reason_code="no_decision"),
    # C-1, an order of a consumer.
    fact("2026-02-09", SALES, C1, "deal_opened", playbook="b2c", account_id="CO-9", owner="王强", amount="399.00",
         **CNY, source_channel="social_media"),
    fact("2026-02-09T11:00", SALES, C1, "call_made", outcome="interested"),
    fact("2026-02-10", SALES, C1, "quote_submitted", quote="BJ-C1", amount="399.00", **CNY, incentives=["gift"],
         payment_options=["online", "instalments"]),
    fact("2026-02-10T15:00", SALES, C1, "criterion_met", criterion="doubts_answered"),
    fact("2026-02-11", SALES, SHOPPER, "invoice_issued", invoice="INV-C1", amount="399.00", **CNY, due_on="2026-02-11",
         deal_id="C-1"),
    fact("2026-02-11T11:00", SALES, SHOPPER, "payment_received", payment="P-C1", amount="399.00", **CNY,
         method="online", allocations=[{"invoice": "INV-C1", "amount": "399.00", "deal_id": "C-1"}]),
    fact("2026-02-11T11:00", SALES, C1, "deal_won", amount="399.00", **CNY),
    fact("2026-02-18", SERVICE, SHOPPER, "care_given", kind="service", deal_id="C-1"),
    fact("2026-02-20", SERVICE, SHOPPER, "feedback_given", kind="satisfaction", score=10, deal_id="C-1"),
    # H-1, the partner.
    fact("2026-01-10", CHANNEL, PARTNER, "account_registered", name="北辰代理", region="华北"),
    fact("2026-01-10", CHANNEL, H1, "deal_opened", playbook="channel", account_id="CO-P", owner="沈浩",
         amount="600000.00", **CNY, source_channel="association"),
    fact("2026-01-12", CHANNEL, H1, "criterion_met", criterion="territory_free"),
    fact("2026-01-16", CHANNEL, H1, "need_recorded", need="代理政策", kind="explicit"),
    fact("2026-01-19", CHANNEL, PARTNER, "account_profiled", scope="regional", credit="a", deal_id="H-1"),
    fact("2026-01-20", CHANNEL, H1, "criterion_met", criterion="capability_assessed"),
    fact("2026-01-22", CHANNEL, H1, "customer_commitment_received", stage=2),
    fact("2026-01-28", CHANNEL, H1, "milestone_achieved", milestone="policy_made"),
    fact("2026-01-30", CHANNEL, H1, "criterion_met", criterion="margin_approved"),
    fact("2026-02-02", CHANNEL, H1, "customer_commitment_received", stage=3),
    fact("2026-02-04", CHANNEL, H1, "appointment_made", scheduled_at="2026-02-06T10:00:00+08:00"),
    fact("2026-02-06", CHANNEL, H1, "visit_done", purpose="presentation"),
    fact("2026-02-06", CHANNEL, H1, "criterion_met", criterion="doubts_answered"),
    fact("2026-02-09", CHANNEL, H1, "customer_commitment_received", stage=4),
    fact("2026-02-12", CHANNEL, H1, "quote_submitted", quote="BJ-H1", amount="600000.00", **CNY),
    fact("2026-02-13", CHANNEL, H1, "criterion_met", criterion="terms_confirmed"),
    fact("2026-02-16", CHANNEL, H1, "contract_signed.v2", contract="HT-H1", account_id="CO-P", amount="600000.00",
         **CNY),
    fact("2026-02-16", CHANNEL, H1, "customer_commitment_received", stage=5),
    fact("2026-02-16", CHANNEL, H1, "deal_won", amount="600000.00", **CNY),
    fact("2026-03-03", CHANNEL, PARTNER, "care_given", kind="training", deal_id="H-1"),
    # What was aimed at.
    fact("2026-01-01", OPERATIONS, "playbook/b2b", "target_set", target="MB-B1", metric="deals_opened",
         period="2026-01", value="4", stage="prospect"),
    fact("2026-01-01", OPERATIONS, "playbook/b2b", "target_set", target="MB-B2", metric="signed_amount",
         period="2026-Q1", value="500000.00", **CNY, id="MB-B2"),
    fact("2026-01-01", OPERATIONS, "playbook/b2b", "target_set", target="MB-B3", metric="satisfaction_mean",
         period="2026-Q1", value="8", id="MB-B3"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("playbook", "stages"),
    [
        ("b2b", ["潜在客户识别", "需求分析", "方案制定", "客户拜访", "谈判与合同签署", "售后服务"]),  # 001.1
        ("b2c", ["兴趣", "购买决策", "购买", "消费体验"]),  # 001.14
        (
            "channel",
            ["渠道商识别", "渠道需求分析", "渠道政策与方案", "拜访洽谈", "渠道协议签署", "渠道支持与管理"],
        ),  # 001.15
    ],
)
async def test_each_kind_of_selling_has_its_process(told: Told, playbook: str, stages: list[str]) -> None:
    shown = await told.json("playbook", "show", playbook)
    assert [stage["names"]["zh"] for stage in shown["stages"]] == stages


@pytest.mark.parametrize(
    ("deal", "day", "stage", "phase", "probability"),
    [
        ("B-1", "2026-01-08", 1, "entered", "0.0000"),  # 001.2: found at an exhibition
        ("B-1", "2026-01-12", 1, "completed", "0.0500"),
        ("B-1", "2026-01-26", 2, "completed", "0.2000"),  # 001.3: pain and expectation
        ("B-1", "2026-02-05", 3, "completed", "0.3000"),  # 001.4: solution and material
        ("B-1", "2026-02-16", 4, "completed", "0.5000"),  # 001.5: presented, doubts answered
        ("B-1", "2026-03-02", 5, "completed", "1.0000"),  # 001.6: price, terms, signature
        ("B-1", "2026-03-20", 6, "entered", "1.0000"),  # 001.7: seven of ten is not satisfied
        ("B-1", "2026-04-10", 6, "completed", "1.0000"),
        ("B-2", "2026-02-02", 2, "entered", "0.0500"),
        ("C-1", "2026-02-09", 1, "completed", "0.1000"),  # 001.14: four light stages in two days
        ("C-1", "2026-02-10", 2, "completed", "0.4000"),
        ("C-1", "2026-02-11", 3, "completed", "1.0000"),
        ("C-1", "2026-02-20", 4, "completed", "1.0000"),
        ("H-1", "2026-02-09", 4, "completed", "0.5000"),
        ("H-1", "2026-03-03", 6, "entered", "1.0000"),  # 001.15: trained, and no order yet
    ],
)
async def test_deals_go_through_their_stages(
    told: Told, deal: str, day: str, stage: int, phase: str, probability: str
) -> None:
    assert await told.stands(deal, day) == (stage, phase, probability)


async def test_a_need_without_expectation_is_not_known(told: Told) -> None:
    """Row 001.3."""
    steps = await told.figures("next_steps", "deal", "working_on missing since", playbook="b2b", as_of="2026-03-31")
    assert steps == {"B-2": [2, ["expectation_known", "commitment"], "2026-01-20"]}


async def test_several_decision_makers_are_known_for_a_deal(told: Told) -> None:
    """Row 001.13."""
    for deal, day, known in (("B-1", "2026-01-13", False), ("B-1", "2026-01-14", True), ("B-2", "2026-03-31", False)):
        found = await told.figures("coverage", "item", "met", deal=deal, as_of=day)
        assert found == {"decision_makers_known": known}
    roles = await told.figures("relationships", "contact", "roles reports_to", deal="B-1", as_of="2026-01-31")
    assert roles == {
        "D1": [["decision_maker"], None], "D2": [["decision_maker", "influencer"], "D1"], "U1": [["user"], "D2"]
    }  # fmt: skip


async def test_departments_take_part_in_the_stages_that_name_them(told: Told) -> None:
    """Rows 001.8, 001.18."""
    found = await told.figures("participation", "stage department", "took_part deals rate", playbook="b2b",
                               as_of="2026-04-30")  # fmt: skip
    assert found == {
        (1, "市场部"): [2, 3, "0.6667"],  # it called B-1, and met an item of another one; nobody called B-3
        (1, "销售部"): [1, 3, "0.3333"],  # it called B-2
        (2, "销售部"): [2, 2, "1.0000"],
        (2, "售前部"): [1, 2, "0.5000"],  # it called B-1, not B-2
        (3, "售前部"): [1, 1, "1.0000"],
        (3, "研发部"): [1, 1, "1.0000"],
        (3, "销售部"): [1, 1, "1.0000"],  # by what met an item
        (4, "销售部"): [1, 1, "1.0000"],
        (4, "售前部"): [1, 1, "1.0000"],
        (5, "销售部"): [1, 1, "1.0000"],
        (5, "法务部"): [1, 1, "1.0000"],
        (5, "财务部"): [0, 1, "0.0000"],
        (6, "客服部"): [1, 1, "1.0000"],
        (6, "销售部"): [0, 1, "0.0000"],
    }


async def test_handovers_are_seen_in_the_days_before_a_stage_is_entered(told: Told) -> None:
    """Row 001.17: seven of 14 days at stage 2 went by before the needs were recorded, and seven of ten at stage 3."""
    asked = {"playbook": "b2b", "min_deals": 1, "as_of": "2026-03-31"}
    found = await told.figures("durations", "stage", "finished median_wait median_work median_stay running", **asked)
    assert found[1] == [2, "0.00", "4.50", "4.50", 0]  # 4 days of B-1, 5 of B-2
    assert found[2] == [1, "7.00", "7.00", "14.00", 1]  # 12 to 19 to 26 January; B-2 is there
    assert found[3] == [1, "7.00", "3.00", "10.00", 0]  # 26 January to 2 to 5 February
    assert found[4] == [1, "7.00", "4.00", "11.00", 0]  # 5 to 12 to 16 February
    assert found[5] == [1, "8.00", "6.00", "14.00", 0]  # 16 to 24 February to 2 March
    assert await told.totals("durations", **asked) == {"slowest": 2}  # as long as 5, and earlier
    running = await told.figures("durations", "stage", "longest_running", **asked)
    assert running[2] == "70.58"  # from 20 January, 10:00, to the end of 31 March: 70 days and 14 hours


async def test_of_three_deals_one_got_to_the_contract(told: Told) -> None:
    """Row 001.12."""
    found = await told.figures("conversion", "cohort stage", "deals reached from_previous open won lost",
                               playbook="b2b", as_of="2026-03-31")  # fmt: skip
    assert found == {
        ("2026-01", 1): [3, 2, "0.6667", 1, 1, 1],
        ("2026-01", 2): [3, 1, "0.5000", 1, 1, 1],
        ("2026-01", 3): [3, 1, "1.0000", 1, 1, 1],
        ("2026-01", 4): [3, 1, "1.0000", 1, 1, 1],
        ("2026-01", 5): [3, 1, "1.0000", 1, 1, 1],
        ("2026-01", 6): [3, 0, "0.0000", 1, 1, 1],  # not satisfied yet
    }


async def test_a_mistake_is_corrected_and_stays_visible(told: Told) -> None:
    """Row 001.19."""
    id = "deal/B-2/event_corrected/2026-02-01"
    for known_at, amount in ((told.at[id] - 1, "3000000.00"), (told.at[id], "300000.00")):
        asked = {"account": "CO-2", "as_of": "2026-03-31", "known_at": known_at}
        assert await told.figures("pipeline", "deal", "amount", **asked) == {"B-2": amount}
    between = {"from_known": told.at[id] - 1, "to_known": told.at[id], "as_of": "2026-03-31"}
    (change,) = (await told.get("/reports/pipeline/changes", **between))["changes"]
    assert [each["id"] for each in change["causes"]] == [id]


async def test_targets_beside_what_was_reached(told: Told) -> None:
    """Row 001.11: three of four deals, 470,000 of 500,000, a satisfaction of seven where eight were aimed at."""
    january = await told.figures("targets", "target", "value actual attained met", period="2026-01", as_of="2026-01-31")
    assert january["MB-B1"] == ["4", "3", "0.7500", False]
    quarter = await told.figures("targets", "target", "value actual attained met", period="2026-Q1", as_of="2026-03-31")
    assert quarter["MB-B2"] == ["500000.00", "470000.00", "0.9400", False]
    assert quarter["MB-B3"] == ["8", "7.00", "0.8750", False]


async def test_what_is_odd_is_found(told: Told) -> None:
    """Row 001.19: the shop's order has no contract, and legal came without an appointment."""
    asked = {"checks": "won_without_contract,visit_without_appointment", "as_of": "2026-03-31"}
    found = await told.figures("data_quality", "subject flag", "entry", **asked)
    assert {key for key in found if key[0] in (B1, B2, B3, C1, H1)} == {
        (B1, "visit_without_appointment"),
        (C1, "won_without_contract"),
    }
    assert found[B1, "visit_without_appointment"] == told.at[f"{B1}/visit_done/2026-02-26"]


async def test_customers_are_classified(told: Told) -> None:
    """Row 001.16: 3 × 4 × 3 = 36, and B is from 27 on."""
    found = await told.figures("accounts", "account", "grade score suggested", account="CO-1", as_of="2026-03-31")
    assert found == {"CO-1": ["B", 36, "B"]}


async def test_a_deal_through_a_partner_is_in_the_history_of_both(told: Told) -> None:
    """Row 001.15."""
    for account in ("CO-2", "CO-P"):
        history = await told.json("history", account, "--account")
        assert "deal/B-2/deal_opened/2026-01-15" in {each["id"] for each in history["entries"]}


async def test_a_changed_process_is_tried_before_it_is_published(told: Told) -> None:
    """Row 001.20: the version that is published changes nothing."""
    simulated = await told.json("playbook", "simulate", "contracts/playbooks/b2b.toml")
    assert simulated["deals"] == []
