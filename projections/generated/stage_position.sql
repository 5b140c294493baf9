-- Written by `make schemas` from projections/views/stage_position/rows.py; change that, not this.

-- name: tables
create table stage_position (
    deal text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    playbook text not null,
    version integer,
    stage integer,
    phase text,
    status text not null,
    probability numeric not null,
    amount numeric,
    currency text,
    owner text,
    account text,
    since timestamptz not null,
    entry bigint not null,
    completed integer,
    working_since timestamptz,
    expected_close_on date,
    opened_at timestamptz,
    status_since timestamptz,
    stayed bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table stage_position is
    'Where every deal stood over time. One row per interval in which nothing shown here changed; what is said at one instant makes one row. A deal without deal_opened has no row.';
comment on column stage_position.deal is
    'Id of the deal.';
comment on column stage_position.from_at is
    'Since when it stood so, inclusive.';
comment on column stage_position.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column stage_position.playbook is
    'Key of the playbook that the deal follows.';
comment on column stage_position.version is
    'Version of the playbook; null while none is published.';
comment on column stage_position.stage is
    'Number of the last stage reached, from 1; null before the first.';
comment on column stage_position.phase is
    'entered or completed; null when stage is.';
comment on column stage_position.status is
    'open, on_hold, won, lost or abandoned; independent of the stage.';
comment on column stage_position.probability is
    'Win probability, 0 to 1.';
comment on column stage_position.amount is
    'Expected value, and once won the final one; null when unknown.';
comment on column stage_position.currency is
    'ISO 4217 currency of the amount.';
comment on column stage_position.owner is
    'The salesperson who answers for the deal.';
comment on column stage_position.account is
    'Id of the customer''s account.';
comment on column stage_position.since is
    'When the deal came to this stage and phase.';
comment on column stage_position.entry is
    'Sequence of the entry that began the interval.';
comment on column stage_position.completed is
    'Number of the last stage completed, 0 before the first; null while no playbook is published. The stage worked on is the next one.';
comment on column stage_position.working_since is
    'When work on the present stage began: with the opening, a completion or a fall, whether the stage is entered or not; null while no playbook is published.';
comment on column stage_position.expected_close_on is
    'The day on which the deal is expected to be won; null when unknown.';
comment on column stage_position.opened_at is
    'When the deal was opened.';
comment on column stage_position.status_since is
    'Since when it has this status; of a closed deal when it was closed. It may lie before the opening.';
comment on column stage_position.stayed is
    'Time for which the deal, open, had worked on the stage that it works on, up to the beginning of the row; all earlier returns to the stage are in it.';
comment on column stage_position.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column stage_position.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index stage_position_key on stage_position (deal, from_at)
    where known_to = 9223372036854775807;
create index stage_position_deal on stage_position (deal);

create table stage_item (
    deal text not null,
    stage integer not null,
    item text not null,
    kind text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    entry bigint not null,
    actor text,
    owner text,
    department text,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table stage_item is
    'Items of playbooks that deals had met over time: one row for each while it is met.';
comment on column stage_item.deal is
    'Id of the deal.';
comment on column stage_item.stage is
    'Number of the item''s stage, from 1, in the playbook that the deal follows.';
comment on column stage_item.item is
    'Key of the item; `commitment` for the customer''s commitment.';
comment on column stage_item.kind is
    'milestone, criterion, commitment, condition or appraisal.';
comment on column stage_item.from_at is
    'Since when it is met, inclusive; not before the opening.';
comment on column stage_item.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column stage_item.entry is
    'Sequence of the entry that meets it: of several that it takes the last.';
comment on column stage_item.actor is
    'Who did what meets it, or says it.';
comment on column stage_item.owner is
    'The salesperson who answered for the deal when it was met.';
comment on column stage_item.department is
    'Our department for which the person acted.';
comment on column stage_item.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column stage_item.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index stage_item_key on stage_item (deal, stage, item, from_at)
    where known_to = 9223372036854775807;
create index stage_item_deal on stage_item (deal);

create table stage_stay (
    deal text not null,
    playbook text not null,
    stage integer not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    wait bigint not null,
    work bigint not null,
    stood_at timestamptz,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table stage_stay is
    'Stages that deals had completed over time, and how long each took: one row while the stage stays completed. Of several that were completed at once, only the first took time.';
comment on column stage_stay.deal is
    'Id of the deal.';
comment on column stage_stay.playbook is
    'Key of the playbook that the deal follows.';
comment on column stage_stay.stage is
    'Number of the stage, from 1.';
comment on column stage_stay.from_at is
    'When it, or one behind it, was completed, inclusive.';
comment on column stage_stay.to_at is
    'End, exclusive: when the deal fell back or left the playbook; infinity while nothing later is known.';
comment on column stage_stay.wait is
    'Time for which the deal, open, had worked on the stage before it entered it, over all returns to it.';
comment on column stage_stay.work is
    'Time for which the deal, open, had worked on the stage after it entered it, over all returns to it.';
comment on column stage_stay.stood_at is
    'When the deal first stood at just this stage, none behind it being completed; null while it never did, and where claims decide.';
comment on column stage_stay.entry is
    'Sequence of the entry that completed it.';
comment on column stage_stay.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column stage_stay.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index stage_stay_key on stage_stay (deal, playbook, stage, from_at)
    where known_to = 9223372036854775807;
create index stage_stay_deal on stage_stay (deal);

create table stage_department (
    deal text not null,
    playbook text not null,
    stage integer not null,
    at timestamptz not null,
    named text[] not null,
    took_part text[] not null,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table stage_department is
    'Departments named at the stages that deals worked on, and those that took part, over time: one row for each stage and instant at which some were named or took part for the first time. Deals that are lost or abandoned work on none.';
comment on column stage_department.deal is
    'Id of the deal.';
comment on column stage_department.playbook is
    'Key of the playbook that the deal follows.';
comment on column stage_department.stage is
    'Number of the stage worked on, from 1: the one behind the last completed.';
comment on column stage_department.at is
    'When it was so.';
comment on column stage_department.named is
    'Departments that are named at the stage, those of earlier rows left out; in Chinese, as entries name them.';
comment on column stage_department.took_part is
    'Departments that took part in the stage, those of earlier rows left out.';
comment on column stage_department.entry is
    'Sequence of the entry by which the first of those that took part did; where none did, of that which brought the deal to the stage.';
comment on column stage_department.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column stage_department.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index stage_department_key on stage_department (deal, playbook, stage, at)
    where known_to = 9223372036854775807;
create index stage_department_deal on stage_department (deal);

-- name: indexes
do $$
begin
    if to_regclass('{generation}.stage_position_last') is null then
        create index stage_position_last on {generation}.stage_position (
            playbook, stage, phase, status, currency, version, from_at, known_from
        ) include (amount, probability, expected_close_on, status_since)
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.stage_position_ended') is null then
        create index stage_position_ended on {generation}.stage_position (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, playbook, stage, phase, status, currency, version, amount, probability, expected_close_on, status_since)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.stage_position_superseded') is null then
        create index stage_position_superseded on {generation}.stage_position (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, playbook, stage, phase, status, currency, version, amount, probability, expected_close_on, status_since)
        where known_to < 9223372036854775807;
    end if;
    if to_regclass('{generation}.stage_position_past') is null then
        create index stage_position_past on {generation}.stage_position (
            playbook, deal, from_at
        ) include (version, completed, phase, status, to_at, known_from)
        where known_to = 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.stage_item_last') is null then
        create index stage_item_last on {generation}.stage_item (
            deal, stage, item, kind, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.stage_item_ended') is null then
        create index stage_item_ended on {generation}.stage_item (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, deal, stage, item, kind)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.stage_item_superseded') is null then
        create index stage_item_superseded on {generation}.stage_item (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, deal, stage, item, kind)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.stage_stay_last') is null then
        create index stage_stay_last on {generation}.stage_stay (
            playbook, stage, from_at, known_from
        ) include (deal, wait, work)
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.stage_stay_ended') is null then
        create index stage_stay_ended on {generation}.stage_stay (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, playbook, stage, deal, wait, work)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.stage_stay_superseded') is null then
        create index stage_stay_superseded on {generation}.stage_stay (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, playbook, stage, deal, wait, work)
        where known_to < 9223372036854775807;
    end if;
    if to_regclass('{generation}.stage_stay_past') is null then
        create index stage_stay_past on {generation}.stage_stay (
            playbook, deal, from_at
        ) include (stage, stood_at, to_at, known_from)
        where known_to = 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.stage_department_standing') is null then
        create index stage_department_standing on {generation}.stage_department (
            playbook, stage, at, known_from
        )
        where known_to = 9223372036854775807;
    end if;
    if to_regclass('{generation}.stage_department_superseded') is null then
        create index stage_department_superseded on {generation}.stage_department (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (at, playbook, stage)
        where known_to < 9223372036854775807;
    end if;
end
$$;

-- name: reporting
create or replace view reporting.stage_position_stale as
select substr(stale.subject, 6) as deal, stale.sequence
  from reporting.stale where stale.view = 'stage_position';
comment on view reporting.stage_position_stale is
    'Deals whose later entries could not be folded: their rows are those of before.';
comment on column reporting.stage_position_stale.deal is 'Id of the deal.';
comment on column reporting.stage_position_stale.sequence is 'The entry since which it cannot be folded.';

create or replace view served.stage_position as
select
    deal, from_at, to_at, playbook, version, stage, phase, status, probability, amount, currency, owner, account, since,
    entry, known_from, known_to, completed, working_since, expected_close_on, opened_at, status_since, stayed
  from {generation}.stage_position;
comment on view served.stage_position is 'The table of the served generation, as it is.';

create or replace view reporting.stage_position_version as
select
    version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.playbook, version.version,
    version.stage, version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
    version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
    version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
  from served.stage_position version;
comment on view reporting.stage_position_version is
    'Where every deal stood over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.stage_position_version.deal is
    'Id of the deal.';
comment on column reporting.stage_position_version.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.stage_position_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.stage_position_version.playbook is
    'Key of the playbook that the deal follows.';
comment on column reporting.stage_position_version.version is
    'Version of the playbook; null while none is published.';
comment on column reporting.stage_position_version.stage is
    'Number of the last stage reached, from 1; null before the first.';
comment on column reporting.stage_position_version.phase is
    'entered or completed; null when stage is.';
comment on column reporting.stage_position_version.status is
    'open, on_hold, won, lost or abandoned; independent of the stage.';
comment on column reporting.stage_position_version.probability is
    'Win probability, 0 to 1.';
comment on column reporting.stage_position_version.amount is
    'Expected value, and once won the final one; null when unknown.';
comment on column reporting.stage_position_version.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.stage_position_version.owner is
    'The salesperson who answers for the deal.';
comment on column reporting.stage_position_version.account is
    'Id of the customer''s account.';
comment on column reporting.stage_position_version.since is
    'When the deal came to this stage and phase.';
comment on column reporting.stage_position_version.entry is
    'Sequence of the entry that began the interval.';
comment on column reporting.stage_position_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.stage_position_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';
comment on column reporting.stage_position_version.completed is
    'Number of the last stage completed, 0 before the first; null while no playbook is published. The stage worked on is the next one.';
comment on column reporting.stage_position_version.working_since is
    'When work on the present stage began: with the opening, a completion or a fall, whether the stage is entered or not; null while no playbook is published.';
comment on column reporting.stage_position_version.expected_close_on is
    'The day on which the deal is expected to be won; null when unknown.';
comment on column reporting.stage_position_version.opened_at is
    'When the deal was opened.';
comment on column reporting.stage_position_version.status_since is
    'Since when it has this status; of a closed deal when it was closed. It may lie before the opening.';
comment on column reporting.stage_position_version.stayed is
    'Time for which the deal, open, had worked on the stage that it works on, up to the beginning of the row; all earlier returns to the stage are in it.';

create or replace function served.stage_position(as_of timestamptz, known_at bigint) returns setof served.stage_position
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from served.stage_position version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_position.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(stage_position.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.stage_position version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_position.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(stage_position.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(stage_position.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(stage_position.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_position version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_position.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_position.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_position.known_at))
       and version.to_at > (select reporting.instant(stage_position.as_of))
       and version.from_at <= (select reporting.instant(stage_position.as_of));
end;
comment on function served.stage_position(timestamptz, bigint) is
    'Rows of stage_position that hold at as_of, as known at known_at.';

create or replace function served.stage_position_last(as_of timestamptz, known_at bigint) returns setof served.stage_position
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from served.stage_position version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_position_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(stage_position_last.as_of));
end;
comment on function served.stage_position_last(timestamptz, bigint) is
    'Of the rows of stage_position that hold at as_of, as known at known_at those that last.';

create or replace function served.stage_position_others(as_of timestamptz, known_at bigint) returns setof served.stage_position
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.stage_position version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_position_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(stage_position_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(stage_position_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(stage_position_others.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_position version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_position_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_position_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_position_others.known_at))
       and version.to_at > (select reporting.instant(stage_position_others.as_of))
       and version.from_at <= (select reporting.instant(stage_position_others.as_of));
end;
comment on function served.stage_position_others(timestamptz, bigint) is
    'Of the rows of stage_position that hold at as_of, as known at known_at all but those that last.';

create or replace function served.stage_position_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.stage_position
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from served.stage_position version
     where version.deal = stage_position_of.deal
       and version.known_from <= stage_position_of.known_at
       and version.known_to > stage_position_of.known_at
       and version.from_at <= stage_position_of.as_of
       and version.to_at > stage_position_of.as_of;
end;
comment on function served.stage_position_of(text, timestamptz, bigint) is
    'Rows of stage_position of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view served.stage_position_past as
    select * from served.stage_position;
comment on view served.stage_position_past is 'The table of the served generation, for reports over time.';
create or replace function served.stage_position_past(as_of timestamptz, known_at bigint) returns setof served.stage_position
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from served.stage_position version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_position_past.known_at))
       and version.from_at <= (select reporting.instant(stage_position_past.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_position version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_position_past.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_position_past.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_position_past.known_at))
       and version.from_at <= (select reporting.instant(stage_position_past.as_of));
end;
comment on function served.stage_position_past(timestamptz, bigint) is
    'Rows of stage_position that had begun by as_of, ended or not, as known at known_at.';

create or replace function served.stage_position_past_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.stage_position
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.playbook, version.version, version.stage,
            version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
            version.account, version.since, version.entry, version.known_from, version.known_to, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from served.stage_position version
     where version.deal = stage_position_past_of.deal
       and version.known_from <= stage_position_past_of.known_at
       and version.known_to > stage_position_past_of.known_at
       and version.from_at <= stage_position_past_of.as_of;
end;
comment on function served.stage_position_past_of(text, timestamptz, bigint) is
    'Rows of stage_position of one deal that had begun by as_of, ended or not, as known at known_at; both are given.';

create or replace view reporting.stage_position as
select
    version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.playbook, version.version,
    version.stage, version.phase, version.status, version.probability, version.amount, version.currency, version.owner,
    version.account, version.since, version.entry,
    exists (select from reporting.stage_position_stale stale where stale.deal = version.deal) as stale,
    version.completed, version.working_since, version.expected_close_on, version.opened_at, version.status_since,
    version.stayed
  from served.stage_position version
 where version.known_to = 9223372036854775807;
comment on view reporting.stage_position is
    'Where every deal stood over time, by all that is known now.';
comment on column reporting.stage_position.deal is
    'Id of the deal.';
comment on column reporting.stage_position.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.stage_position.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.stage_position.playbook is
    'Key of the playbook that the deal follows.';
comment on column reporting.stage_position.version is
    'Version of the playbook; null while none is published.';
comment on column reporting.stage_position.stage is
    'Number of the last stage reached, from 1; null before the first.';
comment on column reporting.stage_position.phase is
    'entered or completed; null when stage is.';
comment on column reporting.stage_position.status is
    'open, on_hold, won, lost or abandoned; independent of the stage.';
comment on column reporting.stage_position.probability is
    'Win probability, 0 to 1.';
comment on column reporting.stage_position.amount is
    'Expected value, and once won the final one; null when unknown.';
comment on column reporting.stage_position.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.stage_position.owner is
    'The salesperson who answers for the deal.';
comment on column reporting.stage_position.account is
    'Id of the customer''s account.';
comment on column reporting.stage_position.since is
    'When the deal came to this stage and phase.';
comment on column reporting.stage_position.entry is
    'Sequence of the entry that began the interval.';
comment on column reporting.stage_position.stale is
    'Whether the deal''s later entries could not be folded.';
comment on column reporting.stage_position.completed is
    'Number of the last stage completed, 0 before the first; null while no playbook is published. The stage worked on is the next one.';
comment on column reporting.stage_position.working_since is
    'When work on the present stage began: with the opening, a completion or a fall, whether the stage is entered or not; null while no playbook is published.';
comment on column reporting.stage_position.expected_close_on is
    'The day on which the deal is expected to be won; null when unknown.';
comment on column reporting.stage_position.opened_at is
    'When the deal was opened.';
comment on column reporting.stage_position.status_since is
    'Since when it has this status; of a closed deal when it was closed. It may lie before the opening.';
comment on column reporting.stage_position.stayed is
    'Time for which the deal, open, had worked on the stage that it works on, up to the beginning of the row; all earlier returns to the stage are in it.';

create or replace function reporting.stage_position(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, from_at timestamptz, to_at timestamptz, playbook text, version integer, stage integer, phase text,
    status text, probability numeric, amount numeric, currency text, owner text, account text, since timestamptz,
    entry bigint, completed integer, working_since timestamptz, expected_close_on date, opened_at timestamptz,
    status_since timestamptz, stayed bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.playbook,
            version.version, version.stage, version.phase, version.status, version.probability, version.amount,
            version.currency, version.owner, version.account, version.since, version.entry, version.completed,
            version.working_since, version.expected_close_on, version.opened_at, version.status_since, version.stayed
      from served.stage_position(stage_position.as_of, stage_position.known_at) version;
end;
comment on function reporting.stage_position(timestamptz, bigint) is
    'Where every deal stood at as_of, as known at the sequence known_at.';

create or replace view served.stage_item as
select
    deal, stage, item, kind, from_at, to_at, entry, actor, owner, known_from, known_to, department
  from {generation}.stage_item;
comment on view served.stage_item is 'The table of the served generation, as it is.';

create or replace view reporting.stage_item_version as
select
    version.deal, version.stage, version.item, version.kind, version.from_at,
    nullif(version.to_at, 'infinity') as to_at, version.entry, version.actor, version.owner, version.known_from,
    version.known_to, version.department
  from served.stage_item version;
comment on view reporting.stage_item_version is
    'Items of playbooks that deals had met over time: one row for each while it is met, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.stage_item_version.deal is
    'Id of the deal.';
comment on column reporting.stage_item_version.stage is
    'Number of the item''s stage, from 1, in the playbook that the deal follows.';
comment on column reporting.stage_item_version.item is
    'Key of the item; `commitment` for the customer''s commitment.';
comment on column reporting.stage_item_version.kind is
    'milestone, criterion, commitment, condition or appraisal.';
comment on column reporting.stage_item_version.from_at is
    'Since when it is met, inclusive; not before the opening.';
comment on column reporting.stage_item_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.stage_item_version.entry is
    'Sequence of the entry that meets it: of several that it takes the last.';
comment on column reporting.stage_item_version.actor is
    'Who did what meets it, or says it.';
comment on column reporting.stage_item_version.owner is
    'The salesperson who answered for the deal when it was met.';
comment on column reporting.stage_item_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.stage_item_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';
comment on column reporting.stage_item_version.department is
    'Our department for which the person acted.';

create or replace function served.stage_item(as_of timestamptz, known_at bigint) returns setof served.stage_item
language sql stable parallel safe
begin atomic
    select
            version.deal, version.stage, version.item, version.kind, version.from_at, version.to_at, version.entry,
            version.actor, version.owner, version.known_from, version.known_to, version.department
      from served.stage_item version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_item.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(stage_item.as_of))
    union all
    select
            version.deal, version.stage, version.item, version.kind, version.from_at, version.to_at, version.entry,
            version.actor, version.owner, version.known_from, version.known_to, version.department
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.stage_item version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_item.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(stage_item.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(stage_item.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(stage_item.as_of))
    union all
    select
            version.deal, version.stage, version.item, version.kind, version.from_at, version.to_at, version.entry,
            version.actor, version.owner, version.known_from, version.known_to, version.department
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_item version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_item.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_item.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_item.known_at))
       and version.to_at > (select reporting.instant(stage_item.as_of))
       and version.from_at <= (select reporting.instant(stage_item.as_of));
end;
comment on function served.stage_item(timestamptz, bigint) is
    'Rows of stage_item that hold at as_of, as known at known_at.';

create or replace function served.stage_item_last(as_of timestamptz, known_at bigint) returns setof served.stage_item
language sql stable parallel safe
begin atomic
    select
            version.deal, version.stage, version.item, version.kind, version.from_at, version.to_at, version.entry,
            version.actor, version.owner, version.known_from, version.known_to, version.department
      from served.stage_item version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_item_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(stage_item_last.as_of));
end;
comment on function served.stage_item_last(timestamptz, bigint) is
    'Of the rows of stage_item that hold at as_of, as known at known_at those that last.';

create or replace function served.stage_item_others(as_of timestamptz, known_at bigint) returns setof served.stage_item
language sql stable parallel safe
begin atomic
    select
            version.deal, version.stage, version.item, version.kind, version.from_at, version.to_at, version.entry,
            version.actor, version.owner, version.known_from, version.known_to, version.department
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.stage_item version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_item_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(stage_item_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(stage_item_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(stage_item_others.as_of))
    union all
    select
            version.deal, version.stage, version.item, version.kind, version.from_at, version.to_at, version.entry,
            version.actor, version.owner, version.known_from, version.known_to, version.department
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_item version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_item_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_item_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_item_others.known_at))
       and version.to_at > (select reporting.instant(stage_item_others.as_of))
       and version.from_at <= (select reporting.instant(stage_item_others.as_of));
end;
comment on function served.stage_item_others(timestamptz, bigint) is
    'Of the rows of stage_item that hold at as_of, as known at known_at all but those that last.';

create or replace function served.stage_item_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.stage_item
language sql stable parallel safe
begin atomic
    select
            version.deal, version.stage, version.item, version.kind, version.from_at, version.to_at, version.entry,
            version.actor, version.owner, version.known_from, version.known_to, version.department
      from served.stage_item version
     where version.deal = stage_item_of.deal
       and version.known_from <= stage_item_of.known_at
       and version.known_to > stage_item_of.known_at
       and version.from_at <= stage_item_of.as_of
       and version.to_at > stage_item_of.as_of;
end;
comment on function served.stage_item_of(text, timestamptz, bigint) is
    'Rows of stage_item of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.stage_item as
select
    version.deal, version.stage, version.item, version.kind, version.from_at,
    nullif(version.to_at, 'infinity') as to_at, version.entry, version.actor, version.owner,
    exists (select from reporting.stage_position_stale stale where stale.deal = version.deal) as stale,
    version.department
  from served.stage_item version
 where version.known_to = 9223372036854775807;
comment on view reporting.stage_item is
    'Items of playbooks that deals had met over time: one row for each while it is met, by all that is known now.';
comment on column reporting.stage_item.deal is
    'Id of the deal.';
comment on column reporting.stage_item.stage is
    'Number of the item''s stage, from 1, in the playbook that the deal follows.';
comment on column reporting.stage_item.item is
    'Key of the item; `commitment` for the customer''s commitment.';
comment on column reporting.stage_item.kind is
    'milestone, criterion, commitment, condition or appraisal.';
comment on column reporting.stage_item.from_at is
    'Since when it is met, inclusive; not before the opening.';
comment on column reporting.stage_item.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.stage_item.entry is
    'Sequence of the entry that meets it: of several that it takes the last.';
comment on column reporting.stage_item.actor is
    'Who did what meets it, or says it.';
comment on column reporting.stage_item.owner is
    'The salesperson who answered for the deal when it was met.';
comment on column reporting.stage_item.stale is
    'Whether the deal''s later entries could not be folded.';
comment on column reporting.stage_item.department is
    'Our department for which the person acted.';

create or replace function reporting.stage_item(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, stage integer, item text, kind text, from_at timestamptz, to_at timestamptz, entry bigint, actor text,
    owner text, department text
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.stage, version.item, version.kind, version.from_at,
            nullif(version.to_at, 'infinity') as to_at, version.entry, version.actor, version.owner, version.department
      from served.stage_item(stage_item.as_of, stage_item.known_at) version;
end;
comment on function reporting.stage_item(timestamptz, bigint) is
    'Items of playbooks that deals had met over time: one row for each while it is met at as_of, as known at the sequence known_at.';

create or replace view served.stage_stay as
select
    deal, playbook, stage, from_at, to_at, wait, work, stood_at, entry, known_from, known_to
  from {generation}.stage_stay;
comment on view served.stage_stay is 'The table of the served generation, as it is.';

create or replace view reporting.stage_stay_version as
select
    version.deal, version.playbook, version.stage, version.from_at, nullif(version.to_at, 'infinity') as to_at,
    version.wait, version.work, version.stood_at, version.entry, version.known_from, version.known_to
  from served.stage_stay version;
comment on view reporting.stage_stay_version is
    'Stages that deals had completed over time, and how long each took: one row while the stage stays completed, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.stage_stay_version.deal is
    'Id of the deal.';
comment on column reporting.stage_stay_version.playbook is
    'Key of the playbook that the deal follows.';
comment on column reporting.stage_stay_version.stage is
    'Number of the stage, from 1.';
comment on column reporting.stage_stay_version.from_at is
    'When it, or one behind it, was completed, inclusive.';
comment on column reporting.stage_stay_version.to_at is
    'End, exclusive: when the deal fell back or left the playbook; null while nothing later is known.';
comment on column reporting.stage_stay_version.wait is
    'Time for which the deal, open, had worked on the stage before it entered it, over all returns to it.';
comment on column reporting.stage_stay_version.work is
    'Time for which the deal, open, had worked on the stage after it entered it, over all returns to it.';
comment on column reporting.stage_stay_version.stood_at is
    'When the deal first stood at just this stage, none behind it being completed; null while it never did, and where claims decide.';
comment on column reporting.stage_stay_version.entry is
    'Sequence of the entry that completed it.';
comment on column reporting.stage_stay_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.stage_stay_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.stage_stay(as_of timestamptz, known_at bigint) returns setof served.stage_stay
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from served.stage_stay version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_stay.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(stage_stay.as_of))
    union all
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.stage_stay version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_stay.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(stage_stay.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(stage_stay.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(stage_stay.as_of))
    union all
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_stay version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_stay.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_stay.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_stay.known_at))
       and version.to_at > (select reporting.instant(stage_stay.as_of))
       and version.from_at <= (select reporting.instant(stage_stay.as_of));
end;
comment on function served.stage_stay(timestamptz, bigint) is
    'Rows of stage_stay that hold at as_of, as known at known_at.';

create or replace function served.stage_stay_last(as_of timestamptz, known_at bigint) returns setof served.stage_stay
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from served.stage_stay version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_stay_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(stage_stay_last.as_of));
end;
comment on function served.stage_stay_last(timestamptz, bigint) is
    'Of the rows of stage_stay that hold at as_of, as known at known_at those that last.';

create or replace function served.stage_stay_others(as_of timestamptz, known_at bigint) returns setof served.stage_stay
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.stage_stay version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_stay_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(stage_stay_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(stage_stay_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(stage_stay_others.as_of))
    union all
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_stay version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_stay_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_stay_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_stay_others.known_at))
       and version.to_at > (select reporting.instant(stage_stay_others.as_of))
       and version.from_at <= (select reporting.instant(stage_stay_others.as_of));
end;
comment on function served.stage_stay_others(timestamptz, bigint) is
    'Of the rows of stage_stay that hold at as_of, as known at known_at all but those that last.';

create or replace function served.stage_stay_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.stage_stay
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from served.stage_stay version
     where version.deal = stage_stay_of.deal
       and version.known_from <= stage_stay_of.known_at
       and version.known_to > stage_stay_of.known_at
       and version.from_at <= stage_stay_of.as_of
       and version.to_at > stage_stay_of.as_of;
end;
comment on function served.stage_stay_of(text, timestamptz, bigint) is
    'Rows of stage_stay of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view served.stage_stay_past as
    select * from served.stage_stay;
comment on view served.stage_stay_past is 'The table of the served generation, for reports over time.';
create or replace function served.stage_stay_past(as_of timestamptz, known_at bigint) returns setof served.stage_stay
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from served.stage_stay version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_stay_past.known_at))
       and version.from_at <= (select reporting.instant(stage_stay_past.as_of))
    union all
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_stay version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_stay_past.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_stay_past.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_stay_past.known_at))
       and version.from_at <= (select reporting.instant(stage_stay_past.as_of));
end;
comment on function served.stage_stay_past(timestamptz, bigint) is
    'Rows of stage_stay that had begun by as_of, ended or not, as known at known_at.';

create or replace function served.stage_stay_past_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.stage_stay
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.from_at, version.to_at, version.wait, version.work,
            version.stood_at, version.entry, version.known_from, version.known_to
      from served.stage_stay version
     where version.deal = stage_stay_past_of.deal
       and version.known_from <= stage_stay_past_of.known_at
       and version.known_to > stage_stay_past_of.known_at
       and version.from_at <= stage_stay_past_of.as_of;
end;
comment on function served.stage_stay_past_of(text, timestamptz, bigint) is
    'Rows of stage_stay of one deal that had begun by as_of, ended or not, as known at known_at; both are given.';

create or replace view reporting.stage_stay as
select
    version.deal, version.playbook, version.stage, version.from_at, nullif(version.to_at, 'infinity') as to_at,
    version.wait, version.work, version.stood_at, version.entry,
    exists (select from reporting.stage_position_stale stale where stale.deal = version.deal) as stale
  from served.stage_stay version
 where version.known_to = 9223372036854775807;
comment on view reporting.stage_stay is
    'Stages that deals had completed over time, and how long each took: one row while the stage stays completed, by all that is known now.';
comment on column reporting.stage_stay.deal is
    'Id of the deal.';
comment on column reporting.stage_stay.playbook is
    'Key of the playbook that the deal follows.';
comment on column reporting.stage_stay.stage is
    'Number of the stage, from 1.';
comment on column reporting.stage_stay.from_at is
    'When it, or one behind it, was completed, inclusive.';
comment on column reporting.stage_stay.to_at is
    'End, exclusive: when the deal fell back or left the playbook; null while nothing later is known.';
comment on column reporting.stage_stay.wait is
    'Time for which the deal, open, had worked on the stage before it entered it, over all returns to it.';
comment on column reporting.stage_stay.work is
    'Time for which the deal, open, had worked on the stage after it entered it, over all returns to it.';
comment on column reporting.stage_stay.stood_at is
    'When the deal first stood at just this stage, none behind it being completed; null while it never did, and where claims decide.';
comment on column reporting.stage_stay.entry is
    'Sequence of the entry that completed it.';
comment on column reporting.stage_stay.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.stage_stay(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, playbook text, stage integer, from_at timestamptz, to_at timestamptz, wait bigint, work bigint,
    stood_at timestamptz, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.from_at, nullif(version.to_at, 'infinity') as to_at,
            version.wait, version.work, version.stood_at, version.entry
      from served.stage_stay(stage_stay.as_of, stage_stay.known_at) version;
end;
comment on function reporting.stage_stay(timestamptz, bigint) is
    'Stages that deals had completed over time, and how long each took: one row while the stage stays completed at as_of, as known at the sequence known_at.';

create or replace view served.stage_department as
select
    deal, playbook, stage, at, named, took_part, entry, known_from, known_to
  from {generation}.stage_department;
comment on view served.stage_department is 'The table of the served generation, as it is.';

create or replace view reporting.stage_department_version as
select
    version.deal, version.playbook, version.stage, version.at, version.named, version.took_part, version.entry,
    version.known_from, version.known_to
  from served.stage_department version;
comment on view reporting.stage_department_version is
    'Departments named at the stages that deals worked on, and those that took part, over time: one row for each stage and instant at which some were named or took part for the first time, in every state of knowledge: at as_of where at <= as_of, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.stage_department_version.deal is
    'Id of the deal.';
comment on column reporting.stage_department_version.playbook is
    'Key of the playbook that the deal follows.';
comment on column reporting.stage_department_version.stage is
    'Number of the stage worked on, from 1: the one behind the last completed.';
comment on column reporting.stage_department_version.at is
    'When it was so.';
comment on column reporting.stage_department_version.named is
    'Departments that are named at the stage, those of earlier rows left out; in Chinese, as entries name them.';
comment on column reporting.stage_department_version.took_part is
    'Departments that took part in the stage, those of earlier rows left out.';
comment on column reporting.stage_department_version.entry is
    'Sequence of the entry by which the first of those that took part did; where none did, of that which brought the deal to the stage.';
comment on column reporting.stage_department_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.stage_department_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.stage_department(as_of timestamptz, known_at bigint) returns setof served.stage_department
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.at, version.named, version.took_part, version.entry,
            version.known_from, version.known_to
      from served.stage_department version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_department.known_at))
       and version.at <= (select reporting.instant(stage_department.as_of))
    union all
    select
            version.deal, version.playbook, version.stage, version.at, version.named, version.took_part, version.entry,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_department version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_department.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_department.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_department.known_at))
       and version.at <= (select reporting.instant(stage_department.as_of));
end;
comment on function served.stage_department(timestamptz, bigint) is
    'Rows of stage_department that hold at as_of, as known at known_at.';

create or replace function served.stage_department_last(as_of timestamptz, known_at bigint) returns setof served.stage_department
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.at, version.named, version.took_part, version.entry,
            version.known_from, version.known_to
      from served.stage_department version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(stage_department_last.known_at))
       and version.at <= (select reporting.instant(stage_department_last.as_of));
end;
comment on function served.stage_department_last(timestamptz, bigint) is
    'Of the rows of stage_department that hold at as_of, as known at known_at those that last.';

create or replace function served.stage_department_others(as_of timestamptz, known_at bigint) returns setof served.stage_department
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.at, version.named, version.took_part, version.entry,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.stage_department version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(stage_department_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(stage_department_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(stage_department_others.known_at))
       and version.at <= (select reporting.instant(stage_department_others.as_of));
end;
comment on function served.stage_department_others(timestamptz, bigint) is
    'Of the rows of stage_department that hold at as_of, as known at known_at all but those that last.';

create or replace function served.stage_department_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.stage_department
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.at, version.named, version.took_part, version.entry,
            version.known_from, version.known_to
      from served.stage_department version
     where version.deal = stage_department_of.deal
       and version.known_from <= stage_department_of.known_at
       and version.known_to > stage_department_of.known_at
       and version.at <= stage_department_of.as_of;
end;
comment on function served.stage_department_of(text, timestamptz, bigint) is
    'Rows of stage_department of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.stage_department as
select
    version.deal, version.playbook, version.stage, version.at, version.named, version.took_part, version.entry,
    exists (select from reporting.stage_position_stale stale where stale.deal = version.deal) as stale
  from served.stage_department version
 where version.known_to = 9223372036854775807;
comment on view reporting.stage_department is
    'Departments named at the stages that deals worked on, and those that took part, over time: one row for each stage and instant at which some were named or took part for the first time, by all that is known now.';
comment on column reporting.stage_department.deal is
    'Id of the deal.';
comment on column reporting.stage_department.playbook is
    'Key of the playbook that the deal follows.';
comment on column reporting.stage_department.stage is
    'Number of the stage worked on, from 1: the one behind the last completed.';
comment on column reporting.stage_department.at is
    'When it was so.';
comment on column reporting.stage_department.named is
    'Departments that are named at the stage, those of earlier rows left out; in Chinese, as entries name them.';
comment on column reporting.stage_department.took_part is
    'Departments that took part in the stage, those of earlier rows left out.';
comment on column reporting.stage_department.entry is
    'Sequence of the entry by which the first of those that took part did; where none did, of that which brought the deal to the stage.';
comment on column reporting.stage_department.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.stage_department(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, playbook text, stage integer, at timestamptz, named text[], took_part text[], entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.playbook, version.stage, version.at, version.named, version.took_part, version.entry
      from served.stage_department(stage_department.as_of, stage_department.known_at) version;
end;
comment on function reporting.stage_department(timestamptz, bigint) is
    'Departments named at the stages that deals worked on, and those that took part, over time: one row for each stage and instant at which some were named or took part for the first time by as_of, as known at the sequence known_at.';
