-- What a lane reads and keeps. {generation} stands for the quoted schema of its generation.

-- name: claim
-- Whoever holds the lane's lock raises its epoch: a commit under an older one then finds no row.
update {generation}.lane set epoch = epoch + 1 where lane = $1 returning sequence, epoch;

-- name: holders
-- Whose transaction has changed the lane's row and is still open.
select held.pid
  from {generation}.lane
  join pg_locks held on held.locktype = 'transactionid' and held.transactionid = lane.xmax and held.granted
 where lane.lane = $1;

-- name: advance
-- Compare and set, in the transaction of the rows that the new positions vouch for. A lane whose row somebody has locked
-- is left out, for the others are not to wait for it.
with moved as (
    select lane.lane
      from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as held (lane, epoch, sequence)
      join {generation}.lane using (lane, epoch, sequence)
       for update of lane skip locked
)
update {generation}.lane
   set sequence = reached.sequence, longest_subject = reached.longest_subject, longest_s = reached.longest_s
  from moved
  join unnest($1::smallint[], $4::bigint[], $5::text[], $6::double precision[])
    as reached (lane, sequence, longest_subject, longest_s) using (lane)
 where lane.lane = moved.lane
returning lane.lane;

-- name: next_publication
-- Playbooks concern every lane: a batch ends before the first entry about one. Targets are about one too, and change
-- nothing.
select min(sequence) from ledger.concerns where lane = -1 and sequence > $1 and sequence <= $2;

-- name: entry
-- One entry.
select sequence, source, id, type, subject, occurred_at, actor, message
  from ledger.journal where sequence = $1;

-- name: batch
-- The next entries of the lane, the last one with all that it concerns here. `known`: the position at which the subject
-- takes the entry, its own sequence or that of the later entry by which it became known that it concerns the subject.
select next.subject as concerned, next.known,
       journal.sequence, journal.source, journal.id, journal.type, journal.subject,
       journal.occurred_at, journal.actor, journal.message
  from (select own.subject, own.sequence, own.sequence as known
          from (select concerns.subject, concerns.sequence
                  from ledger.concerns
                 where concerns.lane = $1
                   and concerns.sequence > $2
                   and concerns.sequence <= $3
                 order by concerns.sequence
                 fetch first ($4::bigint) rows with ties) own
        union all
        select later.subject, later.sequence, later.since
          from (select concerns.subject, concerns.sequence, concerns.since
                  from ledger.concerns
                 where concerns.lane = $1
                   and concerns.since > $2
                   and concerns.since <= $3
                 order by concerns.since
                 fetch first ($4::bigint) rows with ties) later
         order by known
         fetch first ($4::bigint) rows with ties) next
  join ledger.journal using (sequence)
 order by next.known, next.sequence, next.subject;

-- name: combined
-- The same for several lanes with their positions: all that there is up to a sequence, or any $5 of it. $4 is the lowest
-- of the positions: by a bound that is a parameter PostgreSQL knows that there is little.
select next.lane, next.subject as concerned, next.known,
       journal.sequence, journal.source, journal.id, journal.type, journal.subject,
       journal.occurred_at, journal.actor, journal.message
  from (select held.lane, concerns.subject, concerns.sequence, concerns.sequence as known
          from unnest($1::smallint[], $2::bigint[]) as held (lane, sequence)
          join ledger.concerns
            on concerns.lane = held.lane
           and concerns.sequence > held.sequence
           and concerns.sequence > $4
           and concerns.sequence <= $3
        union all
        select held.lane, concerns.subject, concerns.sequence, concerns.since
          from unnest($1::smallint[], $2::bigint[]) as held (lane, sequence)
          join ledger.concerns
            on concerns.lane = held.lane
           and concerns.since > held.sequence
           and concerns.since > $4
           and concerns.since <= $3
         limit $5) next
  join ledger.journal using (sequence)
 order by next.known, next.sequence, next.subject;

-- name: subjects
-- The lane's subjects with the number of entries that concern them, up to a sequence.
select subject, count(*) as entries
  from ledger.concerns
 where lane = $1
   and sequence <= $2
 group by subject
 order by subject;

-- name: waiting
-- Deals without a playbook that wait for this one.
select distinct subject
  from {generation}.flag
 where flag = 'unknown_playbook'
   and detail = $1
   and known_to = 9223372036854775807;

-- name: stale
-- Subjects that a fold raised for, with the views.
select subject, view, sequence, error from {generation}.stale;

-- name: mark_stale
insert into {generation}.stale (subject, view, sequence, error) values ($1, $2, $3, $4)
    on conflict (subject, view) do update set error = excluded.error;

-- name: unmark_stale
delete from {generation}.stale where subject = $1 and view = $2;
