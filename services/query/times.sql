-- name: time_zone
-- The zone in which the ledger cuts days.
select time_zone from ledger.identity;

-- name: sequence_at
-- The highest sequence recorded at or before an instant.
select ledger.sequence_at($1);

-- name: projected
-- The lowest position of all lanes of the served generation.
select sequence from reporting.position;
