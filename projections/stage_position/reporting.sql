-- Reports of where deals stand. Run behind projections/generated/stage_position.sql.

create or replace view reporting.deal as
select position.deal, position.playbook, position.version, position.stage, position.phase, position.status,
       position.probability, position.amount, position.currency, position.owner, position.account, position.since,
       position.entry,
       exists (select from reporting.stage_position_stale stale where stale.deal = position.deal) as stale
  from served.stage_position position
 where position.known_to = 9223372036854775807
   and position.to_at = 'infinity';
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
    select position.deal, position.from_at, nullif(position.to_at, 'infinity'), position.playbook, position.version,
           position.stage, position.phase, position.status, position.probability, position.amount, position.currency,
           position.owner, position.account, position.since, position.entry
      from served.stage_position(stage_position_changed.as_of, stage_position_changed.known_at) position
     where position.known_to < 9223372036854775807 or position.to_at < 'infinity';
end;
comment on function reporting.stage_position_changed(timestamptz, bigint) is
    'A part of stage_position(as_of, known_at), for other reports to be made of: what no longer is so, because the deal stood elsewhere later or something else is known since.';

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
      from served.stage_position(pipeline.as_of, pipeline.known_at) position
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
        -- Deals are read once; all else is made of these few sums.
        select position.stage, position.phase, position.status, position.currency,
               count(*) as deals, sum(position.amount) as amount
          from served.stage_position(funnel_and_outcome.as_of, funnel_and_outcome.known_at) position
         where position.playbook = funnel_and_outcome.playbook
         group by position.stage, position.phase, position.status, position.currency
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
