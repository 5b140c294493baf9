-- name: recorded
-- How far the journal goes.
select coalesce(max(sequence), 0) from ledger.journal;

-- name: blocks
-- The leaf hashes of the rows behind a sequence, reckoned anew from what the rows say (contracts/rules/canonical.py,
-- leaf_hash), 256 rows together; and the rows whose own leaf_hash says something else.
select count(*) as rows,
       min(sequence) as first,
       max(sequence) as last,
       string_agg(leaf, '' order by sequence) as leaves,
       array_agg(sequence order by sequence) filter (where leaf <> leaf_hash) as altered
  from (select journal.sequence, journal.leaf_hash,
               pg_catalog.sha256('\x00'::bytea
                                 || pg_catalog.int8send(journal.sequence)
                                 || pg_catalog.int8send((extract(epoch from journal.recorded_at) * 1000000)::bigint)
                                 || substring(pg_catalog.int4send(octet_length(journal.stream_subject)) from 3)
                                 || pg_catalog.convert_to(journal.stream_subject, 'UTF8')
                                 || journal.message) as leaf
          from ledger.journal
         where journal.sequence > $1
           and journal.sequence <= $2
        offset 0) as row
 group by (sequence - 1) / 256
 order by first;

-- name: nodes
-- The nodes of a level with places from one up to before another.
select place, hash from ledger.tree_node where level = $1 and place >= $2 and place < $3 order by place;

-- name: add_nodes
-- Nodes that became complete; those that are there already stay.
insert into ledger.tree_node (level, place, hash)
select level, place, hash
  from unnest($1::smallint[], $2::bigint[], $3::bytea[]) as added (level, place, hash)
    on conflict do nothing;

-- name: newest_head
-- The head of the largest tree.
select size, note from ledger.tree_head order by size desc limit 1;

-- name: heads_behind
-- The heads of larger trees than one, in order.
select size, note from ledger.tree_head where size > $1 order by size limit $2;

-- name: head_at
-- The head of a tree of so many rows.
select note, signed_at from ledger.tree_head where size = $1;

-- name: add_head
-- One more head; refused when it does not follow.
insert into ledger.tree_head (size, note) values ($1, $2);

-- name: say
-- What the notary says about itself; its key is that of the one that signed last.
insert into ledger.notary (state, detail, vkey) values ($1, $2, $3)
    on conflict (singleton) do update
   set state = excluded.state, detail = excluded.detail, since = now(),
       vkey = case when excluded.state = 'signing' then excluded.vkey else notary.vkey end
 where (notary.state, notary.detail, notary.vkey) is distinct from (excluded.state, excluded.detail, excluded.vkey);

-- name: leaves
-- Leaf hashes of spans of rows, as they stand in the journal; $1 and $2 are sequences, both included.
select leaf.sequence, leaf.leaf_hash
  from unnest($1::bigint[], $2::bigint[]) as span (first, last)
 cross join lateral (
        select journal.sequence, journal.leaf_hash
          from ledger.journal
         where journal.sequence between span.first and span.last
        offset 0
       ) as leaf;

-- name: kept
-- Nodes of spans of places of kept levels. One index range each, whatever the planner believes.
select node.level, node.place, node.hash
  from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as span (level, first, last)
 cross join lateral (
        select tree_node.level, tree_node.place, tree_node.hash
          from ledger.tree_node
         where tree_node.level = span.level
           and tree_node.place between span.first and span.last
        offset 0
       ) as node;

-- name: rows
-- Some rows, as far as their leaf hashes depend on them.
select sequence, recorded_at, stream_subject, message from ledger.journal where sequence = any($1::bigint[]);
