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

-- name: differing
-- Versions of which one table has more than the other, as they stood at a sequence: what was unmade later still stood.
-- Both tables are read once. `compared_surplus` is above zero where {one} has more; `compared_number` counts all on that
-- side, of which the first are given. No column of a table has such a name.
select {columns}, known_from, known_to, compared_surplus, compared_number
  from (select differing.*,
               row_number() over (partition by compared_surplus > 0 order by {columns}, known_from) as compared_place,
               sum(abs(compared_surplus)) over (partition by compared_surplus > 0)::bigint as compared_number
          from (select {columns}, known_from, known_to, sum(compared_side) as compared_surplus
                  from (select {columns}, known_from,
                               case when known_to > $1 then 9223372036854775807 else known_to end as known_to, 1 as compared_side
                          from {one}
                         where known_from <= $1
                        union all
                        select {columns}, known_from,
                               case when known_to > $1 then 9223372036854775807 else known_to end as known_to, -1
                          from {other}
                         where known_from <= $1) both_tables
                 group by {columns}, known_from, known_to
                having sum(compared_side) <> 0) differing) placed
 where compared_place <= $2
 order by compared_place;
