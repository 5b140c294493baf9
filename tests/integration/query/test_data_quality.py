"""Documents left out because their number was used before, as told by `status`, metrics and data_quality."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from services.query.service import running
from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told, corrected, event
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.up import daybook

INVOICE = {"amount": "100.00", "currency": "CNY", "due_on": "2026-02-09"}
CASH = {"amount": "60.00", "currency": "CNY"}

FIRST = (
    event("i1", "invoice_issued", "account/A-1", "2025-01-10", invoice="1", **INVOICE),
    event("p1", "payment_received", "account/A-1", "2025-02-01", payment="1", **CASH),
    event("n1", "credit_note_issued", "account/A-1", "2025-02-02", credit_note="1", **CASH),
    event("i2", "invoice_issued", "account/A-1", "2026-01-10", invoice="1", **INVOICE),
    event("p2", "payment_received", "account/A-1", "2026-02-01", payment="1", **CASH),
    event("i3", "invoice_issued", "account/A-1", "2026-01-11", invoice="1", series="2026", **INVOICE),
    event("i4", "invoice_issued", "account/A-2", "2026-01-11", invoice="1", **INVOICE),
)
SECOND = (corrected("x2", "i2", "invoice_issued", "account/A-1", "2026-01-10", invoice="1", series="2025", **INVOICE),)


@pytest.fixture(scope="module")
async def told(servers: Servers) -> AsyncIterator[Told]:
    async with fresh_ledger(servers, []) as ledger:
        told = Told(ledger)
        await told.tell(*FIRST)
        await told.projected()
        told.first = told.last
        yield told


async def rows(ledger: Ledger, what: str, *values: object) -> list[tuple[object, ...]]:
    """Return what a reader of `reporting` sees, in order of the entries."""
    reader = await ledger.connect("daybook_reader")
    columns = "subject, view, flag, entry, detail, id, source, type, occurred_at, recorded_at"
    return [tuple(row) for row in await reader.fetch(f"select {columns} from {what} order by entry", *values)]


async def test_each_reused_number_is_listed_with_who_sent_it_and_what_does_not_collide_is_not(told: Told) -> None:
    entries = await (await told.ledger.connect()).fetch("select * from ledger.journal order by sequence")
    found = await rows(told.ledger, "reporting.data_quality")

    assert [(*row[:5], row[5]) for row in found] == [
        ("account/A-1", "receivables", "invoice_twice", told.at["i2"], "the account has an invoice 1 already", "i2"),
        ("account/A-1", "receivables", "payment_twice", told.at["p2"], "the account has a payment 1 already", "p2"),
    ]
    for row in found:
        entry = entries[int(str(row[3])) - 1]
        assert row[6:] == ("crm", entry["type"], entry["occurred_at"], entry["recorded_at"])


async def test_status_counts_the_flags_that_stand_and_says_how_to_list_them(told: Told) -> None:
    settings = {name.removeprefix("DAYBOOK_").lower(): value for name, value in told.ledger.environment.items()}
    code, said, complaint = await daybook("status", **settings)
    as_json = json.loads((await daybook("status", "--json", **settings))[1])

    assert code == 0, complaint
    assert "2 to look at: daybook report data_quality --checks flags" in said
    assert "invoice_twice 1, payment_twice 1" in said
    assert as_json["flags"] == {"invoice_twice": 1, "payment_twice": 1}


async def test_the_service_counts_them_too_and_is_ready_all_the_same(told: Told) -> None:
    settings = told.ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
    async with (
        running(settings) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        api = Api(client)
        assert (await api.get("/status"))["flags"] == {"invoice_twice": 1, "payment_twice": 1}
        assert (await api.get("/ready"))["ready"] is True
        assert "daybook_ledger_flags 2.0" in (await api.client.get("/metrics")).text


async def test_what_was_put_right_is_gone_now_and_still_there_as_it_was_known(told: Told) -> None:
    await told.tell(*SECOND)
    await told.projected()

    now = await rows(told.ledger, "reporting.data_quality")
    then = await rows(told.ledger, "reporting.data_quality($1)", told.first)

    assert [row[2] for row in now] == ["payment_twice"]
    assert [row[2] for row in then] == ["invoice_twice", "payment_twice"]
    assert now == await rows(told.ledger, "reporting.data_quality()")
    assert await rows(told.ledger, "reporting.data_quality($1)", told.at["i2"] - 1) == []
