-- name: condition
-- How far the ledger is, what waits for people, and how old the first row is that the views served do not include.
select (select coalesce(max(sequence), 0) from ledger.journal) as recorded,
       served.projected,
       coalesce((select extract(epoch from greatest(clock_timestamp() - journal.recorded_at, interval '0'))
                   from ledger.journal
                  where journal.sequence > served.projected
                  order by journal.sequence
                  limit 1), 0)::double precision as unprojected_age_s,
       (select count(*)
          from ledger.journal quarantined
         where quarantined.disposition in ('conflict', 'unreadable')
           and not exists (select from ledger.quarantine_decision decided
                            where decided.sequence = quarantined.sequence)) as quarantined,
       (select count(distinct subject) from reporting.stale) as stale,
       (select count(*) from reporting.flag) as flags
  from (select reporting.sequence() as projected) served;
