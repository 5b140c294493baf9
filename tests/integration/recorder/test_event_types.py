"""During an update intake takes no event that the recorder would not know, whoever of them is updated first."""

from collections.abc import Collection

import asyncpg
import httpx
import pytest

from services.intake.service import running
from services.ledger.event_types import announce_unled, known
from services.postgres.leader_lock import leadership
from tests.integration.intake.sending import Sender, call, invoice
from tests.integration.recorder.recording import recorder
from tests.ledger import Ledger
from tests.service import until

CALL = "daybook.call_made.v1"
NEWER = "daybook.letter_read_aloud.v1"


async def announced(ledger: Ledger) -> set[str]:
    connection = await ledger.connect("daybook_query")
    return {row["type"] for row in await connection.fetch("select type from ledger.event_type")}


async def announced_only(ledger: Ledger, types: Collection[str]) -> None:
    """As recorders of another version have left it."""
    owner = await ledger.connect()
    async with owner.transaction():
        await owner.execute("alter table ledger.event_type disable trigger user")
        await owner.execute("delete from ledger.event_type")
        await owner.execute("insert into ledger.event_type (type) select unnest($1::text[])", list(types))
        await owner.execute("alter table ledger.event_type enable trigger user")


@pytest.mark.long
async def test_intake_takes_a_type_once_the_recorder_in_charge_has_announced_it(empty_ledger: Ledger) -> None:
    token = await empty_ledger.source("crm")
    await announced_only(empty_ledger, known() - {CALL})
    async with (
        running(empty_ledger.settings.model_copy(update={"intake_port": 0})) as intake,
        httpx.AsyncClient() as client,
    ):
        crm = Sender(client, intake.port, token)

        refused = await crm.send(call())
        assert refused.status_code == 503
        assert refused.json()["type"] == "urn:daybook:problem:recorder-older"
        assert CALL in refused.json()["detail"]
        assert int(refused.headers["retry-after"]) > 0
        assert (await crm.send_batch([invoice("i-1", "1"), call("c-2")])).status_code == 503
        assert await empty_ledger.last_sequence() == 0
        assert (await crm.send(invoice("i-1", "1"))).status_code == 201

        async with recorder(empty_ledger):

            async def takes() -> bool:
                return (await crm.send(call())).status_code == 201

            await until(takes, "it is not taken")
            await empty_ledger.recorded()
        assert await announced(empty_ledger) == known()

        await empty_ledger.servers.postgres.stop()
        try:
            assert (await crm.send(call("c-3"))).status_code == 201  # what was announced once holds for good
        finally:
            await empty_ledger.servers.postgres.start()
    connection = await empty_ledger.connect()
    assert {row["disposition"] for row in await connection.fetch("select disposition from ledger.journal")} == {"entry"}


async def test_a_recorder_that_lacks_an_announced_type_does_not_record(empty_ledger: Ledger) -> None:
    await announced_only(empty_ledger, known() | {NEWER})
    await empty_ledger.append(call())
    async with empty_ledger.process("recorder") as older:

        async def says_why() -> bool:
            return NEWER in older.output() and "update it" in older.output()

        await until(says_why, "it does not say why it stands still", older.output)
        connection = await empty_ledger.connect()
        assert await connection.fetchval("select count(*) from ledger.journal") == 0
        assert older.process.exit_code is None


async def test_provisioning_announces_only_while_nobody_records(empty_ledger: Ledger) -> None:
    await announced_only(empty_ledger, known() - {CALL})
    owner = await empty_ledger.connect()
    async with leadership(empty_ledger.endpoints.database_url, "recorder"):
        await announce_unled(owner)
        assert await announced(empty_ledger) == known() - {CALL}

    async def announces() -> bool:
        await announce_unled(owner)
        return await announced(empty_ledger) == known()

    await until(announces, "it does not announce")


async def test_what_was_announced_is_never_taken_back(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    for statement in (
        "delete from ledger.event_type",
        "update ledger.event_type set type = 'x'",
        "truncate ledger.event_type",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await owner.execute(statement)
