-- name: recorded
-- Some of the documents that are recorded, and of the corrections and voids, in order, above a sequence.
select sequence, recorded_at, source, id, type, subject, occurred_at, actor, message
  from ledger.journal
 where disposition = 'entry'
   and (type = any($1::text[]) or target_source is not null)
   and sequence > $2
 order by sequence
 limit $3;
