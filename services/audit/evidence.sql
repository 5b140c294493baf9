-- name: concerning
-- The entries that concern a deal, as known at a sequence. A correction that concerns it through its target alone is
-- left out while that target was not known, as in services/query/history.sql.
select concerns.sequence
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.subject = $1
   and concerns.sequence <= $2
   and (concerns.since is null or concerns.since <= $2)
   and (journal.target_source is null
        or journal.subject = $1
        or exists (select from ledger.journal target
                    where target.disposition = 'entry'
                      and target.source = journal.target_source
                      and target.id = journal.target_id
                      and target.sequence <= $2))
 order by concerns.sequence;

-- name: publications
-- The publications and withdrawals of some playbooks, as known at a sequence.
select concerns.sequence
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.subject = any($1::text[])
   and concerns.sequence <= $2
   and journal.type in ('daybook.playbook_published.v1', 'daybook.playbook_withdrawn.v1')
 order by concerns.sequence;

-- name: others
-- All rows but some, up to a sequence.
select sequence, recorded_at, disposition, stream_subject, message
  from ledger.journal
 where sequence <= $2
   and sequence <> all($1::bigint[])
 order by sequence;
