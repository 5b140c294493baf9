"""Document 003: the funnel in four bands, messages that are opened and answered, customers who come back and refer.

F-1 was bought, and led to F-4, which its customer referred, and to F-5, which it bought again; F-2 was lost, F-6 given
up; F-3 fell back, F-7 has just begun. Numbers such as 003.11 are rows of projections/documents.md.
"""

from typing import Any

import pytest

from tests.acceptance.stories.telling import Fact, Person, Told, fact

SALES, MARKETING, SERVICE = Person("陈晨", "销售部"), Person("唐宁", "市场部"), Person("方圆", "客服部")
CNY = {"currency": "CNY"}
D = "2026-06-30"
FUNNEL: dict[str, Any] = {"playbook": "four_band", "as_of": D}


def opened(deal: str, account: str, day: str, amount: str, channel: str, **more: str) -> Fact:
    return fact(day, SALES, f"deal/{deal}", "deal_opened", playbook="four_band", account_id=account, owner="陈晨",
                amount=amount, **CNY, source_channel=channel, **more)  # fmt: skip


def mail(about: str, message: str, day: str, kind: str, direction: str = "outbound", **more: str) -> Fact:
    return fact(day, MARKETING, about, "message_exchanged", message=message, channel=more.pop("channel", "email"),
                direction=direction, kind=kind, **more, id=f"{message}-{kind}")  # fmt: skip


def spring(about: str, message: str, day: str, kind: str) -> Fact:
    return mail(about, message, day, kind, "inbound" if kind == "replied" else "outbound", campaign="春季上新")


def details(deal: str, offered: str, need: str) -> tuple[Fact, Fact]:
    """Details and examples are given, then the needs are known."""
    return (
        fact(offered, SALES, f"deal/{deal}", "proposal_submitted", kind="preliminary"),
        fact(need, SALES, f"deal/{deal}", "need_recorded", need="预约系统", kind="explicit", pain="排队时间长"),
    )


def negotiated(deal: str, shown: str, quoted: str, agreed: str, amount: str, **quote: Any) -> tuple[Fact, ...]:
    """The product is shown, a price quoted, terms and deal are agreed."""
    about = f"deal/{deal}"
    return (
        fact(shown, SALES, about, "demo_held", audience=["users"]),
        fact(quoted, SALES, about, "quote_submitted", quote=f"BJ-{deal}", amount=amount, **CNY, **quote),
        fact(agreed, SALES, about, "criterion_met", criterion="terms_agreed"),
        fact(agreed, SALES, about, "customer_commitment_received", stage=3),
    )


def closed(deal: str, account: str, day: str, amount: str) -> tuple[Fact, Fact]:
    return (
        fact(day, SALES, f"deal/{deal}", "contract_signed.v2", contract=f"HT-{deal}", account_id=account, amount=amount,
             **CNY),
        fact(day, SALES, f"deal/{deal}", "deal_won", amount=amount, **CNY),
    )  # fmt: skip


FACTS = (
    *(
        fact("2026-03-01", MARKETING, f"account/{id}", "account_registered", name=name, industry=industry,
             region="西南", employees=employees)
        for id, name, industry, employees in (
            ("FA-1", "蓉城医院", "医疗", 1200), ("FA-2", "渝州机床", "制造", 300), ("FA-3", "滇池诊所", "医疗", 40),
            ("FA-4", "黔中铝材", "制造", 800),
        )
    ),
    fact("2026-03-01", MARKETING, "account/FA-3", "account_profiled", intent="high", size_class="small"),
    fact("2026-03-01", MARKETING, "account/FA-4", "account_profiled", intent="low", size_class="large"),
    fact("2026-03-03", SALES, "account/FA-1", "contact_recorded.v2", contact_id="Z1", roles=["decision_maker"],
         preferred_channel="wechat", personal={"name": "周院长", "birthday": "1975-07-05"}),
    # March: a campaign by mail, of which one mail came back.
    opened("F-1", "FA-1", "2026-03-02", "85000.00", "website"),
    opened("F-2", "FA-4", "2026-03-05", "70000.00", "exhibition"),
    opened("F-3", "FA-3", "2026-03-10", "90000.00", "social_media"),
    spring("deal/F-1", "M-1", "2026-03-02", "sent"), spring("deal/F-1", "M-1", "2026-03-03", "opened"),
    spring("deal/F-1", "M-1", "2026-03-04", "replied"),
    spring("deal/F-2", "M-2", "2026-03-05", "sent"), spring("deal/F-2", "M-2", "2026-03-06", "opened"),
    spring("deal/F-2", "M-2", "2026-03-06", "clicked"),
    spring("deal/F-3", "M-3", "2026-03-10", "sent"), spring("deal/F-3", "M-3", "2026-03-11", "opened"),
    spring("deal/F-3", "M-3", "2026-03-12", "replied"),
    spring("account/FA-2", "M-4", "2026-03-05", "sent"), spring("account/FA-2", "M-4", "2026-03-05", "bounced"),
    spring("account/FA-3", "M-5", "2026-03-05", "sent"),
    *details("F-1", "2026-03-09", "2026-03-11"),
    fact("2026-03-05", SALES, "deal/F-1", "condition_assessed", item="cases_shown", result="met"),
    *negotiated("F-1", "2026-03-16", "2026-03-18", "2026-03-20", "80000.00", incentives=["discount"],
                payment_options=["single"]),
    *closed("F-1", "FA-1", "2026-03-23", "80000.00"),
    fact("2026-03-30", SERVICE, "account/FA-1", "care_given", kind="service", deal_id="F-1"),
    *details("F-3", "2026-03-20", "2026-03-22"),
    fact("2026-04-10", SALES, "deal/F-3", "evidence_revoked", item="needs_known", reason="换了负责人"),
    fact("2026-04-30", SALES, "deal/F-2", "deal_lost", reason_code="no_decision"),
    # May: a customer refers another one, and buys again.
    fact("2026-05-04", SALES, "account/FA-1", "referral_received", referral="TJ-1", referred_name="渝州机床",
         contact_id="Z1"),
    fact("2026-05-10", SALES, "account/FA-1", "referral_received", referral="TJ-2", referred_name="锦江药房"),
    mail("account/FA-2", "M-6", "2026-05-05", "viewed", "inbound", channel="web", page="/pricing"),
    opened("F-4", "FA-2", "2026-05-06", "65000.00", "referral", referral="TJ-1"),
    mail("deal/F-4", "M-7", "2026-05-07T10:00", "received", "inbound", channel="wechat"),
    mail("deal/F-4", "M-8", "2026-05-07T14:00", "sent", channel="wechat"),
    fact("2026-05-08", SALES, "deal/F-4", "call_made", outcome="interested"),
    *details("F-4", "2026-05-12", "2026-05-13"),
    *negotiated("F-4", "2026-05-18", "2026-05-20", "2026-05-25", "60000.00", incentives=["limited_offer", "gift"],
                payment_options=["instalments", "online"]),
    *closed("F-4", "FA-2", "2026-05-27", "60000.00"),
    opened("F-5", "FA-1", "2026-05-11", "100000.00", "existing_customer"),
    mail("deal/F-5", "M-9", "2026-05-12T07:00", "received", "inbound", channel="wechat"),
    mail("deal/F-5", "M-10", "2026-05-12T09:00", "sent", channel="wechat"),
    fact("2026-05-12", SALES, "deal/F-5", "call_made", outcome="interested"),
    *details("F-5", "2026-05-14", "2026-05-15"),
    *negotiated("F-5", "2026-05-18", "2026-05-19", "2026-05-22", "100000.00"),
    *closed("F-5", "FA-1", "2026-05-25", "100000.00"),
    opened("F-6", "FA-6", "2026-05-20", "30000.00", "inbound"),
    fact("2026-06-15", SALES, "deal/F-6", "deal_abandoned", reason="预算不足"),
    # June: care, a complaint, a reward, and what is to be done.
    fact("2026-06-01", SERVICE, "account/FA-1", "care_given", kind="training", deal_id="F-5"),
    fact("2026-06-01", SALES, "account/FA-1", "invoice_issued", invoice="INV-F5", amount="50000.00", **CNY,
         deal_id="F-5", due_on="2026-06-10"),
    fact("2026-06-09", SALES, "account/FA-1", "payment_received", payment="P-F5", amount="50000.00", **CNY,
         method="online", allocations=[{"invoice": "INV-F5", "amount": "50000.00", "deal_id": "F-5"}]),
    opened("F-7", "FA-7", "2026-06-02", "40000.00", "seminar"),
    fact("2026-06-03", SALES, "deal/F-7", "call_made", outcome="interested"),
    fact("2026-06-05", SERVICE, "account/FA-2", "feedback_given", kind="complaint", case="TS-F4", deal_id="F-4"),
    fact("2026-06-08", SERVICE, "account/FA-2", "feedback_given", kind="complaint", case="TS-F4", deal_id="F-4",
         resolved=True),
    fact("2026-06-10", SERVICE, "account/FA-1", "feedback_given", kind="satisfaction", score=9, deal_id="F-5"),
    fact("2026-06-19", SERVICE, "account/FA-1", "care_given", kind="holiday", contact_id="Z1", channel="wechat",
         note="端午问候"),
    fact("2026-06-20", SERVICE, "account/FA-1", "care_given", kind="reward", note="推介奖励"),
    fact("2026-06-04", SALES, "account/FA-1", "account_graded", grade="A", potential=4, standing=4, strategic=4,
         method="三因素乘积法"),
    fact("2026-06-11", SALES, "deal/F-3", "activity_planned", plan="FU-1", kind="call", due_on="2026-06-25",
         owner="陈晨"),
    fact("2026-06-12", SALES, "deal/F-7", "activity_planned", plan="FU-2", kind="demo", due_on="2026-07-08",
         owner="陈晨"),
    fact("2026-05-01", SALES, "playbook/four_band", "target_set", target="MB-F1", metric="completion_rate",
         period="2026-05", value="0.50", stage="potential"),
    fact("2026-05-01", SALES, "playbook/four_band", "target_set", target="MB-F2", metric="referrals",
         period="2026-Q2", value="4", id="MB-F2"),
)  # fmt: skip


async def test_the_funnel_has_the_four_bands_of_the_document(told: Told) -> None:
    """Row 003.3."""
    shown = await told.json("playbook", "show", "four_band")
    assert [stage["names"]["zh"] for stage in shown["stages"]] == ["潜在客户", "意向客户", "洽谈客户", "成交客户"]
    # F-7 has completed the first stage, F-3 has entered the second.
    assert await told.figures("bands", "band", "deals amounts", **FUNNEL) == {
        "not_started": [0, {}],
        "potential": [1, {"CNY": "40000.00"}],
        "intent": [1, {"CNY": "90000.00"}],
        "negotiation": [0, {}],
        "closing": [0, {}],
    }


@pytest.mark.parametrize(
    ("deal", "day", "stage", "phase", "probability"),
    [
        ("F-1", "2026-03-02", 1, "entered", "0.0000"),
        ("F-1", "2026-03-04", 1, "completed", "0.1000"),  # 003.7: a reply shows strong interest
        ("F-2", "2026-03-06", 1, "entered", "0.0000"),  # a click does not
        ("F-3", "2026-03-22", 2, "completed", "0.3000"),
        ("F-3", "2026-04-10", 2, "entered", "0.1000"),  # 003.6: it moved back
        ("F-5", "2026-05-22", 3, "completed", "0.7000"),
        ("F-5", "2026-06-01", 4, "completed", "1.0000"),
    ],
)
async def test_each_customer_stands_at_a_stage_and_moves_both_ways(
    told: Told, deal: str, day: str, stage: int, phase: str, probability: str
) -> None:
    """Rows 003.5, 003.22."""
    assert await told.stands(deal, day) == (stage, phase, probability)


async def test_each_stage_asks_for_its_tasks(told: Told) -> None:
    """Rows 003.4, 003.9."""
    assert await told.figures("next_steps", "deal", "working_on missing", **FUNNEL) == {
        "F-3": [2, ["needs_known"]], "F-7": [2, ["details_given"]]
    }  # fmt: skip
    assert await told.figures("coverage", "deal item", "met", **FUNNEL) == {
        ("F-3", "cases_shown"): False, ("F-7", "cases_shown"): False,
        ("F-4", "satisfaction_followed"): False,  # it was bought, and nobody cares for it yet
    }  # fmt: skip


async def test_conversion_by_month_and_where_it_is_lowest(told: Told) -> None:
    """Rows 003.11, 003.12."""
    found = await told.figures("conversion", "cohort stage", "reached from_previous", **FUNNEL)
    assert found == {
        ("2026-03", 1): [2, "0.6667"],  # F-1 and F-3 of three
        ("2026-03", 2): [2, "1.0000"],  # F-3 was there, though it fell back
        ("2026-03", 3): [1, "0.5000"],
        ("2026-03", 4): [1, "1.0000"],
        ("2026-05", 1): [2, "0.6667"],  # F-4 and F-5 of three
        ("2026-05", 2): [2, "1.0000"],
        ("2026-05", 3): [2, "1.0000"],
        ("2026-05", 4): [1, "0.5000"],  # nobody cares for F-4 yet
        ("2026-06", 1): [1, "1.0000"],
        ("2026-06", 2): [0, "0.0000"],
        ("2026-06", 3): [0, None],
        ("2026-06", 4): [0, None],
    }
    # 5 of 7, 4 of 5, 3 of 4, 2 of 3: lowest behind stage 3, but only 3 deals stood there.
    assert await told.totals("conversion", **FUNNEL) == {"bottleneck": 1}
    assert await told.totals("conversion", min_deals=3, **FUNNEL) == {"bottleneck": 4}
    ends = await told.figures("conversion", "cohort stage", "deals open won lost abandoned", **FUNNEL)
    assert [ends[month, 1] for month in ("2026-03", "2026-05", "2026-06")] == [
        [3, 1, 1, 1, 0], [3, 0, 2, 0, 1], [1, 1, 0, 0, 0]
    ]  # fmt: skip


async def test_cohorts_are_compared_at_equal_age(told: Told) -> None:
    """Row 003.11: within 15 days F-1 came to stage 2 (its 18th is 20 March), F-5 to stage 3 (its 11th is 22 May)."""
    found = await told.figures("conversion", "cohort stage", "reached", age_days=15, **FUNNEL)
    assert [[found[month, stage] for stage in (1, 2, 3, 4)] for month in ("2026-03", "2026-05", "2026-06")] == [
        [2, 2, 0, 0], [2, 2, 1, 0], [1, 0, 0, 0]
    ]  # fmt: skip


async def test_how_long_each_stage_takes(told: Told) -> None:
    """Rows 003.12, 003.27."""
    asked = {**FUNNEL, "min_deals": 3}
    names = "finished median_stay mean_stay median_wait median_work running longest_running"
    found = await told.figures("durations", "stage", names, **asked)
    # Stage 1: 2, 2, 2, 1 and 1 days of F-1, F-3, F-4, F-5, F-7.
    assert found[1] == [5, "2.00", "1.60", "0.00", "2.00", 0, None]
    # Stage 2: F-1 5 + 2, F-4 4 + 1, F-5 2 + 1. F-3 is there again: 10 days in March, and from 10 April, 10:00, to the
    # end of 30 June 81 days and 14 hours.
    assert found[2] == [3, "5.00", "5.00", "4.00", "1.00", 2, "91.58"]
    # Stage 3: 9 days of F-1, 12 of F-4, 7 of F-5.
    assert found[3][:3] == [3, "9.00", "9.33"]
    # Stage 4: F-1 and F-5, until they were won: 3 days each.
    assert found[4][:2] == [2, "3.00"]
    assert await told.totals("durations", **asked) == {"slowest": 3}


async def test_the_money_that_the_funnel_brings_a_day(told: Told) -> None:
    """Row 003.27. Won: 80,000 after 21 days, 60,000 after 21, 100,000 after 14."""
    names = "open won lost abandoned win_rate win_rate_broad mean_won cycle_median cycle_mean per_day"
    found = await told.figures("velocity", "currency", names, **FUNNEL, from_="2026-03-01", to=D)
    # 3 / 4; 3 / 5; 240,000 / 3; 56 / 3; 2 × 0.75 × 80,000 / 21.
    assert found == {
        "CNY": [2, 3, 1, 1, "0.7500", "0.6000", "80000.00", "21.00", "18.67", "5714.29"]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("by", "segment", "figures"),
    [
        # F-3 is open; F-1 and F-5 were won; 50,000 invoiced, and paid by its day.
        ("industry", "医疗", [2, 1, "90000.00", 2, 0, "1.0000", "50000.00", "1.0000"]),
        ("industry", "制造", [2, 0, None, 1, 1, "0.5000", None, None]),  # F-4 won, F-2 lost
        ("intent", "high", [1, 1, "90000.00", 0, 0, None, "0.00", None]),  # 003.2
        ("size_class", "large", [1, 0, None, 0, 1, "0.0000", None, None]),
    ],
)
async def test_customers_in_segments(told: Told, by: str, segment: str, figures: list[Any]) -> None:
    """Row 003.1."""
    names = "accounts open pipeline won lost win_rate revenue collection_rate"
    found = await told.figures("segments", "segment", names, by=by, from_="2026-03-01", to=D, as_of=D)
    assert found[segment] == figures


async def test_what_becomes_of_messages(told: Told) -> None:
    """Row 003.19. Of five mails one came back; of the other four three were opened and one was clicked."""
    names = "sent bounced opened clicked replied open_rate click_rate"
    march = {"from_": "2026-03-01", "to": "2026-03-31", "as_of": D}
    mails = [5, 1, 3, 1, 2, "0.7500", "0.2500"]
    assert await told.figures("messages", "channel", names, **march) == {"email": mails}
    assert await told.figures("messages", "campaign", names, by_campaign="yes", **march) == {"春季上新": mails}


async def test_how_soon_customers_are_answered(told: Told) -> None:
    """Rows 000.29, 003.28: one after four hours, one after two."""
    may = {"from_": "2026-05-01", "to": "2026-05-31", "as_of": D}
    assert await told.figures("messages", "channel", "sent answer_hours", **may) == {"wechat": [2, "3.00"]}


async def test_business_brings_business(told: Told) -> None:
    """Rows 003.13, 003.14, in May and June."""
    (row,) = (await told.ask("flywheel", from_="2026-05-01", to=D, as_of=D))["rows"]
    assert row == {
        "referrals": 2,
        "opened": 1,  # F-4
        "won": 1,
        "conversion": "0.5000",
        "per_customer": "0.2000",  # of ten accounts that had bought by then, in all stories
        "buyers": 2,  # of F-4 and F-5
        "repeat_buyers": 1,  # F-5's had bought F-1
        "repeat_rate": "0.5000",
        "repeat_days": "63.00",  # 23 March to 25 May
        "deals_opened": 4,  # F-4 to F-7
        "from_loop": 2,  # F-4 and F-5
        "loop_share": "0.5000",
    }


async def test_targets_of_the_plan(told: Told) -> None:
    """Row 003.21: two of the three deals that were begun in May went on; two of four referrals came."""
    may = await told.figures("targets", "target", "value actual attained met", period="2026-05", as_of="2026-05-31")
    assert may["MB-F1"] == ["0.50", "0.6667", "1.3333", True]
    quarter = await told.figures("targets", "target", "value actual attained met", period="2026-Q2", as_of=D)
    assert quarter["MB-F2"] == ["4", "2", "0.5000", False]


async def test_what_is_due_next(told: Told) -> None:
    """Rows 003.15, 003.16: a late call, a birthday, a demonstration; behind these, with grade A, a return visit."""
    asked = {"owner": "陈晨", "as_of": D}
    due = {
        ("plan", "FU-1"): ["2026-06-25", 5],
        ("birthday", "Z1"): ["2026-07-05", -5],
        ("plan", "FU-2"): ["2026-07-08", -8],
    }
    assert await told.figures("follow_up", "kind what", "due_on days_late", **asked) == due
    later = await told.figures("follow_up", "kind what", "due_on days_late", horizon_days=20, **asked)
    assert later == {**due, ("return_visit", "A"): ["2026-07-20", -20]}  # 30 days behind 20 June


async def test_the_file_of_a_customer_keeps_how_it_likes_to_be_reached(told: Told) -> None:
    """Rows 003.8, 003.10, 003.14, 003.16, 003.23, 003.24."""
    entries = (await told.json("history", "FA-1", "--account"))["entries"]
    (contact,) = [each["data"] for each in entries if each["type"] == "daybook.contact_recorded.v2"]
    assert contact["preferred_channel"] == "wechat"
    assert [each["data"]["kind"] for each in entries if each["type"] == "daybook.care_given.v1"] == [
        "service", "training", "holiday", "reward"
    ]  # fmt: skip
    assert {each["data"]["referral"] for each in entries if each["type"] == "daybook.referral_received.v1"} == {
        "TJ-1", "TJ-2"
    }  # fmt: skip
    seen = (await told.json("history", "FA-2", "--account"))["entries"]
    assert "/pricing" in {each["data"].get("page") for each in seen}
