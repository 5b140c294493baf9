"""`daybook init`: makes what is missing, changes nothing that is there, and refuses what does not belong together."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from contracts.cloudevents.envelope import read_event
from contracts.playbooks.playbook import Names, Playbook
from contracts.playbooks.shipped import shipped
from contracts.types import zones
from contracts.types.identifiers import stream_subject
from services.cli.init import lines
from services.endpoints import Endpoints
from services.errors import DaybookError, MissingRights, StreamMismatch
from services.ledger.publications import event_id, publication
from services.ledger.schema import confine_script, migrations
from services.postgres import connection as database
from services.postgres.leader_lock import lock_of
from services.settings import Settings
from services.setup.init import provision
from services.stream.configuration import configuration
from services.stream.state import ask, find, state
from services.wording import Wording
from tests.integration.recorder.recording import stream
from tests.ledger import Ledger

_EVERYTHING = """
select string_agg(line, E'\n' order by line) from (
    select format('%s.%s.%s %s %s', table_schema, table_name, column_name, data_type, column_default) as line
    from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
    union all
    select format('%s.%s %s', table_schema, table_name, privilege_type || grantee)
    from information_schema.table_privileges
    where table_schema not in ('pg_catalog', 'information_schema')
    union all
    select format('%s %s', proname, prosrc) from pg_proc join pg_namespace n on n.oid = pronamespace
    where nspname not in ('pg_catalog', 'information_schema')
    union all select array_to_string(datacl, ' ') from pg_database where datname = current_database()
    union all select to_jsonb(s)::text from ledger.source s
    union all select to_jsonb(g)::text from ledger.generation g
    union all select to_jsonb(i)::text from ledger.identity i
    union all select to_jsonb(m)::text from ledger.migration m
) lines
"""

_UNDOCUMENTED = """
select format('%s.%s', attrelid::regclass, attname)
from pg_attribute
join pg_class on pg_class.oid = attrelid
where relnamespace = 'ledger'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
    and (col_description(attrelid, attnum) is null or obj_description(attrelid, 'pg_class') is null)
"""


def _with(settings: Settings, **changed: Any) -> Settings:
    return settings.model_copy(update=changed)


async def _delete_stream(ledger: Ledger) -> None:
    await ask(await ledger.nats(), f"STREAM.DELETE.{ledger.settings.stream}")


async def test_a_second_time_changes_nothing(ledger: Ledger) -> None:
    connection = await ledger.connect()
    before = await connection.fetchval(_EVERYTHING), await state(await ledger.nats(), "DAYBOOK")
    made = await provision(ledger.settings, ledger.endpoints)
    assert (await connection.fetchval(_EVERYTHING), await state(await ledger.nats(), "DAYBOOK")) == before
    assert (made.made_stream, made.migrations, made.published) == (False, 0, [])


async def test_the_durable_tables_are_documented(ledger: Ledger) -> None:
    assert await (await ledger.connect()).fetch(_UNDOCUMENTED) == []


async def test_migrations_follow_one_another() -> None:
    assert [each.number for each in migrations()] == list(range(1, len(migrations()) + 1))


async def test_a_ledger_is_not_filled_while_a_recorder_of_before_goes_on(ledger: Ledger) -> None:
    owner, other = await ledger.connect(), await ledger.connect()
    await owner.execute("drop table ledger.document_number")
    await owner.execute("delete from ledger.migration where number = 7")
    await other.execute("select pg_advisory_lock($1)", lock_of("recorder"))
    with pytest.raises(DaybookError, match="Stop the recorders, run `daybook init` again"):
        await provision(ledger.settings, ledger.endpoints)
    await other.execute("select pg_advisory_unlock($1)", lock_of("recorder"))
    assert (await provision(ledger.settings, ledger.endpoints)).migrations == 1


async def test_an_applied_migration_that_was_edited_is_refused(ledger: Ledger) -> None:
    await (await ledger.connect()).execute("update ledger.migration set digest = repeat('0', 64)")
    with pytest.raises(DaybookError, match=r"0001_ledger\.sql was applied with another content"):
        await provision(ledger.settings, ledger.endpoints)


async def test_a_newer_database_is_refused(ledger: Ledger) -> None:
    await (await ledger.connect()).execute(
        "insert into ledger.migration (number, name, digest) values (9999, '9999_later.sql', repeat('0', 64))"
    )
    with pytest.raises(DaybookError, match=r"9999_later\.sql.*update"):
        await provision(ledger.settings, ledger.endpoints)


async def test_a_stream_with_other_settings_is_refused_and_they_are_named(empty_ledger: Ledger) -> None:
    await _delete_stream(empty_ledger)
    wrong = configuration(empty_ledger.settings, 1_048_576) | {
        "discard": "old", "max_age": 3_600_000_000_000, "deny_purge": False, "subjects": ["daybook.>"],
    }  # fmt: skip
    await ask(await empty_ledger.nats(), "STREAM.CREATE.DAYBOOK", wrong)
    with pytest.raises(StreamMismatch) as refused:
        await provision(empty_ledger.settings, empty_ledger.endpoints)
    named = re.findall(r"(\w+) is", str(refused.value))
    assert sorted(named) == ["deny_purge", "discard", "max_age", "max_bytes", "subjects"]


async def test_a_stream_without_limit_is_refused(empty_ledger: Ledger) -> None:
    await _delete_stream(empty_ledger)
    endless = configuration(empty_ledger.settings, -1)
    await ask(await empty_ledger.nats(), "STREAM.CREATE.DAYBOOK", endless)
    with pytest.raises(StreamMismatch, match="max_bytes"):
        await provision(_with(empty_ledger.settings, stream_max_bytes=None), empty_ledger.endpoints)


async def test_the_size_limit_is_what_may_change(empty_ledger: Ledger) -> None:
    await provision(_with(empty_ledger.settings, stream_max_bytes=1_048_576 * 9), empty_ledger.endpoints)
    assert (await state(await empty_ledger.nats(), "DAYBOOK")).max_bytes == 1_048_576 * 9
    await provision(_with(empty_ledger.settings, stream_max_bytes=None), empty_ledger.endpoints)
    assert (await state(await empty_ledger.nats(), "DAYBOOK")).max_bytes == 1_048_576 * 9


async def test_a_stream_that_is_compressed_is_so_no_more_and_keeps_its_messages(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()
    found = (await state(nc, "DAYBOOK")).configuration
    assert found["compression"] == "none"
    assert "error" not in await ask(nc, "STREAM.UPDATE.DAYBOOK", found | {"compression": "s2"})
    sent = [bytes([number]) * 60_000 for number in range(200)]  # more than one block of the server's files
    for each in sent[:190]:
        await empty_ledger.publish(each, "daybook.deal.noise")

    await provision(empty_ledger.settings, empty_ledger.endpoints, [])
    assert (await state(nc, "DAYBOOK")).configuration == found
    for each in sent[190:]:
        await empty_ledger.publish(each, "daybook.deal.noise")
    await empty_ledger.servers.restart_nats(kill=True)
    assert [each.data for each in await stream(empty_ledger)] == sent


async def test_a_lost_stream_is_not_replaced_by_an_empty_one(ledger: Ledger) -> None:
    await _delete_stream(ledger)
    with pytest.raises(StreamMismatch, match="not there"):
        await provision(ledger.settings, ledger.endpoints)
    assert "error" in await ask(await ledger.nats(), "STREAM.INFO.DAYBOOK")


async def test_another_stream_of_the_same_name_is_refused(ledger: Ledger) -> None:
    await _delete_stream(ledger)
    await ask(await ledger.nats(), "STREAM.CREATE.DAYBOOK", configuration(ledger.settings, 256 * 1024 * 1024))
    with pytest.raises(StreamMismatch, match="belongs to the stream DAYBOOK made at"):
        await provision(ledger.settings, ledger.endpoints)


async def test_a_new_database_takes_on_a_stream_that_is_there(ledger: Ledger) -> None:
    async with ledger.servers.database() as name:
        endpoints = Endpoints(ledger.endpoints.nats_url, ledger.servers.postgres.url_of(name, "daybook"))
        made = await provision(ledger.settings, endpoints)
    assert (made.made_stream, made.published) == (False, [])


async def test_the_time_zone_is_fixed_when_the_ledger_is_made(ledger: Ledger) -> None:
    shanghai = Settings(**(ledger.settings.model_dump(exclude_unset=True) | {"timezone": "Asia/Shanghai"}))
    with pytest.raises(DaybookError, match="cuts days in UTC"):
        await provision(shanghai, ledger.endpoints)


async def test_postgres_knows_every_time_zone_that_a_ledger_may_have(ledger: Ledger) -> None:
    connection = await ledger.connect()
    known = {row["name"] for row in await connection.fetch("select name from pg_timezone_names")}
    assert zones.names() - known == set()


async def test_a_new_ledger_is_refused_a_time_zone_that_postgres_does_not_know(ledger: Ledger) -> None:
    await _delete_stream(ledger)
    newer = _with(ledger.settings, timezone="Mars/Olympus")
    async with ledger.servers.database() as name:
        endpoints = Endpoints(ledger.endpoints.nats_url, ledger.servers.postgres.url_of(name, "daybook"))
        with pytest.raises(DaybookError, match=r"Mars/Olympus, and PostgreSQL [0-9.]+ .*has no such zone"):
            await provision(newer, endpoints)
    assert await find(await ledger.nats(), ledger.settings.stream) is None


async def test_sql_sessions_of_readers_begin_in_the_zone_of_the_ledger(ledger: Ledger) -> None:
    await _delete_stream(ledger)
    async with ledger.servers.database() as name:
        endpoints = Endpoints(ledger.endpoints.nats_url, ledger.servers.postgres.url_of(name, "daybook"))
        shanghai = _with(ledger.settings, timezone="Asia/Shanghai")
        await provision(shanghai, endpoints)
        reader = ledger.servers.postgres.url_of(name, "daybook_reader")

        assert await _shown(reader) == "2026-03-05 23:59:59+08"

        assert await _shown(reader, "set timezone = 'Europe/Berlin'") == "2026-03-05 16:59:59+01"
        own = await database.connect(endpoints.database_url, "daybook_query")
        try:
            assert await own.fetchval(_INSTANT) == "2026-03-05 15:59:59+00"
        finally:
            await own.close()


async def test_a_ledger_made_before_gets_the_zone_of_sessions_when_it_is_started_next(ledger: Ledger) -> None:
    await _delete_stream(ledger)
    async with ledger.servers.database() as name:
        endpoints = Endpoints(ledger.endpoints.nats_url, ledger.servers.postgres.url_of(name, "daybook"))
        shanghai = _with(ledger.settings, timezone="Asia/Shanghai")
        await provision(shanghai, endpoints)
        reader = ledger.servers.postgres.url_of(name, "daybook_reader")
        owner = await database.connect(endpoints.database_url)
        try:
            await owner.execute(f'alter database "{name}" reset timezone')
        finally:
            await owner.close()
        assert await _shown(reader) == "2026-03-05 15:59:59+00"

        await provision(shanghai, endpoints)

        assert await _shown(reader) == "2026-03-05 23:59:59+08"


_INSTANT = "select '2026-03-05 15:59:59+00'::timestamptz::text"


async def _shown(url: str, first: str = "select 1") -> str:
    """An instant as a new SQL session shows it, after a statement of its own."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(first)
        return str(await connection.fetchval(_INSTANT))
    finally:
        await connection.close()


async def test_a_version_that_was_published_with_another_content_stays_and_nothing_follows_it(
    empty_ledger: Ledger,
) -> None:
    mine = shipped()[0].model_copy(update={"names": Names(zh="我们的", en="Ours")})
    (there,) = await empty_ledger.append(_published(mine))
    later = shipped()[0].model_copy(update={"version": 2})

    made = await provision(empty_ledger.settings, empty_ledger.endpoints, [*shipped(), later])
    again = await provision(empty_ledger.settings, empty_ledger.endpoints, [*shipped(), later])

    others = [each for each in shipped() if each.key != mine.key]
    assert made.published == [event_id(each) for each in others]
    assert again.published == []
    assert made.own_playbooks == again.own_playbooks == [(mine.key, 1, there)]
    assert await empty_ledger.last_sequence() == 1 + len(others)
    assert f"Kept {mine.key} version 1 of sequence {there}: it differs" in "\n".join(lines(again, Wording("en")))


async def test_a_version_that_somebody_else_published_with_the_shipped_content_is_not_published_again(
    empty_ledger: Ledger,
) -> None:
    await empty_ledger.append(_published(shipped()[0]))

    made = await provision(empty_ledger.settings, empty_ledger.endpoints)

    assert (made.published, made.own_playbooks) == ([event_id(each) for each in shipped()[1:]], [])


async def test_what_is_no_publication_keeps_no_shipped_playbook_back(empty_ledger: Ledger) -> None:
    event = read_event(_published(shipped()[0]))
    subject = stream_subject(event.subject)
    await empty_ledger.publish(b"\x00not an event", subject)
    await empty_ledger.publish(event.canonical.replace(b"playbook/", b"playbook/another-"), subject)

    made = await provision(empty_ledger.settings, empty_ledger.endpoints)

    assert made.published == [event_id(each) for each in shipped()]


def _published(playbook: Playbook) -> dict[str, Any]:
    """A publication by sales operations."""
    return publication(playbook, datetime.now(UTC)) | {"id": "ours", "source": "operations"}


async def test_a_new_version_of_a_playbook_is_published_beside_the_old(ledger: Ledger) -> None:
    newer = shipped()[0].model_copy(update={"version": 99})
    made = await provision(ledger.settings, ledger.endpoints, [*shipped(), newer])
    assert made.published == [f"playbook-{newer.key}-99"]


@pytest.fixture
async def stranger(ledger: Ledger) -> AsyncIterator[Endpoints]:
    """A user who may log in, on an empty database that belongs to somebody else."""
    servers = ledger.servers
    await servers.admin("create role stranger login")
    await servers.admin("create database strange owner postgres")
    await servers.admit("stranger")
    yield replace(ledger.endpoints, database_url=servers.postgres.url_of("strange", "stranger"))
    await servers.admin("drop database strange with (force)")
    await servers.admin("drop role stranger")


async def test_what_the_user_may_not_do_is_named(ledger: Ledger, stranger: Endpoints) -> None:
    with pytest.raises(MissingRights) as refused:
        await provision(ledger.settings, stranger)
    assert 'grant create on database "strange" to "stranger"' in str(refused.value)
    assert "grant daybook_intake, daybook_recorder" in str(refused.value).replace("\n", " ")
    connection = await asyncpg.connect(stranger.database_url)
    assert await connection.fetchval("select to_regnamespace('ledger') is null")
    await connection.close()


async def test_the_rights_named_are_enough(ledger: Ledger, stranger: Endpoints) -> None:
    roles = "daybook_intake, daybook_recorder, daybook_projector, daybook_query, daybook_reader, daybook_notary, "
    roles += "daybook_backup"
    await ledger.servers.admin('grant create on database "strange" to "stranger"')
    await ledger.servers.admin(f'grant {roles} to "stranger"')
    made = await provision(ledger.settings, stranger)
    assert made.migrations == len(migrations())
    assert not made.confined
    assert f"psql -f {confine_script()}" in lines(made, Wording("en"))[-1]


async def test_a_superuser_takes_locks_and_large_objects_from_readers(ledger: Ledger, stranger: Endpoints) -> None:
    roles = "daybook_intake, daybook_recorder, daybook_projector, daybook_query, daybook_reader, daybook_notary, "
    roles += "daybook_backup"
    await ledger.servers.admin('grant create on database "strange" to "stranger"')
    await ledger.servers.admin(f'grant {roles} to "stranger"')
    assert not (await provision(ledger.settings, stranger)).confined
    superuser = await asyncpg.connect(ledger.servers.postgres.url_of("strange"))
    await superuser.execute(confine_script().read_text())
    await superuser.close()
    made = await provision(ledger.settings, stranger)
    assert made.confined
    assert not any("psql" in line for line in lines(made, Wording("en")))
    for role in ("daybook_recorder", "daybook_projector", None):
        connection = await database.connect(stranger.database_url, role)
        assert await connection.fetchval("select pg_try_advisory_lock(1)")
        await connection.close()


async def test_provisioning_as_a_superuser_confines_readers_at_once(ledger: Ledger, stranger: Endpoints) -> None:
    url = ledger.servers.postgres.url_of("strange")
    assert (await provision(ledger.settings, replace(stranger, database_url=url))).confined
    connection = await database.connect(url, "daybook_reader")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("select pg_advisory_lock(1)")
    await connection.close()


async def test_a_user_who_was_left_without_locks_is_told(ledger: Ledger, stranger: Endpoints) -> None:
    superuser = await asyncpg.connect(ledger.servers.postgres.url_of("strange"))
    await superuser.execute(confine_script().read_text())
    await superuser.close()
    with pytest.raises(MissingRights, match="take advisory locks"):
        await provision(ledger.settings, stranger)
