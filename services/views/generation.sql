-- The tables that every generation has beside those of its views. The search path says which schema.

create table lane (
    lane smallint primary key check (lane between 0 and 15),
    sequence bigint not null default 0,
    epoch bigint not null default 0,
    longest_subject text,
    longest_s double precision
) with (fillfactor = 20, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
comment on table lane is 'Positions of the lanes: changed in the transaction of the rows that they vouch for.';
comment on column lane.lane is 'Share of the subjects: CRC-32 of the subject modulo 16.';
comment on column lane.sequence is 'All entries at or below it that concern the lane''s subjects are in the rows.';
comment on column lane.epoch is 'Raised by every claim: who holds an older one can no longer commit.';

comment on column lane.longest_subject is
    'The subject that folding the last batch took longest for, where that was a second or more; null otherwise.';
comment on column lane.longest_s is 'How long that took, in seconds.';

insert into lane (lane) select generate_series(0, 15);

create table stale (
    subject text not null,
    view text not null,
    sequence bigint not null,
    error text not null,
    primary key (subject, view)
);
comment on table stale is 'Subjects that a fold raised for: their rows are those of before, until the fold is mended.';
comment on column stale.subject is 'deal/<id> or account/<id>.';
comment on column stale.view is 'The view whose fold raised.';
comment on column stale.sequence is 'The entry whose arrival made it raise first.';
comment on column stale.error is 'What it raised, and at which entry.';
