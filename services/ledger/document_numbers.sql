-- name: recorded
-- The documents that are recorded, and the corrections and voids, in order, above a sequence and up to another.
select sequence, recorded_at, source, id, type, subject, occurred_at, actor, message
  from ledger.journal
 where disposition = 'entry'
   and (type = any($1::text[]) or target_source is not null)
   and sequence > $2
   and sequence <= $3
 order by sequence;

-- name: last
-- The journal's end.
select coalesce(max(sequence), 0) from ledger.journal;
