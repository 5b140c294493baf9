-- Written by `make schemas` from projections/replay/view.py; change that, not this.

-- name: tables
create table flag (
    subject text not null,
    view text not null,
    flag text not null,
    entry bigint not null,
    detail text,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table flag is
    'Surprises in entries over time. An entry is recorded all the same; a flag says what the view made of it, and ends when the surprise is over.';
comment on column flag.subject is
    'deal/<id> or account/<id>.';
comment on column flag.view is
    'The view that found it; history for corrections and voids.';
comment on column flag.flag is
    'What was found, in one word.';
comment on column flag.entry is
    'Sequence of the surprising entry.';
comment on column flag.detail is
    'What is surprising about it.';
comment on column flag.from_at is
    'Since when it is surprising, inclusive.';
comment on column flag.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column flag.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column flag.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index flag_key on flag (subject, view, flag, entry, from_at)
    where known_to = 9223372036854775807;
create index flag_subject on flag (subject);
create index flag_waiting on flag (detail)
    where flag = 'unknown_playbook' and known_to = 9223372036854775807;

-- name: indexes
do $$
begin
    if to_regclass('{generation}.flag_last') is null then
        create index flag_last on {generation}.flag (
            view, flag, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.flag_ended') is null then
        create index flag_ended on {generation}.flag (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, view, flag)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.flag_superseded') is null then
        create index flag_superseded on {generation}.flag (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, view, flag)
        where known_to < 9223372036854775807;
    end if;
end
$$;

-- name: reporting
create or replace view served.flag as
select
    subject, view, flag, entry, detail, known_from, known_to, from_at, to_at
  from {generation}.flag;
comment on view served.flag is 'The table of the served generation, as it is.';

create or replace view reporting.flag_version as
select
    version.subject, version.view, version.flag, version.entry, version.detail, version.known_from, version.known_to,
    nullif(version.from_at, timestamptz '0001-01-01 00:00:00+00') as from_at,
    nullif(version.to_at, 'infinity') as to_at
  from served.flag version;
comment on view reporting.flag_version is
    'Surprises in entries over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.flag_version.subject is
    'deal/<id> or account/<id>.';
comment on column reporting.flag_version.view is
    'The view that found it; history for corrections and voids.';
comment on column reporting.flag_version.flag is
    'What was found, in one word.';
comment on column reporting.flag_version.entry is
    'Sequence of the surprising entry.';
comment on column reporting.flag_version.detail is
    'What is surprising about it.';
comment on column reporting.flag_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.flag_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';
comment on column reporting.flag_version.from_at is
    'Since when it is surprising, inclusive.';
comment on column reporting.flag_version.to_at is
    'Until when, exclusive; null while nothing later is known.';

create or replace function served.flag(as_of timestamptz, known_at bigint) returns setof served.flag
language sql stable parallel safe
begin atomic
    select
            version.subject, version.view, version.flag, version.entry, version.detail, version.known_from,
            version.known_to, version.from_at, version.to_at
      from served.flag version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(flag.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(flag.as_of))
    union all
    select
            version.subject, version.view, version.flag, version.entry, version.detail, version.known_from,
            version.known_to, version.from_at, version.to_at
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.flag version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(flag.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(flag.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(flag.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(flag.as_of))
    union all
    select
            version.subject, version.view, version.flag, version.entry, version.detail, version.known_from,
            version.known_to, version.from_at, version.to_at
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.flag version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(flag.known_at))
       and version.known_to <= coalesce(least((select reporting.known(flag.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(flag.known_at))
       and version.to_at > (select reporting.instant(flag.as_of))
       and version.from_at <= (select reporting.instant(flag.as_of));
end;
comment on function served.flag(timestamptz, bigint) is
    'Rows of flag that hold at as_of, as known at known_at.';

create or replace function served.flag_last(as_of timestamptz, known_at bigint) returns setof served.flag
language sql stable parallel safe
begin atomic
    select
            version.subject, version.view, version.flag, version.entry, version.detail, version.known_from,
            version.known_to, version.from_at, version.to_at
      from served.flag version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(flag_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(flag_last.as_of));
end;
comment on function served.flag_last(timestamptz, bigint) is
    'Of the rows of flag that hold at as_of, as known at known_at those that last.';

create or replace function served.flag_others(as_of timestamptz, known_at bigint) returns setof served.flag
language sql stable parallel safe
begin atomic
    select
            version.subject, version.view, version.flag, version.entry, version.detail, version.known_from,
            version.known_to, version.from_at, version.to_at
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.flag version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(flag_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(flag_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(flag_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(flag_others.as_of))
    union all
    select
            version.subject, version.view, version.flag, version.entry, version.detail, version.known_from,
            version.known_to, version.from_at, version.to_at
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.flag version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(flag_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(flag_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(flag_others.known_at))
       and version.to_at > (select reporting.instant(flag_others.as_of))
       and version.from_at <= (select reporting.instant(flag_others.as_of));
end;
comment on function served.flag_others(timestamptz, bigint) is
    'Of the rows of flag that hold at as_of, as known at known_at all but those that last.';

create or replace function served.flag_of(subject text, as_of timestamptz, known_at bigint)
returns setof served.flag
language sql stable parallel safe
begin atomic
    select
            version.subject, version.view, version.flag, version.entry, version.detail, version.known_from,
            version.known_to, version.from_at, version.to_at
      from served.flag version
     where version.subject = flag_of.subject
       and version.known_from <= flag_of.known_at
       and version.known_to > flag_of.known_at
       and version.from_at <= flag_of.as_of
       and version.to_at > flag_of.as_of;
end;
comment on function served.flag_of(text, timestamptz, bigint) is
    'Rows of flag of one subject that hold at as_of, as known at known_at; both are given.';
