-- name: subjects
-- Subjects with the number of entries that concern them, in order.
select subject, count(*) as entries
  from ledger.concerns
 where subject > $1
   and sequence <= $2
 group by subject
 order by subject
 limit $3;

-- name: noted
-- How many notes there are of what concerns what.
select count(*) from ledger.concerns where sequence <= $1;

-- name: entries_of
-- How many entries concern one subject.
select count(*) from ledger.concerns where subject = $1 and sequence <= $2;

-- name: concerned
-- All that was noted to concern some subjects, with the journal's rows as they are.
select concerns.subject as concerned, concerns.lane,
       journal.sequence, journal.disposition, journal.source, journal.id, journal.type, journal.subject,
       journal.occurred_at, journal.actor, journal.target_source, journal.target_id, journal.stream_subject,
       journal.message
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.subject = any($1::text[])
   and concerns.sequence <= $2
 order by concerns.sequence;

-- name: not_noted
-- Of pairs that must be noted, those that are not.
select wanted.subject, wanted.sequence
  from unnest($1::text[], $2::bigint[]) as wanted (subject, sequence)
 where not exists (select from ledger.concerns
                    where concerns.subject = wanted.subject
                      and concerns.sequence = wanted.sequence);

-- name: targets
-- The entries that corrections are about.
select correction.sequence as correction,
       target.sequence, target.source, target.id, target.type, target.subject,
       target.occurred_at, target.actor, target.message
  from unnest($1::bigint[], $2::text[], $3::text[]) as correction (sequence, source, id)
  join ledger.journal target
    on target.source = correction.source and target.id = correction.id and target.disposition = 'entry';

-- name: stale
-- Subjects that a fold raised for, up to a sequence. {generation} stands for the quoted schema.
select subject, view, sequence, error from {generation}.stale where sequence <= $1 order by subject, view;
