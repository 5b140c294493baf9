-- Of the ledger's database, as the superuser.

-- name: end
-- End the connections of readers that hold longer than a limit of the role daybook_reader, and 5 s more.
with limited as materialized (
    select split_part(setting, '=', 1) as name, split_part(setting, '=', 2)::interval as most
      from pg_db_role_setting cross join unnest(setconfig) as setting
     where setrole = 'daybook_reader'::regrole and setdatabase = 0 and setting ~ '_timeout=[1-9]'
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
