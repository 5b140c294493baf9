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
-- Which of some identities are recorded, where, and with which content.
select source, id, sequence, message
  from ledger.journal
  join unnest($1::text[], $2::text[]) as wanted (source, id) using (source, id)
 where disposition = 'entry';

-- name: corrections_and_targets
-- Corrections, above a sequence, of some targets that are recorded, with the target's own row.
select correction.sequence as correction,
       target.sequence, target.recorded_at, target.source, target.id, target.type, target.subject,
       target.occurred_at, target.actor, target.message
  from unnest($1::text[], $2::text[], $3::bigint[]) as wanted (source, id, above)
  join ledger.journal correction
    on correction.target_source = wanted.source
   and correction.target_id = wanted.id
   and correction.sequence > wanted.above
   and correction.disposition = 'entry'
  join ledger.journal target
    on target.source = wanted.source
   and target.id = wanted.id
   and target.disposition = 'entry';

-- name: add_concerns
-- A correction concerns all that its target concerns; what is known already stays.
insert into ledger.concerns (subject, sequence, lane)
select subject, sequence, lane
  from unnest($1::text[], $2::bigint[], $3::smallint[]) as added (subject, sequence, lane)
    on conflict do nothing;
