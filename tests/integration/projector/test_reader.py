"""Rights to read: a reader reads `reporting`, whatever is in it, and nothing else."""

import os

import asyncpg
import pytest

from services.errors import DaybookError
from services.postgres import connection
from services.views import generation
from tests.ledger import Ledger

_TABLES = """
select format('%I.%I', nspname, relname) as name
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
 where relkind in ('r', 'v', 'm', 'p', 'S')
   and nspname <> 'information_schema' and nspname not like 'pg\\_%'
"""


async def test_a_reader_reads_every_view_of_reporting(ledger: Ledger) -> None:
    owner, reader = await ledger.connect(), await ledger.connect("daybook_reader")
    views = [row["name"] for row in await owner.fetch(_TABLES + " and nspname = 'reporting'")]
    assert len(views) > 10
    for view in views:
        await reader.fetch(f"select * from {view}")


async def test_a_reader_may_call_every_function_of_reporting(ledger: Ledger) -> None:
    owner = await ledger.connect()
    rows = await owner.fetch(
        "select oid::regprocedure::text as name, has_function_privilege('daybook_reader', oid, 'execute') as may,"
        " has_function_privilege('public', oid, 'execute') as everybody"
        " from pg_proc where pronamespace = 'reporting'::regnamespace"
    )
    assert len(rows) > 10
    assert all(row["may"] for row in rows)
    assert not any(row["everybody"] for row in rows)


async def test_a_reader_may_do_nothing_else(ledger: Ledger) -> None:
    owner, reader = await ledger.connect(), await ledger.connect("daybook_reader")
    others = [row["name"] for row in await owner.fetch(_TABLES + " and nspname not in ('reporting', 'served')")]
    assert {"ledger.journal", "ledger.source", "ledger.reader"} <= set(others)
    served = await generation.served(owner)
    assert served is not None
    assert f"{served.schema}.stage_position" in others
    for name in others:
        for statement in (
            f"select * from {name}",
            f"insert into {name} default values",
            f"delete from {name}",
            f"truncate {name}",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await reader.execute(statement)
    for statement in (
        "select ledger.sequence_at(now())",
        "create schema mine",
        "create table public.mine ()",
        "create temporary table mine ()",
        "create view reporting.mine as select 1",
        "drop view reporting.deal",
        "insert into reporting.ledger (stream) values ('x')",
        "delete from reporting.flag",
        "alter role daybook_reader createdb",
        "select pg_advisory_lock(1)",
        "select pg_advisory_lock_shared(1, 16)",
        "select pg_try_advisory_lock(1, 2)",
        "select pg_try_advisory_xact_lock(1)",
        "select lo_create(0)",
        "select lo_creat(-1)",
        "select lo_from_bytea(0, 'x')",
        "select lo_import('/etc/hostname')",
        "select pg_logical_emit_message(false, 'x', 'x')",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.execute(statement)


async def test_every_role_may_be_pooled(ledger: Ledger) -> None:
    for role in connection.ROLES:
        pool = await connection.pool(ledger.endpoints.database_url, role, 1)
        for _ in range(2):
            assert await pool.fetchval("select current_user") == role
        await pool.close()


async def test_a_projector_writes_rows_and_nothing_durable(ledger: Ledger) -> None:
    projector = await ledger.connect("daybook_projector")
    for statement in (
        "delete from ledger.journal",
        "insert into ledger.concerns values ('deal/x', 1, 1)",
        "update ledger.generation set promoted_at = now()",
        "select * from ledger.source",
        "select * from ledger.reader",
        "create schema mine",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await projector.execute(statement)


async def test_all_that_people_read_is_commented(ledger: Ledger) -> None:
    owner = await ledger.connect()
    bare = await owner.fetch(
        """
        select nspname || '.' || relname || coalesce('.' || attname, '') as name
          from pg_class
          join pg_namespace on pg_namespace.oid = relnamespace
          left join lateral (
                select attname, attnum from pg_attribute
                 where attrelid = pg_class.oid and attnum > 0 and not attisdropped
                union all
                select null, 0) attribute on true
         where relkind in ('r', 'v')
           and (nspname = 'reporting' or nspname like 'gen\\_%')
           and col_description(pg_class.oid, attnum) is null
           and (attnum > 0 or obj_description(pg_class.oid, 'pg_class') is null)
        union all
        select oid::regprocedure::text from pg_proc
         where pronamespace = 'reporting'::regnamespace and obj_description(oid, 'pg_proc') is null
        """
    )
    assert [row["name"] for row in bare] == []


_OLDER_FUNCTION = """
create function reporting.receivables_open(as_of timestamptz, known_at bigint) returns table (account text)
language sql stable begin atomic select 'A-1'::text; end;
create schema mine;
create view mine.owed as select account from reporting.receivables_open(now(), 0);
"""


async def test_a_function_gets_its_new_column_and_who_is_built_on_it_is_named_first(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    await owner.execute(
        await owner.fetchval(
            "select 'drop function ' || string_agg(oid::regprocedure::text, ', ') from pg_proc"
            " where pronamespace = 'reporting'::regnamespace and proretset"
        )
    )
    await owner.execute(_OLDER_FUNCTION)
    with pytest.raises(DaybookError, match="view mine"):
        await generation.ensure(owner)
    assert await owner.fetch("select account from mine.owed")
    await owner.execute("drop view mine.owed")
    await generation.ensure(owner)
    reader = await empty_ledger.connect("daybook_reader")
    assert await reader.fetch("select series from reporting.receivables_open(now(), 0)") == []
    assert await reader.fetch("select * from reporting.ageing(now(), 0)") == []


_BUILT = """
create role bi_{n} nologin;
grant bi_{n} to current_user;
create function reporting.my_own() returns setof bigint language sql as 'select 1::bigint';
create view public.pipeline_of_mine as select deal from reporting.pipeline(now());
create function reporting.bands(as_of timestamptz default now(), known_at bigint default reporting.sequence())
returns table (band text) language sql stable begin atomic select 'x'::text; end;
grant usage on schema reporting to bi_{n};
grant select on all tables in schema reporting to bi_{n};
grant execute on all functions in schema reporting to bi_{n};
"""


async def test_only_functions_that_changed_are_made_anew_and_rights_on_them_stay(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    role = f"bi_{os.getpid()}"
    await owner.execute(
        "drop function reporting.bands(date, bigint); drop function reporting.bands(timestamptz, bigint)"
    )
    await owner.execute(_BUILT.format(n=os.getpid()))
    try:
        await owner.execute("comment on schema served is 'made by an earlier version'")
        await generation.ensure(owner)
        assert await owner.fetch("select deal from public.pipeline_of_mine") == []
        assert await owner.fetchval("select reporting.my_own()") == 1
        await owner.execute(f"set role {role}")
        for report in ("bands()", "bands(date '2026-03-31')", "pipeline()", "ageing(now())", "stage_position()"):
            await owner.fetch(f"select * from reporting.{report}")
        with pytest.raises(asyncpg.NoDataFoundError):
            await owner.fetch("select * from reporting.funnel('project')")
    finally:
        await owner.execute(f"reset role; drop owned by {role}; drop role {role}; drop view public.pipeline_of_mine")


async def test_a_report_that_is_in_no_list_any_more_goes(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    await owner.execute(
        """
        create or replace view reporting.catalog as
        select 'gone'::text as name, kind, title_zh, title_en, question_zh, question_en, definition, parameters,
               columns, key, filters
          from (values (1)) as one (n)
          left join lateral (select null::text as kind, null::text as title_zh, null::text as title_en,
                                    null::text as question_zh, null::text as question_en, null::text as definition,
                                    null::jsonb as parameters, null::jsonb as columns, null::text[] as key,
                                    null::text[] as filters) empty on true;
        create function reporting.gone(as_of timestamptz, known_at bigint) returns table (x text)
        language sql stable begin atomic select 'x'::text; end;
        comment on schema served is 'made by an earlier version';
        """
    )
    await generation.ensure(owner)
    assert await owner.fetchval("select count(*) from pg_proc where proname = 'gone'") == 0
