-- The durable tables. Everything else is derived and can be built anew.

comment on schema ledger is 'What was recorded, who may send and read, and which generation of views is served.';

create table ledger.identity (
    singleton boolean primary key default true check (singleton),
    time_zone text not null,
    stream_name text not null,
    stream_created_at timestamptz not null,
    made_at timestamptz not null default now()
);
comment on table ledger.identity is 'The one row that says which ledger this is.';
comment on column ledger.identity.singleton is 'Always true: there is one row.';
comment on column ledger.identity.time_zone is 'Zone in which days are cut, fixed when the ledger was made (IANA name).';
comment on column ledger.identity.stream_name is 'Name of the JetStream stream.';
comment on column ledger.identity.stream_created_at is
    'Creation time of the stream as the server reports it, to the microsecond: another one means another stream.';
comment on column ledger.identity.made_at is 'When daybook init made the ledger.';

create table ledger.journal (
    sequence bigint primary key check (sequence > 0),
    recorded_at timestamptz not null,
    disposition text not null check (disposition in ('entry', 'duplicate', 'conflict', 'unreadable')),
    source text,
    id text,
    type text,
    subject text,
    occurred_at timestamptz,
    actor text,
    original bigint check (original < sequence),
    reason text,
    target_source text,
    target_id text,
    stream_subject text not null,
    message bytea not null,
    leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
    check (disposition = 'unreadable' or (source is not null and id is not null and type is not null
        and subject is not null and occurred_at is not null)),
    check ((original is not null) = (disposition in ('duplicate', 'conflict'))),
    check ((reason is not null) = (disposition in ('conflict', 'unreadable')))
);
comment on table ledger.journal is
    'One row for every message of the stream, in the same order; inserted once, never changed.';
comment on column ledger.journal.sequence is 'Place in the stream, from 1 without gaps; the unit of knowledge.';
comment on column ledger.journal.recorded_at is
    'When the stream took the message; never earlier than that of the sequence before.';
comment on column ledger.journal.disposition is
    'entry: it counts; duplicate: same identity and bytes as original; conflict: same identity, other bytes; '
    'unreadable: not an event in canonical form.';
comment on column ledger.journal.source is 'CloudEvents source: the emitting system. Null when unreadable.';
comment on column ledger.journal.id is 'CloudEvents id, unique for its source. Null when unreadable.';
comment on column ledger.journal.type is 'CloudEvents type, for example daybook.call_made.v1.';
comment on column ledger.journal.subject is 'deal/<id>, account/<id> or playbook/<key>.';
comment on column ledger.journal.occurred_at is 'CloudEvents time: when it happened, to the microsecond.';
comment on column ledger.journal.actor is 'Who did it, as the source says.';
comment on column ledger.journal.original is 'For duplicate and conflict: the sequence that holds the identity.';
comment on column ledger.journal.reason is 'For conflict and unreadable: what is wrong, in words.';
comment on column ledger.journal.target_source is 'For event_corrected and event_voided: source of the target.';
comment on column ledger.journal.target_id is 'For event_corrected and event_voided: id of the target.';
comment on column ledger.journal.stream_subject is 'The stream''s subject of the message.';
comment on column ledger.journal.message is 'The exact bytes of the message.';
comment on column ledger.journal.leaf_hash is
    'SHA-256 over 0x00, sequence, recorded_at, stream_subject and message (contracts/canonical.py, leaf_hash).';

create unique index journal_identity on ledger.journal (source, id) where disposition = 'entry';
create index journal_target on ledger.journal (target_source, target_id, sequence)
    where target_source is not null and disposition = 'entry';
create index journal_original on ledger.journal (original) where original is not null;
create index journal_quarantine on ledger.journal (sequence) where disposition in ('conflict', 'unreadable');

create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of %.% are never changed or removed', tg_table_schema, tg_table_name
        using errcode = 'integrity_constraint_violation';
end
$$;
comment on function ledger.refuse_change() is 'Refuses update, delete and truncate, whoever asks.';

create trigger journal_is_immutable before update or delete or truncate on ledger.journal
    for each statement execute function ledger.refuse_change();

create function ledger.check_contiguous() returns trigger language plpgsql as $$
declare
    lowest bigint; highest bigint; rows bigint; earliest timestamptz;
    before_sequence bigint; before_at timestamptz;
begin
    select min(sequence), max(sequence), count(*) into lowest, highest, rows from added;
    if rows = 0 then
        return null;
    end if;
    select sequence, recorded_at into before_sequence, before_at
        from ledger.journal where sequence < lowest order by sequence desc limit 1;
    select recorded_at into earliest from added where sequence = lowest;
    if lowest <> coalesce(before_sequence, 0) + 1 or highest - lowest + 1 <> rows then
        raise exception 'journal sequences % to % (% rows) do not follow %', lowest, highest, rows,
            coalesce(before_sequence, 0) using errcode = 'integrity_constraint_violation';
    end if;
    if earliest < before_at then
        raise exception 'recorded_at of % goes back behind that of %', lowest, before_sequence
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end
$$;
comment on function ledger.check_contiguous() is
    'Fences the recorder: what is inserted must follow the highest sequence there is, without a gap.';

create trigger journal_is_contiguous after insert on ledger.journal
    referencing new table as added for each statement execute function ledger.check_contiguous();

create table ledger.concerns (
    subject text not null,
    sequence bigint not null references ledger.journal (sequence),
    lane smallint not null check (lane between -1 and 15),
    primary key (subject, sequence)
);
comment on table ledger.concerns is 'Which entries concern which subjects: a subject''s history is all that concerns it.';
comment on column ledger.concerns.subject is 'deal/<id>, account/<id> or playbook/<key>.';
comment on column ledger.concerns.sequence is 'The entry.';
comment on column ledger.concerns.lane is 'CRC-32 of the subject modulo 16; -1 for playbooks, which concern every lane.';

create index concerns_lane on ledger.concerns (lane, sequence, subject);
create trigger concerns_are_immutable before update or delete or truncate on ledger.concerns
    for each statement execute function ledger.refuse_change();

create function ledger.sequence_at(at timestamptz) returns bigint language plpgsql stable as $$
declare
    low bigint := 0; high bigint; middle bigint; found timestamptz;
begin
    select coalesce(max(sequence), 0) into high from ledger.journal;
    while low < high loop
        middle := (low + high + 1) / 2;
        select recorded_at into found from ledger.journal where sequence = middle;
        if found <= at then low := middle; else high := middle - 1; end if;
    end loop;
    return low;
end
$$;
comment on function ledger.sequence_at(timestamptz) is
    'The highest sequence recorded at or before an instant, 0 before any: recorded_at never goes back, so halving finds it.';

create table ledger.quarantine_decision (
    sequence bigint not null references ledger.journal (sequence),
    decided_at timestamptz not null default now(),
    decision text not null check (decision in ('retry', 'dismiss')),
    reason text,
    decided_by text not null,
    appended bigint,
    primary key (sequence, decided_at),
    check (decision = 'retry' or reason is not null)
);
comment on table ledger.quarantine_decision is 'What people decided about quarantined messages; inserted once, never changed.';
comment on column ledger.quarantine_decision.sequence is 'The quarantined message.';
comment on column ledger.quarantine_decision.decided_at is 'When it was decided.';
comment on column ledger.quarantine_decision.decision is 'retry: sent anew through intake; dismiss: left out for good.';
comment on column ledger.quarantine_decision.reason is 'Why; required to dismiss.';
comment on column ledger.quarantine_decision.decided_by is 'Who decided.';
comment on column ledger.quarantine_decision.appended is 'For retry: the sequence that the message got.';
create trigger quarantine_decisions_are_immutable before update or delete or truncate on ledger.quarantine_decision
    for each statement execute function ledger.refuse_change();

create table ledger.source (
    name text primary key check (name ~ '^[A-Za-z0-9_-]{1,64}$'),
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    events text[] not null,
    id_prefix text,
    corrects_others boolean not null default false,
    added_at timestamptz not null default now(),
    rotated_at timestamptz,
    disabled_at timestamptz
);
comment on table ledger.source is 'Emitting systems and what each may send.';
comment on column ledger.source.name is 'The CloudEvents source that it must use.';
comment on column ledger.source.token_hash is 'SHA-256 of its token; the token itself is shown once and kept nowhere.';
comment on column ledger.source.events is 'Event names that it may send, for example call_made.';
comment on column ledger.source.id_prefix is 'Prefix that ids of deals and accounts it is the first to name must have.';
comment on column ledger.source.corrects_others is 'Whether it may correct and void other sources'' events.';
comment on column ledger.source.added_at is 'When it was added.';
comment on column ledger.source.rotated_at is 'When it last got a new token.';
comment on column ledger.source.disabled_at is 'Since when it may send nothing.';

create table ledger.reader (
    name text primary key check (name ~ '^[A-Za-z0-9_-]{1,64}$'),
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    added_at timestamptz not null default now(),
    rotated_at timestamptz,
    disabled_at timestamptz
);
comment on table ledger.reader is 'Who may read over HTTP.';
comment on column ledger.reader.name is 'Name of the reader.';
comment on column ledger.reader.token_hash is 'SHA-256 of its token; the token itself is shown once and kept nowhere.';
comment on column ledger.reader.added_at is 'When it was added.';
comment on column ledger.reader.rotated_at is 'When it last got a new token.';
comment on column ledger.reader.disabled_at is 'Since when it may read nothing.';

create table ledger.generation (
    digest text primary key check (digest ~ '^[0-9a-f]{12}$'),
    schema_name text not null unique,
    folds jsonb not null,
    made_at timestamptz not null default now(),
    promoted_at timestamptz
);
comment on table ledger.generation is 'Complete sets of view tables, each built by one version of the folds.';
comment on column ledger.generation.digest is 'First 12 hex digits of the SHA-256 over the folds'' names and versions.';
comment on column ledger.generation.schema_name is 'Schema that holds its tables.';
comment on column ledger.generation.folds is 'Name and version of each fold.';
comment on column ledger.generation.made_at is 'When its tables were made.';
comment on column ledger.generation.promoted_at is 'When reporting was pointed at it; the latest is the one served.';
