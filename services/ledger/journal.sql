-- name: recorded_position
-- The recorder's position: the journal has no gaps, so its highest sequence says how far it goes.
select coalesce(max(sequence), 0) from ledger.journal;

-- name: history
-- All that concerns one subject, up to a sequence, in order.
select journal.sequence, journal.source, journal.id, journal.type, journal.subject,
       journal.occurred_at, journal.actor, journal.message
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.subject = $1
   and concerns.sequence <= $2
 order by concerns.sequence;

-- name: histories
-- The same for many subjects at once.
select concerns.subject as concerned,
       journal.sequence, journal.source, journal.id, journal.type, journal.subject,
       journal.occurred_at, journal.actor, journal.message
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.subject = any($1::text[])
   and concerns.sequence <= $2
 order by concerns.sequence;

-- name: playbooks
-- Every entry about a playbook, up to a sequence: publications, withdrawals, targets. Lane -1 is theirs alone.
select journal.sequence, journal.source, journal.id, journal.type, journal.subject,
       journal.occurred_at, journal.actor, journal.message
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.lane = -1
   and concerns.sequence <= $1
 order by concerns.sequence;
