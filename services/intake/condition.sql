-- name: remembered
-- What the ledger remembers of its stream: when it was made, and up to where it went at least.
select stream_created_at as created_at, (select coalesce(max(sequence), 0) from ledger.journal) as recorded
  from ledger.identity;
