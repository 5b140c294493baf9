-- name: status
-- How far recorder and views are. What does not count is rare, so counting that is quicker than counting entries.
select (select coalesce(max(sequence), 0) from ledger.journal) as recorded,
       (select count(*) from ledger.journal where original is not null)
           + (select count(*) from ledger.journal where disposition = 'unreadable') as other,
       (select count(*)
          from ledger.journal quarantined
         where quarantined.disposition in ('conflict', 'unreadable')
           and not exists (select from ledger.quarantine_decision decided
                            where decided.sequence = quarantined.sequence)) as quarantined,
       (select count(distinct subject) from reporting.stale) as stale,
       (select generation from reporting.position) as generation;

-- name: lanes
-- The position of each lane.
select lane, projected from reporting.lane order by lane;
