-- name: tables
-- The durable tables with their columns, the key by which their rows are ordered (first the sequence, as they were
-- recorded), and which of them the rows refer to. Migrations are in the manifest.
select relname::text as name,
       array(select attname::text
               from pg_attribute
              where attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = ''
              order by attnum) as columns,
       array(select attname::text
               from pg_index
               cross join unnest(indkey::smallint[]) with ordinality as keyed (number, place)
               join pg_attribute on attrelid = indrelid and attnum = keyed.number
              where indrelid = pg_class.oid and indisprimary
              order by attname <> 'sequence', place) as key,
       array(select distinct referenced.relname::text
               from pg_constraint
               join pg_class referenced on referenced.oid = confrelid
              where conrelid = pg_class.oid and contype = 'f' and confrelid <> conrelid) as refers_to
  from pg_class
 where relnamespace = to_regnamespace('ledger')
   and relkind in ('r', 'p')
   and not relispartition
   and relname <> 'migration'
 order by relname;

-- name: as_text
-- Values are written in one way, whatever the server's settings are.
set local datestyle = 'ISO';
set local intervalstyle = 'postgres';
set local timezone = 'UTC';
set local bytea_output = 'hex';
set local extra_float_digits = 3;

-- name: migrations
select number, name, digest from ledger.migration order by number;

-- name: generation
-- The one that is served.
select digest from ledger.generation where promoted_at is not null order by promoted_at desc limit 1;

-- name: last_row
select sequence, recorded_at, leaf_hash from ledger.journal order by sequence desc limit 1;

-- name: head
-- The newest signed head of the journal's tree.
select note from ledger.tree_head order by size desc limit 1;

-- name: signer
-- Who signed heads.
select vkey from ledger.notary where exists (select from ledger.tree_head);

-- name: server
select current_setting('server_version');

-- name: valid_tokens
-- Tokens that are not disabled, and when each was made; $1 is the ledger's own source, whose first token nobody has.
select 'source' as kind, name, coalesce(rotated_at, added_at) as since
  from ledger.source
 where disabled_at is null and (name <> $1 or rotated_at is not null)
 union all
select 'reader', name, coalesce(rotated_at, added_at)
  from ledger.reader
 where disabled_at is null
 order by 1 desc, 2;

-- name: disable_sources
update ledger.source set disabled_at = now()
 where disabled_at is null and (name <> $1 or rotated_at is not null);

-- name: disable_readers
update ledger.reader set disabled_at = now() where disabled_at is null;
