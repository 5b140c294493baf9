-- name: publications
-- The versions of playbooks that were published behind a sequence.
select concerns.subject, concerns.sequence,
       (convert_from(journal.message, 'UTF8')::jsonb #>> '{data,playbook,version}')::integer as version
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.lane = -1
   and concerns.sequence > $1
   and journal.type = 'daybook.playbook_published.v1';
