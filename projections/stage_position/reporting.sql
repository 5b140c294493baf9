-- The face of the view stage_position in the schema `reporting`. {generation} stands for the served generation's schema;
-- promoting another one runs this file again.

-- All versions ------------------------------------------------------------------------------------------------------

create or replace view reporting.stage_position_version as
select deal, from_at, to_at, playbook, version, stage, phase, status, probability, amount, currency, owner, account,
       since, entry, known_from, known_to
  from {generation}.stage_position;
comment on view reporting.stage_position_version is
    'Where every deal stood over time, in every state of knowledge: at as_of where from_at <= as_of < to_at, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.stage_position_version.deal is 'Id of the deal.';
comment on column reporting.stage_position_version.from_at is 'Since when it stood so, inclusive.';
comment on column reporting.stage_position_version.to_at is 'Until when, exclusive; infinity: nothing later is known.';
comment on column reporting.stage_position_version.playbook is 'Key of the playbook that the deal follows.';
comment on column reporting.stage_position_version.version is 'Version of the playbook; null while none is published.';
comment on column reporting.stage_position_version.stage is 'Number of the last stage reached, from 1; null before the first.';
comment on column reporting.stage_position_version.phase is 'entered or completed; null when stage is.';
comment on column reporting.stage_position_version.status is 'open, on_hold, won, lost or abandoned; independent of the stage.';
comment on column reporting.stage_position_version.probability is 'Win probability, 0 to 1.';
comment on column reporting.stage_position_version.amount is 'Expected value, and once won the final one; null when unknown.';
comment on column reporting.stage_position_version.currency is 'ISO 4217 currency of the amount.';
comment on column reporting.stage_position_version.owner is 'The salesperson who answers for the deal.';
comment on column reporting.stage_position_version.account is 'Id of the customer''s account.';
comment on column reporting.stage_position_version.since is 'When the deal came to this stage and phase.';
comment on column reporting.stage_position_version.entry is 'Sequence of the entry that began the interval.';
comment on column reporting.stage_position_version.known_from is 'Sequence of the entry whose arrival made this version.';
comment on column reporting.stage_position_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace view reporting.stage_position_stale as
select substr(stale.subject, 6) as deal, stale.sequence from reporting.stale where stale.view = 'stage_position';
comment on view reporting.stage_position_stale is
    'Deals whose later entries could not be folded: their rows are those of before.';
comment on column reporting.stage_position_stale.deal is 'Id of the deal.';
comment on column reporting.stage_position_stale.sequence is 'The entry since which it cannot be folded.';

-- The present -------------------------------------------------------------------------------------------------------

create or replace view reporting.stage_position as
select position.deal, position.from_at, position.to_at, position.playbook, position.version, position.stage,
       position.phase, position.status, position.probability, position.amount, position.currency, position.owner,
       position.account, position.since, position.entry,
       exists (select from reporting.stage_position_stale stale where stale.deal = position.deal) as stale
  from reporting.stage_position_version position
 where position.known_to = 9223372036854775807;
comment on view reporting.stage_position is 'Where every deal stood over time, by all that is known now.';
comment on column reporting.stage_position.deal is 'Id of the deal.';
comment on column reporting.stage_position.from_at is 'Since when it stood so, inclusive.';
comment on column reporting.stage_position.to_at is 'Until when, exclusive; infinity: nothing later is known.';
comment on column reporting.stage_position.playbook is 'Key of the playbook that the deal follows.';
comment on column reporting.stage_position.version is 'Version of the playbook; null while none is published.';
comment on column reporting.stage_position.stage is 'Number of the last stage reached, from 1; null before the first.';
comment on column reporting.stage_position.phase is 'entered or completed; null when stage is.';
comment on column reporting.stage_position.status is 'open, on_hold, won, lost or abandoned; independent of the stage.';
comment on column reporting.stage_position.probability is 'Win probability, 0 to 1.';
comment on column reporting.stage_position.amount is 'Expected value, and once won the final one; null when unknown.';
comment on column reporting.stage_position.currency is 'ISO 4217 currency of the amount.';
comment on column reporting.stage_position.owner is 'The salesperson who answers for the deal.';
comment on column reporting.stage_position.account is 'Id of the customer''s account.';
comment on column reporting.stage_position.since is 'When the deal came to this stage and phase.';
comment on column reporting.stage_position.entry is 'Sequence of the entry that began the interval.';
comment on column reporting.stage_position.stale is 'Whether the deal''s later entries could not be folded.';

create or replace view reporting.deal as
select position.deal, position.playbook, position.version, position.stage, position.phase, position.status,
       position.probability, position.amount, position.currency, position.owner, position.account, position.since,
       position.entry, position.stale
  from reporting.stage_position position
 where position.to_at = 'infinity';
comment on view reporting.deal is 'Where every deal stands, whatever its status, by all that is known now.';
comment on column reporting.deal.deal is 'Id of the deal.';
comment on column reporting.deal.playbook is 'Key of the playbook that it follows.';
comment on column reporting.deal.version is 'Version of the playbook; null while none is published.';
comment on column reporting.deal.stage is 'Number of the last stage reached, from 1; null before the first.';
comment on column reporting.deal.phase is 'entered or completed; null when stage is.';
comment on column reporting.deal.status is 'open, on_hold, won, lost or abandoned.';
comment on column reporting.deal.probability is 'Win probability, 0 to 1.';
comment on column reporting.deal.amount is 'Expected value, and once won the final one; null when unknown.';
comment on column reporting.deal.currency is 'ISO 4217 currency of the amount.';
comment on column reporting.deal.owner is 'The salesperson who answers for it.';
comment on column reporting.deal.account is 'Id of the customer''s account.';
comment on column reporting.deal.since is 'When it came to this stage and phase.';
comment on column reporting.deal.entry is 'Sequence of the entry since which it stands so.';
comment on column reporting.deal.stale is 'Whether its later entries could not be folded.';

-- As of any moment, as known at any moment --------------------------------------------------------------------------
-- Each of the three sets that indexes.sql tells of is asked for apart.
-- (select reporting.known(known_at)) is evaluated once per query, whatever is given for it.

create or replace function reporting.stage_position_changed(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, from_at timestamptz, to_at timestamptz, playbook text, version integer, stage integer, phase text,
    status text, probability numeric, amount numeric, currency text, owner text, account text, since timestamptz,
    entry bigint
)
language sql stable parallel safe
begin atomic
    select position.deal, position.from_at, position.to_at, position.playbook, position.version, position.stage,
           position.phase, position.status, position.probability, position.amount, position.currency, position.owner,
           position.account, position.since, position.entry
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'),
                   (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'),
                   (6, null)) as class (number, longest)
      join reporting.stage_position_version position
        on position.known_to = 9223372036854775807
       and position.known_from <= (select reporting.known(stage_position_changed.known_at))
       and position.to_at < 'infinity'
       and width_bucket(
               least(position.to_at, timestamptz '9999-12-31 00:00:00+00') - position.from_at,
               '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]
           ) = class.number
       and position.to_at > (select reporting.instant(stage_position_changed.as_of))
       and position.to_at <= coalesce(
               (select least(reporting.instant(stage_position_changed.as_of), timestamptz '9999-12-31 00:00:00+00')) + class.longest,
               'infinity'
           )
       and position.from_at <= (select reporting.instant(stage_position_changed.as_of))
    union all
    select position.deal, position.from_at, position.to_at, position.playbook, position.version, position.stage,
           position.phase, position.status, position.probability, position.amount, position.currency, position.owner,
           position.account, position.since, position.entry
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824),
                   (7, null)) as class (number, longest)
      join reporting.stage_position_version position
        on position.known_to < 9223372036854775807
       and width_bucket(
               position.known_to - position.known_from,
               '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]
           ) = class.number
       and position.known_to > (select reporting.known(stage_position_changed.known_at))
       and position.known_to <= coalesce(
               (select least(reporting.known(stage_position_changed.known_at), 4611686018427387904)) + class.longest,
               9223372036854775807
           )
       and position.known_from <= (select reporting.known(stage_position_changed.known_at))
       and position.to_at > (select reporting.instant(stage_position_changed.as_of))
       and position.from_at <= (select reporting.instant(stage_position_changed.as_of));
end;
comment on function reporting.stage_position_changed(timestamptz, bigint) is
    'A part of stage_position(as_of, known_at), for other reports to be made of: what no longer is so, because the deal stood elsewhere later or something else is known since.';

create or replace function reporting.stage_position(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, from_at timestamptz, to_at timestamptz, playbook text, version integer, stage integer, phase text,
    status text, probability numeric, amount numeric, currency text, owner text, account text, since timestamptz,
    entry bigint
)
language sql stable parallel safe
begin atomic
    select position.deal, position.from_at, position.to_at, position.playbook, position.version, position.stage,
           position.phase, position.status, position.probability, position.amount, position.currency, position.owner,
           position.account, position.since, position.entry
      from reporting.stage_position_version position
     where position.known_to = 9223372036854775807
       and position.known_from <= (select reporting.known(stage_position.known_at))
       and position.to_at = 'infinity'
       and position.from_at <= (select reporting.instant(stage_position.as_of))
    union all
    select changed.deal, changed.from_at, changed.to_at, changed.playbook, changed.version, changed.stage,
           changed.phase, changed.status, changed.probability, changed.amount, changed.currency, changed.owner,
           changed.account, changed.since, changed.entry
      from reporting.stage_position_changed(stage_position.as_of, stage_position.known_at) changed;
end;
comment on function reporting.stage_position(timestamptz, bigint) is
    'Where every deal stood at as_of, whatever its status, as known at the sequence known_at.';

create or replace function reporting.pipeline(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, playbook text, version integer, stage integer, phase text, status text, probability numeric,
    amount numeric, currency text, owner text, account text, since timestamptz, stale boolean
)
language sql stable parallel safe
begin atomic
    select position.deal, position.playbook, position.version, position.stage, position.phase, position.status,
           position.probability, position.amount, position.currency, position.owner, position.account, position.since,
           exists (select from reporting.stage_position_stale stale
                    where stale.deal = position.deal
                      and stale.sequence <= (select reporting.known(pipeline.known_at)))
      from reporting.stage_position(pipeline.as_of, pipeline.known_at) position
     where position.status in ('open', 'on_hold')
     order by position.deal collate "C";
end;
comment on function reporting.pipeline(timestamptz, bigint) is
    'Deals that were open or on hold at as_of, as known at the sequence known_at, ordered by deal.';

create or replace function reporting.refuse_playbook(playbook text, known_at bigint) returns boolean
language plpgsql stable parallel safe as $$
begin
    raise no_data_found using
        message = format('There was no playbook %L and no deal on it, as known at sequence %s.',
                         left(refuse_playbook.playbook, 80), refuse_playbook.known_at),
        hint = 'reporting.playbook lists which there are.';
end
$$;
comment on function reporting.refuse_playbook(text, bigint) is
    'Refuses a playbook that nobody had published or named by then: an empty report would look like a playbook without deals.';

create or replace function reporting.funnel_and_outcome(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    stage integer, open bigint, entered bigint, completed bigint, amounts jsonb, key text, name_zh text, name_en text,
    all_open bigint, won bigint, lost bigint, abandoned bigint, won_amounts jsonb, win_rate numeric
)
language sql stable parallel safe
begin atomic
    with
    standing as materialized (
        -- Deals are read once; all else is made of these few sums. The last intervals, which come in this order, are
        -- counted by themselves.
        select position.stage, position.phase, position.status, position.currency,
               count(*) as deals, sum(position.amount) as amount
          from reporting.stage_position_version position
         where position.known_to = 9223372036854775807
           and position.known_from <= (select reporting.known(funnel_and_outcome.known_at))
           and position.to_at = 'infinity'
           and position.from_at <= (select reporting.instant(funnel_and_outcome.as_of))
           and position.playbook = funnel_and_outcome.playbook
         group by position.stage, position.phase, position.status, position.currency
        union all
        select changed.stage, changed.phase, changed.status, changed.currency,
               count(*) as deals, sum(changed.amount) as amount
          from reporting.stage_position_changed(funnel_and_outcome.as_of, funnel_and_outcome.known_at) changed
         where changed.playbook = funnel_and_outcome.playbook
         group by changed.stage, changed.phase, changed.status, changed.currency
    ),
    known as (
        -- Named as in the highest version that has the stage.
        select distinct on (stage.stage) stage.stage, stage.key, stage.name_zh, stage.name_en
          from reporting.stage
         where stage.playbook = funnel_and_outcome.playbook
           and stage.published <= (select reporting.known(funnel_and_outcome.known_at))
         order by stage.stage, stage.version desc
    ),
    wanted as (
        select null::integer as stage, null::text as key, null::text as name_zh, null::text as name_en
        union all
        select known.stage, known.key, known.name_zh, known.name_en from known
    ),
    outcome as (
        select coalesce(sum(standing.deals) filter (where standing.status in ('open', 'on_hold')), 0)::bigint as open,
               coalesce(sum(standing.deals) filter (where standing.status = 'won'), 0)::bigint as won,
               coalesce(sum(standing.deals) filter (where standing.status = 'lost'), 0)::bigint as lost,
               coalesce(sum(standing.deals) filter (where standing.status = 'abandoned'), 0)::bigint as abandoned
          from standing
    )
    select wanted.stage,
           (select coalesce(sum(standing.deals), 0)::bigint
              from standing
             where standing.status in ('open', 'on_hold') and standing.stage is not distinct from wanted.stage),
           (select coalesce(sum(standing.deals), 0)::bigint
              from standing
             where standing.stage >= wanted.stage),
           (select coalesce(sum(standing.deals), 0)::bigint
              from standing
             where standing.stage > wanted.stage
                or standing.stage = wanted.stage and standing.phase = 'completed'),
           (select coalesce(jsonb_object_agg(sums.currency, sums.amount::text), '{}')
              from (select standing.currency, sum(standing.amount) as amount
                      from standing
                     where standing.status in ('open', 'on_hold')
                       and standing.stage is not distinct from wanted.stage
                       and standing.currency is not null
                     group by standing.currency) sums
             where sums.amount is not null),
           wanted.key, wanted.name_zh, wanted.name_en,
           outcome.open, outcome.won, outcome.lost, outcome.abandoned,
           (select coalesce(jsonb_object_agg(sums.currency, sums.amount::text), '{}')
              from (select standing.currency, sum(standing.amount) as amount
                      from standing
                     where standing.status = 'won'
                       and standing.currency is not null
                     group by standing.currency) sums
             where sums.amount is not null),
           round(outcome.won::numeric / nullif(outcome.won + outcome.lost, 0), 4)
      from wanted
     cross join outcome
     where (select case when exists (select from known) or exists (select from standing) then true
                        else reporting.refuse_playbook(
                                 funnel_and_outcome.playbook, reporting.known(funnel_and_outcome.known_at)) end)
     order by wanted.stage nulls first;
end;
comment on function reporting.funnel_and_outcome(text, timestamptz, bigint) is
    'What funnel and funnel_outcome say, in one reading: the stages of the funnel, and in each row the outcome of the whole playbook; all_open is the outcome''s open.';

create or replace function reporting.funnel(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    stage integer, open bigint, entered bigint, completed bigint, amounts jsonb, key text, name_zh text, name_en text
)
language sql stable parallel safe
begin atomic
    select found.stage, found.open, found.entered, found.completed, found.amounts, found.key, found.name_zh,
           found.name_en
      from reporting.funnel_and_outcome(funnel.playbook, funnel.as_of, funnel.known_at) found
     order by found.stage nulls first;
end;
comment on function reporting.funnel(text, timestamptz, bigint) is
    'The deals of a playbook by stage at as_of, as known at the sequence known_at. open and amounts: open deals (on hold included) whose last reached stage it is, and their value by currency. entered and completed: deals of any status that stood at or beyond that point. The row without a stage holds the open deals before the first; nothing is entered or completed there.';

create or replace function reporting.funnel_outcome(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (open bigint, won bigint, lost bigint, abandoned bigint, won_amounts jsonb, win_rate numeric)
language sql stable parallel safe
begin atomic
    select found.all_open, found.won, found.lost, found.abandoned, found.won_amounts, found.win_rate
      from reporting.funnel_and_outcome(funnel_outcome.playbook, funnel_outcome.as_of, funnel_outcome.known_at) found
     where found.stage is null;
end;
comment on function reporting.funnel_outcome(text, timestamptz, bigint) is
    'The deals of a playbook by status at as_of, as known at the sequence known_at; one row. won_amounts: value of the won ones by currency. win_rate: won / (won + lost), null before any.';
