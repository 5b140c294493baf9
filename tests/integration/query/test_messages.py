"""Messages about a deal and an account, whose figures are worked out by hand."""

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
MARCH: dict[str, Any] = {"from": "2026-03-01", "to": "2026-03-31"}


def message(subject: str, id: str, channel: str, kind: str, day: str, **more: Any) -> dict[str, Any]:
    at = day if "T" in day else f"{day}T09:00:00Z"
    given = {"message": id, "channel": channel, "kind": kind} | more
    return event(f"{subject}-{id}-{kind}-{day}", "message_exchanged", subject, at, **given)


STORY = (
    event("D-1-o", "deal_opened", "deal/D-1", "2026-01-05", playbook="mini", owner="Li", account_id="C"),
    event("C-f", "account_profiled", "account/C", "2026-01-05", region="north"),
    message("deal/D-1", "M1", "email", "sent", "2026-03-02", campaign="spring", direction="outbound"),
    message("deal/D-1", "M1", "email", "opened", "2026-03-02T10:00:00Z", campaign="spring"),
    message("deal/D-1", "M1", "email", "opened", "2026-03-03", campaign="spring"),
    message("deal/D-1", "M1", "email", "clicked", "2026-03-03", campaign="spring"),
    message("deal/D-1", "M2", "email", "sent", "2026-03-05", campaign="spring"),
    message("deal/D-1", "M2", "email", "bounced", "2026-03-05T10:00:00Z", campaign="spring"),
    message("deal/D-1", "M3", "email", "sent", "2026-03-06"),
    message("deal/D-1", "M4", "email", "sent", "2026-02-28"),  # before the month
    message("deal/D-1", "M4", "email", "opened", "2026-03-01"),
    message("deal/D-1", "M5", "wechat", "sent", "2026-03-10"),
    message("deal/D-1", "M5", "wechat", "sent", "2026-03-11"),  # told twice
    message("deal/D-1", "M5", "wechat", "opened", "2026-04-01"),  # after the month
    message("deal/D-1", "M6", "email", "opened", "2026-03-12"),  # nobody said that it was sent
    message("deal/D-1", "N1", "wechat", "received", "2026-03-20"),
    message("deal/D-1", "N2", "wechat", "received", "2026-03-20T12:00:00Z"),
    message("deal/D-1", "M7", "email", "sent", "2026-03-20T15:00:00Z"),  # 6 and 3 hours later
    # Messages of account C and of its deal D-1 are one conversation; after that of the month they are in May.
    message("deal/D-1", "M10", "email", "sent", "2026-05-04", campaign="may"),
    message("account/C", "M10", "email", "opened", "2026-05-05"),
    message("account/C", "N4", "wechat", "received", "2026-05-10T09:00:00Z"),
    message("deal/D-1", "M11", "sms", "sent", "2026-05-10T13:00:00Z"),
    # C2 was merged into C.
    message("account/C2", "M10", "email", "clicked", "2026-05-06"),
    event(
        "C2-into", "account_merged", "account/C2", "2026-05-07", into_account_id="C", reason="one firm", approver="Wu"
    ),
    # An answer told as such, to a message of a deal without account.
    event("D-2-o", "deal_opened", "deal/D-2", "2026-01-05", playbook="mini", owner="Li"),
    message("deal/D-2", "N5", "web", "received", "2026-05-12T09:00:00Z"),
    message("deal/D-2", "N5", "web", "replied", "2026-05-12T12:00:00Z", direction="outbound"),
    # A message of account A has the id of one of D-1.
    message("account/A", "N0", "email", "received", "2026-02-27"),
    message("account/A", "M1", "email", "sent", "2026-03-02"),
    message("account/A", "M1", "email", "replied", "2026-03-04", direction="inbound"),
    message("account/A", "M8", "sms", "sent", "2026-03-05"),  # 24 hours later
    message("account/B", "N3", "email", "received", "2026-03-15"),  # never answered
    message("account/B", "M9", "letter", "sent", "2026-03-14", direction="inbound"),  # never answered either
)


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


async def figures(read: Api, **asked: Any) -> dict[str | None, list[Any]]:
    rows = (await read.get("/reports/messages", as_of=D, **asked))["rows"]
    assert asked.get("by_campaign") == "yes" or {row["campaign"] for row in rows} <= {None}
    return {row["channel"]: list(row.values())[1:-1] for row in rows}


async def test_a_message_counts_once_in_its_channel_by_when_it_was_sent(read: Api) -> None:
    # Sent, bounced, opened, clicked, replied, open and click rate of 5 − 1, hours to our answer.
    assert await figures(read, **MARCH) == {
        "email": [5, 1, 1, 1, 1, "0.2500", "0.2500", "24.00"],  # M1, M2, M3, M7, and M1 of the account
        "sms": [1, 0, 0, 0, 0, "0.0000", "0.0000", None],
        "wechat": [1, 0, 0, 0, 0, "0.0000", "0.0000", "4.50"],  # of 6 and 3 hours
    }


async def test_campaigns_can_be_told_apart_too(read: Api) -> None:
    rows = (await read.get("/reports/messages", as_of=D, by_campaign="yes", **MARCH))["rows"]
    assert {(row["channel"], row["campaign"]): list(row.values())[1:-1] for row in rows} == {
        ("email", "spring"): [2, 1, 1, 1, 0, "1.0000", "1.0000", None],
        ("email", None): [3, 0, 0, 0, 1, "0.0000", "0.0000", "24.00"],  # M3, M7, and M1 of the account
        ("sms", None): [1, 0, 0, 0, 0, "0.0000", "0.0000", None],
        ("wechat", None): [1, 0, 0, 0, 0, "0.0000", "0.0000", "4.50"],
    }
    assert await figures(read, by_campaign="no", **MARCH) == await figures(read, **MARCH)
    problem = await read.get("/reports/messages", 400, as_of=D, by_campaign="page", **MARCH)
    assert problem["detail"].startswith("by_campaign")


MAY: dict[str, Any] = {"from": "2026-05-01", "to": "2026-05-31"}


async def test_messages_of_an_account_and_of_its_deals_are_one_conversation(read: Api) -> None:
    found = {row["channel"]: row for row in (await read.get("/reports/messages", as_of="2026-05-31", **MAY))["rows"]}
    # M10 was sent on the deal, opened on its account, and a link of it followed on the account merged into that.
    assert [found["email"][name] for name in ("sent", "opened", "clicked")] == [1, 1, 1]
    assert found["wechat"]["answer_hours"] == "4.00"  # on the account, answered on the deal
    behind = await read.get("/reports/messages/rows", as_of="2026-05-31", line="email,", figure="clicked", **MAY)
    assert {row["row"].get("account") for row in behind["rows"] if row["row"].get("message") == "M10"} >= {"C", "C2"}


async def test_a_reply_of_ours_is_an_answer_and_not_one_of_the_customer(read: Api) -> None:
    found = {row["channel"]: row for row in (await read.get("/reports/messages", as_of="2026-05-31", **MAY))["rows"]}
    assert [found["web"][name] for name in ("sent", "replied", "answer_hours")] == [0, 0, "3.00"]


async def test_what_happens_behind_the_period_does_not_count(read: Api) -> None:
    found = await figures(read, **{"from": "2026-03-02", "to": "2026-03-02"})
    # Both M1; the link was followed on the next day.
    assert found == {"email": [2, 0, 1, 0, 0, "0.5000", "0.0000", None]}
    # N1 and N2 came in time, their answer later on the day than as_of.
    rows = (await read.get("/reports/messages", as_of="2026-03-20T13:00:00Z", **MARCH))["rows"]
    assert [row["answer_hours"] for row in rows if row["channel"] == "wechat"] == [None]


async def test_what_became_of_messages_leads_to_them(read: Api) -> None:
    behind = await read.get("/reports/messages/rows", as_of=D, line="email,", figure="replied", **MARCH)
    assert {row["row"]["account"] for row in behind["rows"]} == {"A"}


async def test_messages_can_be_those_of_an_account_a_region_or_a_playbook(read: Api) -> None:
    assert list(await figures(read, account="A", **MARCH)) == ["email", "sms"]
    assert list(await figures(read, region="north", **MARCH)) == ["email", "wechat"]  # of the account of D-1
    assert list(await figures(read, playbook="mini", **MARCH)) == ["email", "wechat"]
