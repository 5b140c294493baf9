-- name: rows
-- The journal behind a sequence, in order, with whether each row's own subject is noted in concerns.
select journal.sequence, journal.recorded_at, journal.disposition, journal.original, journal.reason, journal.source,
       journal.id, journal.type, journal.subject, journal.occurred_at, journal.actor, journal.target_source,
       journal.target_id, journal.stream_subject, journal.message, journal.leaf_hash,
       concerns.sequence is not null as noted
  from ledger.journal
  left join ledger.concerns on concerns.subject = journal.subject and concerns.sequence = journal.sequence
 where journal.sequence > $1
   and journal.sequence <= $2
 order by journal.sequence
 limit $3;

-- name: rows_of
-- The same for what concerns one subject, each with the time of the row before it.
select journal.sequence, journal.recorded_at, journal.disposition, journal.original, journal.reason, journal.source,
       journal.id, journal.type, journal.subject, journal.occurred_at, journal.actor, journal.target_source,
       journal.target_id, journal.stream_subject, journal.message, journal.leaf_hash, true as noted,
       (select before.recorded_at from ledger.journal before where before.sequence = journal.sequence - 1)
           as recorded_before
  from ledger.concerns
  join ledger.journal using (sequence)
 where concerns.subject = $1
   and concerns.sequence <= $2
 order by journal.sequence;

-- name: holders
-- The entries that hold some identities.
select sequence, source, id, message
  from ledger.journal
 where disposition = 'entry'
   and (source, id) in (select * from unnest($1::text[], $2::text[]));

-- name: pins
-- Where the recorder and the slowest lane are.
select (select coalesce(max(sequence), 0) from ledger.journal) as recorded,
       (select sequence from reporting.position) as projected;

-- name: entries
-- How many rows of the journal count, up to a sequence.
select count(*) from ledger.journal where disposition = 'entry' and sequence <= $1;

-- name: stream_created_at
-- By which time of making the ledger knows its stream.
select created_at from ledger.stream;

-- name: sequences_of
-- The entries that concern one subject.
select sequence from ledger.concerns where subject = $1 and sequence <= $2 order by sequence;
