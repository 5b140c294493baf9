-- Comparing two generations. {one} and {other} stand for tables, {columns} for the columns that both have.

-- name: columns
-- The columns of a table, in order; none where there is no such table.
select attname::text as name
  from pg_attribute
 where attrelid = to_regclass($1)
   and attnum > 0
   and not attisdropped
 order by attnum;

-- name: count
-- Versions that were known at a sequence or before it.
select count(*) from {one} where known_from <= $1;

-- name: only_in_one
-- Versions that one table has and the other has not, as they stood at a sequence: what was unmade later still stood.
-- `number` counts all of them, of which the first are given.
select only_here.*, count(*) over () as number
  from (select {columns}, known_from, case when known_to > $1 then 9223372036854775807 else known_to end as known_to
          from {one}
         where known_from <= $1
        except all
        select {columns}, known_from, case when known_to > $1 then 9223372036854775807 else known_to end as known_to
          from {other}
         where known_from <= $1) only_here
 order by {columns}, known_from
 limit $2;
