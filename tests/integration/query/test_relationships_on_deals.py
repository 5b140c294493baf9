"""People recorded and judged on deals by entries that name no account, whose figures are worked out by hand."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.query.service import running
from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import PRACTICE
from tests.servers import Servers

D = "2026-03-31"


def opened(deal: str, account: str | None) -> dict[str, Any]:
    given = {"account_id": account} if account else {}
    return event(f"{deal}-o", "deal_opened", f"deal/{deal}", "2026-01-01", playbook="practice", owner="Li", **given)


def contact(id: str, subject: str, day: str, name: str, *roles: str, **said: Any) -> dict[str, Any]:
    told = event(id, "contact_recorded", subject, day, contact_id=name, roles=list(roles), **said)
    return told | {"type": "daybook.contact_recorded.v2"}


def cell(id: str, subject: str, day: str, name: str, *, reached: bool = True, **said: Any) -> dict[str, Any]:
    return event(
        id, "relationship_assessed", subject, day, contact_id=name, level="personal_bond", content="company",
        reached=reached, **said,
    )  # fmt: skip


STORY = (
    # An account with two deals, one of them through an account that was merged into it; a deal of no account.
    opened("R2", "RA"), opened("R3", "RB"), opened("R1", None),
    event("merged", "account_merged", "account/RB", "2026-01-02", into_account_id="RA", reason="one", approver="Wu"),
    contact("c1", "account/RA", "2026-01-05", "C1", "decision_maker"),
    contact("c2", "account/RA", "2026-01-05", "C2", "user"),
    contact("c3", "deal/R2", "2026-01-06", "C3", "influencer", reports_to="C1"),
    event("c4", "contact_recorded", "deal/R3", "2026-01-06", contact_id="C4", role="handler"),
    contact("c5", "deal/R1", "2026-01-06", "C5", "decision_maker"),
    contact("gone", "deal/R2", "2026-01-06", "Gone", "handler"),
    event("void", "event_voided", "deal/R2", "2026-02-20", target={"source": "crm", "id": "gone"}, reason="other deal",
          approver="Wang"),
    # C2: not reached as the account was told first; the deal says otherwise a day later.
    cell("c2-a", "account/RA", "2026-02-01", "C2", reached=False, decision=1),
    cell("c2-d", "deal/R2", "2026-02-02", "C2", decision=3),
    # C1: what the deal says came to be known later, but is of an earlier day than what the account says.
    cell("c1-a", "account/RA", "2026-02-05", "C1", reached=False, influence=2),
    cell("c1-d", "deal/R2", "2026-02-03", "C1", influence=0),
    # C4: recorded on the deal at the instant at which the account recorded it; the later entry counts.
    contact("c4-a", "account/RA", "2026-02-10", "C4", "handler"),
    contact("c4-d", "deal/R3", "2026-02-10", "C4", "user", "influencer"),
    cell("c5-d", "deal/R1", "2026-02-02", "C5", stance="supporter"),
    # An entry about an account that names the deal is the account's.
    contact("c6", "account/RX", "2026-02-02", "C6", "user", deal_id="R1"),
)  # fmt: skip


@pytest.fixture(scope="module")
async def read(servers: Servers) -> AsyncIterator[Api]:
    async with fresh_ledger(servers, (PRACTICE,)) as ledger:
        told = Told(ledger)
        await told.tell(*STORY)
        await told.projected()
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with (
            running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            yield Api(client)


async def asked(read: Api, as_of: str = D, **given: Any) -> dict[str, list[Any]]:
    """Roles, whether the one cell is reached, decision, influence, stance and superior of each person."""
    told = ("roles", "personal_bond_company", "decision", "influence", "stance", "reports_to")
    answer = await read.get("/reports/relationships", as_of=as_of, **given)
    return {row["contact"]: [row[name] for name in told] for row in answer["rows"]}


C1 = [["decision_maker"], False, None, 2, None, None]
C2 = [["user"], True, 3, None, None, None]
C3 = [["influencer"], False, None, None, None, "C1"]


async def test_a_deal_has_those_told_on_it_and_those_of_its_account(read: Api) -> None:
    # C4 stands on the account for no deal, as a handler; what R3 says of C4 is told for R3.
    assert await asked(read, deal="R2") == {
        "C1": C1, "C2": C2, "C3": C3, "C4": [["handler"], False, None, None, None, None],
    }  # fmt: skip


@pytest.mark.parametrize("account", ["RA", "RB"])
async def test_an_account_has_those_told_on_its_deals(read: Api, account: str) -> None:
    assert await asked(read, account=account) == {
        "C1": C1, "C2": C2, "C3": C3, "C4": [["user", "influencer"], False, None, None, None, None],
    }  # fmt: skip
    # Roles: decision_maker, influencer, user: 3 of 3. Cells: C2's of 6 × 4. The decision maker C1: not reached.
    assert (await read.get("/reports/relationships", as_of=D, account=account))["totals"] == {
        "role_coverage": "1.0000", "cell_coverage": "0.0417", "decision_makers_reached": "0.0000"
    }  # fmt: skip


async def test_a_deal_without_an_account_has_its_own(read: Api) -> None:
    assert await asked(read, deal="R1") == {"C5": [["decision_maker"], True, None, None, "supporter", None]}
    # Roles: 1 of 3; cells: 1 of 6; the decision maker is reached.
    assert (await read.get("/reports/relationships", as_of=D, deal="R1"))["totals"] == {
        "role_coverage": "0.3333", "cell_coverage": "0.1667", "decision_makers_reached": "1.0000"
    }  # fmt: skip


async def test_people_are_known_from_the_day_on_which_they_were_told_of(read: Api) -> None:
    assert list(await asked(read, as_of="2026-01-05", account="RA")) == ["C1", "C2"]
    assert (await asked(read, as_of="2026-02-01", deal="R2"))["C2"] == [["user"], False, 1, None, None, None]


async def test_what_was_learnt_on_a_deal_changes_the_report(read: Api) -> None:
    at = 2 + next(number for number, each in enumerate(STORY) if each["id"] == "c2-d")  # 1 publishes practice
    found = await read.get("/reports/relationships/changes", account="RA", as_of=D, from_known=at - 1, to_known=at)
    (row,) = found["changes"]
    assert row["key"] == {"contact": "C2"}
    assert (row["before"]["decision"], row["after"]["decision"]) == (1, 3)
    assert [each["id"] for each in row["causes"]] == ["c2-d"]
