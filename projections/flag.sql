-- The table of flags, one for all views, made in the schema of a generation (the search path says which).
-- Every row is a version: known from the entry that made it until the entry that unmade it.

create table flag (
    subject text not null,
    view text not null,
    flag text not null,
    entry bigint not null,
    detail text,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
);
comment on table flag is
    'What is surprising in an entry. It was recorded all the same; a flag says what the view made of it, and goes when the surprise is over.';
comment on column flag.subject is 'The deal or account concerned, such as deal/D-1.';
comment on column flag.view is 'The view that found it; history for corrections and voids.';
comment on column flag.flag is 'What was found, in one word: opened_twice, moved_before_opening, unknown_item, invoice_twice and so on.';
comment on column flag.entry is 'Sequence of the entry that is surprising.';
comment on column flag.detail is
    'What is surprising about it, for people; for unknown_playbook the key of the playbook.';
comment on column flag.known_from is 'Sequence of the entry whose arrival made this version.';
comment on column flag.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index flag_key on flag (subject, view, flag, entry)
    where known_to = 9223372036854775807;
create index flag_subject on flag (subject);
create index flag_waiting on flag (detail)
    where flag = 'unknown_playbook' and known_to = 9223372036854775807;
