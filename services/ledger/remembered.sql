-- name: stream
-- What the ledger remembers of its stream, and the row where the journal ends.
select stream.name, stream.created_at, stream.recorded, stream.last_sequence, stream.unfinished,
       journal.recorded_at, journal.leaf_hash
  from ledger.stream
  left join ledger.journal on journal.sequence = stream.recorded;
