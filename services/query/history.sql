-- name: entries
-- A part of what concerns a subject: behind a sequence, up to the one known at. An entry that concerns the subject
-- through a later one alone (a correction through its target, a payment through a transfer) is left out before that;
-- ledgers of earlier versions say so of corrections only by the target's sequence. With an instant: what had happened by then by
-- its own time, but for what corrections and voids decide: $5 are shown for them, $6 are not.
select journal.sequence, journal.id, journal.source, journal.type, journal.occurred_at, journal.recorded_at,
       journal.actor, journal.message
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.subject = $1
   and concerns.sequence > $2
   and concerns.sequence <= $3
   and (concerns.since is null or concerns.since <= $3)
   and ($4::timestamptz is null
        or journal.sequence = any($5::bigint[])
        or (journal.occurred_at <= $4 and journal.sequence <> all($6::bigint[])))
   and (journal.target_source is null
        or journal.subject = $1
        or exists (select from ledger.journal target
                    where target.disposition = 'entry'
                      and target.source = journal.target_source
                      and target.id = journal.target_id
                      and target.sequence <= $3))
 order by concerns.sequence
 limit $7;

-- name: publications
-- Playbooks that made or unmade rows of a deal: it had waited for them.
select journal.sequence, journal.id, journal.source, journal.type, journal.occurred_at, journal.recorded_at,
       journal.actor, journal.message
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.lane = -1
   and concerns.sequence = any($1::bigint[])
   and ($2::timestamptz is null or journal.occurred_at <= $2)
 order by concerns.sequence;

-- name: corrections
-- The corrections and voids that concern a subject, and what they are about.
select journal.sequence, journal.recorded_at, journal.source, journal.id, journal.type, journal.subject,
       journal.occurred_at, journal.actor, journal.message
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.subject = $1
   and concerns.sequence <= $2
   and (concerns.since is null or concerns.since <= $2)
   and journal.target_source is not null
 union
select target.sequence, target.recorded_at, target.source, target.id, target.type, target.subject,
       target.occurred_at, target.actor, target.message
  from ledger.concerns
  join ledger.journal using (sequence)
  join ledger.journal target
    on target.disposition = 'entry'
   and target.source = journal.target_source
   and target.id = journal.target_id
 where concerns.subject = $1
   and concerns.sequence <= $2
   and (concerns.since is null or concerns.since <= $2)
   and target.sequence <= $2
 order by sequence;

-- name: concerned
-- All subjects that some entries concern.
select concerns.sequence, concerns.subject
  from ledger.concerns
 where concerns.lane in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
   and concerns.sequence = any($1::bigint[]);

-- name: known
-- Whether anything is known of a subject.
select exists (select from ledger.concerns where subject = $1 and sequence <= $2);

-- name: tables
-- The tables of a generation.
select tablename::text as name from pg_tables where schemaname = $1;

-- name: columns
-- The columns of a generation's table.
select attname::text as name
  from pg_attribute
 where attrelid = format('%I.%I', $1::text, $2::text)::regclass
   and attnum > 0
   and not attisdropped;
