"""The ledger that other tests rely on."""

from contracts.playbooks.shipped import shipped
from services.setup.init import provision
from tests.ledger import Ledger

NOTE = b'{"a":1}'


async def test_every_test_has_a_stream_that_starts_at_one(empty_ledger: Ledger) -> None:
    assert await empty_ledger.publish(NOTE, "daybook.deal.D-1") == 1


async def test_no_test_sees_what_another_one_sent(empty_ledger: Ledger) -> None:
    assert await empty_ledger.last_sequence() == 0
    assert await empty_ledger.publish(NOTE, "daybook.deal.D-1") == 1


async def test_a_ledger_starts_with_the_shipped_playbooks_on_its_stream(ledger: Ledger) -> None:
    assert await ledger.last_sequence() == len(shipped())
    await provision(ledger.settings, ledger.endpoints)
    assert await ledger.last_sequence() == len(shipped())


async def test_a_backup_puts_the_database_back(empty_ledger: Ledger) -> None:
    backup = await empty_ledger.backup()
    await empty_ledger.source("crm")
    await empty_ledger.restore(backup)
    connection = await empty_ledger.connect()
    assert await connection.fetchval("select array_agg(name) from ledger.source") == ["daybook"]


async def test_servers_come_back_with_what_they_had(empty_ledger: Ledger) -> None:
    await empty_ledger.source("crm")
    await empty_ledger.publish(NOTE, "daybook.deal.D-1")
    await empty_ledger.servers.restart_nats(kill=True)
    await empty_ledger.servers.restart_postgres(kill=True)
    assert await empty_ledger.publish(NOTE, "daybook.deal.D-1") == 2
    connection = await empty_ledger.connect("daybook_intake")
    assert await connection.fetchval("select count(*) from ledger.source") == 2
