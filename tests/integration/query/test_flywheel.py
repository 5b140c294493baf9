"""The flywheel of a few accounts, whose figures are worked out by hand."""

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
QUARTER: dict[str, Any] = {"from": "2026-01-01", "to": "2026-03-31"}


def opened(deal: str, day: str, account: str | None, **more: Any) -> dict[str, Any]:
    given = {"account_id": account} if account else {}
    return event(f"{deal}-o", "deal_opened", f"deal/{deal}", day, playbook="mini", owner="Li", **given, **more)


def won(deal: str, day: str) -> dict[str, Any]:
    return event(f"{deal}-w", "deal_won", f"deal/{deal}", day)


def bought(deal: str, account: str | None, day: str) -> list[dict[str, Any]]:
    """A deal of long ago that was won on a day."""
    return [opened(deal, "2024-01-05", account), won(deal, day)]


def referral(id: str, account: str, day: str) -> dict[str, Any]:
    return event(id, "referral_received", f"account/{account}", day, referral=id, referred_name="Some firm")


STORY = (
    *bought("W-1", "A", "2025-06-01"), *bought("W-2", "A", "2026-02-01"),
    *bought("W-3", "B", "2026-01-10"), *bought("W-4", "B", "2026-03-11"),  # 60 days later
    *bought("W-5", "C", "2026-03-01"), *bought("W-9", "C", "2026-04-01"),  # the latter behind the quarter
    *bought("W-6", "F", "2025-12-01"),  # F was merged into A, which bought 62 days later
    *bought("W-7", None, "2026-02-02"),
    *bought("W-8", "D", "2025-01-10"),
    event("F-into", "account_merged", "account/F", "2026-01-05", into_account_id="A", reason="one firm", approver="Wu"),
    referral("R-0", "A", "2025-12-20"), referral("R-1", "A", "2026-01-15"), referral("R-2", "B", "2026-02-15"),
    referral("R-3", "B", "2026-03-20"), referral("R-4", "B", "2026-04-02"),
    event("A-f", "account_profiled", "account/A", "2026-01-05", region="north"),
    opened("O-1", "2026-02-01", "G", referral="R-1"), won("O-1", "2026-03-05"),
    opened("O-2", "2026-03-01", "H", referral="R-2"),
    opened("O-3", "2026-02-10", "Z", source_channel="existing_customer"),
    opened("O-4", "2026-02-10", "B"),  # which bought on 10 January
    opened("O-5", "2026-01-05", "B"),  # before
    opened("O-6", "2026-03-01", None),
    opened("O-7", "2026-03-02", "F"),
    opened("O-8", "2026-04-01", "A"),
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


async def test_business_of_a_quarter_that_business_brought(read: Api) -> None:
    (row,) = (await read.get("/reports/flywheel", as_of="2026-05-31", **QUARTER))["rows"]
    assert row == {
        "referrals": 3,
        "opened": 2,
        "won": 1,
        "conversion": "0.3333",
        "per_customer": "0.6000",  # 3 ÷ 5: A with F, B, C, D and G had won deals by the end of March
        "buyers": 4,  # A, B, C, G
        "repeat_buyers": 2,  # A, and B within the quarter
        "repeat_rate": "0.5000",
        "repeat_days": "61.00",  # of 62 and 60
        "deals_opened": 7,  # O-1 to O-7
        "from_loop": 5,  # but for O-5 and O-6
        "loop_share": "0.7143",
    }


async def test_a_referral_whose_deal_is_won_later_is_not_yet_won(read: Api) -> None:
    (row,) = (await read.get("/reports/flywheel", as_of="2026-03-04", **QUARTER))["rows"]
    assert [row[name] for name in ("referrals", "opened", "won", "conversion", "buyers")] == [2, 2, 0, "0.0000", 3]


async def test_a_period_without_business_has_no_rates(read: Api) -> None:
    asked: dict[str, Any] = {"from": "2020-01-01", "to": "2020-01-31"}
    (row,) = (await read.get("/reports/flywheel", as_of="2026-05-31", **asked))["rows"]
    assert list(row.values()) == [0, 0, 0, None, None, 0, 0, None, None, 0, 0, None]


async def test_a_region_has_the_referrals_and_deals_of_its_accounts(read: Api) -> None:
    (row,) = (await read.get("/reports/flywheel", as_of="2026-05-31", region="north", **QUARTER))["rows"]
    # A with F: R-1, whose deal is elsewhere; W-2 after 62 days; O-7.
    assert list(row.values()) == [1, 1, 1, "1.0000", "1.0000", 1, 1, "1.0000", "62.00", 1, 1, "1.0000"]
