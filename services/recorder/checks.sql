-- name: identity
-- Which stream the ledger was made for.
select stream_name, stream_created_at from ledger.identity;
