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

-- name: flags
-- How many flags stand, by what they say.
select flag, count(*) as number
  from reporting.flag
 group by flag
 order by flag;

-- name: lanes
-- The position of each lane, and what its last batch took long for. Views that an older version has made do not say
-- the latter.
select lane, projected,
       to_jsonb(told) ->> 'longest_subject' as longest_subject,
       (to_jsonb(told) ->> 'longest_s')::double precision as longest_s
  from reporting.lane told
 order by lane;

-- name: notary
-- How the notary is: whether one holds the lock, what it said, and the newest head.
select exists (select from pg_locks
                where locktype = 'advisory'
                  and granted
                  and objsubid = 1
                  and database = (select oid from pg_database where datname = current_database())
                  and (classid::bigint << 32) | objid::bigint = $1) as running,
       notary.state, notary.detail,
       coalesce(head.size, 0) as signed, head.signed_at
  from (values (true)) as one (singleton)
  left join ledger.notary using (singleton)
  left join lateral (select size, signed_at from ledger.tree_head order by size desc limit 1) head on true;
