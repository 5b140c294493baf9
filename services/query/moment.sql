-- name: time_zone
-- The zone in which the ledger cuts days.
select time_zone from ledger.identity;

-- name: sequence_at
-- The highest sequence recorded at or before an instant, and whether the journal goes on behind it: then nothing can
-- come any more that belongs before the instant.
select found.sequence, exists (select from ledger.journal where journal.sequence > found.sequence) as settled
  from ledger.sequence_at($1) as found (sequence);

-- name: reach
-- The lowest position of all lanes of the served generation, and the zone in which the ledger cuts days.
select sequence as projected, (select time_zone from ledger.identity) as time_zone from reporting.position;

-- name: projected
-- The lowest position of all lanes of the served generation.
select sequence from reporting.position;
