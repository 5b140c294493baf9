-- Of the ledger's database, as the superuser. $1 and $2: names and values of the settings of the role daybook_reader.

-- name: drift
-- Statements that give the role these settings and no others, in their order; none where it has them. A role may change
-- its own, and its password.
with wanted as (
    select name, value from unnest($1::text[], $2::text[]) as wanted (name, value)
), found as (
    select setdatabase as database, split_part(setting, '=', 1) as name,
           substr(setting, strpos(setting, '=') + 1) as value
      from pg_db_role_setting cross join unnest(setconfig) as setting
     where setrole = 'daybook_reader'::regrole
), statement as (
    select 1 as place, 'alter role daybook_reader reset all' as text
    union all
    select 2, format('alter role daybook_reader in database %I reset all', datname)
      from pg_database where oid in (select database from found)
    union all
    select 3, format('alter role daybook_reader set %I = %L', name, value) from wanted
)
select text from statement
 where exists (select name, value from wanted except select name, value from found where database = 0)
    or exists (select name, value, 0 from found except select name, value, 0 from wanted)
    or exists (select from found where database <> 0)
union all
select 'alter role daybook_reader password null'
  from pg_authid where rolname = 'daybook_reader' and rolpassword is not null;

-- name: end
-- End the connections of readers that hold longer than one of the settings that limit time, and 5 s more.
with limited as (
    select name, value::interval as most
      from unnest($1::text[], $2::text[]) as limited (name, value)
     where name like '%\_timeout'
), held as (
    select pid, usename,
           unnest(array['statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout',
                        'transaction_timeout']) as name,
           unnest(array[case when state = 'active' then query_start end,
                        case when state like 'idle in transaction%' then state_change end,
                        case when state = 'idle' then state_change end,
                        xact_start]) as since
      from pg_stat_activity
      join pg_roles on rolname = usename
     where datname = current_database() and not rolsuper and not rolcreaterole
       and pg_has_role(rolname, 'daybook_reader', 'usage')
), over as (
    select pid, usename, min(name) as name
      from held join limited using (name)
     where clock_timestamp() > since + most + interval '5 s'
     group by pid, usename
)
select usename, name as "limit" from over where pg_terminate_backend(pid);
