-- name: journal
-- The messages that the journal has behind a sequence.
select sequence, recorded_at, stream_subject, message
  from ledger.journal
 where sequence > $1
   and sequence <= $2
 order by sequence
 limit $3;

-- name: saved
-- The same for those that a reconciliation saved and put back behind the journal's end.
select sequence, recorded_at, stream_subject, message
  from ledger.reconciliation_message
 where sequence > $1
   and sequence <= $2
 order by sequence
 limit $3;
