-- name: waiting
-- Messages that do not count, with a reason, and that nobody has decided about.
select sequence, recorded_at, disposition, reason, source, id, type, subject, original, stream_subject, message
  from ledger.journal quarantined
 where disposition in ('conflict', 'unreadable')
   and not exists (select from ledger.quarantine_decision decided where decided.sequence = quarantined.sequence)
 order by sequence;

-- name: row
-- One message of the journal, whatever its disposition.
select sequence, recorded_at, disposition, reason, source, id, type, subject, original, stream_subject, message
  from ledger.journal
 where sequence = $1;

-- name: decisions
-- What was decided about a message.
select decided_at, decision, reason, decided_by, appended
  from ledger.quarantine_decision
 where sequence = $1
 order by decided_at;

-- name: decide
insert into ledger.quarantine_decision (sequence, decision, reason, decided_by, appended)
values ($1, $2, $3, $4, $5)
returning decided_at, decision, reason, decided_by, appended;
