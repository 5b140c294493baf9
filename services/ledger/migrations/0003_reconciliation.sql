-- What was done to bring the stream back to what the journal remembers. Rows are inserted once and never changed.

create table ledger.reconciliation (
    number integer primary key check (number > 0),
    begun_at timestamptz not null default now(),
    begun_by text not null,
    reason text not null,
    found text not null,
    recorded bigint not null,
    stream_created_at timestamptz,
    stream_last_sequence bigint not null,
    stream_configuration jsonb not null
);
comment on table ledger.reconciliation is
    'Each time that the stream was found to be another than the journal remembers, and was brought back.';
comment on column ledger.reconciliation.number is 'Its place in their order, from 1.';
comment on column ledger.reconciliation.begun_at is 'When it began to change the stream.';
comment on column ledger.reconciliation.begun_by is 'Who had it done.';
comment on column ledger.reconciliation.reason is 'Why, as that person said.';
comment on column ledger.reconciliation.found is 'What was wrong with the stream, in words, with the sequences.';
comment on column ledger.reconciliation.recorded is 'The journal''s highest sequence at that time.';
comment on column ledger.reconciliation.stream_created_at is
    'Creation time of the stream that was found; null: there was none.';
comment on column ledger.reconciliation.stream_last_sequence is 'The last sequence of the stream that was found.';
comment on column ledger.reconciliation.stream_configuration is
    'Its configuration: a stream that is made anew gets the same.';

create table ledger.reconciliation_message (
    sequence bigint primary key check (sequence > 0),
    reconciliation integer not null references ledger.reconciliation (number),
    old_sequence bigint not null,
    recorded_at timestamptz not null,
    stream_subject text not null,
    message bytea not null
);
comment on table ledger.reconciliation_message is
    'Messages that the stream held and the journal did not, saved before the stream was made anew: old and new number.';
comment on column ledger.reconciliation_message.sequence is 'The number that the message has since.';
comment on column ledger.reconciliation_message.reconciliation is 'Which reconciliation moved it.';
comment on column ledger.reconciliation_message.old_sequence is 'The number that it had; the journal may know another there.';
comment on column ledger.reconciliation_message.recorded_at is 'When the stream took it first; never earlier than that of the sequence before.';
comment on column ledger.reconciliation_message.stream_subject is 'The stream''s subject of the message.';
comment on column ledger.reconciliation_message.message is 'The exact bytes of the message.';

create table ledger.reconciliation_end (
    reconciliation integer primary key references ledger.reconciliation (number),
    ended_at timestamptz not null default now(),
    stream_created_at timestamptz not null
);
comment on table ledger.reconciliation_end is
    'That a reconciliation was finished: the stream holds what journal and saved messages say. Without it, run it again.';
comment on column ledger.reconciliation_end.reconciliation is 'Which one.';
comment on column ledger.reconciliation_end.ended_at is 'When it was finished.';
comment on column ledger.reconciliation_end.stream_created_at is
    'Creation time of the stream since then, as the server reports it, to the microsecond.';

create trigger reconciliations_are_immutable before update or delete or truncate on ledger.reconciliation
    for each statement execute function ledger.refuse_change();
create trigger reconciliation_messages_are_immutable before update or delete or truncate on ledger.reconciliation_message
    for each statement execute function ledger.refuse_change();
create trigger reconciliation_ends_are_immutable before update or delete or truncate on ledger.reconciliation_end
    for each statement execute function ledger.refuse_change();

create view ledger.stream as
select identity.stream_name as name,
       coalesce(latest.stream_created_at, identity.stream_created_at) as created_at,
       coalesce(recorded.sequence, 0) as recorded,
       greatest(coalesce(recorded.sequence, 0), coalesce(saved.sequence, 0)) as last_sequence,
       (select min(number)
          from ledger.reconciliation begun
         where not exists (select from ledger.reconciliation_end where reconciliation = begun.number)) as unfinished
  from ledger.identity
  left join lateral (select stream_created_at from ledger.reconciliation_end
                      order by reconciliation desc limit 1) latest on true
  left join lateral (select sequence from ledger.journal order by sequence desc limit 1) recorded on true
  left join lateral (select sequence from ledger.reconciliation_message order by sequence desc limit 1) saved on true;
comment on view ledger.stream is 'What the ledger remembers of its stream; one row.';
comment on column ledger.stream.name is 'Name of the JetStream stream.';
comment on column ledger.stream.created_at is 'Creation time by which it is known: another one means another stream.';
comment on column ledger.stream.recorded is 'The journal''s highest sequence.';
comment on column ledger.stream.last_sequence is
    'The stream must hold all up to here: what is recorded, and what was put back behind that.';
comment on column ledger.stream.unfinished is 'Number of a reconciliation that was begun and not finished; null: none.';
