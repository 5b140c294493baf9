-- name: served
-- The generation that reporting reads: the one promoted last.
select digest, schema_name from ledger.generation where promoted_at is not null order by promoted_at desc limit 1;

-- name: of_digest
select digest, schema_name from ledger.generation where digest = $1;

-- name: folds
-- Name and version of each fold that a generation was made by.
select folds from ledger.generation where digest = $1;

-- name: all
select digest, schema_name, promoted_at from ledger.generation order by promoted_at desc nulls last;

-- name: add
insert into ledger.generation (digest, schema_name, folds) values ($1, $2, $3::jsonb);

-- name: promote
-- Later than every other, even when the clock was set back in between.
update ledger.generation
   set schema_name = $2,
       promoted_at = greatest(clock_timestamp(), (select max(promoted_at) from ledger.generation) + interval '1 us')
 where digest = $1;

-- name: remove
delete from ledger.generation where digest = $1 and schema_name = $2;

-- name: unlisted
-- Schemas of generations that an interrupted build has left behind.
select nspname::text as schema_name
  from pg_namespace
 where nspname ~ '^gen_[0-9a-f]{12}(_[0-9a-f]+)?$'
   and nspname not in (select schema_name from ledger.generation);

-- name: lock
-- One at a time makes, promotes or removes generations; released at the end of the transaction.
select pg_advisory_xact_lock(hashtext('daybook generations'));

-- name: columns
-- The columns of a table.
select column_name::text as name from information_schema.columns where table_schema = $1 and table_name = $2;

-- name: indexes
-- The indexes of tables.
select indexname::text as name from pg_indexes where schemaname = $1 and tablename = any($2::text[]);

-- name: look
-- By which files `reporting` and `served` were made; null before the first.
select substring(obj_description(to_regnamespace('served')::oid, 'pg_namespace') from 'Made by ([0-9a-f]{64})');

-- name: has_catalog
select to_regclass('reporting.catalog') is not null;

-- name: former
-- Names of the reports that the list had.
select array_agg(name) from reporting.catalog;
