"""Follow-up of a few deals and accounts, whose days are worked out by hand."""

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

MINI = playbook("mini", stage("find", "0.25", (item("found"),), (item("qualified"),)))
D = "2026-03-31"
"""Fourteen days later it is 14 April."""

Events = list[dict[str, Any]]


def opened(deal: str, day: str, owner: str, account: str) -> dict[str, Any]:
    return event(f"{deal}-o", "deal_opened", f"deal/{deal}", day, playbook="mini", owner=owner, account_id=account)


def planned(subject: str, plan: str, due_on: str, kind: str = "visit", **more: Any) -> dict[str, Any]:
    return event(plan, "activity_planned", subject, "2026-03-01", plan=plan, kind=kind, due_on=due_on, **more)


def invoice(account: str, number: str, due_on: str, **more: Any) -> dict[str, Any]:
    given = {"invoice": number, "amount": "200.00", "currency": "CNY", "due_on": due_on} | more
    return event(number, "invoice_issued", f"account/{account}", "2026-01-05", **given)


def paid(account: str, number: str, amount: str, day: str) -> dict[str, Any]:
    return event(
        f"{number}-p", "payment_received", f"account/{account}", day, payment=f"P-{number}", amount=amount,
        currency="CNY", allocations=[{"invoice": number, "amount": amount}],
    )  # fmt: skip


def promised(account: str, number: str, amount: str, promised_on: str) -> dict[str, Any]:
    given = {"invoice": number, "amount": amount, "currency": "CNY", "promised_on": promised_on}
    return event(f"{number}-pr", "payment_promised", f"account/{account}", "2026-03-01", **given)


def reminded(number: str, level: int) -> dict[str, Any]:
    given = {"invoices": [number], "level": level, "channel": "email"}
    return event(f"{number}-r{level}", "reminder_sent", "account/B", "2026-03-20", **given)


def retained(contract: str, until: str, released: str | None = None, deal: str = "D-3", account: str = "A") -> Events:
    told = [
        event(contract, "contract_signed", f"deal/{deal}", "2026-01-05", contract=contract, account_id=account,
              amount="1000.00", currency="CNY", retention_percent=5, retention_until=until)
    ]  # fmt: skip
    if released:
        given = {"contract": contract, "amount": released, "currency": "CNY"}
        told.append(event(f"{contract}-r", "retention_released", "account/A", "2026-03-20", **given))
    return told


def born(contact: str, birthday: str) -> dict[str, Any]:
    given = {"contact_id": contact, "role": "user", "personal": {"birthday": birthday}}
    return event(contact, "contact_recorded", "account/A", "2026-01-05", **given)


def graded(account: str, grade: str, day: str) -> dict[str, Any]:
    given = {"grade": grade, "potential": 1, "standing": 1, "strategic": 1, "method": "product"}
    return event(f"{account}-g", "account_graded", f"account/{account}", day, **given)


def called(subject: str, day: str, **more: Any) -> dict[str, Any]:
    return event(f"{subject}-{day}", "call_made", subject, day, outcome="callback", **more)


STORY = (
    opened("D-1", "2026-01-05", "Li", "A"),
    opened("D-2", "2026-01-05", "Li", "A"), event("D-2-l", "deal_lost", "deal/D-2", "2026-03-01"),
    opened("D-3", "2026-01-05", "Zhao", "A"),
    opened("D-5", "2026-01-05", "Sun", "C"), opened("D-6", "2026-01-04", "Qian", "C"),
    # A lost deal's invoice and retained amount; both come after D and its fourteen days.
    opened("D-7", "2026-01-05", "Feng", "L"), event("D-7-l", "deal_lost", "deal/D-7", "2026-05-03"),
    planned("deal/D-7", "P-7", "2026-05-20"),
    event("k7", "customer_commitment_received", "deal/D-7", "2026-03-02", stage=1, due_on="2026-05-20"),
    event("m7", "appointment_made", "deal/D-7", "2026-03-02", scheduled_at="2026-05-20T09:00:00Z"),
    invoice("L", "L-1", "2026-05-01", deal_id="D-7"), promised("L", "L-1", "60.00", "2026-05-10"),
    *retained("K-7", "2026-05-12", deal="D-7", account="L"),
    event("A-plan", "account_plan_set", "account/A", "2026-01-05", plan="key", period="2026", owner="Wu"),
    planned("deal/D-1", "P-1", "2026-04-14", owner="Han"),
    planned("deal/D-1", "P-2", "2026-04-15"),
    planned("deal/D-1", "P-3", "2026-03-20", "call"), called("deal/D-1", "2026-03-19", plan="P-3"),
    planned("deal/D-1", "P-4", "2026-03-21"),
    event("P-4-c", "activity_cancelled", "deal/D-1", "2026-03-05", plan="P-4"),
    planned("deal/D-2", "P-5", "2026-04-01"),  # of a lost deal
    planned("account/A", "P-6", "2026-03-30", "care"),
    event("k1", "customer_commitment_received", "deal/D-1", "2026-03-01", stage=1, due_on="2026-04-02"),
    event("k2", "customer_commitment_received", "deal/D-1", "2026-03-02", stage=1),
    event("k3", "customer_commitment_received", "deal/D-3", "2026-03-01", stage=1, due_on="2026-03-10"),
    event("k3-f", "commitment_fulfilled", "deal/D-3", "2026-03-05", target={"source": "crm", "id": "k3"}),
    invoice("A", "I-1", "2027-01-01", deal_id="D-1"), promised("A", "I-1", "150.00", "2026-04-05"),
    invoice("A", "I-2", "2027-01-01"), promised("A", "I-2", "50.00", "2026-03-25"),
    paid("A", "I-2", "50.00", "2026-03-20"),
    event("m1", "appointment_made", "deal/D-1", "2026-03-05", scheduled_at="2026-04-03T09:00:00Z", topic="terms"),
    event("m2", "appointment_made", "deal/D-3", "2026-03-03", scheduled_at="2026-03-10T09:00:00Z"),
    event("m2-v", "visit_done", "deal/D-3", "2026-03-10", purpose="survey"),
    invoice("B", "J-1", "2026-03-30"),  # level 2 at 1 day past due
    invoice("B", "J-2", "2026-03-16"), reminded("J-2", 2),  # level 3 at 15 days
    invoice("B", "J-3", "2026-03-16"), reminded("J-3", 3),  # level 4 at 30 days, on 15 April
    invoice("B", "J-4", "2026-04-10"),  # level 1 three days before
    invoice("B", "J-5", "2026-01-10"), reminded("J-5", 4),  # level 5 at 60 days
    invoice("B", "J-6", "2026-03-16"), paid("B", "J-6", "200.00", "2026-03-20"),
    invoice("B", "J-7", "2026-04-20"),  # level 1 on 17 April
    *retained("K-1", "2026-04-10", "20.00"),  # of 50.00
    *retained("K-2", "2026-04-10", "50.00"),
    *retained("K-3", "2026-04-10"), invoice("A", "I-3", "2027-01-01", contract="K-3", term="retention", amount="50.00"),
    *retained("K-4", "2026-04-15"),
    born("X", "1980-04-05"), born("Y", "1990-04-10"), born("V", "1970-04-15"), born("Z", "2000-02-29"),
    event("Y-c", "care_given", "account/A", "2026-03-29", kind="birthday", contact_id="Y"),
    graded("A", "A", "2026-01-10"),  # touched on 29 March
    graded("B", "B", "2026-01-10"), called("account/B", "2026-02-03"),
    graded("C", "A", "2026-01-10"), called("account/C", "2026-01-12"), called("deal/D-5", "2026-03-10"),
    # F was merged into C: its touch is one of C.
    graded("F", "A", "2026-01-10"), called("account/F", "2026-03-12"),
    event("F-into", "account_merged", "account/F", "2026-03-15", into_account_id="C", reason="one firm", approver="Wu"),
    graded("E", "D", "2025-10-01"),  # never touched
    # G was graded and then merged into H, which was not: due on 20 November + 180 days.
    graded("G", "D", "2025-11-20"), called("account/H", "2025-11-20"),
    event("G-into", "account_merged", "account/G", "2026-03-15", into_account_id="H", reason="one firm", approver="Wu"),
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


async def due(read: Api, as_of: str = D, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await read.get("/reports/follow_up", as_of=as_of, **asked))["rows"]
    return found


async def test_what_is_due_within_two_weeks_and_not_done_is_listed_by_day(read: Api) -> None:
    assert [
        (row["due_on"][5:], row["kind"], row["subject"], row["what"], row["days_late"], row["owner"])
        for row in await due(read)
    ] == [
        ("03-11", "reminder", "account/B", "J-5", 20, None),  # 10 January + 60
        ("03-30", "plan", "account/A", "P-6", 1, "Wu"),  # nobody is named: the key-account manager
        ("03-30", "return_visit", "account/E", "D", 1, None),  # 1 October + 180
        ("03-31", "reminder", "account/B", "J-1", 0, None),
        ("03-31", "reminder", "account/B", "J-2", 0, None),
        ("04-02", "commitment", "deal/D-1", "1", -2, "Li"),
        ("04-03", "appointment", "deal/D-1", "terms", -3, "Li"),
        ("04-04", "return_visit", "account/B", "B", -4, None),  # 3 February + 60
        ("04-05", "birthday", "account/A", "X", -5, "Wu"),
        ("04-05", "promise", "account/A", "I-1", -5, "Li"),
        ("04-07", "reminder", "account/B", "J-4", -7, None),
        ("04-10", "retention", "account/A", "K-1", -10, "Zhao"),
        ("04-11", "return_visit", "account/C", "A", -11, "Sun"),  # 12 March, when F was called, + 30
        ("04-14", "plan", "deal/D-1", "P-1", -14, "Han"),
    ]


async def test_a_lost_deal_needs_no_meeting_but_its_money_is_still_due(read: Api) -> None:
    until = {"horizon_days": 21, "account": "L"}  # from 2 May to 23 May, from 4 May to 25 May
    money = [
        ("2026-05-02", "reminder", "L-1"),  # level 2, one day past due
        ("2026-05-10", "promise", "L-1"),
        ("2026-05-12", "retention", "K-7"),
    ]
    meetings = [("2026-05-20", "appointment", None), ("2026-05-20", "commitment", "1"), ("2026-05-20", "plan", "P-7")]
    before = await due(read, "2026-05-02", **until)
    assert [(row["due_on"], row["kind"], row["what"]) for row in before] == money + meetings
    after = await due(read, "2026-05-04", **until)
    assert [(row["due_on"], row["kind"], row["what"]) for row in after] == money
    assert {row["owner"] for row in after} == {"Feng"}


async def test_follow_up_has_no_currency_to_ask_for(read: Api) -> None:
    await read.get("/reports/follow_up", 400, as_of=D, currency="CNY")


async def test_a_horizon_of_another_length_lists_less_or_more(read: Api) -> None:
    whole = await due(read)
    assert await due(read, horizon_days=0) == [row for row in whole if row["days_late"] >= 0]
    more = [row["what"] for row in await due(read, horizon_days=15) if row not in whole]
    assert more == ["V", "P-2", "J-3", "K-4"]  # all on 15 April


async def test_an_owner_sees_his_own(read: Api) -> None:
    assert [row["what"] for row in await due(read, owner="Li")] == ["1", "terms", "I-1"]
    assert [row["what"] for row in await due(read, owner="Wu")] == ["P-6", "X"]


async def test_an_account_has_what_is_due_of_its_deals_and_of_accounts_merged_into_it(read: Api) -> None:
    assert [(row["subject"], row["what"]) for row in await due(read, account="C")] == [("account/C", "A")]
    assert await due(read, account="F") == await due(read, account="C")
    assert {row["subject"] for row in await due(read, account="A")} == {"account/A", "deal/D-1"}


async def test_the_grade_of_a_merged_account_asks_for_visits_to_the_one_that_goes_on(read: Api) -> None:
    # 10 days are left of November, 31 of December, 31, 28, 31 and 30 of January to April: 161. 19 more in May.
    (row,) = await due(read, "2026-05-19", account="H")
    assert [row[name] for name in ("kind", "subject", "what", "due_on")] == [
        "return_visit", "account/H", "D", "2026-05-19"
    ]  # fmt: skip


async def test_the_reason_has_the_numbers_in_both_languages(read: Api) -> None:
    found = {row["what"]: (row["why"], row["why_zh"]) for row in await due(read)}
    assert found["J-2"] == (
        "200.00 CNY of the invoice J-2, due on 2026-03-16, is open; level 3 is at 15 days past due, level 2 was sent.",
        "发票J-2（2026-03-16到期）尚有200.00 CNY未收；逾期15天为第3级催款，已发至第2级。",
    )
    assert found["K-1"] == (
        "50.00 CNY of the contract K-1 is retained; 20.00 is released.",
        "合同K-1的质保金50.00 CNY到期，已释放20.00。",
    )
    assert found["B"] == (
        "Grade B: every 60 days; last touch 56 days ago, on 2026-02-03.",
        "B级客户每60天回访一次；上次接触在56天前（2026-02-03）。",
    )
    assert found["D"][0] == "Grade D: every 180 days; no touch since the grading."


async def test_a_birthday_on_29_february_is_on_the_28th_in_other_years(read: Api) -> None:
    (row,) = [row for row in await due(read, "2027-02-20") if row["kind"] == "birthday"]
    assert (row["what"], row["due_on"]) == ("Z", "2027-02-28")
    assert [row["what"] for row in await due(read, "2026-04-05", horizon_days=0) if row["kind"] == "birthday"] == ["X"]
    assert [row["what"] for row in await due(read, "2026-04-06", horizon_days=0) if row["kind"] == "birthday"] == []


async def test_what_is_done_later_is_due_until_then(read: Api) -> None:
    before = await due(read, "2026-03-04T12:00:00Z", horizon_days=21)  # until 25 March
    assert [(row["kind"], row["subject"], row["what"]) for row in before if row["subject"].startswith("deal")] == [
        ("appointment", "deal/D-3", None),
        ("commitment", "deal/D-3", "1"),
        ("plan", "deal/D-1", "P-3"),
        ("plan", "deal/D-1", "P-4"),
    ]
    assert "I-2" in [row["what"] for row in before if row["kind"] == "promise"]
