-- name: last_row
-- The recorder's position and what stands there.
select sequence, recorded_at, stream_subject, message, leaf_hash
  from ledger.journal
 order by sequence desc
 limit 1;

-- name: awaited
-- Targets of corrections and voids that are not recorded yet.
select distinct correction.target_source, correction.target_id
  from ledger.journal correction
 where correction.target_source is not null
   and correction.disposition = 'entry'
   and not exists (select from ledger.journal target
                    where target.source = correction.target_source
                      and target.id = correction.target_id
                      and target.disposition = 'entry');

-- name: entries_of
-- Which of some identities are recorded, where, and with which content. One index probe each, whatever the planner
-- believes of a table that has just grown.
select wanted.source, wanted.id, entry.sequence, entry.message
  from unnest($1::text[], $2::text[]) as wanted (source, id)
 cross join lateral (
        select journal.sequence, journal.message
          from ledger.journal
         where journal.source = wanted.source
           and journal.id = wanted.id
           and journal.disposition = 'entry'
         limit 1
       ) as entry;

-- name: corrections_and_targets
-- Corrections, above a sequence, of some targets that are recorded, with the target's own row.
select correction.sequence as correction, target.*
  from unnest($1::text[], $2::text[], $3::bigint[]) as wanted (source, id, above)
 cross join lateral (
        select journal.sequence, journal.recorded_at, journal.source, journal.id, journal.type, journal.subject,
               journal.occurred_at, journal.actor, journal.message
          from ledger.journal
         where journal.source = wanted.source
           and journal.id = wanted.id
           and journal.disposition = 'entry'
         limit 1
       ) as target
 cross join lateral (
        select journal.sequence
          from ledger.journal
         where journal.target_source = wanted.source
           and journal.target_id = wanted.id
           and journal.disposition = 'entry'
           and journal.sequence > wanted.above
        offset 0
       ) as correction;

-- name: add_concerns
-- A correction concerns all that its target concerns; what is known already stays.
insert into ledger.concerns (subject, sequence, lane, since)
select subject, sequence, lane, since
  from unnest($1::text[], $2::bigint[], $3::smallint[], $4::bigint[]) as added (subject, sequence, lane, since)
    on conflict do nothing;
