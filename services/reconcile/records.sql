-- name: begin
-- A reconciliation begins; gives its number.
insert into ledger.reconciliation (number, begun_by, reason, found, recorded, stream_created_at, stream_last_sequence,
                                   stream_configuration)
select coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7 from ledger.reconciliation
returning number;

-- name: unfinished
-- The latest reconciliation that was begun and not finished.
select number, stream_created_at, stream_configuration::text as stream_configuration
  from ledger.reconciliation begun
 where not exists (select from ledger.reconciliation_end where reconciliation = begun.number)
 order by number desc
 limit 1;

-- name: last_recorded_at
-- Of the last message that the stream must hold; null when there is none.
select recorded_at
  from ((select sequence, recorded_at from ledger.journal order by sequence desc limit 1)
        union all
        (select sequence, recorded_at from ledger.reconciliation_message order by sequence desc limit 1)) as last
 order by sequence desc
 limit 1;

-- name: saved
-- What unfinished reconciliations have saved of a stream, by its old numbers.
select saved.old_sequence, saved.stream_subject, saved.message
  from ledger.reconciliation_message saved
  join ledger.reconciliation begun on begun.number = saved.reconciliation
 where begun.stream_created_at = $1
   and saved.old_sequence = any($2::bigint[])
   and not exists (select from ledger.reconciliation_end where reconciliation = begun.number);

-- name: long
-- The first message behind a sequence whose subject has more bytes than one under which a message can be put back.
select sequence
  from (select sequence, stream_subject from ledger.journal
        union all
        select sequence, stream_subject from ledger.reconciliation_message) as message
 where sequence > $1
   and octet_length(stream_subject) > $2
 order by sequence
 limit 1;

-- name: end
-- All that was begun is finished.
insert into ledger.reconciliation_end (reconciliation, stream_created_at)
select number, $1
  from ledger.reconciliation begun
 where not exists (select from ledger.reconciliation_end where reconciliation = begun.number);

-- name: past
-- Every reconciliation, with how many messages it moved.
select begun.number, begun.begun_at, begun.begun_by, begun.reason, begun.found, begun.recorded,
       begun.stream_created_at as old_stream_created_at, ended.ended_at, ended.stream_created_at,
       (select count(*) from ledger.reconciliation_message where reconciliation = begun.number) as moved
  from ledger.reconciliation begun
  left join ledger.reconciliation_end ended on ended.reconciliation = begun.number
 order by begun.number;

-- name: moved
-- The numbers of the messages that a reconciliation moved, in runs.
select min(old_sequence) as old_first, max(old_sequence) as old_last, min(sequence) as new_first,
       max(sequence) as new_last
  from ledger.reconciliation_message
 where reconciliation = $1
 group by sequence - old_sequence,
          reconciliation
 order by new_first;

-- name: recorded_after
-- The journal rows that were recorded after an instant; recorded_at never goes back, so they are its end.
select ledger.sequence_at($1) + 1 as first, (select max(sequence) from ledger.journal) as last;
