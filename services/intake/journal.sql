-- name: originals
-- The entries that hold some identities, one index probe each.
select entry.source, entry.id, entry.sequence, entry.type, entry.subject, entry.message
  from unnest($1::text[], $2::text[]) as asked (source, id)
 cross join lateral (
        select journal.source, journal.id, journal.sequence, journal.type, journal.subject, journal.message
          from ledger.journal
         where journal.source = asked.source
           and journal.id = asked.id
           and journal.disposition = 'entry'
         limit 1
       ) as entry;

-- name: subjects
-- Which of some subjects any entry concerns.
select asked.subject
  from unnest($1::text[]) as asked (subject)
 where exists (select from ledger.concerns where concerns.subject = asked.subject);

-- name: versions
-- The versions of some playbooks that are published, by subject.
select concerns.subject, (convert_from(journal.message, 'UTF8')::jsonb #>> '{data,playbook,version}')::integer as version
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.subject = any($1::text[])
   and journal.type = 'daybook.playbook_published.v1';

-- name: status
-- An entry by its sequence, and all later messages with the same identity; one index probe each.
select journal.sequence, journal.recorded_at, journal.disposition, journal.reason, journal.source, journal.id,
       journal.type, journal.subject, journal.occurred_at, journal.actor, journal.message
  from ledger.journal
 where journal.sequence = $1
 union all
select journal.sequence, journal.recorded_at, journal.disposition, journal.reason, journal.source, journal.id,
       journal.type, journal.subject, journal.occurred_at, journal.actor, journal.message
  from ledger.journal
 where journal.original = $1
 order by sequence;

-- name: corrections
-- The entries that correct or void an event.
select journal.sequence, journal.recorded_at, journal.source, journal.id, journal.type, journal.subject,
       journal.occurred_at, journal.actor, journal.message
  from ledger.journal
 where journal.target_source = $1
   and journal.target_id = $2
   and journal.disposition = 'entry'
 order by journal.sequence;
