-- name: kept
-- The zone of the ledger, and its rules as they are kept.
select identity.time_zone,
       array(select from_at from ledger.zone_rule where zone = time_zone order by from_at) as from_at,
       array(select seconds_east from ledger.zone_rule where zone = time_zone order by from_at) as seconds_east
  from ledger.identity;

-- name: clear
delete from ledger.zone_rule;

-- name: add
insert into ledger.zone_rule (zone, from_at, seconds_east)
select $1, * from unnest($2::timestamptz[], $3::integer[])
    on conflict do nothing;

-- name: begin_sessions
-- Statement that lets the sessions of this database begin in the ledger's zone, and whether we may run it; nothing where
-- they do already.
select format('alter database %I set timezone = %L', datname, identity.time_zone) as statement,
       pg_has_role(current_user, datdba, 'usage') as allowed
  from ledger.identity
  join pg_database on datname = current_database()
 where not exists (select from pg_db_role_setting cross join unnest(setconfig) as setting
                    where setdatabase = pg_database.oid
                      and setrole = 0
                      and lower(setting) = lower('timezone=' || identity.time_zone));
