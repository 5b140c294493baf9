"""Document 000: sales to government, from a notice on the procurement site to the money and the care of the relation.

Deal G-1 goes through all seven stages; G-2 does not keep to procedure and is lost; of G-3 nobody knows where it comes
from. Numbers such as 000.16 are rows of projections/documents.md.
"""

from typing import Any

import pytest

from tests.acceptance.stories.telling import Person, Told, fact

SALES, MARKETING, TECHNICAL = Person("李娜", "销售部"), Person("陈晓", "市场部"), Person("高远", "技术部")
LEGAL, FINANCE, SERVICE = Person("何静", "法务部"), Person("孙丽", "财务部"), Person("林悦", "客服部")
G1, G2, G3 = "deal/G-1", "deal/G-2", "deal/G-3"
BUYER = "account/GOV-1"
CNY = {"currency": "CNY"}
PAID_FOR = {"contract": "HT-G1", "deal_id": "G-1"}


def paid(invoice: str, amount: str) -> list[dict[str, str]]:
    return [{"invoice": invoice, "amount": amount, "deal_id": "G-1"}]


FACTS = (
    # The customers, and where the deals come from.
    fact("2026-01-05", MARKETING, BUYER, "account_registered", name="江城市数据局", industry="政务", region="华中"),
    fact("2026-01-06", SALES, G1, "deal_opened", playbook="government", account_id="GOV-1", owner="李娜",
         name="数据共享平台", amount="1200000.00", **CNY, expected_close_on="2026-03-31", source_channel="tender_site",
         tender_ref="采购意向 2026-017"),
    fact("2026-01-07", MARKETING, G1, "call_made", outcome="callback"),
    fact("2026-01-08", MARKETING, BUYER, "account_profiled", buyer_kind="public", gov_level="municipal",
         policy_focus="公共数据共享", purchase_plan="二月公开采购", preferences="先看同级城市的案例", deal_id="G-1"),
    fact("2026-01-08", SALES, BUYER, "account_graded", grade="B", potential=4, standing=3, strategic=3,
         method="三因素乘积法"),
    fact("2026-01-09", SALES, G1, "criterion_met", criterion="target_confirmed"),
    fact("2026-01-12", SALES, "account/GOV-2", "account_registered", name="临江县政务办", region="华中"),
    fact("2026-01-12", SALES, "account/GOV-2", "account_profiled", buyer_kind="public", gov_level="county"),
    fact("2026-01-12", SALES, G2, "deal_opened", playbook="government", account_id="GOV-2", owner="李娜",
         amount="520000.00", **CNY, source_channel="association"),
    fact("2026-01-14", SALES, G2, "criterion_met", criterion="target_confirmed"),
    # Contact: G-1 by appointment, G-2 without.
    fact("2026-01-12", SALES, G1, "appointment_made", scheduled_at="2026-01-15T10:00:00+08:00", place="数据局",
         topic="公共数据共享"),
    fact("2026-01-15", SALES, G1, "visit_done", purpose="introduction", note="介绍了同级城市的案例"),
    fact("2026-01-16", SALES, G1, "condition_assessed", item="professional_image", result="met"),
    fact("2026-01-16", SALES, G1, "condition_assessed", item="integrity_shown", result="met", id="G-1-integrity"),
    fact("2026-01-20", SALES, G1, "criterion_met", criterion="trust_gained"),
    fact("2026-01-20", SALES, G1, "customer_commitment_received", stage=2),
    fact("2026-01-19", SALES, G2, "visit_done", purpose="introduction"),
    fact("2026-01-21", SALES, G2, "appointment_made", scheduled_at="2026-01-26T10:00:00+08:00"),
    # Needs, with a budget and a day; one of them is hidden.
    fact("2026-01-23", SALES, G1, "appointment_made", scheduled_at="2026-01-27T10:00:00+08:00"),
    fact("2026-01-27", TECHNICAL, G1, "visit_done", purpose="survey"),
    fact("2026-01-27", SALES, G1, "need_recorded", need="数据共享平台", kind="explicit", budget="1000000.00", **CNY,
         needed_by="2026-06-30"),
    fact("2026-01-28", SALES, G1, "need_recorded", need="夜间值守", kind="hidden", pain="夜间故障无人处理"),
    fact("2026-02-02", SALES, G1, "customer_commitment_received", stage=3),
    fact("2026-02-03", SALES, G2, "need_recorded", need="一网通办", kind="explicit", budget="500000.00", **CNY),
    fact("2026-02-10", SALES, G2, "quote_submitted", quote="BJ-G2", amount="520000.00", **CNY),
    fact("2026-02-20", SALES, G2, "deal_lost", reason="报价超出预算", reason_code="budget"),
    # The offer: above the budget first, then within it.
    fact("2026-02-06", TECHNICAL, G1, "demo_held", audience=["technical", "users"]),
    fact("2026-02-09", SALES, G1, "quote_submitted", quote="BJ-G1", amount="1050000.00", **CNY),
    fact("2026-02-12", SALES, G1, "quote_submitted", quote="BJ-G1b", amount="980000.00", **CNY),
    fact("2026-02-13", TECHNICAL, G1, "condition_assessed", item="procurement_standard", result="met"),
    fact("2026-02-16", SALES, G1, "proposal_submitted", kind="bid", amount="980000.00", **CNY, receipt="签收单 7"),
    fact("2026-02-23", SALES, G1, "criterion_met", criterion="compliance_recognised"),
    fact("2026-02-23", SALES, G1, "customer_commitment_received", stage=4),
    # Negotiation, an objection, the contract: 30 % on signing, 60 % on delivery, 7 % on acceptance, 3 % kept back.
    fact("2026-02-24", SALES, G1, "appointment_made", scheduled_at="2026-02-25T10:00:00+08:00"),
    fact("2026-02-24", SALES, BUYER, "feedback_given", kind="objection", case="YY-1", deal_id="G-1", text="质保期"),
    fact("2026-02-25", SALES, G1, "visit_done", purpose="negotiation"),
    fact("2026-02-26", LEGAL, G1, "call_made", outcome="other", note="核对合同条款"),
    fact("2026-02-26", SALES, BUYER, "feedback_given", kind="objection", case="YY-1", deal_id="G-1", resolved=True),
    fact("2026-02-26", SALES, G1, "criterion_met", criterion="objections_resolved"),
    fact("2026-02-26", LEGAL, G1, "condition_assessed", item="lawful_and_open", result="met"),
    fact("2026-02-27", SALES, G1, "contract_signed.v2", contract="HT-G1", account_id="GOV-1", amount="980000.00", **CNY,
         terms=[{"term": "预付款", "trigger": "signing", "share": "30", "days": 7},
                {"term": "到货款", "trigger": "delivery", "share": "60", "days": 30},
                {"term": "验收款", "trigger": "acceptance", "share": "7", "days": 30}],
         retention_percent="3", retention_until="2028-04-10", sme_declared=True, buyer_kind="public"),
    fact("2026-02-27", SALES, G1, "customer_commitment_received", stage=5),
    fact("2026-02-27", SALES, G1, "deal_won", amount="980000.00", **CNY),
    fact("2026-03-03", SALES, G3, "deal_opened", playbook="government", account_id="GOV-1", owner="李娜",
         amount="200000.00", **CNY),
    # The money: 30 % of 980,000 is 294,000, 60 % is 588,000, 7 % is 68,600, 3 % is 29,400.
    fact("2026-03-02", FINANCE, G1, "activity_planned", plan="HK-1", kind="collection", due_on="2026-03-06",
         owner="李娜"),
    fact("2026-03-02", FINANCE, BUYER, "invoice_issued", invoice="INV-G1", amount="294000.00", **CNY, **PAID_FOR,
         term="预付款", due_on="2026-03-06"),
    fact("2026-03-06", FINANCE, BUYER, "payment_received", payment="P-G1", amount="294000.00", **CNY,
         allocations=paid("INV-G1", "294000.00")),
    fact("2026-03-15", SERVICE, G1, "acceptance_confirmed", contract="HT-G1", account_id="GOV-1", term="到货款",
         delivered_on="2026-03-15"),
    fact("2026-03-16", FINANCE, BUYER, "invoice_issued", invoice="INV-G2", amount="588000.00", **CNY, **PAID_FOR,
         term="到货款", due_on="2026-04-14"),
    fact("2026-04-10", SERVICE, G1, "acceptance_confirmed", contract="HT-G1", account_id="GOV-1", term="验收款",
         accepted_on="2026-04-10"),
    fact("2026-04-10", SALES, G1, "call_made", outcome="other", note="提醒付款"),
    fact("2026-04-13", FINANCE, BUYER, "invoice_issued", invoice="INV-G3", amount="68600.00", **CNY, **PAID_FOR,
         term="验收款", due_on="2026-05-10"),
    fact("2026-04-16", FINANCE, BUYER, "reminder_sent", invoices=["INV-G2"], level=2, channel="call", deal_id="G-1",
         finance_notified=True, plan="HK-1"),
    fact("2026-04-20", FINANCE, BUYER, "payment_promised", invoice="INV-G2", amount="588000.00", **CNY,
         promised_on="2026-04-30"),
    fact("2026-04-22", FINANCE, G1, "visit_done", purpose="collection"),
    fact("2026-04-29", FINANCE, BUYER, "reminder_sent", invoices=["INV-G2"], level=3, channel="letter", deal_id="G-1"),
    fact("2026-04-30", FINANCE, BUYER, "payment_received", payment="P-G2", amount="400000.00", **CNY,
         allocations=paid("INV-G2", "400000.00")),
    fact("2026-05-06", FINANCE, BUYER, "payment_received", payment="P-G3", amount="188000.00", **CNY,
         remittance="付到货款余款 INV-G2"),
    fact("2026-05-08", FINANCE, BUYER, "payment_allocated", payment="P-G3", **CNY,
         allocations=paid("INV-G2", "188000.00")),
    fact("2026-05-11", FINANCE, BUYER, "receivable_disputed", invoice="INV-G3", amount="20000.00", **CNY,
         reason="一项功能未验收"),
    fact("2026-05-18", FINANCE, BUYER, "payment_received", payment="P-G4", amount="68600.00", **CNY,
         allocations=paid("INV-G3", "68600.00")),
    fact("2026-05-19", FINANCE, BUYER, "payment_reversed", payment="P-G4", amount="68600.00", **CNY, reason="退票"),
    fact("2026-05-20", FINANCE, BUYER, "dispute_resolved", invoice="INV-G3", outcome="补做后验收"),
    fact("2026-05-22", FINANCE, BUYER, "payment_received", payment="P-G5", amount="68600.00", **CNY,
         allocations=paid("INV-G3", "68600.00")),
    fact("2026-05-22", FINANCE, G1, "criterion_met", criterion="cash_in_full", note="质保金未到期"),
    # Care of the relation.
    fact("2026-05-26", SERVICE, BUYER, "care_given", kind="return_visit", deal_id="G-1"),
    fact("2026-05-27", SERVICE, BUYER, "care_given", kind="service", deal_id="G-1"),
    fact("2026-05-28", SALES, G1, "need_recorded", need="区县接入", kind="explicit", follow_on=True),
    fact("2026-05-29", SERVICE, BUYER, "feedback_given", kind="satisfaction", score=9, deal_id="G-1"),
    # What was aimed at.
    fact("2026-01-01", SALES, "playbook/government", "target_set", target="MB-G1", metric="collection_rate",
         period="2026-04", value="0.95"),
    fact("2026-01-01", SALES, "playbook/government", "target_set", target="MB-G2", metric="days_to_collect",
         period="2026-04", value="60", id="MB-G2"),
    fact("2026-01-01", SALES, "playbook/government", "target_set", target="MB-G3", metric="visits_with_appointment",
         period="2026-01", value="1.00", id="MB-G3"),
)  # fmt: skip


async def test_the_process_has_the_seven_stages_of_the_document(told: Told) -> None:
    """Row 000.2."""
    shown = await told.json("playbook", "show", "government")
    assert [stage["names"]["zh"] for stage in shown["stages"]] == [
        "识别潜在客户", "接触", "需求分析", "展示与报价", "谈判与成交", "回款管理", "关系维护"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "stage", "phase", "probability"),
    [
        ("2026-01-06", 1, "entered", "0.0000"),  # 000.4: found on the procurement site
        ("2026-01-09", 1, "completed", "0.0500"),
        ("2026-01-12", 1, "completed", "0.0500"),  # 000.5: an appointment alone enters nothing
        ("2026-01-15", 2, "entered", "0.0500"),
        ("2026-01-20", 2, "completed", "0.1500"),  # 000.6: trust, and the customer agrees to go on
        ("2026-01-27", 3, "entered", "0.1500"),  # 000.7
        ("2026-02-02", 3, "completed", "0.3000"),
        ("2026-02-06", 3, "completed", "0.3000"),  # shown, not quoted yet
        ("2026-02-09", 4, "entered", "0.3000"),
        ("2026-02-23", 4, "completed", "0.5000"),  # 000.9
        ("2026-02-25", 5, "entered", "0.5000"),
        ("2026-02-27", 5, "completed", "1.0000"),  # 000.13
        ("2026-03-02", 6, "entered", "1.0000"),  # 000.14
        ("2026-05-21", 6, "entered", "1.0000"),  # 000.19: the last money bounced
        ("2026-05-22", 6, "completed", "1.0000"),
        ("2026-05-26", 7, "entered", "1.0000"),  # 000.20
        ("2026-05-28", 7, "completed", "1.0000"),  # 000.21
    ],
)
async def test_a_deal_goes_from_the_notice_to_the_care_of_the_relation(
    told: Told, day: str, stage: int, phase: str, probability: str
) -> None:
    assert await told.stands("G-1", day) == (stage, phase, probability)


async def test_a_visit_before_its_appointment_does_not_keep_to_procedure(told: Told) -> None:
    """Row 000.5."""
    for deal, met in (("G-1", True), ("G-2", False)):
        assert (await told.figures("coverage", "item", "met", deal=deal, as_of="2026-01-19"))[
            "appointment_first"
        ] is met
    assert (await told.figures("coverage", "item", "met", deal="G-2", as_of="2026-01-31"))["appointment_first"] is False


async def test_what_is_to_be_done_after_winning_is_prepared_like_the_rest(told: Told) -> None:
    """G-1 is won on 27 February, and works on collecting afterwards."""
    rows = await told.figures("coverage", "item", "kind", deal="G-1", as_of="2026-04-20")
    assert {*rows.values()} == {"process"}
    assert {"regular_follow_up", "finance_informed"} >= {*rows} != set()


async def test_hidden_needs_are_known_once_somebody_has_found_them(told: Told) -> None:
    """Row 000.8."""
    for day, met in (("2026-01-27", False), ("2026-01-28", True)):
        assert await told.figures("coverage", "item", "met", deal="G-1", as_of=day) == {"hidden_needs": met}


async def test_a_quote_is_held_against_the_budget(told: Told) -> None:
    """Rows 000.9 to 000.11."""
    over = {"deal": "G-1", "as_of": "2026-02-10"}  # 1,050,000 of 1,000,000
    assert await told.figures("coverage", "item", "met", **over) == {
        "procurement_standard": False, "quote_within_budget": False
    }  # fmt: skip
    assert (await told.totals("coverage", **over))["compliance"] == "0.0000"
    within = {"deal": "G-1", "as_of": "2026-02-13"}  # 980,000
    assert (await told.totals("coverage", **within))["compliance"] == "1.0000"


async def test_what_did_not_keep_to_the_rules_is_listed(told: Told) -> None:
    """Rows 000.5, 000.10: a visit before its appointment and one without, and two quotes above the budget."""
    asked = {"checks": "visit_without_appointment,quote_over_budget", "as_of": "2026-04-30"}
    found = await told.figures("data_quality", "subject flag", "entry", **asked)
    assert {key: entry for key, entry in found.items() if key[0] in (G1, G2, G3)} == {
        (G1, "quote_over_budget"): told.at[f"{G1}/quote_submitted/2026-02-09"],
        (G1, "visit_without_appointment"): told.at[f"{G1}/visit_done/2026-04-22"],
        (G2, "quote_over_budget"): told.at[f"{G2}/quote_submitted/2026-02-10"],
        (G2, "visit_without_appointment"): told.at[f"{G2}/visit_done/2026-01-19"],
    }


async def test_what_is_missing_is_said_before_the_next_stage(told: Told) -> None:
    """Rows 000.7, 000.12."""
    steps = await told.figures("next_steps", "deal", "working_on missing", playbook="government", as_of="2026-02-25")
    assert steps == {
        "G-1": [5, ["objections_resolved", "contract_signed", "commitment"]],
    }  # G-2 is lost, G-3 is not opened
    steps = await told.figures("next_steps", "deal", "working_on missing", playbook="government", as_of="2026-03-31")
    assert steps == {"G-3": [1, ["opportunity_found"]]}  # G-1 is won


async def test_one_of_two_deals_was_won(told: Told) -> None:
    """Rows 000.13, 000.26."""
    assert await told.totals("funnel", playbook="government", as_of="2026-05-31") == {
        "open": 1, "won": 1, "lost": 1, "abandoned": 0, "won_amounts": {"CNY": "980000.00"}, "win_rate": "0.5000"
    }  # fmt: skip


async def test_what_is_open_stands_under_the_days_by_which_it_is_late(told: Told) -> None:
    """Row 000.16."""
    lines = await told.figures("ageing", "line", "items amount", account="GOV-1", as_of="2026-04-20")
    assert lines["not_due"] == [1, "68600.00"]  # due on 10 May
    assert lines["1-30"] == [1, "588000.00"]  # due on 14 April, six days ago
    assert lines["balance"] == [None, "656600.00"]
    assert await told.figures("receivables_open", "invoice", "open_amount", account="GOV-1", as_of="2026-04-30") == {
        "INV-G2": "188000.00",  # 588,000 - 400,000
        "INV-G3": "68600.00",
    }


async def test_what_is_open_by_the_person_who_sold_it_and_by_region(told: Told) -> None:
    """Row 000.16: money that pays no invoice is nobody's; in every group the buckets less it are the balance."""
    asked = {"currency": "CNY", "as_of": "2026-05-06"}
    assert await told.figures("ageing", "group line", "amount", by="owner", **asked) == {
        ("李娜", "not_due"): "68600.00",
        ("李娜", "1-30"): "188000.00",
        ("李娜", "balance"): "256600.00",
        (None, "unapplied_cash"): "188000.00",
        (None, "unapplied"): "188000.00",
        (None, "balance"): "-188000.00",
    }
    by_region = await told.figures("ageing_by", "group line", "amount", by="region", **asked)
    assert by_region["华中", "balance"] == "68600.00"  # 256,600 - 188,000


async def test_an_invoice_is_suggested_for_money_that_pays_none(told: Told) -> None:
    """Row 000.18: the payer names the invoice."""
    found = await told.figures("suggestions", "payment invoice", "amount reason", account="GOV-1", as_of="2026-05-06")
    assert found == {("P-G3", "INV-G2"): ["188000.00", "named"]}


@pytest.mark.parametrize(
    ("day", "unapplied", "balance"),
    [
        ("2026-05-06", "188000.00", "68600.00"),  # 188,000 + 68,600 open, 188,000 of it in and not applied
        ("2026-05-08", "0.00", "68600.00"),
        ("2026-05-18", "0.00", "0.00"),
        ("2026-05-19", "0.00", "68600.00"),  # the bank took it back
        ("2026-05-22", "0.00", "0.00"),
    ],
)
async def test_money_is_in_when_it_is_applied_and_stays(told: Told, day: str, unapplied: str, balance: str) -> None:
    """Row 000.18."""
    lines = await told.figures("ageing", "line", "amount", account="GOV-1", as_of=day)
    assert (lines["unapplied"], lines["balance"]) == (unapplied, balance)
    if unapplied != "0.00":
        found = await told.figures("receivables_unapplied", "document", "amount", account="GOV-1", as_of=day)
        assert found == {"P-G3": unapplied}


async def test_the_collection_rate_of_a_month(told: Told) -> None:
    """Rows 000.1, 000.27: by level of government. 588,000 fell due in April, of which 400,000 were in by its end."""
    april = {"by": "gov_level", "from_": "2026-04-01", "to": "2026-04-30", "as_of": "2026-04-30"}
    found = await told.figures("segments", "segment", "accounts revenue collection_rate", **april)
    assert found["municipal"] == [1, "68600.00", "0.6803"]  # 400,000 / 588,000
    assert found["county"] == [1, None, None]


async def test_how_well_the_money_comes_in(told: Told) -> None:
    """Row 000.1, in April: 588,000 were open, 68,600 were invoiced, 400,000 came in on the last day."""
    april = {"account": "GOV-1", "from_": "2026-04-01", "to": "2026-04-30", "as_of": "2026-04-30"}
    names = "begin sales cash_in end current"
    assert await told.figures("collection", "currency", names, **april) == {
        "CNY": ["588000.00", "68600.00", "400000.00", "256600.00", "68600.00"]  # of these, 68,600 are not due
    }
    names = "dso cei due collected_of_due collection_rate days_to_collect days_late"
    # 256,600 / 68,600 × 30; 400,000 / (588,000 + 68,600 - 68,600) × 100; 400,000 / 588,000; from 16 March, when it was
    # invoiced, and from 14 April, when it was due.
    assert await told.figures("collection", "currency", names, **april) == {
        "CNY": ["112.22", "68.03", "588000.00", "400000.00", "0.6803", "45.00", "16.00"]
    }


async def test_every_instalment_of_the_contract_has_its_day(told: Told) -> None:
    """Row 000.14."""
    names = "planned due_on invoiced collected open status collected_share"
    april = {"contract": "HT-G1", "as_of": "2026-04-30"}
    share = "0.7082"  # (294,000 + 400,000) / 980,000
    assert await told.figures("collection_plan", "term", names, **april) == {
        "预付款": ["294000.00", "2026-03-06", "294000.00", "294000.00", "0.00", "paid", share],  # 7 days from signing
        "到货款": ["588000.00", "2026-04-14", "588000.00", "400000.00", "188000.00", "overdue", share],
        "验收款": ["68600.00", "2026-05-10", "68600.00", "0.00", "68600.00", "invoiced", share],
        "retention": ["29400.00", "2028-04-10", "0.00", "0.00", "0.00", "held", share],
    }
    assert await told.totals("collection_plan", contract="HT-G1", as_of="2026-05-31") == {"collected_share": "0.9700"}


async def test_what_was_aimed_at_and_what_came_of_it(told: Told) -> None:
    """Row 000.27: 400,000 of 588,000 that fell due, after 45 days; two of three visits in January were agreed."""
    april = await told.figures("targets", "target", "value actual attained met", period="2026-04", as_of="2026-04-30")
    assert april["MB-G1"] == ["0.95", "0.6803", "0.7161", False]  # 0.6803 / 0.95
    assert april["MB-G2"] == ["60", "45.00", None, True]  # at most
    january = await told.figures("targets", "target", "value actual attained met", period="2026-01", as_of="2026-01-31")
    assert january["MB-G3"] == ["1.00", "0.6667", "0.6667", False]


@pytest.mark.parametrize(
    ("day", "late", "owed"),
    [
        # 30 days from the delivery on 15 March; 400,000 and 188,000, 16 days late, at 0.0005 a day.
        ("2026-04-30", ["2026-04-14", 16, "188000.00", "4704.00"], ["2026-05-10", 0, "0.00", "0.00"]),
        # 400,000 for 16 days, 188,000 for 24; 48,600 of 68,600 for five, since 20,000 are disputed.
        ("2026-05-15", ["2026-04-14", 24, "0.00", "5456.00"], ["2026-05-10", 5, "48600.00", "121.50"]),
        # 68,600 for eight days, and after the bank took them back for three.
        ("2026-05-31", ["2026-04-14", 24, "0.00", "5456.00"], ["2026-05-10", 12, "0.00", "377.30"]),
    ],
)
async def test_what_the_buyer_owes_by_law(told: Told, day: str, late: list[Any], owed: list[Any]) -> None:
    """Row 000.11."""
    names = "statutory_due days_late bearing interest"
    found = await told.figures("statutory", "invoice", names, account="GOV-1", as_of=day)
    assert found == {"INV-G2": late, "INV-G3": owed}
    laws = await told.figures("statutory", "invoice", "policy rate", account="GOV-1", as_of=day)
    assert laws["INV-G2"] == ["statutory_terms", "0.000500"]


async def test_how_much_of_a_months_invoices_is_in_after_how_long(told: Told) -> None:
    """Row 000.1. March: 294,000 after 4 days, 400,000 after 45, 188,000 after 53, of 882,000."""
    asked = {"account": "GOV-1", "from_": "2026-03-01", "to": "2026-03-31", "as_of": "2026-05-31"}
    assert await told.figures("collection_curve", "month age", "collected share", **asked) == {
        ("2026-03", 0): ["0.00", "0.0000"],
        ("2026-03", 30): ["294000.00", "0.3333"],
        ("2026-03", 60): ["882000.00", "1.0000"],
    }


async def test_what_is_to_be_followed_up(told: Told) -> None:
    """Rows 000.15, 000.20."""
    asked = {"owner": "李娜", "as_of": "2026-04-25"}  # until 9 May
    assert await told.figures("follow_up", "kind what", "due_on days_late", **asked) == {
        ("reminder", "INV-G2"): ["2026-04-29", -4],  # level 2 was sent; level 3 is 15 days behind 14 April
        ("promise", "INV-G2"): ["2026-04-30", -5],
        ("reminder", "INV-G3"): ["2026-05-07", -12],  # level 1 is three days before 10 May
    }
    later = {"owner": "李娜", "horizon_days": 30, "as_of": "2026-06-30"}
    # Grade B, every 60 days; last heard of on 29 May.
    assert await told.figures("follow_up", "kind what", "due_on", **later) == {("return_visit", "B"): "2026-07-28"}


async def test_the_customer_has_a_file(told: Told) -> None:
    """Rows 000.22, 000.23: what it bought, and its history with its preferences."""
    bought = await told.figures(
        "accounts", "account", "name revenue won life_cycle", account="GOV-1", as_of="2026-05-31"
    )
    # 294,000 + 588,000 + 68,600
    assert bought == {"GOV-1": ["江城市数据局", "950600.00", 1, "new"]}
    history = await told.json("history", "GOV-1", "--account")
    assert "先看同级城市的案例" in {each["data"].get("preferences") for each in history["entries"]}


async def test_departments_take_part_in_the_stages_that_name_them(told: Told) -> None:
    """Rows 000.17, 000.25."""
    found = await told.figures(
        "participation", "stage department", "took_part deals", playbook="government", as_of="2026-05-31"
    )
    assert found == {
        (1, "销售部"): [2, 3], (1, "市场部"): [1, 3],  # sales met items of two, marketing called G-1
        (2, "销售部"): [2, 2],
        (3, "销售部"): [1, 1], (3, "技术部"): [1, 1],
        (4, "销售部"): [1, 1], (4, "技术部"): [1, 1], (4, "财务部"): [0, 1],
        (5, "销售部"): [1, 1], (5, "法务部"): [1, 1], (5, "财务部"): [0, 1],
        (6, "销售部"): [1, 1], (6, "财务部"): [1, 1],
        (7, "销售部"): [1, 1], (7, "客服部"): [1, 1],
    }  # fmt: skip


async def test_each_figure_leads_to_its_entries(told: Told) -> None:
    """Row 000.28: who said that the customer is satisfied, and how much."""
    explained = await told.get("/deals/G-1/explain", as_of="2026-05-29")
    (last,) = explained["stages"][-1:]
    met = {each["item"]: each["by"] for each in [*last["items"], *last["shown"]]}
    assert met["satisfaction_known"] == [told.at[f"{BUYER}/feedback_given/2026-05-29"]]
    assert met["return_visit"] == [told.at[f"{BUYER}/care_given/2026-05-26"]]
