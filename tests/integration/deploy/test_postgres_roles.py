"""Rights of each PostgreSQL login, and their limits: everything here is tried as every login.

The table says who may; whoever is not named must be refused, and who is named must not be. To be let do something and
then fail for another reason (a row that is not valid, a trigger) is not to be refused.
"""

import asyncpg
import pytest

from tests.integration.deploy.deployment import Deployment
from tests.integration.deploy.own_postgres import LOGINS

ROLES = ("intake", "recorder", "projector", "query", "notary", "backup", "reader")
_EVERYONE = set(ROLES)
_SERVICES = _EVERYONE - {"reader", "backup"}
_TABLES = (
    "journal",
    "concerns",
    "payment_link",
    "document_number",
    "identity",
    "source",
    "reader",
    "generation",
    "quarantine_decision",
    "migration",
)

_READ: dict[str, set[str]] = {
    "ledger.journal": {"intake", "recorder", "projector", "query", "notary", "backup"},
    "ledger.concerns": {"intake", "recorder", "projector", "query", "backup"},
    "ledger.payment_link": {"recorder", "query", "backup"},
    "ledger.document_number": {"intake", "backup"},
    "ledger.identity": {"intake", "recorder", "projector", "query", "notary", "backup"},
    "ledger.source": {"intake", "backup"},
    "ledger.reader": {"query", "backup"},
    "ledger.generation": {"projector", "query", "backup"},
    "ledger.quarantine_decision": {"query", "backup"},
    "ledger.migration": {"backup"},
    "ledger.event_type": {"intake", "recorder", "query", "backup"},
    "ledger.zone_rule": {"query", "backup"},
    "ledger.tree_head": {"notary", "query", "backup"},
    "ledger.tree_node": {"notary", "query", "backup"},
    "ledger.notary": {"notary", "query", "backup"},
    "{generation}.stage_position": {"projector", "query"},
    "{generation}.lane": {"projector", "query"},
    "reporting.ledger": {"query", "reader"},
    "reporting.flag": {"query", "reader"},
    "pg_authid": set(),
    "pg_shadow": set(),
}
_INSERT: dict[str, set[str]] = {
    **{f"ledger.{table}": set() for table in _TABLES},
    "ledger.journal": {"recorder"},
    "ledger.concerns": {"recorder"},
    "ledger.event_type": {"recorder"},
    "ledger.payment_link": {"recorder"},
    "ledger.document_number": {"recorder"},
    "ledger.tree_head": {"notary"},
    "ledger.tree_node": {"notary"},
    "ledger.notary": {"notary"},
    "{generation}.stage_position": {"projector"},
}
_CHANGE: dict[str, set[str]] = {
    **{f"ledger.{table}": set() for table in (*_TABLES, "event_type", "tree_head", "tree_node")},
    "{generation}.stage_position": {"projector"},
    "{generation}.lane": {"projector"},
}

STATEMENTS: dict[str, set[str]] = {
    **{f"select * from {table}": roles for table, roles in _READ.items()},
    **{f"copy {table} to stdout": roles for table, roles in _READ.items() if table.startswith("ledger.")},
    **{f"insert into {table} default values": roles for table, roles in _INSERT.items()},
    **{f"delete from {table}": roles for table, roles in _CHANGE.items()},
    **{f"truncate {table}": set() for table in _CHANGE},
    "update ledger.journal set message = 'x'": set(),
    "update ledger.identity set time_zone = 'UTC'": set(),
    "update ledger.source set token_hash = token_hash": set(),
    "update ledger.reader set disabled_at = now()": set(),
    "update ledger.generation set promoted_at = now()": set(),
    "update ledger.tree_head set note = ''": set(),
    "update ledger.notary set detail = ''": {"notary"},
    "update {generation}.lane set epoch = epoch": {"projector"},
    "select reporting.pipeline(now())": {"query", "reader"},
    "select ledger.sequence_at(now())": _SERVICES | {"backup"},
    "alter table ledger.journal disable trigger all": set(),
    "alter table ledger.journal add column mine text": set(),
    "alter table ledger.journal owner to current_user": set(),
    "drop table ledger.journal": set(),
    "drop trigger journal_is_immutable on ledger.journal": set(),
    "drop schema reporting cascade": set(),
    "drop schema {generation} cascade": set(),
    "create or replace function ledger.refuse_change() returns trigger language plpgsql as 'begin end'": set(),
    "create table ledger.mine ()": set(),
    "create table reporting.mine ()": set(),
    "create table {generation}.mine ()": set(),
    "create table public.mine ()": set(),
    "create temporary table mine ()": set(),
    "create function ledger.mine() returns int language sql as 'select 1'": set(),
    "create function public.mine() returns int language sql as 'select 1'": set(),
    "create view reporting.mine as select 1": set(),
    "create schema mine": set(),
    "create role mine": set(),
    "create publication mine for all tables": set(),
    "create event trigger mine on ddl_command_start execute function ledger.refuse_change()": set(),
    "alter role current_user superuser": set(),
    "alter role current_user createrole": set(),
    "alter role daybook password 'x'": set(),
    "alter database daybook set work_mem = '1GB'": set(),
    "grant daybook_recorder to current_user": set(),
    "reset session authorization; set role daybook": set(),
    "set session authorization daybook": set(),
    "lock table ledger.journal in access exclusive mode": set(),
    "select pg_advisory_lock(1)": {"recorder", "projector", "notary"},
    "select pg_try_advisory_xact_lock(1)": {"recorder", "projector", "notary"},
    "select lo_create(0)": set(),
    "select lo_import('/etc/hostname')": set(),
    "select pg_read_file('/etc/hostname')": set(),
    "select pg_ls_dir('/')": set(),
    "copy (select 1) to program 'true'": set(),
    "copy (select 1) to '/tmp/mine'": set(),
    "copy public.mine from '/etc/hostname'": set(),
    "select pg_reload_conf()": set(),
    "select pg_switch_wal()": set(),
    "select pg_create_physical_replication_slot('mine')": set(),
    "select pg_logical_emit_message(false, 'x', 'x')": set(),
    "select 1": _EVERYONE,
}
ALONE = ("create database mine", "alter system set fsync = off", "create tablespace mine location '/tmp'")
"""What cannot be part of a transaction, and nobody may do."""


async def _as(deployment: Deployment, role: str) -> asyncpg.Connection:
    """As the services connect: logged in, and under the login's one role. Readers log in and read."""
    own = {} if role == "reader" else {"server_settings": {"role": f"daybook_{role}"}}
    return await deployment.postgres.connect(role, **own)


async def _generation(deployment: Deployment) -> str:
    owner = await deployment.postgres.connect("owner")
    schema = await owner.fetchval("select schema_name from ledger.generation order by promoted_at desc limit 1")
    await owner.close()
    return f'"{schema}"'


async def _lets(connection: asyncpg.Connection, statement: str) -> bool:
    """Tell if PostgreSQL lets a connection run a statement; nothing of the statement stays."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.ObjectNotInPrerequisiteStateError):
        return True
    finally:
        await transaction.rollback()
    return True


@pytest.mark.parametrize("role", ROLES)
async def test_each_login_may_do_what_it_must_and_nothing_else(deployment: Deployment, role: str) -> None:
    schema = await _generation(deployment)
    connection = await _as(deployment, role)
    await connection.execute("set default_transaction_read_only = off")  # which anybody may
    may = {each for each in STATEMENTS if await _lets(connection, each.replace("{generation}", schema))}
    for statement in ALONE:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()
    assert may == {statement for statement, roles in STATEMENTS.items() if role in roles}


@pytest.mark.parametrize("role", ROLES)
async def test_no_login_takes_on_another_role(deployment: Deployment, role: str) -> None:
    connection = await deployment.postgres.connect(role)
    others = (
        "daybook",
        "postgres",
        "pg_read_all_data",
        "pg_signal_backend",
        *(f"daybook_{each}_login" for each in ROLES),
    )
    for other in {*others, *(f"daybook_{each}" for each in ROLES)} - {f"daybook_{role}", f"daybook_{role}_login"}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"set role {other}")
    await connection.execute(f"set role daybook_{role}")
    await connection.close()


@pytest.mark.parametrize("role", sorted(_SERVICES | {"backup"}))
async def test_a_login_alone_has_no_rights(deployment: Deployment, role: str) -> None:
    connection = await deployment.postgres.connect(role)
    for statement in (
        "select * from ledger.journal",
        "select * from reporting.ledger",
        "create temporary table mine ()",
    ):
        assert not await _lets(connection, statement)
    await connection.close()


async def test_no_login_passes_its_rights_on(deployment: Deployment) -> None:
    """PostgreSQL only warns of that, and grants nothing."""
    for role in ("recorder", "backup"):
        connection = await _as(deployment, role)
        await connection.execute("grant select on ledger.journal to public")
        assert not await connection.fetchval("select has_table_privilege('daybook_reader', 'ledger.journal', 'select')")
        await connection.close()


async def test_no_login_ends_anothers_connections(deployment: Deployment) -> None:
    owner = await deployment.postgres.connect("owner")
    pid = await owner.fetchval("select pg_backend_pid()")
    for role in ROLES:
        connection = await deployment.postgres.connect(role)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"select pg_terminate_backend({pid})")
        twin = await deployment.postgres.connect(role)
        own = await twin.fetchval("select pg_backend_pid()")
        assert await connection.fetchval(f"select pg_terminate_backend({own})")
        await connection.close()
        twin.terminate()
    assert await owner.fetchval("select 1") == 1
    await owner.close()


async def test_only_the_logins_get_in_and_only_to_the_ledger(deployment: Deployment) -> None:
    postgres = deployment.postgres
    good = f"daybook_{ROLES[0]}_login", f"pg-secret-of-{ROLES[0]}"
    await (await asyncpg.connect(postgres.url_of(*good))).close()
    refused = {
        "another password": postgres.url_of(good[0], "guessed"),
        "no login": postgres.url_of("daybook_intake", good[1]),
        "the superuser": postgres.url_of("postgres", "postgres"),
        "another database": postgres.url_of(*good, database="postgres"),
        "the template": postgres.url_of(*good, database="template1"),
    }
    if postgres.tls:
        refused["without TLS"] = postgres.url_of(*good, tls=False)
    for url in refused.values():
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await asyncpg.connect(url)


async def test_passwords_are_kept_as_scram_verifiers(deployment: Deployment) -> None:
    kept = deployment.postgres.verifiers
    assert len(kept) == len(LOGINS)
    assert all(each.startswith("SCRAM-SHA-256$") for each in kept)


async def test_the_owner_is_no_superuser_and_makes_no_roles(deployment: Deployment) -> None:
    owner = await deployment.postgres.connect("owner")
    assert await _lets(owner, "create table ledger.mine ()")
    for statement in ("create role mine", "set role postgres", "copy (select 1) to program 'true'"):
        assert not await _lets(owner, statement)
    for statement in ("update ledger.journal set message = 'x'", "truncate ledger.journal cascade"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="never changed or removed"):
            await owner.execute(statement)
    await owner.close()
