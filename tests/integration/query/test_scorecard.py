"""Scorecards of a few people, whose figures are worked out by hand; the ledger recorded everything on 1 June 2026."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.playbooks.playbook import Condition
from services.query.service import running
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import published
from tests.integration.projector.working import projecting
from tests.integration.query.conftest import Api
from tests.integration.query.telling import event
from tests.ledger import fresh_ledger
from tests.playbooks import appraisal, condition, item, names, playbook, stage
from tests.servers import Servers


def information(key: str) -> Condition:
    return Condition(key=key, kind="information", names=names(key))


CARD = playbook(
    "card",
    stage("find", "0.1", (item("found"),), (item("qualified"),), False, expected_days=10,
          conditions=(*map(information, ("i1", "i2", "i3")), condition("p1")),
          appraised_by=(appraisal("a1", 50), appraisal("a2", 50))),
    stage("shape", "0.4", (item("visited"),), (item("agreed"),), False, expected_days=20,
          appraised_by=(appraisal("b1", 60), appraisal("b2", 40))),
    stage("closing", "0.8", (item("offered"),), (item("signed"),), False),
)  # fmt: skip
Events = list[dict[str, Any]]


def of(deal: str, id: str, name: str, day: str, /, actor: str = "office", **data: Any) -> dict[str, Any]:
    return event(f"{deal}-{id}", name, f"deal/{deal}", day, **data) | {"actor": actor}


def on(account: str, id: str, name: str, day: str, /, **data: Any) -> dict[str, Any]:
    return event(f"{account}-{id}", name, f"account/{account}", day, **data) | {"actor": "office"}


def opened(deal: str, day: str, owner: str) -> dict[str, Any]:
    return of(deal, "o", "deal_opened", day, playbook="card", owner=owner, account_id="A")


def completed(deal: str, day: str, milestone: str = "found", criterion: str = "qualified") -> Events:
    return [
        of(deal, milestone, "milestone_achieved", day, milestone=milestone),
        of(deal, criterion, "criterion_met", day, criterion=criterion),
    ]


def met(deal: str, key: str, day: str) -> dict[str, Any]:
    return of(deal, key, "condition_assessed", day, item=key, result="met")


def committed(deal: str, id: str, day: str) -> dict[str, Any]:
    return of(deal, id, "customer_commitment_received", day, stage=1)


def settled(deal: str, id: str, name: str, day: str) -> dict[str, Any]:
    return of(deal, f"{id}-s", name, day, target={"source": "crm", "id": f"{deal}-{id}"})


def signed(deal: str, day: str, amount: str, currency: str = "CNY") -> dict[str, Any]:
    given = {"contract": f"C-{deal}", "account_id": "A", "amount": amount, "currency": currency}
    return of(deal, "c", "contract_signed", day, **given)


STORY: Events = [
    # find within 10 days, and half of its appraisal; of shape 60 %, the rest in June.
    opened("S1", "2026-05-01", "Li"), *completed("S1", "2026-05-11"), met("S1", "a1", "2026-05-05"),
    met("S1", "b1", "2026-05-20"), met("S1", "b2", "2026-06-02"),
    # find within 11 days, half of its appraisal; nothing of shape.
    opened("S2", "2026-05-01", "Li"), *completed("S2", "2026-05-12"), met("S2", "a1", "2026-05-05"),
    # Nothing of find's appraisal; one of its three information conditions, another in June.
    opened("S3", "2026-05-05", "Li"), met("S3", "i1", "2026-05-10"), met("S3", "p1", "2026-05-10"),
    met("S3", "i2", "2026-06-02"),
    # Entries of Li: ten on the day before they were recorded, one 22 days before.
    *(of("S3", f"call{n}", "call_made", "2026-05-31", "Li") for n in range(10)),
    of("S3", "late", "call_made", "2026-05-10", "Li"),
    # Given to Wu on 15 May: Han's until then.
    opened("S4", "2026-04-20", "Han"), met("S4", "a1", "2026-05-03"), committed("S4", "k", "2026-05-04"),
    of("S4", "r", "deal_reassigned", "2026-05-15", owner="Wu"),
    settled("S4", "k", "commitment_fulfilled", "2026-05-20"),
    # 12 days on find, of which 3 on hold; shape and closing completed at once, closing without expected days.
    opened("S5", "2026-05-02", "Sun"), of("S5", "h", "deal_put_on_hold", "2026-05-04", reason="budget"),
    of("S5", "u", "deal_resumed", "2026-05-07"), *completed("S5", "2026-05-14"),
    *completed("S5", "2026-05-20", "visited", "agreed"), *completed("S5", "2026-05-20", "offered", "signed"),
    signed("S1", "2026-05-20", "500.00"), signed("S2", "2026-05-21", "30.00", "USD"),
    signed("S4", "2026-05-20", "70.00"), signed("S3", "2026-04-30", "1.00"),
    on("A", "i1", "invoice_issued", "2026-05-02", invoice="I-1", amount="100.00", currency="CNY", due_on="2026-06-01",
       deal_id="S1"),
    *(on("A", f"p{n}", "payment_received", day, payment=f"P-{n}", amount=amount, currency="CNY",
         allocations=[{"invoice": "I-1", "amount": amount}])
      for n, (day, amount) in enumerate((("2026-05-25", "60.00"), ("2026-05-31", "5.00"), ("2026-06-01", "10.00")))),
    # Received: three. Settled in May: one kept, one broken; S3's is kept in June.
    committed("S1", "k", "2026-05-06"), settled("S1", "k", "commitment_fulfilled", "2026-05-20"),
    committed("S2", "k", "2026-05-07"), settled("S2", "k", "commitment_broken", "2026-05-21"),
    committed("S3", "k", "2026-05-08"), settled("S3", "k", "commitment_fulfilled", "2026-06-03"),
    on("A", "f1", "feedback_given", "2026-05-10", kind="satisfaction", score=9, deal_id="S1"),
    on("A", "f2", "feedback_given", "2026-05-11", kind="satisfaction", score=8, deal_id="S2"),
    on("A", "f3", "feedback_given", "2026-05-12", kind="satisfaction", score=1),
]  # fmt: skip


@pytest.fixture(scope="module")
async def read(servers: Servers) -> AsyncIterator[Api]:
    async with fresh_ledger(servers, []) as ledger:
        connection, journal = await ledger.connect(), Journal()
        await journal.record(connection, published(CARD), *STORY)
        async with projecting(ledger):
            await ledger.projected(journal.last)
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with (
            running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            yield Api(client)


SEQUENCES = {each["id"]: place for place, each in enumerate(STORY, 2)}
"""By id; 1 publishes the playbook."""


async def card(read: Api, person: str, month: str = "2026-05", **asked: Any) -> dict[tuple[str, str | None], Any]:
    given = {"as_of": "2026-06-30", "person": person, "month": month} | asked
    rows = (await read.get("/reports/scorecard", **given))["rows"]
    return {(row["figure"], row["currency"]): row for row in rows}


async def figures(read: Api, person: str, **asked: Any) -> dict[tuple[str, str | None], tuple[str | None, int]]:
    return {key: (row["value"], row["of"]) for key, row in (await card(read, person, **asked)).items()}


async def test_the_card_of_a_month(read: Api) -> None:
    assert await figures(read, "Li") == {
        ("signed", "CNY"): ("500.00", 1),
        ("signed", "USD"): ("30.00", 1),
        ("collected", "CNY"): ("65.00", 2),  # 60 + 5
        ("commitments", None): ("3", 3),
        ("kept_rate", None): ("0.5000", 2),
        ("satisfaction", None): ("8.50", 2),
        ("appraisal", None): ("0.3200", 5),  # (0.5 + 0.6 + 0.5 + 0 + 0) ÷ 5
        ("on_time", None): ("0.5000", 2),  # 10 of 10 days, 11 of 10
        ("information", None): ("0.3333", 3),
        ("timeliness", None): ("0.9091", 11),  # 10 ÷ 11
    }


async def test_a_deal_is_the_owners_of_the_time(read: Api) -> None:
    han, wu = await figures(read, "Han"), await figures(read, "Wu")
    # Both worked on find in May. The commitment was Han's when it was received, Wu's when it was kept, as the contract.
    assert han["appraisal", None] == wu["appraisal", None] == ("0.5000", 1)
    assert (han["commitments", None], wu["commitments", None]) == (("1", 1), ("0", 0))
    assert (han["kept_rate", None], wu["kept_rate", None]) == ((None, 0), ("1.0000", 1))
    assert (han["signed", None], wu["signed", "CNY"]) == ((None, 0), ("70.00", 1))
    assert (han["information", None], wu["information", None]) == ((None, 0), ("0.0000", 3))


async def test_days_on_hold_do_not_count_and_what_was_completed_at_once_took_none(read: Api) -> None:
    # 12 − 3 = 9 of 10 days, and 6 of 20; closing has no expected days.
    assert (await figures(read, "Sun"))["on_time", None] == ("1.0000", 2)


async def test_before_its_end_a_month_is_as_it_was(read: Api) -> None:
    found = await figures(read, "Li", as_of="2026-05-15")
    # S1 and S2 at find and shape, S3 at find; b1 is not met yet: (0.5 + 0 + 0.5 + 0 + 0) ÷ 5.
    assert found["appraisal", None] == ("0.2000", 5)
    assert found["timeliness", None] == ("0.0000", 1)
    assert found["signed", None] == (None, 0)


async def test_explain_lists_the_entries_behind_each_figure(read: Api) -> None:
    found = await card(read, "Li", explain="yes")
    behind = {figure: row["entries"] for (figure, _), row in found.items()}
    assert behind["appraisal"] == sorted(SEQUENCES[each] for each in ("S1-a1", "S1-b1", "S2-a1"))
    assert behind["on_time"] == sorted(SEQUENCES[each] for each in ("S1-qualified", "S2-qualified"))
    assert behind["information"] == [SEQUENCES["S3-i1"]]
    assert behind["timeliness"] == sorted(
        [*(SEQUENCES[f"S3-call{n}"] for n in range(10)), SEQUENCES["S3-late"]]
    )  # fmt: skip
    assert behind["kept_rate"] == sorted(SEQUENCES[each] for each in ("S1-k-s", "S2-k-s"))
    assert behind["collected"] == sorted(SEQUENCES[each] for each in ("A-p0", "A-p1"))
    assert {row["entries"] for row in (await card(read, "Li")).values()} == {None}


async def test_nobody_has_an_empty_card(read: Api) -> None:
    found = await figures(read, "nobody")
    assert {value for value, _ in found.values()} == {None, "0"}
    assert len(found) == 9


async def test_what_is_no_month_is_refused(read: Api) -> None:
    problem = await read.get("/reports/scorecard", 400, person="Li", month="May")
    assert problem["detail"].startswith("period: 'May' is none")
