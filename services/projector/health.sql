-- What a projector tells of its generation. {generation} stands for its quoted schema.

-- name: condition
-- How far the journal and the lowest lane are, and how old the first row is that this lane has not passed.
select (select coalesce(max(sequence), 0) from ledger.journal) as recorded,
       lowest.sequence as projected,
       coalesce((select extract(epoch from greatest(clock_timestamp() - journal.recorded_at, interval '0'))
                   from ledger.journal
                  where journal.sequence > lowest.sequence
                  order by journal.sequence
                  limit 1), 0)::double precision as unprojected_age_s
  from (select min(lane.sequence) as sequence from {generation}.lane) lowest;
