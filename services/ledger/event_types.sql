-- name: announce
-- From now on intake may take these.
insert into ledger.event_type (type)
select unnest($1::text[])
    on conflict do nothing;

-- name: nobody_records
-- Keeps recorders from beginning until the transaction ends; false: one records already.
select pg_try_advisory_xact_lock($1);
