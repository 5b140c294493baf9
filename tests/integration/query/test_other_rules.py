"""Checks that rows recorded under other rules than today's are read all the same, and nobody calls them altered."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.cloudevents.envelope import CloudEvent
from contracts.rules.canonical import canonical
from contracts.types.identifiers import stream_subject
from services.audit.verify import verify
from services.projector.rebuild import rebuild
from services.query.service import running
from services.recorder.classify import Unreadable, classify, classify_entry
from tests.integration.query.telling import PLAYBOOKS, event
from tests.integration.query.test_verify import Heard
from tests.integration.recorder.recording import recorder
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers

QQQ = {"currency": "QQQ"}
ALLOWED_ONCE = (
    event("o1", "deal_opened", "deal/D-1", "2026-01-01", playbook="practice", owner=" ", amount="1.505", **QQQ),
    event("c1", "call_made", "deal/D-1", "2026-01-02", outcome="telepathy", distance_m=7),
    event("c2", "call_made", "deal/D-1", "2026-01-03", outcome="interested", note="\ufffe"),
    event("w1", "deal_won", "deal/D-1", "2026-02-01", amount="2.5", reason="price", **QQQ),
    event("i1", "invoice_issued", "account/A-1", "2026-01-10", invoice="INV-1", amount="3.25", due_on="2026-02-09",
          deal_id="D-1", colour="red", **QQQ),
    event("i2", "invoice_issued", "account/A-1", "2026-01-10", invoice="INV-2", amount="9", due_on="2026-02-09",
          currency="BGN"),
    event("p1", "payment_received", "account/A-1", "2026-02-20", payment="P-1", amount="1",
          allocations=[{"invoice": "INV-1", "amount": "0.75", "by": "hand"}], **QQQ),
    event("x1", "event_corrected", "account/A-1", "2026-03-01", target={"source": "crm", "id": "i1"},
          target_type="daybook.invoice_issued.v1", reason=" ", approver="\u200b",
          replacement={"time": "2026-01-10T09:00:00Z",
                       "data": {"invoice": "INV-1", "amount": "3.755", "due_on": "2026-02-09", "deal_id": "D-1",
                                "currency": "QQQ", "colour": "blue"}}),
)  # fmt: skip
"""What today's contracts refuse, or today's door, as an older version took it."""

REFUSED_ONCE = event("b1", "deal_opened", "deal/D-2", "2025-01-01", playbook="practice", amount="1.00", currency="BGN")
"""What an older version's recorder found unreadable, as it knew no withdrawn currencies."""
REASON = "data.currency: not an active ISO 4217 currency code such as CNY: BGN"


def older(subject: str, message: bytes) -> CloudEvent | Unreadable:
    """Classifies an entry as the older version did."""
    return Unreadable(REASON) if message == canonical(REFUSED_ONCE) else classify_entry(subject, message)


@pytest.fixture
async def ledger(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ledger]:
    """All of it, recorded by the older version and projected by today's."""
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        for each in (*ALLOWED_ONCE, REFUSED_ONCE):
            await ledger.publish(canonical(each), stream_subject(each["subject"]))
        monkeypatch.setattr("services.recorder.journal_rows.classify", older)
        async with recorder(ledger):
            await ledger.recorded()
        monkeypatch.undo()
        async with ledger.process("projector"):
            await ledger.projected()
        yield ledger


@pytest.mark.long
async def test_what_was_recorded_under_other_rules_is_reported_rebuilt_and_verified(ledger: Ledger) -> None:
    refused = [classify(stream_subject(each["subject"]), canonical(each)) for each in ALLOWED_ONCE]
    assert sum(isinstance(each, Unreadable) for each in refused) >= 4  # by today's rules
    settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
    async with running(settings) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:

        async def get(path: str) -> Any:
            answer = await client.get(path)
            assert answer.status_code == 200, answer.text
            return answer.json()

        funnel = await get("/funnel/practice?as_of=2026-03-01")
        assert funnel["won_amounts"] == {"QQQ": "2.50"}
        assert (await get("/pipeline?as_of=2026-01-15"))["deals"][0]["amount"] == "1.505"
        ageing = (await get("/receivables/ageing?as_of=2026-03-01"))["currencies"]
        assert (ageing["QQQ"]["unapplied"], ageing["QQQ"]["balance"]) == ("0.25", "2.755")
        assert ageing["BGN"]["balance"] == "9.00"
        told = [each["id"] for each in (await get("/deals/D-1/history"))["entries"]]
        assert told == ["o1", "c1", "c2", "w1", "i1", "x1"]
        assert (await get("/deals/D-1/explain?as_of=2026-03-01"))["playbook"] == "practice"

    nc, connection = await ledger.nats(), await ledger.connect("daybook_query")
    answer = await verify(connection, nc, ledger.settings.stream, Heard())
    assert answer["differences"] == []
    assert (await verify(connection, nc, ledger.settings.stream, Heard(), deal="D-1"))["ok"]
    assert await connection.fetchval("select count(*) from reporting.stale") == 0
    done = await rebuild(await ledger.connect(), ledger.endpoints.database_url, force=True)
    assert done.same, done.tables


async def test_a_reason_that_no_version_gave_is_found(ledger: Ledger) -> None:
    owner = await ledger.connect()
    nc = await ledger.nats()
    async with owner.transaction():
        await owner.execute("alter table ledger.journal disable trigger user")
        await owner.execute("update ledger.journal set reason = 'data.currency: odd' where disposition = 'unreadable'")
        answer = await verify(owner, nc, ledger.settings.stream, Heard(), wait_s=0)
        assert answer["counts"]["disposition_altered"] == 1


@pytest.mark.long
async def test_no_entry_is_hidden_behind_what_its_recorder_knew(ledger: Ledger) -> None:
    billed = {"amount": "1", "currency": "CNY", "due_on": "2026-03-31", "series": "2026"}
    for number in ("1", "2"):
        sent = event(f"s{number}", "invoice_issued", "account/A-2", "2026-03-01", invoice=number, **billed)
        await ledger.publish(canonical(sent), stream_subject("account/A-2"))
    async with recorder(ledger), ledger.process("projector"):
        await ledger.projected()
    owner = await ledger.connect()
    nc = await ledger.nats()
    hidden = "update ledger.journal set disposition = 'unreadable', reason = $1 where id = 's2'"
    async with owner.transaction():
        await owner.execute("alter table ledger.journal disable trigger user")
        await owner.execute(hidden, "data.series: unknown field")
        answer = await verify(owner, nc, ledger.settings.stream, Heard(), wait_s=0)
        assert answer["counts"]["disposition_altered"] == 1
