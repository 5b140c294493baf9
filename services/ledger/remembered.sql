-- name: stream
-- What the ledger remembers of its stream.
select name, created_at, recorded, last_sequence, unfinished from ledger.stream;
