"""Checks that what was recorded is never changed: not by the recorder, and not by the owner of the tables either."""

from datetime import timedelta

import asyncpg
import pytest

from tests.integration.recorder.events import call
from tests.integration.recorder.recording import recorder
from tests.ledger import Ledger

CHANGES = [
    "update ledger.journal set message = 'x'",
    "update ledger.journal set recorded_at = now() where false",
    "delete from ledger.journal where sequence = 1",
    "truncate ledger.journal cascade",
    "update ledger.concerns set lane = 0",
    "delete from ledger.concerns",
    "truncate ledger.concerns",
    "update ledger.payment_link set since = since + 1",
    "delete from ledger.payment_link",
    "truncate ledger.payment_link",
    "update ledger.document_number set kind = 'payment'",
    "delete from ledger.document_number",
    "truncate ledger.document_number",
    "update ledger.event_type set type = 'x'",
    "delete from ledger.event_type",
    "truncate ledger.event_type",
    "insert into ledger.quarantine_decision (sequence, decision, reason, decided_by) values (1, 'dismiss', 'x', 'x');"
    " update ledger.quarantine_decision set reason = 'y'",
]


async def with_one_row(ledger: Ledger) -> None:
    await ledger.append(call())
    async with recorder(ledger):
        await ledger.recorded()


@pytest.mark.parametrize("change", CHANGES)
async def test_the_owner_changes_nothing(empty_ledger: Ledger, change: str) -> None:
    await with_one_row(empty_ledger)
    owner = await empty_ledger.connect()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="never changed or removed"):
        await owner.execute(change)
    assert await owner.fetchval("select count(*) from ledger.journal") == 1
    assert await owner.fetchval("select count(*) from ledger.concerns") == 1


async def test_the_recorder_may_insert_and_select_and_nothing_else(empty_ledger: Ledger) -> None:
    await with_one_row(empty_ledger)
    owner = await empty_ledger.connect()
    granted = await owner.fetch(
        "select table_schema || '.' || table_name as name, privilege_type as right"
        "  from information_schema.table_privileges where grantee = 'daybook_recorder'"
    )
    may = {(row["name"], row["right"]) for row in granted}
    assert may == {
        ("ledger.journal", "SELECT"),
        ("ledger.journal", "INSERT"),
        ("ledger.concerns", "SELECT"),
        ("ledger.concerns", "INSERT"),
        ("ledger.payment_link", "SELECT"),
        ("ledger.payment_link", "INSERT"),
        ("ledger.document_number", "INSERT"),
        ("ledger.identity", "SELECT"),
        ("ledger.stream", "SELECT"),
        ("ledger.event_type", "SELECT"),
        ("ledger.event_type", "INSERT"),
    }
    role = await empty_ledger.connect("daybook_recorder")
    for change in [*CHANGES, "create table ledger.mine ()", "drop table ledger.journal", "delete from ledger.source"]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute(change)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await role.execute("alter table ledger.journal disable trigger all")


async def test_a_gap_or_a_step_back_is_refused(empty_ledger: Ledger) -> None:
    await with_one_row(empty_ledger)
    role = await empty_ledger.connect("daybook_recorder")
    copy = (
        "insert into ledger.journal (sequence, recorded_at, disposition, reason, stream_subject, message, leaf_hash)"
        " select $1, recorded_at - $2::interval, 'unreadable', 'x', 'x', 'x', leaf_hash from ledger.journal"
        " where sequence = 1"
    )
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="do not follow 1"):
        await role.execute(copy, 3, timedelta(hours=0))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="goes back"):
        await role.execute(copy, 2, timedelta(hours=1))
    await role.execute(copy, 2, timedelta(hours=0))
