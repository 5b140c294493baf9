-- name: stream
-- What the ledger remembers of its stream, the row where the journal ends, and what the recorder knows.
select stream.name, stream.created_at, stream.recorded, stream.last_sequence, stream.unfinished,
       journal.recorded_at, journal.leaf_hash, array(select type from ledger.event_type) as event_types
  from ledger.stream
  left join ledger.journal on journal.sequence = stream.recorded;
