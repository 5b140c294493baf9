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
