-- name: concerning
-- The entries that concern a deal, as known at a sequence.
select sequence from ledger.concerns where subject = $1 and sequence <= $2 order by sequence;

-- name: publications
-- The publications of some playbooks, as known at a sequence.
select sequence from ledger.concerns where subject = any($1::text[]) and sequence <= $2 order by sequence;

-- name: others
-- All rows but some, up to a sequence.
select sequence, recorded_at, disposition, stream_subject, message
  from ledger.journal
 where sequence <= $2
   and sequence <> all($1::bigint[])
 order by sequence;
