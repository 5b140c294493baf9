-- Written by `make schemas` from projections/reports; change that, not this.

-- name: units
create or replace function served.minor_units(currency text) returns integer
language sql immutable parallel safe
return case
    when currency in ('ADP', 'BIF', 'BYB', 'BYR', 'CLP', 'DJF', 'ESP', 'GNF', 'ISK', 'ITL', 'JPY', 'KMF', 'KRW', 'LUF', 'MGF', 'PYG', 'RWF', 'TPE', 'TRL', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 0
    when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
    when currency in ('CLF', 'UYW') then 4
    else 2
end;
comment on function served.minor_units(text) is 'Decimals of a currency (ISO 4217).';

-- name: policy
create or replace view reporting.policy as
select *
  from (values
    ('statutory_terms', 'large_enterprise_not_agreed', 60, date '2025-06-01', null::date),
    ('statutory_terms', 'public_longest', 60, date '2025-06-01', null::date),
    ('statutory_terms', 'public_not_agreed', 30, date '2025-06-01', null::date),
    ('late_interest', 'not_agreed', 0.0005, date '2025-06-01', null::date),
    ('loan_prime_rate', 'one_year', 0.0335, date '2024-07-22', date '2024-10-21'),
    ('loan_prime_rate', 'one_year', 0.0310, date '2024-10-21', date '2025-05-20'),
    ('loan_prime_rate', 'one_year', 0.0300, date '2025-05-20', date '2026-03-20'),
    ('loan_prime_rate', 'one_year', 0.0300, date '2026-03-20', null::date),
    ('account_grades', 'A', 64, date '1970-01-01', null::date),
    ('account_grades', 'B', 27, date '1970-01-01', null::date),
    ('account_grades', 'C', 8, date '1970-01-01', null::date),
    ('visit_rhythm', 'A', 30, date '1970-01-01', null::date),
    ('visit_rhythm', 'B', 60, date '1970-01-01', null::date),
    ('visit_rhythm', 'C', 90, date '1970-01-01', null::date),
    ('visit_rhythm', 'D', 180, date '1970-01-01', null::date),
    ('reminder_ladder', '1', -3, date '1970-01-01', null::date),
    ('reminder_ladder', '2', 1, date '1970-01-01', null::date),
    ('reminder_ladder', '3', 15, date '1970-01-01', null::date),
    ('reminder_ladder', '4', 30, date '1970-01-01', null::date),
    ('reminder_ladder', '5', 60, date '1970-01-01', null::date),
    ('follow_up', 'horizon', 14, date '1970-01-01', null::date),
    ('data_quality', 'disputed', 30, date '1970-01-01', null::date),
    ('data_quality', 'late_entry', 2, date '1970-01-01', null::date),
    ('data_quality', 'unapplied', 30, date '1970-01-01', null::date),
    ('life_cycle', 'recent', 365, date '1970-01-01', null::date),
    ('forecast_categories', 'best', 0.50, date '1970-01-01', null::date),
    ('forecast_categories', 'commit', 0.75, date '1970-01-01', null::date)
  ) as policy (name, key, value, from_on, until_on);
comment on view reporting.policy is 'Statutory terms, published rates and thresholds of ours, by the days on which they hold; contracts/policy.toml has their sources.';
comment on column reporting.policy.name is 'Name of the policy.';
comment on column reporting.policy.key is 'Name of the value within it.';
comment on column reporting.policy.value is 'The value: days, a score, or a fraction of 1.';
comment on column reporting.policy.from_on is 'First day on which it holds.';
comment on column reporting.policy.until_on is 'First day on which it holds no longer; null for none.';

create or replace function served.policy_value(name text, key text, day date) returns numeric
language sql stable parallel safe
return (select policy.value from reporting.policy
         where policy.name = policy_value.name and policy.key = policy_value.key
           and policy.from_on <= policy_value.day
           and policy_value.day < coalesce(policy.until_on, 'infinity'));
comment on function served.policy_value(text, text, date) is
    'Value of a policy on a day; null before it.';

-- name: pipeline
create or replace function reporting.pipeline(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, playbook text, version integer, stage integer, phase text, status text, probability numeric,
    amount numeric, currency text, owner text, account text, since timestamptz, stale boolean, working_on integer,
    expected_close_on date, weighted numeric, missing text[]
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(pipeline.as_of) as as_of, reporting.known(pipeline.known_at) as known_at,
reporting.local_day(reporting.instant(pipeline.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(pipeline.as_of, pipeline.known_at) stage_position),
stage_item as not materialized (select * from served.stage_item(pipeline.as_of, pipeline.known_at) stage_item),
playbook_stage as not materialized (select * from served.playbook_stage(pipeline.as_of, pipeline.known_at) playbook_stage),
playbook_need as not materialized (select * from served.playbook_need(pipeline.as_of, pipeline.known_at) playbook_need)
select stage_position.deal, stage_position.playbook, stage_position.version, stage_position.stage, stage_position.phase,
       stage_position.status, stage_position.probability, stage_position.amount, stage_position.currency,
       stage_position.owner, stage_position.account, stage_position.since,
       stage_position.deal in (
           select stale.deal from reporting.stage_position_stale stale cross join moment
            where stale.sequence <= moment.known_at
       ) as stale,
       playbook_stage.stage as working_on, stage_position.expected_close_on,
       round(stage_position.amount * stage_position.probability, served.minor_units(stage_position.currency)) as weighted,
       case when playbook_need.milestones is null then '{}'
            else served.lacking(playbook_need.milestones, playbook_need.others, array(
                select met.item
                  from served.stage_item_of(stage_position.deal, moment.as_of, moment.known_at) met
                 where met.stage = playbook_need.stage
            )) end as missing
  from stage_position
 cross join moment
  left join playbook_stage
    on playbook_stage.stage_key = served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1)
  left join playbook_need
    on playbook_need.stage_key = served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1)
 where stage_position.status in ('open', 'on_hold')
 order by stage_position.deal collate "C";
end;
comment on function reporting.pipeline(timestamptz, bigint) is
    'Deals that were open or on hold at as_of, as known at the sequence known_at, ordered by deal.';

-- name: deal
create or replace function reporting.deal(
    deal text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, playbook text, version integer, stage integer, phase text, status text, probability numeric,
    amount numeric, currency text, owner text, account text, since timestamptz, stale boolean, working_on integer,
    expected_close_on date, weighted numeric, missing text[]
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(deal.as_of) as as_of, reporting.known(deal.known_at) as known_at,
reporting.local_day(reporting.instant(deal.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(deal.as_of, deal.known_at) stage_position),
stage_item as not materialized (select * from served.stage_item(deal.as_of, deal.known_at) stage_item),
playbook_stage as not materialized (select * from served.playbook_stage(deal.as_of, deal.known_at) playbook_stage),
playbook_need as not materialized (select * from served.playbook_need(deal.as_of, deal.known_at) playbook_need)
select stage_position.deal, stage_position.playbook, stage_position.version, stage_position.stage, stage_position.phase,
       stage_position.status, stage_position.probability, stage_position.amount, stage_position.currency,
       stage_position.owner, stage_position.account, stage_position.since,
       stage_position.deal in (
           select stale.deal from reporting.stage_position_stale stale cross join moment
            where stale.sequence <= moment.known_at
       ) as stale,
       playbook_stage.stage as working_on, stage_position.expected_close_on,
       round(stage_position.amount * stage_position.probability, served.minor_units(stage_position.currency)) as weighted,
       case when playbook_need.milestones is null then '{}'
            else served.lacking(playbook_need.milestones, playbook_need.others, array(
                select met.item
                  from served.stage_item_of(stage_position.deal, moment.as_of, moment.known_at) met
                 where met.stage = playbook_need.stage
            )) end as missing
  from stage_position
 cross join moment
  left join playbook_stage
    on playbook_stage.stage_key = served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1)
  left join playbook_need
    on playbook_need.stage_key = served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1)
 where stage_position.deal = deal.deal;
end;
comment on function reporting.deal(text, timestamptz, bigint) is
    'Where a deal stood at as_of, whatever its status, as known at the sequence known_at; no row before its opening.';

-- name: funnel
create or replace function reporting.funnel(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    stage integer, open bigint, entered bigint, completed bigint, amounts jsonb, key text, name_zh text, name_en text
)
language sql stable parallel safe
begin atomic
with position as materialized (
select stage_position.stage as stage, stage_position.phase as phase, stage_position.status as status, stage_position.currency as currency, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_last(funnel.as_of, funnel.known_at) stage_position
where playbook = funnel.playbook
group by stage_position.stage, stage_position.phase, stage_position.status, stage_position.currency
union all
select stage_position.stage as stage, stage_position.phase as phase, stage_position.status as status, stage_position.currency as currency, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_others(funnel.as_of, funnel.known_at) stage_position
where playbook = funnel.playbook
group by stage_position.stage, stage_position.phase, stage_position.status, stage_position.currency
),
published as materialized (
select playbook_stage.stage as stage, playbook_stage.version as version, playbook_stage.key as key, playbook_stage.name_zh as name_zh, playbook_stage.name_en as name_en, count(*) as n
from served.playbook_stage(funnel.as_of, funnel.known_at) playbook_stage
where playbook = funnel.playbook
group by playbook_stage.stage, playbook_stage.version, playbook_stage.key, playbook_stage.name_zh, playbook_stage.name_en
),
line as materialized (
select stage, null::text as currency, n as listed, 0 as open, 0 as entered, 0 as completed, 0 as valued,
       null::numeric as amount, n as names, 0 as won, 0 as lost, 0 as abandoned, 0 as won_valued,
       null::numeric as won_amount
  from published
union all
select null, null, n, 0, 0, 0, 0, null, 0, 0, 0, 0, 0, null from published where stage = 1
union all
select null, null, n, 0, 0, 0, 0, null, 0, case status when 'won' then n else 0 end,
       case status when 'lost' then n else 0 end, case status when 'abandoned' then n else 0 end, 0, null
  from position
union all
select stage, null, 0, n, 0, 0, 0, null, 0, 0, 0, 0, 0, null from position where status in ('open', 'on_hold')
union all
select reached, null, 0, 0, n, case when reached < stage or phase = 'completed' then n else 0 end, 0, null, 0, 0, 0, 0,
       0, null
  from position
 cross join lateral generate_series(1, stage) reached
union all
select stage, currency, 0, 0, 0, 0, n, amount, 0, 0, 0, 0, 0, null
  from position
 where status in ('open', 'on_hold') and currency is not null
union all
select null, currency, 0, 0, 0, 0, 0, null, 0, 0, 0, 0, n, amount
  from position
 where status = 'won' and currency is not null
),
called as (
    select distinct on (stage) stage, key, name_zh, name_en from published order by stage, version desc
),
summed as (
    select line.stage, sum(line.listed) as listed, sum(line.open)::bigint as open, sum(line.entered)::bigint as entered,
           sum(line.completed)::bigint as completed, served.amounts(line.currency, line.amount) as amounts
      from line
     group by line.stage
)
select summed.stage, summed.open, summed.entered, summed.completed, summed.amounts, called.key, called.name_zh,
       called.name_en
  from summed
  left join called on called.stage = summed.stage
 where summed.stage is null or summed.listed > 0
union all
select null, 0, 0, 0, '{}', null, null, null
 where case when exists (select from line) then false
            else reporting.refuse_playbook(funnel.playbook, reporting.known(funnel.known_at)) end
 order by 1 nulls first;
end;
comment on function reporting.funnel(text, timestamptz, bigint) is
    'The deals of a playbook by stage at as_of, as known at the sequence known_at. open and amounts: open deals (on hold included) whose last reached stage it is, and their value by currency. entered and completed: deals of any status that stood at or beyond that point. The row without a stage holds the open deals before the first; nothing is entered or completed there.';

create or replace function reporting.funnel_totals(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    open bigint, won bigint, lost bigint, abandoned bigint, won_amounts jsonb, win_rate numeric
)
language sql stable parallel safe
begin atomic
with position as materialized (
select stage_position.stage as stage, stage_position.phase as phase, stage_position.status as status, stage_position.currency as currency, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_last(funnel_totals.as_of, funnel_totals.known_at) stage_position
where playbook = funnel_totals.playbook
group by stage_position.stage, stage_position.phase, stage_position.status, stage_position.currency
union all
select stage_position.stage as stage, stage_position.phase as phase, stage_position.status as status, stage_position.currency as currency, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_others(funnel_totals.as_of, funnel_totals.known_at) stage_position
where playbook = funnel_totals.playbook
group by stage_position.stage, stage_position.phase, stage_position.status, stage_position.currency
),
published as materialized (
select playbook_stage.stage as stage, playbook_stage.version as version, playbook_stage.key as key, playbook_stage.name_zh as name_zh, playbook_stage.name_en as name_en, count(*) as n
from served.playbook_stage(funnel_totals.as_of, funnel_totals.known_at) playbook_stage
where playbook = funnel_totals.playbook
group by playbook_stage.stage, playbook_stage.version, playbook_stage.key, playbook_stage.name_zh, playbook_stage.name_en
),
line as materialized (
select stage, null::text as currency, n as listed, 0 as open, 0 as entered, 0 as completed, 0 as valued,
       null::numeric as amount, n as names, 0 as won, 0 as lost, 0 as abandoned, 0 as won_valued,
       null::numeric as won_amount
  from published
union all
select null, null, n, 0, 0, 0, 0, null, 0, 0, 0, 0, 0, null from published where stage = 1
union all
select null, null, n, 0, 0, 0, 0, null, 0, case status when 'won' then n else 0 end,
       case status when 'lost' then n else 0 end, case status when 'abandoned' then n else 0 end, 0, null
  from position
union all
select stage, null, 0, n, 0, 0, 0, null, 0, 0, 0, 0, 0, null from position where status in ('open', 'on_hold')
union all
select reached, null, 0, 0, n, case when reached < stage or phase = 'completed' then n else 0 end, 0, null, 0, 0, 0, 0,
       0, null
  from position
 cross join lateral generate_series(1, stage) reached
union all
select stage, currency, 0, 0, 0, 0, n, amount, 0, 0, 0, 0, 0, null
  from position
 where status in ('open', 'on_hold') and currency is not null
union all
select null, currency, 0, 0, 0, 0, 0, null, 0, 0, 0, 0, n, amount
  from position
 where status = 'won' and currency is not null
)
select coalesce(sum(line.open), 0)::bigint as open, coalesce(sum(line.won), 0)::bigint as won,
       coalesce(sum(line.lost), 0)::bigint as lost, coalesce(sum(line.abandoned), 0)::bigint as abandoned,
       served.amounts(line.currency, line.won_amount) as won_amounts,
       round(sum(line.won)::numeric / nullif(sum(line.won) + sum(line.lost), 0), 4) as win_rate
  from line
having case when count(*) > 0 then true
            else reporting.refuse_playbook(funnel_totals.playbook, reporting.known(funnel_totals.known_at)) end;
end;
comment on function reporting.funnel_totals(text, timestamptz, bigint) is
    'Totals of funnel(…); one row.';

-- name: bands
create or replace function reporting.bands(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    band text, deals bigint, amounts jsonb
)
language sql stable parallel safe
begin atomic
with position as materialized (
select stage_position.playbook as playbook, stage_position.version as version, stage_position.stage as stage, stage_position.currency as currency, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_last(bands.as_of, bands.known_at) stage_position
where status in ('open', 'on_hold')
group by stage_position.playbook, stage_position.version, stage_position.stage, stage_position.currency
union all
select stage_position.playbook as playbook, stage_position.version as version, stage_position.stage as stage, stage_position.currency as currency, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_others(bands.as_of, bands.known_at) stage_position
where status in ('open', 'on_hold')
group by stage_position.playbook, stage_position.version, stage_position.stage, stage_position.currency
),
line as materialized (
with banded as (
    select coalesce(stage.band, 'not_started') as band, position.currency, position.n, position.amount
      from position
      left join served.playbook_stage stage
        on stage.playbook = position.playbook and stage.version = position.version and stage.stage = position.stage
)
select band, null::text as currency, n as deals, 0 as valued, null::numeric as amount from banded
union all
select band, currency, 0, n, amount from banded where currency is not null
)
select bands.band, coalesce(sum(line.deals), 0)::bigint as deals, served.amounts(line.currency, line.amount) as amounts
  from unnest(array['not_started', 'potential', 'intent', 'negotiation', 'closing']) with ordinality as bands (band, place)
  left join line on line.band = bands.band
 group by bands.band, bands.place
 order by bands.place;
end;
comment on function reporting.bands(timestamptz, bigint) is
    'Deals open or on hold at as_of, as known at the sequence known_at, by the band of the last stage reached: not_started, potential, intent, negotiation, closing. Positions may go back. The sum of deals is open + on hold.';

-- name: forecast
create or replace function reporting.forecast(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), playbook text default null,
    calibrate text default 'no'
)
returns table (
    month text, currency text, deals bigint, unpriced bigint, amount numeric, weighted numeric, commit numeric,
    best numeric, pipeline numeric, closed numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(forecast.as_of) as as_of, reporting.known(forecast.known_at) as known_at,
reporting.local_day(reporting.instant(forecast.as_of)) as day, (select zone from served.zone zone) as zone
),
position as materialized (
select stage_position.status as status, stage_position.currency as currency, stage_position.probability as probability, stage_position.expected_close_on as expected_close_on, case when stage_position.status = 'won' then date_trunc('month', served.local_day(stage_position.status_since, moment.zone)) end as closed_in, case when forecast.calibrate = 'yes' then array[stage_position.playbook, stage_position.version::text, stage_position.stage::text, stage_position.phase] end as place, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_last(forecast.as_of, forecast.known_at) stage_position
cross join moment
where stage_position.status in ('open', 'on_hold', 'won') and (forecast.playbook is null or stage_position.playbook = forecast.playbook)
group by stage_position.status, stage_position.currency, stage_position.probability, stage_position.expected_close_on, case when stage_position.status = 'won' then date_trunc('month', served.local_day(stage_position.status_since, moment.zone)) end, case when forecast.calibrate = 'yes' then array[stage_position.playbook, stage_position.version::text, stage_position.stage::text, stage_position.phase] end
union all
select stage_position.status as status, stage_position.currency as currency, stage_position.probability as probability, stage_position.expected_close_on as expected_close_on, case when stage_position.status = 'won' then date_trunc('month', served.local_day(stage_position.status_since, moment.zone)) end as closed_in, case when forecast.calibrate = 'yes' then array[stage_position.playbook, stage_position.version::text, stage_position.stage::text, stage_position.phase] end as place, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_others(forecast.as_of, forecast.known_at) stage_position
cross join moment
where stage_position.status in ('open', 'on_hold', 'won') and (forecast.playbook is null or stage_position.playbook = forecast.playbook)
group by stage_position.status, stage_position.currency, stage_position.probability, stage_position.expected_close_on, case when stage_position.status = 'won' then date_trunc('month', served.local_day(stage_position.status_since, moment.zone)) end, case when forecast.calibrate = 'yes' then array[stage_position.playbook, stage_position.version::text, stage_position.stage::text, stage_position.phase] end
),
line as materialized (
with weighed as (
    select position.status, position.currency, position.expected_close_on, position.closed_in, position.n, position.amount,
           coalesce(rates.rate, position.probability) as probability
      from position
      left join served.observed_rates(served.one_of('calibrate', forecast.calibrate, array['no', 'yes']) = 'yes', forecast.as_of, forecast.known_at,
                                      forecast.playbook) rates
        on rates.place = position.place
),
due as (
    select weighed.*,
           case when weighed.status = 'won' then to_char(weighed.closed_in, 'YYYY-MM')
                when weighed.expected_close_on is null then 'undated'
                when weighed.expected_close_on < moment.day then 'overdue'
                else to_char(weighed.expected_close_on, 'YYYY-MM') end as month,
           case when weighed.probability >= served.policy_value('forecast_categories', 'commit', moment.day) then 'commit'
                when weighed.probability >= served.policy_value('forecast_categories', 'best', moment.day) then 'best'
                else 'pipeline' end as category
      from weighed
     cross join moment
)
select month, currency, n as deals, case when currency is null then n else 0 end as unpriced, amount,
       amount * probability as weighted, case category when 'commit' then amount end as commit,
       case category when 'best' then amount end as best, case category when 'pipeline' then amount end as pipeline,
       null::numeric as closed, n as listed, 0 as on_hold
  from due
 where status = 'open'
union all
select month, currency, 0, 0, null, null, null, null, null, amount, n, 0
  from due
 where status = 'won' and currency is not null
union all
select null, null, 0, 0, null, null, null, null, null, null, 0, n
  from due
 where status = 'on_hold'
),
summed as (
    select line.month, line.currency, sum(line.deals)::bigint as deals, sum(line.unpriced)::bigint as unpriced,
           sum(line.amount) as amount, sum(line.weighted) as weighted, sum(line.commit) as commit, sum(line.best) as best,
           sum(line.pipeline) as pipeline, sum(line.closed) as closed
      from line
     where line.month is not null
     group by line.month, line.currency
    having sum(line.listed) > 0
)
select summed.month, summed.currency, summed.deals, summed.unpriced, told.amount, told.weighted, told.commit, told.best,
       told.pipeline, told.closed
  from summed
 cross join lateral (
     select case when summed.currency is not null then coalesce(summed.amount, 0) end as amount,
            case when summed.currency is not null
                then coalesce(round(summed.weighted, served.minor_units(summed.currency)), 0) end as weighted,
            case when summed.currency is not null then coalesce(summed.commit, 0) end as commit,
            case when summed.currency is not null then coalesce(summed.best, 0) end as best,
            case when summed.currency is not null then coalesce(summed.pipeline, 0) end as pipeline,
            case when summed.currency is not null then coalesce(summed.closed, 0) end as closed
 ) told
 order by summed.month = 'undated', summed.month <> 'overdue', summed.month, summed.currency nulls last;
end;
comment on function reporting.forecast(timestamptz, bigint, text, text) is
    'Open deals at as_of, as known at the sequence known_at, by the month of expected_close_on: overdue before as_of''s day, undated without one. weighted is the sum of amount x probability of the last completed stage (of a claimed stage, its own); commit, best and pipeline are amounts by probability, by the policy forecast_categories. closed is the final value of deals won in the month. Deals on hold are counted in the totals alone; lost and abandoned ones never. Deals without amount are counted and in no sum. With calibrate = yes the probability of a stage is won / (won + lost) of all deals that ever completed it, as the report calibration has it, where there is one. Currencies are never added.';

create or replace function reporting.forecast_totals(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), playbook text default null,
    calibrate text default 'no'
)
returns table (
    on_hold bigint
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(forecast_totals.as_of) as as_of, reporting.known(forecast_totals.known_at) as known_at,
reporting.local_day(reporting.instant(forecast_totals.as_of)) as day, (select zone from served.zone zone) as zone
),
position as materialized (
select stage_position.status as status, stage_position.currency as currency, stage_position.probability as probability, stage_position.expected_close_on as expected_close_on, case when stage_position.status = 'won' then date_trunc('month', served.local_day(stage_position.status_since, moment.zone)) end as closed_in, case when forecast_totals.calibrate = 'yes' then array[stage_position.playbook, stage_position.version::text, stage_position.stage::text, stage_position.phase] end as place, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_last(forecast_totals.as_of, forecast_totals.known_at) stage_position
cross join moment
where stage_position.status in ('open', 'on_hold', 'won') and (forecast_totals.playbook is null or stage_position.playbook = forecast_totals.playbook)
group by stage_position.status, stage_position.currency, stage_position.probability, stage_position.expected_close_on, case when stage_position.status = 'won' then date_trunc('month', served.local_day(stage_position.status_since, moment.zone)) end, case when forecast_totals.calibrate = 'yes' then array[stage_position.playbook, stage_position.version::text, stage_position.stage::text, stage_position.phase] end
union all
select stage_position.status as status, stage_position.currency as currency, stage_position.probability as probability, stage_position.expected_close_on as expected_close_on, case when stage_position.status = 'won' then date_trunc('month', served.local_day(stage_position.status_since, moment.zone)) end as closed_in, case when forecast_totals.calibrate = 'yes' then array[stage_position.playbook, stage_position.version::text, stage_position.stage::text, stage_position.phase] end as place, count(*) as n, sum(stage_position.amount) as amount
from served.stage_position_others(forecast_totals.as_of, forecast_totals.known_at) stage_position
cross join moment
where stage_position.status in ('open', 'on_hold', 'won') and (forecast_totals.playbook is null or stage_position.playbook = forecast_totals.playbook)
group by stage_position.status, stage_position.currency, stage_position.probability, stage_position.expected_close_on, case when stage_position.status = 'won' then date_trunc('month', served.local_day(stage_position.status_since, moment.zone)) end, case when forecast_totals.calibrate = 'yes' then array[stage_position.playbook, stage_position.version::text, stage_position.stage::text, stage_position.phase] end
),
line as materialized (
with weighed as (
    select position.status, position.currency, position.expected_close_on, position.closed_in, position.n, position.amount,
           coalesce(rates.rate, position.probability) as probability
      from position
      left join served.observed_rates(served.one_of('calibrate', forecast_totals.calibrate, array['no', 'yes']) = 'yes', forecast_totals.as_of, forecast_totals.known_at,
                                      forecast_totals.playbook) rates
        on rates.place = position.place
),
due as (
    select weighed.*,
           case when weighed.status = 'won' then to_char(weighed.closed_in, 'YYYY-MM')
                when weighed.expected_close_on is null then 'undated'
                when weighed.expected_close_on < moment.day then 'overdue'
                else to_char(weighed.expected_close_on, 'YYYY-MM') end as month,
           case when weighed.probability >= served.policy_value('forecast_categories', 'commit', moment.day) then 'commit'
                when weighed.probability >= served.policy_value('forecast_categories', 'best', moment.day) then 'best'
                else 'pipeline' end as category
      from weighed
     cross join moment
)
select month, currency, n as deals, case when currency is null then n else 0 end as unpriced, amount,
       amount * probability as weighted, case category when 'commit' then amount end as commit,
       case category when 'best' then amount end as best, case category when 'pipeline' then amount end as pipeline,
       null::numeric as closed, n as listed, 0 as on_hold
  from due
 where status = 'open'
union all
select month, currency, 0, 0, null, null, null, null, null, amount, n, 0
  from due
 where status = 'won' and currency is not null
union all
select null, null, 0, 0, null, null, null, null, null, null, 0, n
  from due
 where status = 'on_hold'
)
select coalesce(sum(line.on_hold), 0)::bigint as on_hold
  from line;
end;
comment on function reporting.forecast_totals(timestamptz, bigint, text, text) is
    'Totals of forecast(…); one row.';

-- name: calibration
create or replace function reporting.calibration(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), playbook text default null
)
returns table (
    playbook text, stage integer, deals bigint, won bigint, lost bigint, observed numeric, probability numeric,
    key text, name_zh text, name_en text
)
language sql stable parallel safe
begin atomic
with stage_position as not materialized (select * from served.stage_position(calibration.as_of, calibration.known_at) stage_position),
stage_stay_past as not materialized (select * from served.stage_stay_past(calibration.as_of, calibration.known_at) stage_stay_past),
stage_position_past as not materialized (select * from served.stage_position_past(calibration.as_of, calibration.known_at) stage_position_past),
playbook_stage as not materialized (select * from served.playbook_stage(calibration.as_of, calibration.known_at) playbook_stage),
published as materialized (
    select distinct on (playbook_stage.playbook, playbook_stage.stage) playbook_stage.*
      from playbook_stage
     where calibration.playbook is null or playbook_stage.playbook = calibration.playbook
     order by playbook_stage.playbook, playbook_stage.stage, playbook_stage.version desc
),
been as not materialized (
    select stage_reached.deal, stage_reached.playbook, max(stage_reached.stage) as stage
      from served.stage_reached(calibration.as_of, calibration.known_at) stage_reached
     where calibration.playbook is null or stage_reached.playbook = calibration.playbook
     group by stage_reached.deal, stage_reached.playbook
),
furthest as not materialized (
    select stage_position.playbook, stage_position.deal, stage_position.status, been.stage
      from stage_position
      join been on been.deal = stage_position.deal and been.playbook = stage_position.playbook
),
summed as materialized (
    select furthest.playbook, furthest.stage, count(*) as deals,
           count(*) filter (where furthest.status = 'won') as won,
           count(*) filter (where furthest.status = 'lost') as lost
      from furthest
     group by furthest.playbook, furthest.stage
),
counted as (
    select published.playbook, published.stage, sum(summed.deals)::bigint as deals, sum(summed.won)::bigint as won,
           sum(summed.lost)::bigint as lost
      from published
      join summed on summed.playbook = published.playbook and summed.stage >= published.stage
     group by published.playbook, published.stage
)
select published.playbook, published.stage, coalesce(counted.deals, 0) as deals, coalesce(counted.won, 0) as won,
       coalesce(counted.lost, 0) as lost,
       round(counted.won::numeric / nullif(counted.won + counted.lost, 0), 4) as observed, published.probability,
       published.key, published.name_zh, published.name_en
  from published
  left join counted on counted.playbook = published.playbook and counted.stage = published.stage
 order by published.playbook collate "C", published.stage;
end;
comment on function reporting.calibration(timestamptz, bigint, text) is
    'Stages of the published playbooks, with the deals that had completed each at some time up to as_of, as known at the sequence known_at; where claims decide, that had entered it or one beyond. observed = won / (won + lost), as the deals stand at as_of, beside the probability by which the forecast weighs them. Open, held and abandoned deals count in deals alone. A deal counts for the playbook that it follows at as_of.';

-- name: next_steps
create or replace function reporting.next_steps(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, working_on integer, missing text[], since date, owner text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(next_steps.as_of) as as_of, reporting.known(next_steps.known_at) as known_at,
reporting.local_day(reporting.instant(next_steps.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(next_steps.as_of, next_steps.known_at) stage_position),
stage_item as not materialized (select * from served.stage_item(next_steps.as_of, next_steps.known_at) stage_item),
playbook_stage as not materialized (select * from served.playbook_stage(next_steps.as_of, next_steps.known_at) playbook_stage),
playbook_need as not materialized (select * from served.playbook_need(next_steps.as_of, next_steps.known_at) playbook_need)
select stage_position.deal, playbook_need.stage as working_on,
       served.lacking(playbook_need.milestones, playbook_need.others, array(
           select met.item
             from served.stage_item_of(stage_position.deal, moment.as_of, moment.known_at) met
            where met.stage = playbook_need.stage
       )) as missing,
       served.local_day(stage_position.working_since, moment.zone) as since, stage_position.owner
  from stage_position
 cross join moment
  join playbook_need
    on playbook_need.stage_key = served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1)
 where stage_position.status = 'open'
 order by stage_position.deal collate "C";
end;
comment on function reporting.next_steps(timestamptz, bigint) is
    'Open deals at as_of, as known at the sequence known_at, that evidence decides and that have stages left: the missing milestones of the stage worked on; where none is missing, its missing criteria and the commitment. Evidence that came early counts. Deals on hold are not listed.';

-- name: coverage
create or replace function reporting.coverage(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), deal text default null
)
returns table (
    deal text, item text, kind text, met boolean, met_on date, entry bigint, name_zh text, name_en text, place bigint
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(coverage.as_of) as as_of, reporting.known(coverage.known_at) as known_at,
reporting.local_day(reporting.instant(coverage.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(coverage.as_of, coverage.known_at) stage_position),
stage_item as not materialized (select * from served.stage_item(coverage.as_of, coverage.known_at) stage_item),
playbook_item as not materialized (select * from served.playbook_item(coverage.as_of, coverage.known_at) playbook_item),
asked as materialized (
    select playbook_item.stage_key, array_agg(playbook_item.item order by playbook_item.place) as items,
           array_agg(playbook_item.condition order by playbook_item.place) as kinds,
           array_agg(playbook_item.name_zh order by playbook_item.place) as names_zh,
           array_agg(playbook_item.name_en order by playbook_item.place) as names_en
      from playbook_item
     where playbook_item.kind = 'condition'
     group by playbook_item.stage_key
),
worked as (
    select stage_position.deal, stage_position.completed + 1 as stage,
           served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1) as stage_key
      from stage_position
     where stage_position.status in ('open', 'on_hold', 'won') and (coverage.deal is null or stage_position.deal = coverage.deal)
     order by stage_position.deal collate "C"
)
select worked.deal, one.item, one.kind, met.entry is not null as met, served.local_day(met.from_at, moment.zone) as met_on,
       met.entry, one.name_zh, one.name_en, one.place
  from worked
  join asked on asked.stage_key = worked.stage_key
 cross join moment
 cross join lateral (
     select array_agg(stage_item.item) as items, array_agg(stage_item.entry) as entries,
            array_agg(stage_item.from_at) as times
       from served.stage_item_of(worked.deal, moment.as_of, moment.known_at) stage_item
      where stage_item.stage = worked.stage and stage_item.kind = 'condition'
 ) standing
 cross join lateral unnest(asked.items, asked.kinds, asked.names_zh, asked.names_en)
       with ordinality as one (item, kind, name_zh, name_en, place)
 cross join lateral (
     select standing.entries[found.number] as entry, standing.times[found.number] as from_at
       from (select array_position(standing.items, one.item) as number) found
 ) met
 order by worked.deal collate "C", one.place;
end;
comment on function reporting.coverage(timestamptz, bigint, text) is
    'Conditions of the stage that each deal works on at as_of, as known at the sequence known_at, and the entry that met each. Totals: conditions met / conditions, by kind. A deal that is on hold keeps its stage, and one that was won may have stages behind that, such as collecting; those lost or abandoned are not listed.';

create or replace function reporting.coverage_totals(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), deal text default null
)
returns table (
    process numeric, relationship numeric, information numeric, compliance numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(coverage_totals.as_of) as as_of, reporting.known(coverage_totals.known_at) as known_at,
reporting.local_day(reporting.instant(coverage_totals.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(coverage_totals.as_of, coverage_totals.known_at) stage_position),
stage_item as not materialized (select * from served.stage_item(coverage_totals.as_of, coverage_totals.known_at) stage_item),
playbook_item as not materialized (select * from served.playbook_item(coverage_totals.as_of, coverage_totals.known_at) playbook_item),
report as (
with asked as materialized (
    select playbook_item.stage_key, array_agg(playbook_item.item order by playbook_item.place) as items,
           array_agg(playbook_item.condition order by playbook_item.place) as kinds,
           array_agg(playbook_item.name_zh order by playbook_item.place) as names_zh,
           array_agg(playbook_item.name_en order by playbook_item.place) as names_en
      from playbook_item
     where playbook_item.kind = 'condition'
     group by playbook_item.stage_key
),
worked as (
    select stage_position.deal, stage_position.completed + 1 as stage,
           served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1) as stage_key
      from stage_position
     where stage_position.status in ('open', 'on_hold', 'won') and (coverage_totals.deal is null or stage_position.deal = coverage_totals.deal)
     order by stage_position.deal collate "C"
)
select worked.deal, one.item, one.kind, met.entry is not null as met, served.local_day(met.from_at, moment.zone) as met_on,
       met.entry, one.name_zh, one.name_en, one.place
  from worked
  join asked on asked.stage_key = worked.stage_key
 cross join moment
 cross join lateral (
     select array_agg(stage_item.item) as items, array_agg(stage_item.entry) as entries,
            array_agg(stage_item.from_at) as times
       from served.stage_item_of(worked.deal, moment.as_of, moment.known_at) stage_item
      where stage_item.stage = worked.stage and stage_item.kind = 'condition'
 ) standing
 cross join lateral unnest(asked.items, asked.kinds, asked.names_zh, asked.names_en)
       with ordinality as one (item, kind, name_zh, name_en, place)
 cross join lateral (
     select standing.entries[found.number] as entry, standing.times[found.number] as from_at
       from (select array_position(standing.items, one.item) as number) found
 ) met
 order by worked.deal collate "C", one.place
),
worked as materialized (
    select stage_position.deal, stage_position.completed + 1 as stage,
           served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1) as stage_key
      from stage_position
     where stage_position.status in ('open', 'on_hold', 'won') and (coverage_totals.deal is null or stage_position.deal = coverage_totals.deal)
),
met as (
    select worked.stage_key, stage_item.item
      from worked
      join stage_item on stage_item.deal = worked.deal and stage_item.stage = worked.stage
     where stage_item.kind = 'condition'
),
counted as (
    select playbook_item.condition as kind, worked.deals, coalesce(met.deals, 0) as met
      from playbook_item
      join (select worked.stage_key, count(*) as deals from worked group by worked.stage_key) worked
        on worked.stage_key = playbook_item.stage_key
      left join (select met.stage_key, met.item, count(*) as deals from met group by met.stage_key, met.item) met
        on met.stage_key = playbook_item.stage_key and met.item = playbook_item.item
     where playbook_item.kind = 'condition'
)
select round(sum(met) filter (where kind = 'process') / sum(deals) filter (where kind = 'process'), 4) as process,
       round(sum(met) filter (where kind = 'relationship') / sum(deals) filter (where kind = 'relationship'), 4)
           as relationship,
       round(sum(met) filter (where kind = 'information') / sum(deals) filter (where kind = 'information'), 4)
           as information,
       round(sum(met) filter (where kind = 'compliance') / sum(deals) filter (where kind = 'compliance'), 4) as compliance
  from counted;
end;
comment on function reporting.coverage_totals(timestamptz, bigint, text) is
    'Totals of coverage(…); one row.';

-- name: rotting
create or replace function reporting.rotting(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), playbook text default null
)
returns table (
    deal text, working_on integer, since date, days integer, expected integer, rotting boolean, idle_days integer,
    owner text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(rotting.as_of) as as_of, reporting.known(rotting.known_at) as known_at,
reporting.local_day(reporting.instant(rotting.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(rotting.as_of, rotting.known_at) stage_position),
stage_position_past as not materialized (select * from served.stage_position_past(rotting.as_of, rotting.known_at) stage_position_past),
activity as not materialized (select * from served.activity(rotting.as_of, rotting.known_at) activity),
playbook_stage as not materialized (select * from served.playbook_stage(rotting.as_of, rotting.known_at) playbook_stage),
worked as (
    select stage_position.deal, stage_position.owner, playbook_stage.stage, playbook_stage.expected_days,
           stage_position.working_since, served.local_day(stage_position.working_since, moment.zone) as since
      from stage_position
     cross join moment
      join playbook_stage
        on playbook_stage.stage_key = served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1)
     where stage_position.status = 'open' and (rotting.playbook is null or stage_position.playbook = rotting.playbook)
)
select worked.deal, worked.stage as working_on, worked.since, counted.days, worked.expected_days as expected,
       coalesce(counted.days > worked.expected_days, false) as rotting,
       moment.day - served.local_day(active.at, moment.zone) as idle_days, worked.owner
  from worked
 cross join moment
 cross join lateral (
     select coalesce(sum(served.local_day(least(past.to_at, moment.as_of), moment.zone)
                         - served.local_day(greatest(past.from_at, worked.working_since), moment.zone)), 0) as days
       from served.stage_position_past_of(worked.deal, moment.as_of, moment.known_at) past
      where past.status = 'on_hold' and past.to_at > worked.working_since
 ) held
 cross join lateral (select (moment.day - worked.since - held.days)::integer as days) counted
 cross join lateral (
     select max(activity.at) as at from served.activity_of(worked.deal, moment.as_of, moment.known_at) activity
 ) active
 order by worked.deal collate "C";
end;
comment on function reporting.rotting(timestamptz, bigint, text) is
    'Open deals at as_of, as known at the sequence known_at, that have stages left. days are those of the calendar in the ledger''s zone since the stage is worked on (last completion, fall or opening), entered or not, less days on hold since then; rotting: more than the deal''s version of the playbook expects of the stage. Deals on hold are not listed.';

-- name: purchase_track
create or replace function reporting.purchase_track(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), playbook text default null
)
returns table (
    deal text, ours bigint, customer integer, gap bigint, verdict text, reason text, observed_on date,
    observed_days_ago integer, entry bigint, reason_zh text, owner text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(purchase_track.as_of) as as_of, reporting.known(purchase_track.known_at) as known_at,
reporting.local_day(reporting.instant(purchase_track.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(purchase_track.as_of, purchase_track.known_at) stage_position),
purchase_stage as not materialized (select * from served.purchase_stage(purchase_track.as_of, purchase_track.known_at) purchase_stage),
playbook_stage as not materialized (select * from served.playbook_stage(purchase_track.as_of, purchase_track.known_at) playbook_stage),
beside as materialized (
    select playbook_stage.playbook, playbook_stage.version, playbook_stage.stage, playbook_stage.stage_key,
           playbook_stage.customer_stage
      from playbook_stage
),
track as materialized (
    select playbook.playbook, playbook.version, coalesce((said.track ->> 'behind')::integer, 1) as behind,
           coalesce((said.track ->> 'catch_up')::integer, 2) as catch_up,
           coalesce((said.track ->> 'review')::integer, 3) as review,
           case when said.track is null then 5 else (said.track ->> 'tender')::integer end as tender,
           case when said.track is null then 4 else (said.track ->> 'tender_needs')::integer end as tender_needs,
           coalesce((said.track ->> 'unknown_after_days')::integer, 45) as unknown_after_days
      from reporting.playbook
     cross join lateral (
         select case when jsonb_typeof(playbook.content -> 'track') = 'object' then playbook.content -> 'track' end as track
     ) said
     where said.track is not null or (playbook.playbook, playbook.version) in (
         select beside.playbook, beside.version from beside where beside.customer_stage is not null
     )
),
ours as materialized (
    select seen.stage_key, coalesce(seen.numbers[cardinality(seen.numbers)], 0) as number
      from (select beside.stage_key, array_agg(beside.customer_stage) filter (where beside.customer_stage is not null)
                   over (partition by beside.playbook, beside.version order by beside.stage) as numbers
              from beside) seen
),
followed as (
    select stage_position.deal, stage_position.owner, stage_position.playbook, stage_position.version,
           served.stage_key(stage_position.playbook, stage_position.version, stage_position.stage) as stage_key
      from stage_position
     where stage_position.status in ('open', 'on_hold')
       and (purchase_track.playbook is null or stage_position.playbook = purchase_track.playbook)
       and ((stage_position.playbook, stage_position.version) in (select track.playbook, track.version from track)) is true
     order by stage_position.deal collate "C"
),
compared as (
    select followed.deal, followed.owner, track.*, coalesce(ours.number, 0) as ours, observed.number as customer,
           observed.number - coalesce(ours.number, 0) as gap, seen.day as observed_on, moment.day - seen.day as ago,
           observed.entry
      from followed
     cross join moment
      left join track on track.playbook = followed.playbook and track.version = followed.version
      left join ours on ours.stage_key = followed.stage_key
      left join lateral (
          select one.number, one.from_at, one.entry
            from served.purchase_stage_of(followed.deal, moment.as_of, moment.known_at) one
           limit 1
      ) observed on true
     cross join lateral (select served.local_day(observed.from_at, moment.zone) as day) seen
),
judged as (
    select compared.*,
           case when compared.customer is null then 'never'
                when compared.ago > compared.unknown_after_days then 'old'
                when compared.gap >= compared.review then 'review'
                when compared.customer >= compared.tender and compared.ours < compared.tender_needs then 'tender'
                when compared.gap >= compared.catch_up then 'catch_up'
                when compared.gap >= compared.behind then 'behind'
                when compared.gap < 0 then 'ahead'
                else 'in_sync' end as rule
      from compared
)
select judged.deal, judged.ours, judged.customer, judged.gap,
       case judged.rule when 'never' then 'unknown' when 'old' then 'unknown' when 'tender' then 'review'
                        else judged.rule end as verdict,
       case judged.rule
           when 'never' then 'The customer''s purchasing stage was never observed.'
           when 'old' then format(
               'The customer was seen at purchasing stage %s %s days ago; after more than %s days that says nothing.',
               judged.customer, judged.ago, judged.unknown_after_days)
           when 'tender' then format(
               'The customer is at purchasing stage %s, from %s on it calls for tenders; we are at %s and should be at %s: '
               'review whether to give up.', judged.customer, judged.tender, judged.ours, judged.tender_needs)
           else format('The customer is at purchasing stage %s, we are at %s: ', judged.customer, judged.ours)
               || case judged.rule
                      when 'review' then format('%s behind; from %s on, review whether to give up.', judged.gap, judged.review)
                      when 'catch_up' then format('%s behind; from %s on, catch up.', judged.gap, judged.catch_up)
                      when 'behind' then format('%s behind.', judged.gap)
                      when 'ahead' then format('%s ahead.', -judged.gap)
                      else case judged.gap when 0 then 'in step.'
                               else format('%s behind; below %s that is in step.', judged.gap, judged.behind) end
                  end
       end as reason,
       judged.observed_on, judged.ago as observed_days_ago, judged.entry,
       case judged.rule
           when 'never' then '从未观察到客户的采购阶段。'
           when 'old' then format(
               '%s天前观察到客户处于采购第%s阶段；超过%s天的观察不再有效。', judged.ago, judged.customer,
               judged.unknown_after_days)
           when 'tender' then format(
               '客户处于采购第%s阶段（从第%s阶段起招标），我方处于第%s阶段，至少应到第%s阶段：评估是否放弃。',
               judged.customer, judged.tender, judged.ours, judged.tender_needs)
           else format('客户处于采购第%s阶段，我方处于第%s阶段：', judged.customer, judged.ours)
               || case judged.rule
                      when 'review' then format('落后%s个阶段；落后%s个起评估是否放弃。', judged.gap, judged.review)
                      when 'catch_up' then format('落后%s个阶段；落后%s个起需追赶。', judged.gap, judged.catch_up)
                      when 'behind' then format('落后%s个阶段。', judged.gap)
                      when 'ahead' then format('超前%s个阶段。', -judged.gap)
                      else case judged.gap when 0 then '同步。'
                               else format('落后%s个阶段；不足%s个视为同步。', judged.gap, judged.behind) end
                  end
       end as reason_zh,
       judged.owner
  from judged
 order by judged.deal collate "C";
end;
comment on function reporting.purchase_track(timestamptz, bigint, text) is
    'Deals open or on hold at as_of, as known at the sequence known_at, whose version of the playbook sets stages beside the customer''s (thresholds are those of its track, or else of eight purchasing stages). gap is the customer''s purchasing stage last observed less the one beside the last stage that we have entered. The first rule that holds decides: never observed, or longer ago than unknown_after_days: unknown; gap from review on, or the customer from tender on and we below tender_needs: review; from catch_up on: catch_up; from behind on: behind; below 0: ahead; else in_sync. A person gives a deal up, never this report.';

-- name: commitments
create or replace function reporting.commitments(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    entry bigint, deal text, stage integer, contact text, due_on date, state text, received_on date, owner text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(commitments.as_of) as as_of, reporting.known(commitments.known_at) as known_at,
reporting.local_day(reporting.instant(commitments.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(commitments.as_of, commitments.known_at) stage_position),
commitment as not materialized (select * from served.commitment(commitments.as_of, commitments.known_at) commitment),
followed as (
    select stage_position.deal, stage_position.owner from stage_position order by stage_position.deal collate "C"
)
select commitment.commitment as entry, followed.deal, commitment.stage, commitment.contact, commitment.due_on,
       case when commitment.state = 'open' and moment.day > commitment.due_on then 'overdue'
            else commitment.state end as state,
       served.local_day(commitment.received_at, moment.zone) as received_on, followed.owner
  from followed
 cross join moment
 cross join lateral (
     select one.*
       from served.commitment_of(followed.deal, moment.as_of, moment.known_at) one
      order by one.commitment
 ) commitment
 order by followed.deal collate "C", commitment.commitment;
end;
comment on function reporting.commitments(timestamptz, bigint) is
    'Commitments that customers had given by as_of, as known at the sequence known_at, of deals of any status. overdue: open, and as_of''s day is later than due_on. kept_rate is kept / (kept + broken). Filters go by the deal''s values at as_of.';

create or replace function reporting.commitments_totals(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    kept_rate numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(commitments_totals.as_of) as as_of, reporting.known(commitments_totals.known_at) as known_at,
reporting.local_day(reporting.instant(commitments_totals.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(commitments_totals.as_of, commitments_totals.known_at) stage_position),
commitment as not materialized (select * from served.commitment(commitments_totals.as_of, commitments_totals.known_at) commitment),
report as (
with followed as (
    select stage_position.deal, stage_position.owner from stage_position order by stage_position.deal collate "C"
)
select commitment.commitment as entry, followed.deal, commitment.stage, commitment.contact, commitment.due_on,
       case when commitment.state = 'open' and moment.day > commitment.due_on then 'overdue'
            else commitment.state end as state,
       served.local_day(commitment.received_at, moment.zone) as received_on, followed.owner
  from followed
 cross join moment
 cross join lateral (
     select one.*
       from served.commitment_of(followed.deal, moment.as_of, moment.known_at) one
      order by one.commitment
 ) commitment
 order by followed.deal collate "C", commitment.commitment
)
select round(avg((commitment.state = 'kept')::integer), 4) as kept_rate
  from stage_position
  join commitment on commitment.deal = stage_position.deal
 where commitment.state in ('kept', 'broken');
end;
comment on function reporting.commitments_totals(timestamptz, bigint) is
    'Totals of commitments(…); one row.';

-- name: follow_up
create or replace function reporting.follow_up(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), horizon_days integer default null,
    owner text default null
)
returns table (
    due_on date, kind text, subject text, owner text, what text, days_late integer, why text, entry bigint, why_zh text,
    account text, deal text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(follow_up.as_of) as as_of, reporting.known(follow_up.known_at) as known_at,
reporting.local_day(reporting.instant(follow_up.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(follow_up.as_of, follow_up.known_at) stage_position),
plan as not materialized (select * from served.plan(follow_up.as_of, follow_up.known_at) plan),
commitment as not materialized (select * from served.commitment(follow_up.as_of, follow_up.known_at) commitment),
appointment as not materialized (select * from served.appointment(follow_up.as_of, follow_up.known_at) appointment),
activity as not materialized (select * from served.activity(follow_up.as_of, follow_up.known_at) activity),
account_todo as not materialized (select * from served.account_todo(follow_up.as_of, follow_up.known_at) account_todo),
contact as not materialized (select * from served.contact(follow_up.as_of, follow_up.known_at) contact),
grade as not materialized (select * from served.grade(follow_up.as_of, follow_up.known_at) grade),
touch as not materialized (select * from served.touch(follow_up.as_of, follow_up.known_at) touch),
account_plan as not materialized (select * from served.account_plan(follow_up.as_of, follow_up.known_at) account_plan),
account_alias as not materialized (select * from served.account_alias(follow_up.as_of, follow_up.known_at) account_alias),
promise as not materialized (select * from served.promise(follow_up.as_of, follow_up.known_at) promise),
reminder as not materialized (select * from served.reminder(follow_up.as_of, follow_up.known_at) reminder),
receivables_item as not materialized (select * from served.receivables_item(follow_up.as_of, follow_up.known_at) receivables_item),
invoice as not materialized (select * from served.invoice(follow_up.as_of, follow_up.known_at) invoice),
contract_term as not materialized (select * from served.contract_term(follow_up.as_of, follow_up.known_at) contract_term),
merged as materialized (
    select one.member, one.account from served.account_merged(follow_up.as_of, follow_up.known_at) one
),
asked as materialized (
    select horizon.day, horizon.until_on, reporting.day_end(horizon.until_on) as ends
      from (select moment.day,
                   moment.day + least(greatest(coalesce(follow_up.horizon_days, served.policy_value('follow_up', 'horizon', moment.day)),
                                               0), 36500)::integer as until_on
              from moment) horizon
),
policy as materialized (
    select policy.name, policy.key, policy.value::integer as days
      from reporting.policy
     cross join asked
     where policy.name in ('reminder_ladder', 'visit_rhythm') and policy.from_on <= asked.day
       and asked.day < coalesce(policy.until_on, 'infinity')
),
planned as not materialized (
    select plan.deal, null::text as account, plan.plan, plan.kind, plan.due_on, plan.owner, plan.contact, plan.entry
      from plan
     where plan.state = 'open'
    union all
    select null, account_todo.account, account_todo.todo, account_todo.kind, account_todo.due_on, account_todo.owner,
           account_todo.contact, account_todo.entry
      from account_todo
     where account_todo.state = 'open'
),
chased as materialized (
    select receivables_item.account, receivables_item.invoice, receivables_item.series, receivables_item.deal,
           receivables_item.currency, receivables_item.open_amount, receivables_item.due_on, sent.level as last,
           (select coalesce(max(policy.key::integer) filter (where receivables_item.due_on + policy.days <= asked.day),
                            min(policy.key::integer))
              from policy
             where policy.name = 'reminder_ladder' and policy.key::integer > coalesce(sent.level, 0)
               and receivables_item.due_on + policy.days <= asked.until_on) as level
      from receivables_item
     cross join asked
      left join (select reminder.account, reminder.invoice, reminder.series, max(reminder.level) as level
                   from reminder
                  group by reminder.account, reminder.invoice, reminder.series) sent
        on sent.account = receivables_item.account and sent.invoice = receivables_item.invoice
       and sent.series = receivables_item.series
     where receivables_item.due_on + (select min(policy.days) from policy where policy.name = 'reminder_ladder')
           <= asked.until_on
),
greeted as materialized (
    select born.account, born.contact, born.entry, born.next_on
      from (select contact.account, contact.contact, contact.entry, asked.until_on,
                   (contact.birthday + make_interval(years => years.lived
                       + ((contact.birthday + make_interval(years => years.lived))::date < asked.day)::integer))::date
                   as next_on
              from contact
             cross join asked
             cross join lateral (select (extract(year from asked.day) - extract(year from contact.birthday))::integer
                                        as lived) years
             where contact.birthday is not null) born
     where born.next_on <= born.until_on
       and not exists (select from touch
                        where touch.account = born.account and touch.kind = 'birthday'
                          and born.contact = any (touch.contacts)
                          and served.local_day(touch.at, (select moment.zone from moment)) > born.next_on - 183)
),
graded as materialized (
    select distinct on (one.account) one.account, one.grade, one.entry, one.from_at
      from (select coalesce(merged.account, grade.account) as account, grade.account as member, grade.grade, grade.entry,
                   grade.from_at
              from grade
              left join merged on merged.member = grade.account) one
     order by one.account, one.from_at desc, one.member = one.account desc, one.entry desc
),
graded_deal as materialized (
    select coalesce(merged.account, stage_position.account) as account, stage_position.deal
      from stage_position
      left join merged on merged.member = stage_position.account
     where coalesce(merged.account, stage_position.account) in (select graded.account from graded)
),
touched as materialized (
    select one.account, max(one.at) as at
      from (select coalesce(merged.account, touch.account) as account, touch.at
              from touch
              left join merged on merged.member = touch.account
             where coalesce(merged.account, touch.account) in (select graded.account from graded)
            union all
            select graded_deal.account, latest.at
              from graded_deal
              join (select activity.deal, max(activity.at) as at
                      from activity
                     where (activity.deal in (select graded_deal.deal from graded_deal)) is true
                     group by activity.deal) latest on latest.deal = graded_deal.deal) one
     group by one.account
),
visited as materialized (
    select graded.account, graded.grade, graded.entry, policy.days, served.local_day(touched.at, moment.zone) as touched_on,
           served.local_day(coalesce(touched.at, graded.from_at), moment.zone) + policy.days as due_on
      from graded
     cross join moment
      join policy on policy.name = 'visit_rhythm' and policy.key = graded.grade
      left join touched on touched.account = graded.account
),
listed as materialized (
    select 'plan' as kind, planned.deal, planned.account, planned.plan as what, planned.due_on, planned.owner, planned.entry,
           planned.contact, words.kind as word, words.zh as word_zh, null::timestamptz as at, null::date as day,
           null::numeric as amount, null::text as currency, null::numeric as released, null::text as term,
           null::integer as days, null::integer as level, null::integer as last
      from planned
      join (values ('call', '电话'), ('visit', '拜访'), ('demo', '演示'), ('message', '消息'), ('proposal', '方案'),
                   ('return_visit', '回访'), ('collection', '催收'), ('care', '关怀'), ('other', '其他')) as words (kind, zh)
        on words.kind = planned.kind
     where planned.due_on <= (select asked.until_on from asked)
    union all
    select 'commitment', commitment.deal, null, commitment.stage::text, commitment.due_on, null, commitment.commitment,
           null, null, null, commitment.received_at, null, null, null, null, null, null, null, null
      from commitment
     where commitment.state = 'open' and commitment.due_on <= (select asked.until_on from asked)
    union all
    select 'promise', invoice.deal, promise.account, promise.invoice, promise.promised_on, null, promise.entry,
           null, null, null, promise.promised_at, null, promise.amount, promise.currency, null, null, null, null, null
      from promise
      left join invoice on invoice.account = promise.account and invoice.invoice = promise.invoice
                       and invoice.series = promise.series
     where promise.state = 'open' and promise.promised_on <= (select asked.until_on from asked)
    union all
    select 'appointment', appointment.deal, null, appointment.topic, served.local_day(appointment.scheduled_at, moment.zone),
           null, appointment.entry, appointment.contact, null, null, null, null, null, null, null, null, null, null, null
      from appointment
     cross join moment
     where appointment.scheduled_at <= (select asked.ends from asked)
    union all
    select 'reminder', chased.deal, chased.account, chased.invoice, chased.due_on + policy.days, null, invoice.entry,
           null, null, null, null, chased.due_on, chased.open_amount, chased.currency, null, null, policy.days, chased.level,
           chased.last
      from chased
      join policy on policy.name = 'reminder_ladder' and policy.key = chased.level::text
      join invoice on invoice.account = chased.account and invoice.invoice = chased.invoice
                  and invoice.series = chased.series
    union all
    select 'retention', contract_term.deal, contract_term.account, contract_term.contract, contract_term.due_on, null,
           contract_term.entry, null, null, null, null, null, contract_term.planned, contract_term.currency,
           contract_term.released, contract_term.term, null, null, null
      from contract_term
     where contract_term.retention and contract_term.due_on <= (select asked.until_on from asked)
       and contract_term.released < contract_term.planned
    union all
    select 'birthday', null, greeted.account, greeted.contact, greeted.next_on, null, greeted.entry,
           null, null, null, null, null, null, null, null, null, null, null, null
      from greeted
    union all
    select 'return_visit', null, visited.account, visited.grade, visited.due_on, null, visited.entry,
           null, null, null, null, visited.touched_on, null, null, null, null, visited.days, null, null
      from visited
     where visited.due_on <= (select asked.until_on from asked)
),
due as not materialized (
    select listed.*, coalesce(merged.account, own.account) as counted, followed.owner as deal_owner
      from (select one.*, coalesce('account/' || one.account, 'deal/' || one.deal) as subject
              from listed one
             order by one.due_on, one.kind collate "C", coalesce('account/' || one.account, 'deal/' || one.deal) collate "C") listed
     cross join moment
      left join lateral (
          select one.owner, one.account, one.status
            from served.stage_position_of(listed.deal, moment.as_of, moment.known_at) one
           limit 1
      ) followed on true
     cross join lateral (
          select coalesce(sum(one.amount), 0) as amount
            from served.invoice_of(listed.account, moment.as_of, moment.known_at) one
           where listed.kind = 'retention' and one.contract = listed.what and one.term = listed.term
      ) invoiced
     cross join lateral (select coalesce(listed.account, followed.account) as account) own
      left join merged on merged.member = own.account
     where case when listed.kind in ('plan', 'commitment', 'appointment')
                then coalesce(followed.status, 'open') not in ('lost', 'abandoned')
                when listed.kind = 'retention' then invoiced.amount < listed.amount
                else true end
),
account_deal as materialized (
    select coalesce(merged.account, stage_position.account) as account, stage_position.deal, stage_position.owner,
           stage_position.opened_at
      from stage_position
      left join merged on merged.member = stage_position.account
     where coalesce(merged.account, stage_position.account) in (
         select coalesce(merged.account, listed.account)
           from listed
           left join merged on merged.member = listed.account
          where listed.deal is null
     )
),
answering as materialized (
    select distinct on (one.account) one.account, one.owner
      from (select coalesce(merged.account, account_plan.account) as account, account_plan.owner, 1 as place,
                   account_plan.from_at as at, account_plan.entry::text as name
              from account_plan
              left join merged on merged.member = account_plan.account
            union all
            select account_deal.account, account_deal.owner, 2, account_deal.opened_at, account_deal.deal
              from account_deal) one
     where one.owner is not null
     order by one.account, one.place, one.at desc, one.name collate "C"
)
select due.due_on, due.kind, due.subject, told.owner, due.what, asked.day - due.due_on as days_late,
       case due.kind
           when 'plan' then format('Planned: %s%s.', replace(due.word, '_', ' '), ' with ' || due.contact)
           when 'commitment' then format(
               'The customer''s commitment at stage %s, given on %s, is neither kept nor broken.', due.what,
               served.local_day(due.at, moment.zone))
           when 'promise' then format(
               '%s %s of the invoice %s was promised on %s and is not paid.', served.written(due.amount, due.currency),
               due.currency, due.what, served.local_day(due.at, moment.zone))
           when 'appointment' then format('A meeting%s was agreed, and no visit has used it.', ' with ' || due.contact)
           when 'reminder' then format(
               '%s %s of the invoice %s, due on %s, is open; level %s is at %s days past due%s.',
               served.written(due.amount, due.currency), due.currency, due.what, due.day, due.level, due.days,
               coalesce(', level ' || due.last || ' was sent', ', none was sent'))
           when 'retention' then format(
               '%s %s of the contract %s is retained; %s is released.', served.written(due.amount, due.currency),
               due.currency, due.what, served.written(due.released, due.currency))
           when 'birthday' then format('Birthday of %s.', due.what)
           else format('Grade %s: every %s days; %s.', due.what, due.days,
                       coalesce('last touch ' || (asked.day - due.day) || ' days ago, on ' || due.day,
                                'no touch since the grading'))
       end as why,
       due.entry,
       case due.kind
           when 'plan' then format('计划：%s%s。', coalesce(' ' || due.contact || ' ', ''), due.word_zh)
           when 'commitment' then format(
               '客户于%s就第%s阶段作出的承诺尚未兑现。', served.local_day(due.at, moment.zone), due.what)
           when 'promise' then format(
               '客户于%s承诺支付发票%s的%s %s，尚未付清。', served.local_day(due.at, moment.zone), due.what,
               served.written(due.amount, due.currency), due.currency)
           when 'appointment' then format('已约定%s见面，尚未拜访。', coalesce('与 ' || due.contact || ' ', ''))
           when 'reminder' then format(
               '发票%s（%s到期）尚有%s %s未收；逾期%s天为第%s级催款%s。', due.what, due.day,
               served.written(due.amount, due.currency), due.currency, due.days, due.level,
               coalesce('，已发至第' || due.last || '级', '，尚未催款'))
           when 'retention' then format(
               '合同%s的质保金%s %s到期，已释放%s。', due.what, served.written(due.amount, due.currency), due.currency,
               served.written(due.released, due.currency))
           when 'birthday' then format('联系人%s的生日。', due.what)
           else format('%s级客户每%s天回访一次；%s。', due.what, due.days,
                       coalesce('上次接触在' || (asked.day - due.day) || '天前（' || due.day || '）', '定级后尚无接触'))
       end as why_zh,
       due.counted as account, due.deal
  from due
 cross join moment
 cross join asked
  left join answering on due.deal is null and answering.account = due.counted
 cross join lateral (select coalesce(due.owner, due.deal_owner, answering.owner) as owner) told
 where follow_up.owner is null or told.owner = follow_up.owner
 order by due.due_on, due.kind collate "C", due.subject collate "C", coalesce(due.what, '') collate "C", due.entry;
end;
comment on function reporting.follow_up(timestamptz, bigint, integer, text) is
    'What was due until as_of''s day + horizon_days and not done, at as_of, as known at the sequence known_at. plan: open plans of deals and accounts. commitment: open commitments of customers that name a day. promise: promises to pay that the cash applied since does not come to. appointment: those of deals that no visit has used. reminder: the next one of each open invoice by the policy reminder_ladder: the highest level whose day has come, if it is above the highest that was sent, else the next level above that. retention: retained amounts whose day comes, until the customer releases or we invoice the whole. birthday: the next one of each contact, unless we congratulated within the half year before. return_visit: by the policy visit_rhythm, so many days after the last touch of a graded account or activity of its deals, whatever is later; where there was none, after its grading. Plans, commitments and appointments of a deal that is lost or abandoned are no longer due; its money is. An account''s owner is named by its newest plan; without one it is that of its deal opened last. Merged accounts count as in the report accounts.';

-- name: participation
create or replace function reporting.participation(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    stage integer, department text, took_part bigint, deals bigint, rate numeric, name_en text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(participation.as_of) as as_of, reporting.known(participation.known_at) as known_at,
reporting.local_day(reporting.instant(participation.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(participation.as_of, participation.known_at) stage_position),
stage_department as not materialized (select * from served.stage_department(participation.as_of, participation.known_at) stage_department),
stage_position_past as not materialized (select * from served.stage_position_past(participation.as_of, participation.known_at) stage_position_past),
playbook_stage as not materialized (select * from served.playbook_stage(participation.as_of, participation.known_at) playbook_stage),
named as materialized (
    select playbook.version, stage.number::integer as stage, one.place, one.content ->> 'zh' as department,
           one.content ->> 'en' as name_en
      from moment
      join reporting.playbook on playbook.published <= moment.known_at
     cross join lateral jsonb_array_elements(playbook.content -> 'stages') with ordinality as stage (content, number)
     cross join lateral jsonb_array_elements(stage.content -> 'departments') with ordinality as one (content, place)
     where playbook.playbook = participation.playbook
),
told as not materialized (
    select stage_department.stage, stage_department.deal, stage_department.named, stage_department.took_part
      from stage_position
      join stage_department on stage_department.deal = stage_position.deal
     where stage_department.playbook = participation.playbook
),
latest as (
    select distinct on (named.stage, named.department) named.stage, named.department, named.place, named.name_en
      from named
     order by named.stage, named.department, named.version desc
),
alike as materialized (
    select told.stage, told.named, told.took_part, count(*) as deals
      from told
     group by told.stage, told.named, told.took_part
),
counted as (
    select alike.stage, one.department, sum(alike.deals * one.took_part)::bigint as took_part,
           sum(alike.deals * one.named)::bigint as deals
      from alike
     cross join lateral (
            select unnest(alike.named) as department, 1 as named, 0 as took_part
            union all
            select unnest(alike.took_part), 0, 1
           ) one
     group by alike.stage, one.department
)
select answer.stage, answer.department, answer.took_part, answer.deals, answer.rate, answer.name_en
  from (
    select latest.stage, latest.department, coalesce(counted.took_part, 0) as took_part,
           coalesce(counted.deals, 0) as deals, round(counted.took_part::numeric / counted.deals, 4) as rate,
           latest.name_en, latest.place
      from latest
      left join counted on counted.stage = latest.stage and counted.department = latest.department
    union all
    select null, null, null, null, null, null, null
     where case when exists (select from playbook_stage where playbook_stage.playbook = participation.playbook)
                  or exists (select from stage_position
                               join stage_position_past past on past.deal = stage_position.deal
                              where past.playbook = participation.playbook) then false
                else reporting.refuse_playbook(participation.playbook, reporting.known(participation.known_at)) end
  ) answer
 order by answer.stage, answer.place, answer.department collate "C";
end;
comment on function reporting.participation(text, timestamptz, bigint) is
    'Departments that published versions of a playbook name, by stage; at as_of, as known at the sequence known_at. deals: those that had worked on the stage (the one behind the last completed) by a version that names the department there, while they were neither lost nor abandoned; a won deal goes on with the stages behind the sale. took_part: those that have an entry of the department meanwhile: an activity, care, feedback, or what met an item of the playbook; what completes a stage at the same instant belongs to that stage. Filters go by the deal''s values at as_of.';

-- name: conversion
create or replace function reporting.conversion(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence(),
    from_day date default null, to_day date default null, age_days integer default null, mode text default 'filled',
    min_deals bigint default 5
)
returns table (
    cohort text, stage integer, deals bigint, reached bigint, from_previous numeric, overall numeric, open bigint,
    won bigint, lost bigint, abandoned bigint, key text, name_zh text, name_en text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(conversion.as_of) as as_of, reporting.known(conversion.known_at) as known_at,
reporting.local_day(reporting.instant(conversion.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(conversion.as_of, conversion.known_at) stage_position),
stage_stay_past as not materialized (select * from served.stage_stay_past(conversion.as_of, conversion.known_at) stage_stay_past),
stage_position_past as not materialized (select * from served.stage_position_past(conversion.as_of, conversion.known_at) stage_position_past),
playbook_stage as not materialized (select * from served.playbook_stage(conversion.as_of, conversion.known_at) playbook_stage),
published as materialized (
    select distinct on (playbook_stage.stage) playbook_stage.stage, playbook_stage.key, playbook_stage.name_zh,
           playbook_stage.name_en
      from playbook_stage
     where playbook_stage.playbook = conversion.playbook
     order by playbook_stage.stage, playbook_stage.version desc
),
opened as materialized (
    select stage_position.deal, stage_position.opened_at, stage_position.status,
           case when conversion.age_days is null then 'infinity'
                else reporting.day_end(reporting.local_day(stage_position.opened_at) + conversion.age_days) end as until
      from stage_position
     where stage_position.playbook = conversion.playbook
       and (conversion.from_day is null or stage_position.opened_at > (select reporting.day_end(conversion.from_day - 1)))
       and (conversion.to_day is null or stage_position.opened_at <= (select reporting.day_end(conversion.to_day)))
       and (conversion.age_days is null
            or stage_position.opened_at <= (select reporting.day_end(moment.day - conversion.age_days) from moment))
),
months as materialized (
    select array_agg(reporting.day_end(month.at::date - 1) + interval '1 microsecond' order by month.at) as begins,
           array_agg(to_char(month.at, 'YYYY-MM') order by month.at) as names
      from (select reporting.local_day(min(opened.opened_at)) as first, reporting.local_day(max(opened.opened_at)) as last
              from opened) span
     cross join generate_series(date_trunc('month', span.first::timestamp), span.last::timestamp, interval '1 month')
           as month (at)
),
cohort as materialized (
    select opened.deal, opened.status, opened.until, months.names[width_bucket(opened.opened_at, months.begins)] as cohort
      from opened
     cross join months
),
point as materialized (
    select stage_reached.deal, max(stage_reached.stage) as stage
      from served.stage_reached(conversion.as_of, conversion.known_at) stage_reached
     where stage_reached.playbook = conversion.playbook and conversion.age_days is null
       and served.one_of('mode', conversion.mode, array['filled', 'observed']) = 'filled'
     group by stage_reached.deal
    union all
    select stage_reached.deal, max(stage_reached.stage)
      from served.stage_reached(conversion.as_of, conversion.known_at) stage_reached
      join opened on opened.deal = stage_reached.deal
     where stage_reached.playbook = conversion.playbook and conversion.age_days is not null
       and served.one_of('mode', conversion.mode, array['filled', 'observed']) = 'filled'
       and stage_reached.at <= opened.until
     group by stage_reached.deal
    union all
    select stage_reached.deal, stage_reached.stage
      from served.stage_reached(conversion.as_of, conversion.known_at) stage_reached
      join opened on opened.deal = stage_reached.deal
     where stage_reached.playbook = conversion.playbook
       and served.one_of('mode', conversion.mode, array['filled', 'observed']) = 'observed'
       and stage_reached.stood_at <= opened.until
     group by stage_reached.deal, stage_reached.stage
),
deals as (
    select cohort.cohort, count(*) as deals, count(*) filter (where cohort.status in ('open', 'on_hold')) as open,
           count(*) filter (where cohort.status = 'won') as won, count(*) filter (where cohort.status = 'lost') as lost,
           count(*) filter (where cohort.status = 'abandoned') as abandoned
      from cohort
     group by cohort.cohort
),
arrived as materialized (
    select cohort.cohort, point.stage, count(*) as deals
      from point
      join cohort on cohort.deal = point.deal
     group by cohort.cohort, point.stage
),
reached as materialized (
    select deals.cohort, published.stage,
           (select coalesce(sum(arrived.deals), 0)::bigint
              from arrived
             where arrived.cohort = deals.cohort
               and case conversion.mode when 'filled' then arrived.stage >= published.stage
                              else arrived.stage = published.stage end) as deals
      from deals
     cross join published
)
select deals.cohort, published.stage, deals.deals, reached.deals as reached,
       round(reached.deals::numeric
             / nullif(lag(reached.deals, 1, deals.deals) over (partition by deals.cohort order by published.stage), 0), 4)
           as from_previous,
       round(reached.deals::numeric / deals.deals, 4) as overall,
       deals.open, deals.won, deals.lost, deals.abandoned, published.key, published.name_zh, published.name_en
  from deals
  join reached on reached.cohort = deals.cohort
  join published on published.stage = reached.stage
union all
select null, null, 0, 0, null, null, 0, 0, 0, 0, null, null, null
 where case when exists (select from published) then false
            when exists (select from stage_position where stage_position.playbook = conversion.playbook) then false
            else reporting.refuse_playbook(conversion.playbook, reporting.known(conversion.known_at)) end
 order by 1, 2;
end;
comment on function reporting.conversion(text, timestamptz, bigint, date, date, integer, text, bigint) is
    'The deals of a playbook, by the month in which they were opened, as known at the sequence known_at. reached(n): deals with completed >= n at some time up to as_of; where claims decide, that had entered n or beyond. from_previous = reached(n) / reached(n - 1), with reached(0) = deals; overall = reached(n) / deals. open + won + lost + abandoned = deals, as they stand at as_of. Deals that moved back or were lost stay in what they had reached; voided evidence leaves the past, revoked evidence does not. from and to choose the days of opening. age_days: only deals opened at least so many days before as_of''s day, and only what each had reached by the end of that many days after its own. mode filled counts a stage that was skipped, observed those alone that were the last one completed (entered) at some time, so that from_previous may be above 1. Rates of stages are never to be multiplied into a forecast: deals return and skip.';

create or replace function reporting.conversion_totals(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence(),
    from_day date default null, to_day date default null, age_days integer default null, mode text default 'filled',
    min_deals bigint default 5
)
returns table (
    bottleneck integer
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(conversion_totals.as_of) as as_of, reporting.known(conversion_totals.known_at) as known_at,
reporting.local_day(reporting.instant(conversion_totals.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(conversion_totals.as_of, conversion_totals.known_at) stage_position),
stage_stay_past as not materialized (select * from served.stage_stay_past(conversion_totals.as_of, conversion_totals.known_at) stage_stay_past),
stage_position_past as not materialized (select * from served.stage_position_past(conversion_totals.as_of, conversion_totals.known_at) stage_position_past),
playbook_stage as not materialized (select * from served.playbook_stage(conversion_totals.as_of, conversion_totals.known_at) playbook_stage),
published as materialized (
    select distinct on (playbook_stage.stage) playbook_stage.stage, playbook_stage.key, playbook_stage.name_zh,
           playbook_stage.name_en
      from playbook_stage
     where playbook_stage.playbook = conversion_totals.playbook
     order by playbook_stage.stage, playbook_stage.version desc
),
opened as materialized (
    select stage_position.deal, stage_position.opened_at, stage_position.status,
           case when conversion_totals.age_days is null then 'infinity'
                else reporting.day_end(reporting.local_day(stage_position.opened_at) + conversion_totals.age_days) end as until
      from stage_position
     where stage_position.playbook = conversion_totals.playbook
       and (conversion_totals.from_day is null or stage_position.opened_at > (select reporting.day_end(conversion_totals.from_day - 1)))
       and (conversion_totals.to_day is null or stage_position.opened_at <= (select reporting.day_end(conversion_totals.to_day)))
       and (conversion_totals.age_days is null
            or stage_position.opened_at <= (select reporting.day_end(moment.day - conversion_totals.age_days) from moment))
),
months as materialized (
    select array_agg(reporting.day_end(month.at::date - 1) + interval '1 microsecond' order by month.at) as begins,
           array_agg(to_char(month.at, 'YYYY-MM') order by month.at) as names
      from (select reporting.local_day(min(opened.opened_at)) as first, reporting.local_day(max(opened.opened_at)) as last
              from opened) span
     cross join generate_series(date_trunc('month', span.first::timestamp), span.last::timestamp, interval '1 month')
           as month (at)
),
cohort as materialized (
    select opened.deal, opened.status, opened.until, months.names[width_bucket(opened.opened_at, months.begins)] as cohort
      from opened
     cross join months
),
point as materialized (
    select stage_reached.deal, max(stage_reached.stage) as stage
      from served.stage_reached(conversion_totals.as_of, conversion_totals.known_at) stage_reached
     where stage_reached.playbook = conversion_totals.playbook and conversion_totals.age_days is null
       and served.one_of('mode', conversion_totals.mode, array['filled', 'observed']) = 'filled'
     group by stage_reached.deal
    union all
    select stage_reached.deal, max(stage_reached.stage)
      from served.stage_reached(conversion_totals.as_of, conversion_totals.known_at) stage_reached
      join opened on opened.deal = stage_reached.deal
     where stage_reached.playbook = conversion_totals.playbook and conversion_totals.age_days is not null
       and served.one_of('mode', conversion_totals.mode, array['filled', 'observed']) = 'filled'
       and stage_reached.at <= opened.until
     group by stage_reached.deal
    union all
    select stage_reached.deal, stage_reached.stage
      from served.stage_reached(conversion_totals.as_of, conversion_totals.known_at) stage_reached
      join opened on opened.deal = stage_reached.deal
     where stage_reached.playbook = conversion_totals.playbook
       and served.one_of('mode', conversion_totals.mode, array['filled', 'observed']) = 'observed'
       and stage_reached.stood_at <= opened.until
     group by stage_reached.deal, stage_reached.stage
),
report as (
with deals as (
    select cohort.cohort, count(*) as deals, count(*) filter (where cohort.status in ('open', 'on_hold')) as open,
           count(*) filter (where cohort.status = 'won') as won, count(*) filter (where cohort.status = 'lost') as lost,
           count(*) filter (where cohort.status = 'abandoned') as abandoned
      from cohort
     group by cohort.cohort
),
arrived as materialized (
    select cohort.cohort, point.stage, count(*) as deals
      from point
      join cohort on cohort.deal = point.deal
     group by cohort.cohort, point.stage
),
reached as materialized (
    select deals.cohort, published.stage,
           (select coalesce(sum(arrived.deals), 0)::bigint
              from arrived
             where arrived.cohort = deals.cohort
               and case conversion_totals.mode when 'filled' then arrived.stage >= published.stage
                              else arrived.stage = published.stage end) as deals
      from deals
     cross join published
)
select deals.cohort, published.stage, deals.deals, reached.deals as reached,
       round(reached.deals::numeric
             / nullif(lag(reached.deals, 1, deals.deals) over (partition by deals.cohort order by published.stage), 0), 4)
           as from_previous,
       round(reached.deals::numeric / deals.deals, 4) as overall,
       deals.open, deals.won, deals.lost, deals.abandoned, published.key, published.name_zh, published.name_en
  from deals
  join reached on reached.cohort = deals.cohort
  join published on published.stage = reached.stage
union all
select null, null, 0, 0, null, null, 0, 0, 0, 0, null, null, null
 where case when exists (select from published) then false
            when exists (select from stage_position where stage_position.playbook = conversion_totals.playbook) then false
            else reporting.refuse_playbook(conversion_totals.playbook, reporting.known(conversion_totals.known_at)) end
 order by 1, 2
),
summed as (
    select report.stage, sum(report.reached) as reached,
           lag(sum(report.reached), 1, sum(report.deals)) over (order by report.stage) as before
      from report
     group by report.stage
)
select (select summed.stage
          from summed
         where summed.before >= greatest(conversion_totals.min_deals, 1)
         order by summed.reached / summed.before, summed.stage
         limit 1) as bottleneck;
end;
comment on function reporting.conversion_totals(text, timestamptz, bigint, date, date, integer, text, bigint) is
    'Totals of conversion(…); one row.';

-- name: durations
create or replace function reporting.durations(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence(),
    from_day date default null, to_day date default null, min_deals bigint default 5
)
returns table (
    stage integer, finished bigint, median_stay numeric, mean_stay numeric, median_wait numeric, median_work numeric,
    running bigint, longest_running numeric, key text, name_zh text, name_en text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(durations.as_of) as as_of, reporting.known(durations.known_at) as known_at,
reporting.local_day(reporting.instant(durations.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(durations.as_of, durations.known_at) stage_position),
standing as not materialized (select * from served.stage_position(least(reporting.instant(durations.as_of), served.ends(durations.to_day)), durations.known_at) standing),
stage_stay as not materialized (select * from served.stage_stay(least(reporting.instant(durations.as_of), served.ends(durations.to_day)), durations.known_at) stage_stay),
playbook_stage as not materialized (select * from served.playbook_stage(durations.as_of, durations.known_at) playbook_stage),
published as materialized (
    select distinct on (playbook_stage.stage) playbook_stage.stage, playbook_stage.key, playbook_stage.name_zh,
           playbook_stage.name_en
      from playbook_stage
     where playbook_stage.playbook = durations.playbook
     order by playbook_stage.stage, playbook_stage.version desc
),
span as materialized (
    select reporting.day_end(durations.from_day - 1) as begins, least(moment.as_of, reporting.day_end(durations.to_day)) as ends from moment
),
chosen as materialized (
    select standing.deal
      from standing
     where standing.playbook = durations.playbook
       and (standing.deal in (select stage_position.deal from stage_position)) is true
),
finished as not materialized (
    select stage_stay.stage, stage_stay.deal, stage_stay.wait, stage_stay.work
      from stage_stay
     cross join span
     where stage_stay.playbook = durations.playbook and (stage_stay.deal in (select chosen.deal from chosen)) is true
       and (durations.from_day is null or stage_stay.from_at > span.begins)
),
running as not materialized (
    select standing.completed + 1 as stage, standing.deal,
           standing.stayed + date_part('epoch', span.ends - standing.from_at) * 1000000 as stay
      from standing
     cross join span
     where standing.playbook = durations.playbook and standing.status = 'open'
       and (standing.deal in (select chosen.deal from chosen)) is true
       and served.stage_key(standing.playbook, standing.version, standing.completed + 1)
           in (select playbook_stage.stage_key from playbook_stage)
),
summed as (
    select finished.stage, count(*) as finished,
           percentile_cont(0.5) within group (order by finished.wait + finished.work) as median_stay,
           avg(finished.wait + finished.work) as mean_stay,
           percentile_cont(0.5) within group (order by finished.wait) as median_wait,
           percentile_cont(0.5) within group (order by finished.work) as median_work
      from finished
     group by finished.stage
),
running_now as (
    select running.stage, count(*) as running, max(running.stay) as longest from running group by running.stage
)
select published.stage, coalesce(summed.finished, 0) as finished, served.in_days(summed.median_stay) as median_stay,
       served.in_days(summed.mean_stay) as mean_stay, served.in_days(summed.median_wait) as median_wait,
       served.in_days(summed.median_work) as median_work, coalesce(running_now.running, 0) as running,
       served.in_days(running_now.longest) as longest_running, published.key, published.name_zh, published.name_en
  from published
  left join summed on summed.stage = published.stage
  left join running_now on running_now.stage = published.stage
union all
select null, 0, null, null, null, null, 0, null, null, null, null
 where case when exists (select from published) then false
            when exists (select from chosen) then false
            else reporting.refuse_playbook(durations.playbook, reporting.known(durations.known_at)) end
 order by 1;
end;
comment on function reporting.durations(text, timestamptz, bigint, date, date, bigint) is
    'Days that deals of a playbook worked on each stage, as known at the sequence known_at. A deal works on stage n while the last stage completed is n - 1. wait: before n is entered; work: after; stay = wait + work, summed over all returns, only while the deal is open: neither on hold nor closed. A stage counts as finished where it stands completed at as_of, or at the end of the day to where that is earlier; with from, where it came to be so on that day or later. The median of an even number is the mean of the two in the middle. What still runs is shown apart and averaged in nowhere. Medians of stages do not add up to the cycle, which velocity has.';

create or replace function reporting.durations_totals(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence(),
    from_day date default null, to_day date default null, min_deals bigint default 5
)
returns table (
    slowest integer
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(durations_totals.as_of) as as_of, reporting.known(durations_totals.known_at) as known_at,
reporting.local_day(reporting.instant(durations_totals.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(durations_totals.as_of, durations_totals.known_at) stage_position),
standing as not materialized (select * from served.stage_position(least(reporting.instant(durations_totals.as_of), served.ends(durations_totals.to_day)), durations_totals.known_at) standing),
stage_stay as not materialized (select * from served.stage_stay(least(reporting.instant(durations_totals.as_of), served.ends(durations_totals.to_day)), durations_totals.known_at) stage_stay),
playbook_stage as not materialized (select * from served.playbook_stage(durations_totals.as_of, durations_totals.known_at) playbook_stage),
published as materialized (
    select distinct on (playbook_stage.stage) playbook_stage.stage, playbook_stage.key, playbook_stage.name_zh,
           playbook_stage.name_en
      from playbook_stage
     where playbook_stage.playbook = durations_totals.playbook
     order by playbook_stage.stage, playbook_stage.version desc
),
span as materialized (
    select reporting.day_end(durations_totals.from_day - 1) as begins, least(moment.as_of, reporting.day_end(durations_totals.to_day)) as ends from moment
),
chosen as materialized (
    select standing.deal
      from standing
     where standing.playbook = durations_totals.playbook
       and (standing.deal in (select stage_position.deal from stage_position)) is true
),
finished as not materialized (
    select stage_stay.stage, stage_stay.deal, stage_stay.wait, stage_stay.work
      from stage_stay
     cross join span
     where stage_stay.playbook = durations_totals.playbook and (stage_stay.deal in (select chosen.deal from chosen)) is true
       and (durations_totals.from_day is null or stage_stay.from_at > span.begins)
),
running as not materialized (
    select standing.completed + 1 as stage, standing.deal,
           standing.stayed + date_part('epoch', span.ends - standing.from_at) * 1000000 as stay
      from standing
     cross join span
     where standing.playbook = durations_totals.playbook and standing.status = 'open'
       and (standing.deal in (select chosen.deal from chosen)) is true
       and served.stage_key(standing.playbook, standing.version, standing.completed + 1)
           in (select playbook_stage.stage_key from playbook_stage)
),
report as (
with summed as (
    select finished.stage, count(*) as finished,
           percentile_cont(0.5) within group (order by finished.wait + finished.work) as median_stay,
           avg(finished.wait + finished.work) as mean_stay,
           percentile_cont(0.5) within group (order by finished.wait) as median_wait,
           percentile_cont(0.5) within group (order by finished.work) as median_work
      from finished
     group by finished.stage
),
running_now as (
    select running.stage, count(*) as running, max(running.stay) as longest from running group by running.stage
)
select published.stage, coalesce(summed.finished, 0) as finished, served.in_days(summed.median_stay) as median_stay,
       served.in_days(summed.mean_stay) as mean_stay, served.in_days(summed.median_wait) as median_wait,
       served.in_days(summed.median_work) as median_work, coalesce(running_now.running, 0) as running,
       served.in_days(running_now.longest) as longest_running, published.key, published.name_zh, published.name_en
  from published
  left join summed on summed.stage = published.stage
  left join running_now on running_now.stage = published.stage
union all
select null, 0, null, null, null, null, 0, null, null, null, null
 where case when exists (select from published) then false
            when exists (select from chosen) then false
            else reporting.refuse_playbook(durations_totals.playbook, reporting.known(durations_totals.known_at)) end
 order by 1
)
select (select report.stage
          from report
         where report.finished >= greatest(durations_totals.min_deals, 1)
         order by report.median_stay desc, report.stage
         limit 1) as slowest;
end;
comment on function reporting.durations_totals(text, timestamptz, bigint, date, date, bigint) is
    'Totals of durations(…); one row.';

-- name: velocity
create or replace function reporting.velocity(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence(),
    from_day date default null, to_day date default null
)
returns table (
    currency text, open bigint, won bigint, lost bigint, abandoned bigint, win_rate numeric, win_rate_broad numeric,
    mean_won numeric, cycle_median numeric, cycle_mean numeric, per_day numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(velocity.as_of) as as_of, reporting.known(velocity.known_at) as known_at,
reporting.local_day(reporting.instant(velocity.as_of)) as day, (select zone from served.zone zone) as zone
),
wanted as materialized (select null::text as currency),
stage_position as not materialized (select * from served.stage_position(velocity.as_of, velocity.known_at) stage_position),
standing as not materialized (select * from served.stage_position(least(reporting.instant(velocity.as_of), served.ends(velocity.to_day)), velocity.known_at) standing),
playbook_stage as not materialized (select * from served.playbook_stage(velocity.as_of, velocity.known_at) playbook_stage),
span as materialized (
    select reporting.day_end(coalesce(velocity.from_day, (least(velocity.to_day, moment.day) - interval '1 year')::date) - 1) as begins
      from moment
),
counted as materialized (
    select standing.deal, coalesce(standing.currency, 'none') as currency, standing.status, standing.amount,
           standing.opened_at, standing.status_since
      from standing
      join stage_position on stage_position.deal = standing.deal
     cross join span
     cross join wanted
     where standing.playbook = velocity.playbook
       and (wanted.currency is null or wanted.currency = coalesce(standing.currency, 'none'))
       and (standing.status = 'open'
            or standing.status in ('won', 'lost', 'abandoned') and standing.status_since > span.begins)
),
won as (
    select counted.currency, avg(counted.amount) as mean,
           percentile_cont(0.5) within group (order by cycle.days)::numeric as median_cycle, avg(cycle.days) as mean_cycle
      from counted
     cross join moment
     cross join lateral (
            select served.local_day(counted.status_since, moment.zone) - served.local_day(counted.opened_at, moment.zone)
                   as days
           ) cycle
     where counted.status = 'won' and counted.currency <> 'none'
     group by counted.currency
),
deals as (
    select counted.currency, count(*) filter (where counted.status = 'open') as open,
           count(*) filter (where counted.status = 'won') as won, count(*) filter (where counted.status = 'lost') as lost,
           count(*) filter (where counted.status = 'abandoned') as abandoned
      from counted
     group by counted.currency
),
rated as (
    select deals.*, case when deals.currency <> 'none' then deals.won::numeric end as known from deals
)
select rated.currency, rated.open, rated.won, rated.lost, rated.abandoned,
       round(rated.known / nullif(rated.won + rated.lost, 0), 4) as win_rate,
       round(rated.known / nullif(rated.won + rated.lost + rated.abandoned, 0), 4) as win_rate_broad,
       round(won.mean, served.minor_units(rated.currency)) as mean_won,
       round(won.median_cycle, 2) as cycle_median, round(won.mean_cycle, 2) as cycle_mean,
       round(rated.open * rated.known * won.mean / nullif((rated.won + rated.lost) * greatest(won.median_cycle, 0), 0),
             served.minor_units(rated.currency)) as per_day
  from rated
  left join won on won.currency = rated.currency
union all
select null, 0, 0, 0, 0, null, null, null, null, null, null
 where case when exists (select from playbook_stage where playbook_stage.playbook = velocity.playbook) then false
            when exists (select from standing where standing.playbook = velocity.playbook) then false
            else reporting.refuse_playbook(velocity.playbook, reporting.known(velocity.known_at)) end
 order by 1;
end;
comment on function reporting.velocity(text, timestamptz, bigint, date, date) is
    'Open deals of a playbook, and those closed from the day from up to the day to, by currency, as known at the sequence known_at. A deal counts as it stands at the end of the day to, or at as_of where that is earlier: one that was reopened by then is open, and one that follows another playbook then is not among them. per_day = open * win_rate * mean_won / cycle_median; win_rate = won / (won + lost), the broad one adds abandoned below; the cycle of a won deal is the day of its closing minus that of its opening. open does not include deals on hold. Deals without a currency make the row none, which has counts alone. Default of to: as_of''s day; of from: a year before.';

-- name: pipeline_changes
create or replace function reporting.pipeline_changes(
    start_at text, end_at text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    currency text, line text, deals bigint, amount numeric
)
language sql stable parallel safe
begin atomic
with wanted as materialized (select null::text as currency),
stage_position as not materialized (select * from served.stage_position(pipeline_changes.as_of, pipeline_changes.known_at) stage_position),
before as not materialized (select * from served.stage_position(least(reporting.instant(pipeline_changes.as_of), served.ends(pipeline_changes.start_at)), pipeline_changes.known_at) before),
after as not materialized (select * from served.stage_position(least(reporting.instant(pipeline_changes.as_of), served.ends(pipeline_changes.end_at)), pipeline_changes.known_at) after),
compared as not materialized (
    select stage_position.deal, before.deal is not null as existed,
           coalesce(before.status in ('open', 'on_hold'), false) as was_in, after.status in ('open', 'on_hold') as is_in,
           coalesce(before.currency, 'none') as old_currency, coalesce(after.currency, 'none') as new_currency,
           coalesce(before.amount, 0) as old_amount, coalesce(after.amount, 0) as new_amount,
           sign(coalesce(after.amount, 0) - coalesce(before.amount, 0)) as rise, after.status,
           before.playbook = after.playbook as same_playbook,
           2 * coalesce(after.stage, 0) - (after.phase is not distinct from 'entered')::integer
           - 2 * coalesce(before.stage, 0) + (before.phase is not distinct from 'entered')::integer as steps,
           sign(date_trunc('month', after.expected_close_on)::date - date_trunc('month', before.expected_close_on)::date)
               as moved,
           before.owner is distinct from after.owner as reassigned
      from stage_position
      join after on after.deal = stage_position.deal
      left join before on before.deal = stage_position.deal
     cross join wanted
     where (before.status in ('open', 'on_hold') or after.status in ('open', 'on_hold'))
       and (wanted.currency is null
            or wanted.currency in (coalesce(before.currency, 'none'), coalesce(after.currency, 'none')))
),
alike as materialized (
    select compared.was_in, compared.is_in, compared.existed, compared.status, compared.old_currency,
           compared.new_currency, compared.rise, count(*) as deals, sum(compared.old_amount) as old_amount,
           sum(compared.new_amount) as new_amount,
           count(*) filter (where compared.same_playbook and compared.steps > 0) as forward,
           count(*) filter (where compared.same_playbook and compared.steps < 0) as back,
           count(*) filter (where compared.same_playbook and compared.steps = 0) as same,
           count(*) filter (where compared.moved > 0) as pushed, count(*) filter (where compared.moved < 0) as pulled_in,
           count(*) filter (where compared.reassigned) as reassigned
      from compared
     group by compared.was_in, compared.is_in, compared.existed, compared.status, compared.old_currency,
              compared.new_currency, compared.rise
),
part as materialized (
    select alike.was_in, alike.is_in, alike.existed, alike.status, alike.old_currency, alike.new_currency, alike.rise,
           alike.deals, part.currency, part.line, part.amount
      from alike
     cross join lateral (values
               (alike.was_in, 'before', alike.old_currency, alike.old_amount),
               (alike.is_in, 'after', alike.new_currency, alike.new_amount),
               (alike.is_in and not alike.existed, 'opened', alike.new_currency, alike.new_amount),
               (alike.is_in and alike.existed and not alike.was_in, 'reopened', alike.new_currency, alike.new_amount),
               (alike.was_in and not alike.is_in, alike.status, alike.old_currency, -alike.old_amount),
               (alike.was_in and alike.is_in and alike.new_currency = alike.old_currency and alike.rise <> 0,
                case when alike.rise > 0 then 'up' else 'down' end, alike.old_currency,
                alike.new_amount - alike.old_amount),
               (alike.was_in and alike.is_in and alike.new_currency <> alike.old_currency, 'down', alike.old_currency,
                -alike.old_amount),
               (alike.was_in and alike.is_in and alike.new_currency <> alike.old_currency, 'up', alike.new_currency,
                alike.new_amount)
           ) as part (counts, line, currency, amount)
     cross join wanted
     where part.counts and (wanted.currency is null or wanted.currency = part.currency)
),
summed as (
    select part.currency, part.line, sum(part.deals)::bigint as deals, sum(part.amount) as amount
      from part
     group by part.currency, part.line
)
select currency.currency, lines.line, coalesce(summed.deals, 0) as deals,
       case when currency.currency <> 'none' then coalesce(summed.amount, 0) end as amount
  from (select distinct summed.currency from summed) currency
 cross join unnest(array['before', 'opened', 'reopened', 'up', 'down', 'won', 'lost', 'abandoned', 'after'])
       with ordinality as lines (line, place)
  left join summed on summed.currency = currency.currency and summed.line = lines.line
 order by currency.currency, lines.place;
end;
comment on function reporting.pipeline_changes(text, text, timestamptz, bigint) is
    'The pipeline, deals open or on hold, at start and at end, each a time or the end of a day (at as_of, where that is earlier), both as known at the sequence known_at, and what made the difference. Of the amounts of a currency before + opened + reopened + up + down + won + lost + abandoned = after. opened: was not there before; reopened: was closed before. up and down: the value changed by this; who changes the currency goes down by all of the one and up by all of the other. won, lost and abandoned leave with the amount that they had before. A deal opened and closed in between is on no line. An unknown amount counts as 0.';

create or replace function reporting.pipeline_changes_totals(
    start_at text, end_at text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    forward bigint, back bigint, same bigint, pushed bigint, pulled_in bigint, reassigned bigint
)
language sql stable parallel safe
begin atomic
with wanted as materialized (select null::text as currency),
stage_position as not materialized (select * from served.stage_position(pipeline_changes_totals.as_of, pipeline_changes_totals.known_at) stage_position),
before as not materialized (select * from served.stage_position(least(reporting.instant(pipeline_changes_totals.as_of), served.ends(pipeline_changes_totals.start_at)), pipeline_changes_totals.known_at) before),
after as not materialized (select * from served.stage_position(least(reporting.instant(pipeline_changes_totals.as_of), served.ends(pipeline_changes_totals.end_at)), pipeline_changes_totals.known_at) after),
compared as not materialized (
    select stage_position.deal, before.deal is not null as existed,
           coalesce(before.status in ('open', 'on_hold'), false) as was_in, after.status in ('open', 'on_hold') as is_in,
           coalesce(before.currency, 'none') as old_currency, coalesce(after.currency, 'none') as new_currency,
           coalesce(before.amount, 0) as old_amount, coalesce(after.amount, 0) as new_amount,
           sign(coalesce(after.amount, 0) - coalesce(before.amount, 0)) as rise, after.status,
           before.playbook = after.playbook as same_playbook,
           2 * coalesce(after.stage, 0) - (after.phase is not distinct from 'entered')::integer
           - 2 * coalesce(before.stage, 0) + (before.phase is not distinct from 'entered')::integer as steps,
           sign(date_trunc('month', after.expected_close_on)::date - date_trunc('month', before.expected_close_on)::date)
               as moved,
           before.owner is distinct from after.owner as reassigned
      from stage_position
      join after on after.deal = stage_position.deal
      left join before on before.deal = stage_position.deal
     cross join wanted
     where (before.status in ('open', 'on_hold') or after.status in ('open', 'on_hold'))
       and (wanted.currency is null
            or wanted.currency in (coalesce(before.currency, 'none'), coalesce(after.currency, 'none')))
),
alike as materialized (
    select compared.was_in, compared.is_in, compared.existed, compared.status, compared.old_currency,
           compared.new_currency, compared.rise, count(*) as deals, sum(compared.old_amount) as old_amount,
           sum(compared.new_amount) as new_amount,
           count(*) filter (where compared.same_playbook and compared.steps > 0) as forward,
           count(*) filter (where compared.same_playbook and compared.steps < 0) as back,
           count(*) filter (where compared.same_playbook and compared.steps = 0) as same,
           count(*) filter (where compared.moved > 0) as pushed, count(*) filter (where compared.moved < 0) as pulled_in,
           count(*) filter (where compared.reassigned) as reassigned
      from compared
     group by compared.was_in, compared.is_in, compared.existed, compared.status, compared.old_currency,
              compared.new_currency, compared.rise
),
part as materialized (
    select alike.was_in, alike.is_in, alike.existed, alike.status, alike.old_currency, alike.new_currency, alike.rise,
           alike.deals, part.currency, part.line, part.amount
      from alike
     cross join lateral (values
               (alike.was_in, 'before', alike.old_currency, alike.old_amount),
               (alike.is_in, 'after', alike.new_currency, alike.new_amount),
               (alike.is_in and not alike.existed, 'opened', alike.new_currency, alike.new_amount),
               (alike.is_in and alike.existed and not alike.was_in, 'reopened', alike.new_currency, alike.new_amount),
               (alike.was_in and not alike.is_in, alike.status, alike.old_currency, -alike.old_amount),
               (alike.was_in and alike.is_in and alike.new_currency = alike.old_currency and alike.rise <> 0,
                case when alike.rise > 0 then 'up' else 'down' end, alike.old_currency,
                alike.new_amount - alike.old_amount),
               (alike.was_in and alike.is_in and alike.new_currency <> alike.old_currency, 'down', alike.old_currency,
                -alike.old_amount),
               (alike.was_in and alike.is_in and alike.new_currency <> alike.old_currency, 'up', alike.new_currency,
                alike.new_amount)
           ) as part (counts, line, currency, amount)
     cross join wanted
     where part.counts and (wanted.currency is null or wanted.currency = part.currency)
),
report as (
with summed as (
    select part.currency, part.line, sum(part.deals)::bigint as deals, sum(part.amount) as amount
      from part
     group by part.currency, part.line
)
select currency.currency, lines.line, coalesce(summed.deals, 0) as deals,
       case when currency.currency <> 'none' then coalesce(summed.amount, 0) end as amount
  from (select distinct summed.currency from summed) currency
 cross join unnest(array['before', 'opened', 'reopened', 'up', 'down', 'won', 'lost', 'abandoned', 'after'])
       with ordinality as lines (line, place)
  left join summed on summed.currency = currency.currency and summed.line = lines.line
 order by currency.currency, lines.place
)
select coalesce(sum(alike.forward), 0)::bigint as forward, coalesce(sum(alike.back), 0)::bigint as back,
       coalesce(sum(alike.same), 0)::bigint as same, coalesce(sum(alike.pushed), 0)::bigint as pushed,
       coalesce(sum(alike.pulled_in), 0)::bigint as pulled_in, coalesce(sum(alike.reassigned), 0)::bigint as reassigned
  from alike
 where alike.was_in and alike.is_in;
end;
comment on function reporting.pipeline_changes_totals(text, text, timestamptz, bigint) is
    'Totals of pipeline_changes(…); one row.';

-- name: receivables_open
create or replace function reporting.receivables_open(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, invoice text, deal text, currency text, amount numeric, open_amount numeric, due_on date,
    days_past_due integer, bucket text, disputed boolean, since timestamptz, entry bigint, stale boolean, series text,
    disputed_amount numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(receivables_open.as_of) as as_of, reporting.known(receivables_open.known_at) as known_at,
reporting.local_day(reporting.instant(receivables_open.as_of)) as day, (select zone from served.zone zone) as zone
),
receivables_item as not materialized (select * from served.receivables_item(receivables_open.as_of, receivables_open.known_at) receivables_item)
select receivables_item.account, receivables_item.invoice, receivables_item.deal, receivables_item.currency,
       receivables_item.amount, receivables_item.open_amount, receivables_item.due_on,
       moment.day - receivables_item.due_on as days_past_due,
       reporting.ageing_bucket(receivables_item.due_on, moment.day) as bucket,
       receivables_item.disputed, receivables_item.from_at as since, receivables_item.entry,
       receivables_item.account in (
           select stale.account from reporting.receivables_stale stale cross join moment
            where stale.sequence <= moment.known_at
       ) as stale,
       nullif(receivables_item.series, '') as series,
       case when receivables_item.disputed then coalesce(receivables_item.disputed_amount, receivables_item.open_amount)
            else 0 end as disputed_amount
  from receivables_item
 cross join moment;
end;
comment on function reporting.receivables_open(timestamptz, bigint) is
    'Invoices that were open at as_of, as known at the sequence known_at, with days past due (below 1: not yet due) and bucket.';

-- name: receivables_unapplied
create or replace function reporting.receivables_unapplied(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, document text, kind text, currency text, amount numeric, since timestamptz, entry bigint, series text
)
language sql stable parallel safe
begin atomic
with receivables_unapplied as not materialized (select * from served.receivables_unapplied(receivables_unapplied.as_of, receivables_unapplied.known_at) receivables_unapplied)
select receivables_unapplied.account, receivables_unapplied.document, receivables_unapplied.kind,
       receivables_unapplied.currency, receivables_unapplied.amount, receivables_unapplied.from_at as since,
       receivables_unapplied.entry, nullif(receivables_unapplied.series, '') as series
  from receivables_unapplied;
end;
comment on function reporting.receivables_unapplied(timestamptz, bigint) is
    'Payments and credit notes as far as they paid no invoice at as_of, as known at the sequence known_at.';

-- name: ageing
create or replace function reporting.ageing(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), by text default null
)
returns table (
    currency text, line text, items bigint, amount numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(ageing.as_of) as as_of, reporting.known(ageing.known_at) as known_at,
reporting.local_day(reporting.instant(ageing.as_of)) as day, (select zone from served.zone zone) as zone
),
item as materialized (
select receivables_item.currency as currency, receivables_item.due_on as due_on, receivables_item.disputed as disputed, receivables_item.disputed_amount is not null as in_part, count(*) as n, sum(receivables_item.open_amount) as open_amount, sum(receivables_item.disputed_amount) as disputed_amount
from served.receivables_item_last(ageing.as_of, ageing.known_at) receivables_item
where true
group by receivables_item.currency, receivables_item.due_on, receivables_item.disputed, receivables_item.disputed_amount is not null
union all
select receivables_item.currency as currency, receivables_item.due_on as due_on, receivables_item.disputed as disputed, receivables_item.disputed_amount is not null as in_part, count(*) as n, sum(receivables_item.open_amount) as open_amount, sum(receivables_item.disputed_amount) as disputed_amount
from served.receivables_item_others(ageing.as_of, ageing.known_at) receivables_item
where true
group by receivables_item.currency, receivables_item.due_on, receivables_item.disputed, receivables_item.disputed_amount is not null
),
unapplied as materialized (
select receivables_unapplied.currency as currency, receivables_unapplied.kind as kind, count(*) as n, sum(receivables_unapplied.amount) as amount
from served.receivables_unapplied_last(ageing.as_of, ageing.known_at) receivables_unapplied
where true
group by receivables_unapplied.currency, receivables_unapplied.kind
union all
select receivables_unapplied.currency as currency, receivables_unapplied.kind as kind, count(*) as n, sum(receivables_unapplied.amount) as amount
from served.receivables_unapplied_others(ageing.as_of, ageing.known_at) receivables_unapplied
where true
group by receivables_unapplied.currency, receivables_unapplied.kind
),
movement as materialized (
select receivables_movement.currency as currency, count(*) as n, sum(receivables_movement.amount) as amount
from served.receivables_movement_last(ageing.as_of, ageing.known_at) receivables_movement
where true
group by receivables_movement.currency
union all
select receivables_movement.currency as currency, count(*) as n, sum(receivables_movement.amount) as amount
from served.receivables_movement_others(ageing.as_of, ageing.known_at) receivables_movement
where true
group by receivables_movement.currency
),
line as materialized (
select item.currency, reporting.ageing_bucket(item.due_on, moment.day) as line, item.n as items,
       item.open_amount as amount, 0 as listed
  from item
 cross join moment
union all
select currency, 'disputed', n, case when in_part then disputed_amount else open_amount end, 0 from item where disputed
union all
select currency, 'unapplied_' || kind, n, amount, 0 from unapplied
union all
select currency, 'unapplied', n, amount, 0 from unapplied
union all
select currency, 'balance', 0, amount, 0 from movement
union all
select moved.currency, line, 0, null, moved.n
  from (select currency, n from item union all select currency, n from unapplied
        union all select currency, n from movement) moved
 cross join unnest(array[
     'not_due', '1-30', '31-60', '61-90', 'over_90', 'disputed',
     'unapplied_cash', 'unapplied_credit', 'unapplied', 'balance'
 ]) line
)
select line.currency, line.line, case when line.line <> 'balance' then sum(line.items)::bigint end as items,
       coalesce(sum(line.amount), 0) as amount
  from line
 where served.answered_by('ageing_by', ageing.by is not null)
 group by line.currency, line.line
 order by line.currency, array_position(array[
              'not_due', '1-30', '31-60', '61-90', 'over_90', 'disputed',
              'unapplied_cash', 'unapplied_credit', 'unapplied', 'balance'
          ], line.line);
end;
comment on function reporting.ageing(timestamptz, bigint, text) is
    'Ageing at as_of, as known at the sequence known_at. Ten lines for every currency that had moved: the buckets not_due, 1-30, 31-60, 61-90 and over_90 days past due; disputed (items that are in the buckets too, with what is contested of each: the whole open amount where the dispute names none); unapplied_cash, unapplied_credit and their sum unapplied; and balance, summed from the movements. Buckets less unapplied are the balance.';

-- name: ageing_by
create or replace function reporting.ageing_by(
    by text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    "group" text, currency text, line text, items bigint, amount numeric, place bigint
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(ageing_by.as_of) as as_of, reporting.known(ageing_by.known_at) as known_at,
reporting.local_day(reporting.instant(ageing_by.as_of)) as day, (select zone from served.zone zone) as zone
),
receivables_item as not materialized (select * from served.receivables_item(ageing_by.as_of, ageing_by.known_at) receivables_item),
receivables_unapplied as not materialized (select * from served.receivables_unapplied(ageing_by.as_of, ageing_by.known_at) receivables_unapplied),
receivables_movement as not materialized (select * from served.receivables_movement(ageing_by.as_of, ageing_by.known_at) receivables_movement),
invoice as not materialized (select * from served.invoice(ageing_by.as_of, ageing_by.known_at) invoice),
application as not materialized (select * from served.application(ageing_by.as_of, ageing_by.known_at) application),
stage_position as not materialized (select * from served.stage_position(ageing_by.as_of, ageing_by.known_at) stage_position),
account_fact as not materialized (select * from served.account_fact(ageing_by.as_of, ageing_by.known_at) account_fact),
account_alias as not materialized (select * from served.account_alias(ageing_by.as_of, ageing_by.known_at) account_alias),
part as materialized (
    select receivables_item.account, receivables_item.deal, receivables_item.currency, lines.line, 1 as items,
           lines.amount
      from receivables_item
     cross join moment
     cross join lateral (
            select reporting.ageing_bucket(receivables_item.due_on, moment.day), receivables_item.open_amount
            union all
            select 'disputed', coalesce(receivables_item.disputed_amount, receivables_item.open_amount)
             where receivables_item.disputed
           ) lines (line, amount)
    union all
    select receivables_unapplied.account, null, receivables_unapplied.currency, lines.line, 1,
           receivables_unapplied.amount
      from receivables_unapplied
     cross join unnest(array['unapplied_' || receivables_unapplied.kind, 'unapplied']) lines (line)
    union all
    select receivables_movement.account, null, receivables_movement.currency, 'balance', 0,
           sum(receivables_movement.amount)
      from receivables_movement
     group by receivables_movement.account, receivables_movement.currency
    union all
    select billed.account, sides.deal, billed.currency, 'balance', 0, sides.sign * billed.amount
      from (select one.account, one.deal, one.currency, sum(one.amount) as amount
              from (select invoice.account, invoice.deal, invoice.currency, invoice.amount from invoice
                    union all
                    select invoice.account, invoice.deal, invoice.currency, -application.amount
                      from invoice
                      join application on application.account = invoice.account and application.invoice = invoice.invoice
                                      and application.series = invoice.series) one
             where ageing_by.by in ('deal', 'owner') and one.deal is not null
             group by one.account, one.deal, one.currency) billed
     cross join lateral (values (billed.deal, 1), (null, -1)) sides (deal, sign)
     where billed.amount <> 0
),
merged as materialized (
    select one.member, one.account from served.account_merged(ageing_by.as_of, ageing_by.known_at) one where ageing_by.by = 'region'
),
placed as materialized (
    select case served.one_of('by', ageing_by.by, array['account', 'owner', 'deal', 'region'])
                when 'account' then part.account when 'deal' then part.deal when 'owner' then stage_position.owner
                else account_fact.segment end as group,
           part.*
      from part
      left join stage_position on ageing_by.by = 'owner' and stage_position.deal = part.deal
      left join merged on merged.member = part.account
      left join account_fact on ageing_by.by = 'region' and account_fact.account = coalesce(merged.account, part.account)
                            and account_fact.fact = 'region'
),
summed as (
    select placed.group, placed.currency, placed.line, sum(placed.items)::bigint as items,
           sum(placed.amount) as amount
      from placed
     group by placed.group, placed.currency, placed.line
)
select listed.group, listed.currency, listed.line, case when listed.line <> 'balance' then listed.items end as items,
       listed.amount, listed.place
  from (select summed.*, array_position(array[
                   'not_due', '1-30', '31-60', '61-90', 'over_90', 'disputed',
                   'unapplied_cash', 'unapplied_credit', 'unapplied', 'balance'
               ], summed.line) as place,
               bool_or(summed.items > 0 or summed.amount <> 0) over (partition by summed.group, summed.currency) as shown
          from summed) listed
 where listed.shown
 order by coalesce(listed.group, '') collate "C", listed.currency collate "C", listed.place;
end;
comment on function reporting.ageing_by(text, timestamptz, bigint) is
    'The lines of the report ageing in groups at as_of, as known at the sequence known_at: by account, by the deal that the invoice names, by the owner of that deal, or by the region of the account, the latter two as they are at as_of. Lines without anything are left out; a group has its balance wherever it has a line. Buckets less unapplied are the balance in every group. Unapplied parts belong to an account and no deal: by deal and owner they stand in the group null. There the balance of a group is what was invoiced less what lowered these invoices, and the rest is that of the group null; by account and region it is summed from the movements. Accounts stand by themselves, merged or not, but in the region of the one that they were merged into.';

-- name: collection
create or replace function reporting.collection(
    from_day date, to_day date, as_of timestamptz default now(), known_at bigint default reporting.sequence(),
    account text default null, curve text default 'no'
)
returns table (
    currency text, begin numeric, sales numeric, cash_in numeric, "end" numeric, current numeric, dso numeric,
    cei numeric, due numeric, collected_of_due numeric, collection_rate numeric, days_to_collect numeric,
    days_late numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(collection.as_of) as as_of, reporting.known(collection.known_at) as known_at,
reporting.local_day(reporting.instant(collection.as_of)) as day, (select zone from served.zone zone) as zone
),
moved as not materialized (select * from served.receivables_movement(least(reporting.instant(collection.as_of), served.ends(collection.to_day)), collection.known_at) moved),
owed as not materialized (select * from served.receivables_item(least(reporting.instant(collection.as_of), served.ends(collection.to_day)), collection.known_at) owed),
issued as not materialized (select * from served.invoice(least(reporting.instant(collection.as_of), served.ends(collection.to_day)), collection.known_at) issued),
applied as not materialized (select * from served.application(least(reporting.instant(collection.as_of), served.ends(collection.to_day)), collection.known_at) applied),
span as materialized (
    select period.first_on, period.last_on, reporting.day_end(period.first_on - 1) as begins,
           period.last_on - period.first_on + 1 as days
      from (select least(greatest(collection.from_day, date '0001-01-02'), date '9998-12-31') as first_on,
                   greatest(least(collection.to_day, moment.day), date '0001-01-02') as last_on
              from moment) period
),
balance as (
    select moved.currency, coalesce(sum(moved.amount) filter (where moved.at <= span.begins), 0) as begin,
           coalesce(sum(moved.amount) filter (where moved.at > span.begins and kinds.sells), 0) as sales,
           coalesce(-sum(moved.amount) filter (where moved.at > span.begins and not kinds.sells), 0) as cash_in,
           sum(moved.amount) as end, min(span.days) as days
      from moved
     cross join span
     cross join lateral (select moved.kind in ('invoice', 'credit_note', 'write_off') as sells) kinds
     where collection.account is null or moved.account = collection.account
     group by moved.currency
),
not_due as (
    select owed.currency, sum(owed.open_amount) as amount
      from owed
     cross join span
     where owed.due_on >= span.last_on and (collection.account is null or owed.account = collection.account)
     group by owed.currency
),
collected as (
    select one.currency, sum(one.due) as due, sum(one.collected_of_due) as collected_of_due, sum(one.cash) as cash,
           sum(one.cash_days) as cash_days, sum(one.late_days) as late_days
      from span
     cross join served.collected(reporting.instant(collection.as_of), reporting.known(collection.known_at), span.first_on, span.last_on) one
     where (collection.account is null or one.account = collection.account) and one.account in (select moved.account from moved)
     group by one.currency
)
select balance.currency, balance.begin, balance.sales, balance.cash_in, balance.end,
       coalesce(not_due.amount, 0) as current,
       case when balance.sales > 0 then round(balance.end / balance.sales * balance.days, 2) end as dso,
       round(100 * (balance.begin + balance.sales - balance.end)
             / nullif(balance.begin + balance.sales - coalesce(not_due.amount, 0), 0), 2) as cei,
       coalesce(collected.due, 0) as due, coalesce(collected.collected_of_due, 0) as collected_of_due,
       round(collected.collected_of_due / nullif(collected.due, 0), 4) as collection_rate,
       case when collected.cash > 0 then round(collected.cash_days / collected.cash, 2) end as days_to_collect,
       case when collected.cash > 0 then round(collected.late_days / collected.cash, 2) end as days_late
  from balance
  left join not_due on not_due.currency = balance.currency
  left join collected on collected.currency = balance.currency
 where served.answered_by('collection_curve', collection.curve = 'yes')
 order by balance.currency;
end;
comment on function reporting.collection(date, date, timestamptz, bigint, text, text) is
    'Receivables of the days from to to, both included, as known at the sequence known_at, in every currency that had moved; a period that is not over ends at as_of. Sales are net: invoices - credit notes - write-offs, so that a write-off is no collection. DSO = end / sales * days of the period. CEI = (begin + sales - end) / (begin + sales - current) * 100. collection_rate = cash applied by the end of the period to invoices that fall due in it / (their amounts - credits - write-offs). days_to_collect = sum of cash * (day applied - day invoiced) / sum of cash and days_late = sum of cash * max(0, day applied - due day) / sum of cash, of cash applied in the period and not taken back by its end; of several applications of a payment the latest is taken back first.';

-- name: collection_curve
create or replace function reporting.collection_curve(
    from_day date, to_day date, as_of timestamptz default now(), known_at bigint default reporting.sequence(),
    account text default null
)
returns table (
    month text, currency text, age integer, invoiced numeric, collected numeric, share numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(collection_curve.as_of) as as_of, reporting.known(collection_curve.known_at) as known_at,
reporting.local_day(reporting.instant(collection_curve.as_of)) as day, (select zone from served.zone zone) as zone
),
invoice as not materialized (select * from served.invoice(collection_curve.as_of, collection_curve.known_at) invoice),
application as not materialized (select * from served.application(collection_curve.as_of, collection_curve.known_at) application),
span as materialized (
    select reporting.day_end(least(greatest(collection_curve.from_day, date '0001-01-02'), date '9998-12-31') - 1) as begins,
           reporting.day_end(least(greatest(collection_curve.to_day, date '0001-01-02'), date '9998-12-31')) as ends
),
issued as (
    select to_char(told.day, 'YYYY-MM') as month, told.currency, sum(told.amount) as amount, max(told.day) as last_on
      from (select invoice.currency, invoice.amount, served.local_day(invoice.issued_at, moment.zone) as day
              from invoice
             cross join moment
             cross join span
             where invoice.issued_at > span.begins and invoice.issued_at <= span.ends
               and (collection_curve.account is null or invoice.account = collection_curve.account)) told
     group by to_char(told.day, 'YYYY-MM'), told.currency
),
lowered as (
    select to_char(told.day, 'YYYY-MM') as month, told.currency, told.cash, told.applied_on - told.day as age,
           sum(told.amount) as amount
      from (select application.currency, application.kind = 'cash' as cash, application.amount,
                   served.local_day(application.issued_at, moment.zone) as day, served.local_day(application.at, moment.zone) as applied_on
              from application
             cross join moment
             cross join span
             where application.issued_at > span.begins and application.issued_at <= span.ends
               and (collection_curve.account is null or application.account = collection_curve.account)) told
     group by to_char(told.day, 'YYYY-MM'), told.currency, told.cash, told.applied_on - told.day
)
select issued.month, issued.currency, ages.age,
       issued.amount - coalesce(sum(lowered.amount) filter (where not lowered.cash), 0) as invoiced,
       coalesce(sum(lowered.amount) filter (where lowered.cash and lowered.age <= ages.age), 0) as collected,
       round(coalesce(sum(lowered.amount) filter (where lowered.cash and lowered.age <= ages.age), 0)
             / nullif(issued.amount - coalesce(sum(lowered.amount) filter (where not lowered.cash), 0), 0), 4) as share
  from issued
 cross join moment
  join unnest(array[0, 30, 60, 90, 120, 180]) ages (age) on ages.age <= moment.day - issued.last_on
  left join lowered on lowered.month = issued.month and lowered.currency = issued.currency
 group by issued.month, issued.currency, issued.amount, ages.age
 order by issued.month, issued.currency, ages.age;
end;
comment on function reporting.collection_curve(date, date, timestamptz, bigint, text) is
    'Invoices issued from the day from up to the day to at as_of, as known at the sequence known_at, by the month in which they were issued: the share collected 0, 30, 60, 90, 120 and 180 days after each invoice. A month has a row for the ages that all its invoices have reached at as_of, so that months compare at equal age. invoiced is less credits and write-offs, as in collection_rate.';

-- name: collection_plan
create or replace function reporting.collection_plan(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), contract text default null
)
returns table (
    contract text, term text, planned numeric, due_on date, invoiced numeric, collected numeric, open numeric,
    status text, collected_share numeric, account text, place bigint, deal text, currency text, released numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(collection_plan.as_of) as as_of, reporting.known(collection_plan.known_at) as known_at,
reporting.local_day(reporting.instant(collection_plan.as_of)) as day, (select zone from served.zone zone) as zone
),
contract_term as not materialized (select * from served.contract_term(collection_plan.as_of, collection_plan.known_at) contract_term),
invoice as not materialized (select * from served.invoice(collection_plan.as_of, collection_plan.known_at) invoice),
application as not materialized (select * from served.application(collection_plan.as_of, collection_plan.known_at) application),
receivables_item as not materialized (select * from served.receivables_item(collection_plan.as_of, collection_plan.known_at) receivables_item),
sole as (
    select contract_term.account, contract_term.contract, min(contract_term.term) as term
      from contract_term
     where not contract_term.retention and (collection_plan.contract is null or contract_term.contract = collection_plan.contract)
     group by contract_term.account, contract_term.contract
    having count(*) = 1
),
billed as materialized (
    select invoice.account, invoice.invoice, invoice.series, invoice.contract, coalesce(invoice.term, sole.term) as term,
           invoice.currency, invoice.amount, invoice.issued_at
      from invoice
      left join sole on sole.account = invoice.account and sole.contract = invoice.contract
     where invoice.contract is not null and (collection_plan.contract is null or invoice.contract = collection_plan.contract)
),
actual as materialized (
    select one.account, one.contract, one.term, one.currency, sum(one.amount) as amount, sum(one.credit) as credit,
           sum(one.cash) as cash, sum(one.open) as open, bool_or(one.overdue) as overdue, min(one.issued_at) as issued_at
      from (select billed.account, billed.contract, billed.term, billed.currency, billed.amount, 0 as credit, 0 as cash,
                   0 as open, false as overdue, billed.issued_at
              from billed
            union all
            select billed.account, billed.contract, billed.term, billed.currency, 0,
                   case application.kind when 'credit' then application.amount else 0 end,
                   case application.kind when 'cash' then application.amount else 0 end, 0, false, null
              from billed
              join application on application.account = billed.account and application.invoice = billed.invoice
                              and application.series = billed.series
            union all
            select billed.account, billed.contract, billed.term, billed.currency, 0, 0, 0, receivables_item.open_amount,
                   receivables_item.due_on < moment.day, null
              from billed
              join receivables_item on receivables_item.account = billed.account
                                   and receivables_item.invoice = billed.invoice
                                   and receivables_item.series = billed.series
             cross join moment) one
     group by one.account, one.contract, one.term, one.currency
),
whole as (
    select actual.account, actual.contract, actual.currency, sum(actual.cash) as cash
      from actual
     group by actual.account, actual.contract, actual.currency
),
listed as (
    select contract_term.*,
           row_number() over (partition by contract_term.account, contract_term.contract, contract_term.term
                                  order by contract_term.place) as of_name
      from contract_term
     where collection_plan.contract is null or contract_term.contract = collection_plan.contract
),
matched as (
    select listed.*, coalesce(actual.amount - actual.credit, 0) as invoiced, coalesce(actual.cash, 0) as collected,
           coalesce(actual.open, 0) as open, actual.overdue as item_overdue, coalesce(whole.cash, 0) as cash,
           actual.open = 0 and actual.cash > 0 and actual.amount >= listed.planned
           and actual.cash + actual.credit >= actual.amount as settled,
           case listed.trigger when 'signing' then served.local_day(listed.signed_at, moment.zone)
                               when 'invoice' then served.local_day(actual.issued_at, moment.zone)
                               else listed.triggered_on end as happened_on
      from listed
     cross join moment
      left join actual on actual.account = listed.account and actual.contract = listed.contract
                      and actual.term = listed.term and actual.currency = listed.currency and listed.of_name = 1
      left join whole on whole.account = listed.account and whole.contract = listed.contract
                     and whole.currency = listed.currency
),
told as (
    select matched.*, own.due_on as falls_due,
           case when own.due_on is not null then matched.open > 0 and own.due_on < moment.day
                else matched.item_overdue end as overdue
      from matched
     cross join moment
     cross join lateral (
            select case when matched.trigger in ('signing', 'invoice')
                         and matched.days <= date '9999-12-31' - matched.happened_on
                        then matched.happened_on + matched.days else matched.due_on end as due_on
           ) own
)
select told.contract, told.term, told.planned, told.falls_due as due_on, told.invoiced, told.collected, told.open,
       case when told.settled then 'paid'
            when told.overdue then 'overdue'
            when told.collected > 0 then 'part_paid'
            when told.invoiced > 0 then 'invoiced'
            when told.retention and told.released = 0
            then case when told.happened_on <= moment.day then 'to_release' else 'held' end
            when told.retention or told.happened_on <= moment.day then 'to_invoice'
            else 'waiting' end as status,
       round(told.cash / nullif(told.contract_amount, 0), 4) as collected_share,
       told.account, told.place, told.deal, told.currency, told.released
  from told
 cross join moment
 order by told.account collate "C", told.contract collate "C", told.place;
end;
comment on function reporting.collection_plan(timestamptz, bigint, text) is
    'Payment terms of contracts at as_of, as known at the sequence known_at, with the invoices that name the contract and the term and the cash applied to them. planned = the contract''s amount * share, rounded half up; the last term takes the rest. due_on = day of the trigger + days: signing is on the day of signing in the ledger''s zone, the trigger invoice on that of the term''s first invoice. The first that holds is the status: paid, overdue (by due_on, or where that is null by the due day of an invoice), part_paid, invoiced, held, to_release, to_invoice, waiting. A credit for a lower price leaves a term paid; an invoice that a credit cancelled is to be written again. Invoices in another currency than the contract''s are left out; of terms of one name the first has the invoices. An invoice without a term is that of the only term beside the retention; where a contract has several, it counts in collected_share alone.';

create or replace function reporting.collection_plan_totals(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), contract text default null
)
returns table (
    collected_share numeric
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(collection_plan_totals.as_of) as as_of, reporting.known(collection_plan_totals.known_at) as known_at,
reporting.local_day(reporting.instant(collection_plan_totals.as_of)) as day, (select zone from served.zone zone) as zone
),
contract_term as not materialized (select * from served.contract_term(collection_plan_totals.as_of, collection_plan_totals.known_at) contract_term),
invoice as not materialized (select * from served.invoice(collection_plan_totals.as_of, collection_plan_totals.known_at) invoice),
application as not materialized (select * from served.application(collection_plan_totals.as_of, collection_plan_totals.known_at) application),
receivables_item as not materialized (select * from served.receivables_item(collection_plan_totals.as_of, collection_plan_totals.known_at) receivables_item),
report as (
with sole as (
    select contract_term.account, contract_term.contract, min(contract_term.term) as term
      from contract_term
     where not contract_term.retention and (collection_plan_totals.contract is null or contract_term.contract = collection_plan_totals.contract)
     group by contract_term.account, contract_term.contract
    having count(*) = 1
),
billed as materialized (
    select invoice.account, invoice.invoice, invoice.series, invoice.contract, coalesce(invoice.term, sole.term) as term,
           invoice.currency, invoice.amount, invoice.issued_at
      from invoice
      left join sole on sole.account = invoice.account and sole.contract = invoice.contract
     where invoice.contract is not null and (collection_plan_totals.contract is null or invoice.contract = collection_plan_totals.contract)
),
actual as materialized (
    select one.account, one.contract, one.term, one.currency, sum(one.amount) as amount, sum(one.credit) as credit,
           sum(one.cash) as cash, sum(one.open) as open, bool_or(one.overdue) as overdue, min(one.issued_at) as issued_at
      from (select billed.account, billed.contract, billed.term, billed.currency, billed.amount, 0 as credit, 0 as cash,
                   0 as open, false as overdue, billed.issued_at
              from billed
            union all
            select billed.account, billed.contract, billed.term, billed.currency, 0,
                   case application.kind when 'credit' then application.amount else 0 end,
                   case application.kind when 'cash' then application.amount else 0 end, 0, false, null
              from billed
              join application on application.account = billed.account and application.invoice = billed.invoice
                              and application.series = billed.series
            union all
            select billed.account, billed.contract, billed.term, billed.currency, 0, 0, 0, receivables_item.open_amount,
                   receivables_item.due_on < moment.day, null
              from billed
              join receivables_item on receivables_item.account = billed.account
                                   and receivables_item.invoice = billed.invoice
                                   and receivables_item.series = billed.series
             cross join moment) one
     group by one.account, one.contract, one.term, one.currency
),
whole as (
    select actual.account, actual.contract, actual.currency, sum(actual.cash) as cash
      from actual
     group by actual.account, actual.contract, actual.currency
),
listed as (
    select contract_term.*,
           row_number() over (partition by contract_term.account, contract_term.contract, contract_term.term
                                  order by contract_term.place) as of_name
      from contract_term
     where collection_plan_totals.contract is null or contract_term.contract = collection_plan_totals.contract
),
matched as (
    select listed.*, coalesce(actual.amount - actual.credit, 0) as invoiced, coalesce(actual.cash, 0) as collected,
           coalesce(actual.open, 0) as open, actual.overdue as item_overdue, coalesce(whole.cash, 0) as cash,
           actual.open = 0 and actual.cash > 0 and actual.amount >= listed.planned
           and actual.cash + actual.credit >= actual.amount as settled,
           case listed.trigger when 'signing' then served.local_day(listed.signed_at, moment.zone)
                               when 'invoice' then served.local_day(actual.issued_at, moment.zone)
                               else listed.triggered_on end as happened_on
      from listed
     cross join moment
      left join actual on actual.account = listed.account and actual.contract = listed.contract
                      and actual.term = listed.term and actual.currency = listed.currency and listed.of_name = 1
      left join whole on whole.account = listed.account and whole.contract = listed.contract
                     and whole.currency = listed.currency
),
told as (
    select matched.*, own.due_on as falls_due,
           case when own.due_on is not null then matched.open > 0 and own.due_on < moment.day
                else matched.item_overdue end as overdue
      from matched
     cross join moment
     cross join lateral (
            select case when matched.trigger in ('signing', 'invoice')
                         and matched.days <= date '9999-12-31' - matched.happened_on
                        then matched.happened_on + matched.days else matched.due_on end as due_on
           ) own
)
select told.contract, told.term, told.planned, told.falls_due as due_on, told.invoiced, told.collected, told.open,
       case when told.settled then 'paid'
            when told.overdue then 'overdue'
            when told.collected > 0 then 'part_paid'
            when told.invoiced > 0 then 'invoiced'
            when told.retention and told.released = 0
            then case when told.happened_on <= moment.day then 'to_release' else 'held' end
            when told.retention or told.happened_on <= moment.day then 'to_invoice'
            else 'waiting' end as status,
       round(told.cash / nullif(told.contract_amount, 0), 4) as collected_share,
       told.account, told.place, told.deal, told.currency, told.released
  from told
 cross join moment
 order by told.account collate "C", told.contract collate "C", told.place
),
listed as not materialized (
    select contract_term.account, contract_term.contract, contract_term.currency, contract_term.contract_amount as amount
      from contract_term
     where collection_plan_totals.contract is null or contract_term.contract = collection_plan_totals.contract
),
contracts as materialized (
    select listed.account, listed.contract, listed.currency, min(listed.amount) as amount
      from listed
     group by listed.account, listed.contract, listed.currency
),
paid as materialized (
    select invoice.account, invoice.contract, invoice.currency, sum(application.amount) as cash
      from application
      join invoice on invoice.account = application.account and invoice.invoice = application.invoice
                  and invoice.series = application.series
     where application.kind = 'cash' and invoice.contract is not null
       and (collection_plan_totals.contract is null or invoice.contract = collection_plan_totals.contract)
     group by invoice.account, invoice.contract, invoice.currency
)
select case when (select min(listed.currency) = max(listed.currency) from listed)
            then (select round(coalesce(sum(paid.cash), 0) / nullif(sum(contracts.amount), 0), 4)
                    from contracts
                    left join paid on paid.account = contracts.account and paid.contract = contracts.contract
                                  and paid.currency = contracts.currency) end as collected_share;
end;
comment on function reporting.collection_plan_totals(timestamptz, bigint, text) is
    'Totals of collection_plan(…); one row.';

-- name: statutory
create or replace function reporting.statutory(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    invoice text, contract text, statutory_due date, days_late integer, bearing numeric, rate numeric, interest numeric,
    account text, series text, currency text, term text, buyer_kind text, begins_on date, open numeric, policy text,
    policy_from date, rate_policy text, rate_policy_from date
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(statutory.as_of) as as_of, reporting.known(statutory.known_at) as known_at,
reporting.local_day(reporting.instant(statutory.as_of)) as day, (select zone from served.zone zone) as zone
),
invoice as not materialized (select * from served.invoice(statutory.as_of, statutory.known_at) invoice),
contract_term as not materialized (select * from served.contract_term(statutory.as_of, statutory.known_at) contract_term),
application as not materialized (select * from served.application(statutory.as_of, statutory.known_at) application),
receivables_item as not materialized (select * from served.receivables_item(statutory.as_of, statutory.known_at) receivables_item),
account_fact_past as not materialized (select * from served.account_fact_past(statutory.as_of, statutory.known_at) account_fact_past),
listed as (
    select distinct on (contract_term.account, contract_term.contract, contract_term.term) contract_term.account,
           contract_term.contract, contract_term.term, contract_term.trigger, contract_term.days, contract_term.signed_at,
           contract_term.buyer_kind, contract_term.late_rate_per_day,
           not contract_term.retention
           and count(*) filter (where not contract_term.retention)
                   over (partition by contract_term.account, contract_term.contract) = 1 as sole,
           case contract_term.trigger when 'acceptance' then contract_term.accepted_on
                                      when 'delivery' then contract_term.delivered_on end as begins_on
      from contract_term
     where contract_term.sme_declared
     order by contract_term.account, contract_term.contract, contract_term.term, contract_term.place
),
profile as materialized (
    select past.account, past.value, past.from_at, past.to_at from account_fact_past past where past.fact = 'buyer_kind'
),
bound as (
    select listed.*, served.local_day(listed.signed_at, moment.zone) as signed_on,
           coalesce(listed.buyer_kind, profile.value) as buyer
      from listed
     cross join moment
      left join profile on listed.buyer_kind is null and profile.account = listed.account
                       and profile.from_at <= listed.signed_at and profile.to_at > listed.signed_at
     where listed.begins_on is not null
),
limits as materialized (
    select policy.* from reporting.policy where policy.name = 'statutory_terms'
),
rates as materialized (
    select policy.* from reporting.policy where policy.name = 'late_interest' and policy.key = 'not_agreed'
),
ruled as (
    select bound.*, limits.name as policy, limits.from_on as policy_from,
           coalesce(bound.late_rate_per_day, rates.value) as rate,
           case when bound.late_rate_per_day is null then rates.name end as rate_policy,
           case when bound.late_rate_per_day is null then rates.from_on end as rate_policy_from,
           case when bound.days is null then limits.value::integer
                when bound.buyer = 'public' then least(bound.days, limits.value::integer)
                else bound.days end as term_days
      from bound
      join limits on limits.key = case when bound.buyer = 'public' and bound.days is not null then 'public_longest'
                                       else bound.buyer || '_not_agreed' end
                 and limits.from_on <= bound.signed_on and bound.signed_on < coalesce(limits.until_on, 'infinity')
      join rates on rates.from_on <= bound.signed_on and bound.signed_on < coalesce(rates.until_on, 'infinity')
),
billed as materialized (
    select invoice.account, invoice.invoice, invoice.series, invoice.currency, invoice.amount, ruled.contract, ruled.term,
           ruled.buyer as buyer_kind, ruled.begins_on, ruled.begins_on + ruled.term_days as due_on, ruled.rate, ruled.policy,
           ruled.policy_from, ruled.rate_policy, ruled.rate_policy_from
      from invoice
      join ruled on ruled.account = invoice.account and ruled.contract = invoice.contract
                and (ruled.term = invoice.term or invoice.term is null and ruled.sole)
     where ruled.term_days <= date '9999-12-31' - ruled.begins_on
),
paid as (
    select billed.account, billed.invoice, billed.series, sum(application.amount) as lowered,
           sum(application.amount * greatest(applied.day - billed.due_on, 0))
               filter (where application.kind = 'cash') as late_cash,
           max(applied.day) filter (where application.kind = 'cash') as last_on
      from billed
      join application on application.account = billed.account and application.invoice = billed.invoice
                      and application.series = billed.series
     cross join moment
     cross join lateral (select served.local_day(application.at, moment.zone) as day) applied
     group by billed.account, billed.invoice, billed.series
),
told as (
    select billed.*, owed.open, coalesce(paid.late_cash, 0) as late_cash,
           greatest(case when owed.open > 0 then moment.day else coalesce(paid.last_on, billed.due_on) end - billed.due_on,
                    0) as days_late,
           case when receivables_item.disputed then owed.open - coalesce(receivables_item.disputed_amount, owed.open)
                else owed.open end as undisputed
      from billed
     cross join moment
      left join paid on paid.account = billed.account and paid.invoice = billed.invoice and paid.series = billed.series
     cross join lateral (select billed.amount - coalesce(paid.lowered, 0) as open) owed
      left join receivables_item on receivables_item.account = billed.account
                                and receivables_item.invoice = billed.invoice
                                and receivables_item.series = billed.series
)
select told.invoice, told.contract, told.due_on as statutory_due, told.days_late, bears.amount as bearing,
       round(told.rate, 6) as rate,
       round((told.late_cash + bears.amount * told.days_late) * told.rate, served.minor_units(told.currency)) as interest,
       told.account, nullif(told.series, '') as series, told.currency, told.term, told.buyer_kind, told.begins_on, told.open,
       told.policy, told.policy_from, told.rate_policy, told.rate_policy_from
  from told
 cross join lateral (select case when told.days_late > 0 then told.undisputed else 0 end as amount) bears
 where told.open > 0 or told.late_cash > 0
 order by told.account collate "C", told.invoice collate "C", told.series collate "C";
end;
comment on function reporting.statutory(timestamptz, bigint) is
    'Invoices at as_of, as known at the sequence known_at, under contracts with sme_declared that were signed since the policy statutory_terms is in force (Order 802: 2025-06-01) with a public buyer or a large enterprise, for terms that begin with acceptance or delivery, once that day is known (an invoice without a term is that of the only term beside the retention); of these the invoices on which anything is owed, and those that were paid late. statutory_due = that day + the days agreed, for a public buyer at most 60, or where none are agreed 30 for a public buyer and 60 for a large enterprise. interest = sum of principal * rate * days late of each part until it was paid, or as_of''s day; a part that is disputed at as_of bears none, nor do credits and write-offs; what is paid is not disputed any more. Terms and rates are those of the policies statutory_terms and late_interest in force on the day of signing; each row names them.';

-- name: suggestions
create or replace function reporting.suggestions(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), account text default null
)
returns table (
    payment text, invoice text, amount numeric, reason text, account text, payment_series text, series text,
    currency text, received_at timestamptz, due_on date
)
language sql stable parallel safe
begin atomic
with receivables_unapplied as not materialized (select * from served.receivables_unapplied(suggestions.as_of, suggestions.known_at) receivables_unapplied),
receivables_item as not materialized (select * from served.receivables_item(suggestions.as_of, suggestions.known_at) receivables_item),
paid as (
    select one.account, one.currency, array_agg(one.amount order by one.place) as amounts,
           array_agg(one.remittance order by one.place) as remittances,
           array_agg(one.document order by one.place) as numbers, array_agg(one.series order by one.place) as series,
           array_agg(one.received_at order by one.place) as received_at
      from (select receivables_unapplied.*,
                   row_number() over (partition by receivables_unapplied.account, receivables_unapplied.currency
                                          order by receivables_unapplied.received_at, receivables_unapplied.document,
                                                   receivables_unapplied.series) as place
              from receivables_unapplied
             where receivables_unapplied.kind = 'cash' and (suggestions.account is null or receivables_unapplied.account = suggestions.account)) one
     group by one.account, one.currency
),
owed as (
    select one.account, one.currency, array_agg(one.open_amount order by one.place) as amounts,
           array_agg(one.invoice order by one.place) as numbers, array_agg(one.series order by one.place) as series,
           array_agg(one.due_on order by one.place) as due_on
      from (select receivables_item.*,
                   row_number() over (partition by receivables_item.account, receivables_item.currency
                                          order by receivables_item.due_on, receivables_item.invoice,
                                                   receivables_item.series) as place
              from receivables_item
             where receivables_item.account in (select paid.account from paid)) one
     group by one.account, one.currency
)
select told.payment, told.invoice, suggested.amount, suggested.reason, paid.account, told.payment_series, told.series,
       paid.currency, paid.received_at[suggested.payment] as received_at, owed.due_on[suggested.invoice] as due_on
  from paid
  join owed on owed.account = paid.account and owed.currency = paid.currency
 cross join lateral served.suggested(paid.amounts, paid.remittances, owed.amounts, owed.numbers) suggested
 cross join lateral (
        select paid.numbers[suggested.payment] as payment, nullif(paid.series[suggested.payment], '') as payment_series,
               owed.numbers[suggested.invoice] as invoice, nullif(owed.series[suggested.invoice], '') as series
       ) told
 order by paid.account collate "C", told.payment collate "C", told.payment_series collate "C", told.invoice collate "C",
          told.series collate "C";
end;
comment on function reporting.suggestions(timestamptz, bigint, text) is
    'Unapplied cash and open invoices of one account and currency at as_of, as known at the sequence known_at. Payments go one by one in order of receipt, each by one rule: to the open invoices that its remittance names, by due day; if it names none, to the only open invoice of exactly its amount; if there is no such one, to the invoices that are due first. Amounts are never more than is left of payment and invoice behind the suggestions before. What a payment leaves over that names invoices is suggested for no other. Nothing is booked: payment_allocated does that.';

-- name: accounts
create or replace function reporting.accounts(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, name text, grade text, score bigint, suggested text, revenue numeric, share numeric, rank bigint,
    cumulative numeric, growth numeric, won bigint, first_won date, last_won date, life_cycle text, currency text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(accounts.as_of) as as_of, reporting.known(accounts.known_at) as known_at,
reporting.local_day(reporting.instant(accounts.as_of)) as day, (select zone from served.zone zone) as zone
),
account_fact as not materialized (select * from served.account_fact(accounts.as_of, accounts.known_at) account_fact),
grade as not materialized (select * from served.grade(accounts.as_of, accounts.known_at) grade),
contact as not materialized (select * from served.contact(accounts.as_of, accounts.known_at) contact),
relationship as not materialized (select * from served.relationship(accounts.as_of, accounts.known_at) relationship),
touch as not materialized (select * from served.touch(accounts.as_of, accounts.known_at) touch),
referral as not materialized (select * from served.referral(accounts.as_of, accounts.known_at) referral),
account_plan as not materialized (select * from served.account_plan(accounts.as_of, accounts.known_at) account_plan),
account_todo as not materialized (select * from served.account_todo(accounts.as_of, accounts.known_at) account_todo),
account_alias as not materialized (select * from served.account_alias(accounts.as_of, accounts.known_at) account_alias),
stage_position as not materialized (select * from served.stage_position(accounts.as_of, accounts.known_at) stage_position),
receivables_movement as not materialized (select * from served.receivables_movement(accounts.as_of, accounts.known_at) receivables_movement),
merged as materialized (
    select one.member, one.account from served.account_merged(accounts.as_of, accounts.known_at) one
),
known as materialized (
    select grouped.member, grouped.account from served.account_group(accounts.as_of, accounts.known_at) grouped
),
span as materialized (
    select reporting.day_end(moment.day - 365) as begins, reporting.day_end(moment.day - 730) as former from moment
),
sold as materialized (
    select coalesce(merged.account, receivables_movement.account) as account, receivables_movement.currency,
           coalesce(sum(receivables_movement.amount) filter (where receivables_movement.at > span.begins), 0) as revenue,
           coalesce(sum(receivables_movement.amount) filter (where receivables_movement.at <= span.begins), 0) as former
      from receivables_movement
      left join merged on merged.member = receivables_movement.account
     cross join span
     where receivables_movement.kind in ('invoice', 'credit_note') and receivables_movement.at > span.former
     group by coalesce(merged.account, receivables_movement.account), receivables_movement.currency
),
ranked as (
    select sold.account, sold.currency, sold.revenue, sold.former, row_number() over by_revenue as rank,
           sum(sold.revenue) over by_revenue as up_to, sum(sold.revenue) over (partition by sold.currency) as whole
      from sold
    window by_revenue as (partition by sold.currency order by sold.revenue desc, sold.account collate "C")
),
won as (
    select one.account, one.deals, served.local_day(one.first_at, moment.zone) as first_on,
           served.local_day(one.last_at, moment.zone) as last_on
      from (select coalesce(merged.account, stage_position.account) as account, count(*) as deals,
                   min(stage_position.status_since) as first_at, max(stage_position.status_since) as last_at
              from stage_position
              left join merged on merged.member = stage_position.account
             where stage_position.status = 'won'
             group by coalesce(merged.account, stage_position.account)) one
     cross join moment
),
graded as (
    select distinct on (known.account) known.account, grade.grade,
           grade.potential * grade.standing * grade.strategic as score
      from grade
      join known on known.member = grade.account
     order by known.account, grade.from_at desc, known.member = known.account desc, grade.entry desc
),
asked as materialized (
    select served.policy_value('account_grades', 'A', moment.day) as a,
           served.policy_value('account_grades', 'B', moment.day) as b,
           served.policy_value('account_grades', 'C', moment.day) as c,
           moment.day - served.policy_value('life_cycle', 'recent', moment.day)::integer as past
      from moment
)
select one.account, named.value as name, graded.grade, graded.score,
       case when graded.score >= asked.a then 'A' when graded.score >= asked.b then 'B'
            when graded.score >= asked.c then 'C' when graded.score is not null then 'D' end as suggested,
       ranked.revenue, round(ranked.revenue / nullif(ranked.whole, 0), 4) as share, ranked.rank,
       round(ranked.up_to / nullif(ranked.whole, 0), 4) as cumulative,
       round((ranked.revenue - ranked.former) / nullif(ranked.former, 0), 4) as growth,
       coalesce(won.deals, 0) as won, won.first_on as first_won, won.last_on as last_won,
       case when won.account is null then 'prospect' when won.first_on > asked.past then 'new'
            when won.last_on > asked.past then 'active' else 'dormant' end as life_cycle,
       ranked.currency
  from (select distinct known.account from known) one
 cross join asked
  left join account_fact named on named.account = one.account and named.fact = 'name'
  left join graded on graded.account = one.account
  left join ranked on ranked.account = one.account
  left join won on won.account = one.account
 order by ranked.currency nulls last, ranked.rank, one.account collate "C";
end;
comment on function reporting.accounts(timestamptz, bigint) is
    'Accounts that had a deal, receivables or anything else recorded at as_of, as known at the sequence known_at; one row for each currency in which the account had invoices or credit notes within 730 days, one without currency for other accounts. Amounts of two currencies are never added: share, rank and cumulative are within the currency, won and life_cycle of the whole account stand in each of its rows. revenue = invoices - credit notes of the 365 days up to as_of''s day; growth = (revenue - that of the 365 days before) / that of the 365 days before. score = potential * standing * strategic. An account merged into another one counts with the one at the end of the chain, whose name is shown; of their grades the newest counts. Of mergings that make a circle the last has no effect. A filter by an account that was merged gives the one it counts with.';

-- name: segments
create or replace function reporting.segments(
    by text, as_of timestamptz default now(), known_at bigint default reporting.sequence(), from_day date default null,
    to_day date default null
)
returns table (
    segment text, accounts bigint, open bigint, pipeline numeric, won bigint, lost bigint, win_rate numeric,
    revenue numeric, growth numeric, collection_rate numeric, currency text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(segments.as_of) as as_of, reporting.known(segments.known_at) as known_at,
reporting.local_day(reporting.instant(segments.as_of)) as day, (select zone from served.zone zone) as zone
),
account_fact as not materialized (select * from served.account_fact(segments.as_of, segments.known_at) account_fact),
grade as not materialized (select * from served.grade(segments.as_of, segments.known_at) grade),
contact as not materialized (select * from served.contact(segments.as_of, segments.known_at) contact),
relationship as not materialized (select * from served.relationship(segments.as_of, segments.known_at) relationship),
touch as not materialized (select * from served.touch(segments.as_of, segments.known_at) touch),
referral as not materialized (select * from served.referral(segments.as_of, segments.known_at) referral),
account_plan as not materialized (select * from served.account_plan(segments.as_of, segments.known_at) account_plan),
account_todo as not materialized (select * from served.account_todo(segments.as_of, segments.known_at) account_todo),
account_alias as not materialized (select * from served.account_alias(segments.as_of, segments.known_at) account_alias),
stage_position as not materialized (select * from served.stage_position(segments.as_of, segments.known_at) stage_position),
receivables_movement as not materialized (select * from served.receivables_movement(segments.as_of, segments.known_at) receivables_movement),
standing as not materialized (select * from served.stage_position(least(reporting.instant(segments.as_of), served.ends(segments.to_day)), segments.known_at) standing),
moved as not materialized (select * from served.receivables_movement(least(reporting.instant(segments.as_of), served.ends(segments.to_day)), segments.known_at) moved),
issued as not materialized (select * from served.invoice(least(reporting.instant(segments.as_of), served.ends(segments.to_day)), segments.known_at) issued),
applied as not materialized (select * from served.application(least(reporting.instant(segments.as_of), served.ends(segments.to_day)), segments.known_at) applied),
known as materialized (
    select grouped.member, grouped.account from served.account_group(segments.as_of, segments.known_at) grouped
),
span as materialized (
    select reporting.day_end(date '0001-01-01' + period.first - 1) as begins,
           reporting.day_end(date '0001-01-01' + greatest(2 * period.first - period.last - 1, 0) - 1) as former,
           date '0001-01-01' + period.first as first_on, date '0001-01-01' + period.last as last_on
      from (select given.last,
                   case when segments.from_day is null then given.last - 364
                        else least(least(greatest(segments.from_day, date '0001-01-02'), date '9998-12-31') - date '0001-01-01', given.last + 1) end as first
              from (select greatest(least(segments.to_day, moment.day), date '0001-01-02') - date '0001-01-01' as last
                      from moment) given) period
),
placed as materialized (
    select one.account, account_fact.segment
      from (select distinct known.account from known) one
      left join account_fact on account_fact.account = one.account
                            and account_fact.fact = served.one_of('by', segments.by, array[
                                'name', 'industry', 'region', 'founded_year', 'employees', 'parent', 'industry_phase',
                                'scope', 'branches', 'size_class', 'standing', 'life_phase', 'profitability',
                                'investment', 'credit', 'intent', 'buyer_kind', 'gov_level', 'info_source'])
),
counted as materialized (
    select placed.segment, standing.deal, standing.status, standing.currency, standing.amount
      from standing
     cross join span
      left join known on known.member = standing.account
      left join placed on placed.account = known.account
     where standing.status = 'open' or standing.status in ('won', 'lost') and standing.status_since > span.begins
),
sums as not materialized (
    select counted.segment, counted.currency, 'pipeline' as kind, counted.amount
      from counted
     where counted.status = 'open' and counted.currency is not null
    union all
    select placed.segment, moved.currency, case when moved.at > span.begins then 'revenue' else 'former' end, moved.amount
      from moved
     cross join span
      join known on known.member = moved.account
      join placed on placed.account = known.account
     where moved.kind in ('invoice', 'credit_note') and moved.at > span.former
    union all
    select placed.segment, issued.currency, 'due', issued.amount
      from issued
     cross join span
      join known on known.member = issued.account
      join placed on placed.account = known.account
     where issued.due_on between span.first_on and span.last_on
    union all
    select placed.segment, applied.currency, case applied.kind when 'cash' then 'collected' else 'due' end,
           case applied.kind when 'cash' then applied.amount else -applied.amount end
      from applied
     cross join span
      join known on known.member = applied.account
      join placed on placed.account = known.account
     where applied.due_on between span.first_on and span.last_on
),
money as materialized (
    select sums.segment, sums.currency, coalesce(sum(sums.amount) filter (where sums.kind = 'pipeline'), 0) as pipeline,
           coalesce(sum(sums.amount) filter (where sums.kind = 'revenue'), 0) as revenue,
           coalesce(sum(sums.amount) filter (where sums.kind = 'former'), 0) as former,
           coalesce(sum(sums.amount) filter (where sums.kind = 'due'), 0) as due,
           coalesce(sum(sums.amount) filter (where sums.kind = 'collected'), 0) as collected
      from sums
     group by sums.segment, sums.currency
),
counts as (
    select one.segment, sum(one.accounts)::bigint as accounts, sum(one.open)::bigint as open, sum(one.won)::bigint as won,
           sum(one.lost)::bigint as lost
      from (select placed.segment, 1 as accounts, 0 as open, 0 as won, 0 as lost from placed
            union all
            select counted.segment, 0, (counted.status = 'open')::integer, (counted.status = 'won')::integer,
                   (counted.status = 'lost')::integer
              from counted) one
     group by one.segment
)
select counts.segment, counts.accounts, counts.open, money.pipeline, counts.won, counts.lost,
       round(counts.won::numeric / nullif(counts.won + counts.lost, 0), 4) as win_rate, money.revenue,
       round((money.revenue - money.former) / nullif(money.former, 0), 4) as growth,
       round(money.collected / nullif(money.due, 0), 4) as collection_rate, money.currency
  from counts
  left join money on money.segment is not distinct from counts.segment
 order by counts.segment collate "C" nulls last, money.currency nulls last;
end;
comment on function reporting.segments(text, timestamptz, bigint, date, date) is
    'Accounts by one fact as it is at as_of, as known at the sequence known_at, also for old deals, with their deals and revenue of the days from to to, both included. Deals stand as at the end of to, or at as_of where that is earlier. win_rate = won / (won + lost); revenue = invoices - credit notes; growth = (revenue - that of as many days before) / that of those days; collection_rate = cash applied by the end of the period to invoices due in it / (their amounts - credits - write-offs). The row without a segment has the accounts whose fact is unknown and the deals without account. Amounts of two currencies are never added: a segment has a row for each, and its counts and win_rate, which are those of all currencies, stand in each. Merged accounts count as in the report accounts. Default of to: as_of''s day; of from: 364 days before.';

-- name: relationships
create or replace function reporting.relationships(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), account text default null,
    deal text default null
)
returns table (
    contact text, roles text[], enterprise_need_product boolean, enterprise_need_company boolean,
    personal_need_product boolean, personal_need_company boolean, personal_bond_product boolean,
    personal_bond_company boolean, decision bigint, influence bigint, motivation text, stance text, reports_to text
)
language sql stable parallel safe
begin atomic
with contact as not materialized (select * from served.contact(relationships.as_of, relationships.known_at) contact),
relationship as not materialized (select * from served.relationship(relationships.as_of, relationships.known_at) relationship),
deal_contact as not materialized (select * from served.deal_contact(relationships.as_of, relationships.known_at) deal_contact),
deal_relationship as not materialized (select * from served.deal_relationship(relationships.as_of, relationships.known_at) deal_relationship),
stage_position as not materialized (select * from served.stage_position(relationships.as_of, relationships.known_at) stage_position),
account_alias as not materialized (select * from served.account_alias(relationships.as_of, relationships.known_at) account_alias),
asked as materialized (
    select coalesce(merged.account, own.account) as account
      from (select relationships.account::text as account
            union
            select stage_position.account from stage_position where stage_position.deal = relationships.deal) own
      left join served.account_merged(relationships.as_of, relationships.known_at) merged on merged.member = own.account
     where own.account is not null
),
chosen as materialized (
    select asked.account from asked
    union
    select merged.member from served.account_merged(relationships.as_of, relationships.known_at) merged join asked on asked.account = merged.account
),
placed as materialized (
    select relationships.deal::text as deal where relationships.deal is not null
    union all
    select stage_position.deal
      from stage_position
      join chosen on chosen.account = stage_position.account
     where relationships.deal is null
       and stage_position.deal = any (array(select deal_contact.deal from deal_contact
                                            union select deal_relationship.deal from deal_relationship))
),
own_person as materialized (
    select deal_contact.* from deal_contact join placed on placed.deal = deal_contact.deal
),
person as materialized (
    select distinct on (one.contact) one.contact, one.roles, one.reports_to, one.deal
      from (select contact.contact, contact.roles, contact.reports_to, contact.deal, contact.from_at, contact.entry
              from contact
              join chosen on chosen.account = contact.account
            union all
            select own_person.contact, own_person.roles, own_person.reports_to, own_person.deal, own_person.from_at,
                   own_person.entry
              from own_person) one
     order by one.contact, one.from_at desc, one.entry desc
),
every_cell as materialized (
    select relationship.contact, relationship.level, relationship.content, relationship.reached, relationship.decision,
           relationship.influence, relationship.motivation, relationship.stance, relationship.deal,
           relationship.from_at, relationship.entry
      from relationship
      join chosen on chosen.account = relationship.account
    union all
    select own.contact, own.level, own.content, own.reached, own.decision, own.influence, own.motivation, own.stance,
           own.deal, own.from_at, own.entry
      from deal_relationship own
      join placed on placed.deal = own.deal
),
cell as materialized (
    select distinct on (one.contact, one.level, one.content) one.*
      from every_cell one
     order by one.contact, one.level, one.content, one.from_at desc, one.entry desc
),
listed as materialized (
    select person.contact from person where relationships.deal is null or person.deal is null or person.deal = relationships.deal
    union
    select own_person.contact from own_person
    union
    select every_cell.contact from every_cell where relationships.deal is null or every_cell.deal = relationships.deal
),
judged as (
    select cell.contact, array_agg(cell.level || '_' || cell.content) filter (where cell.reached) as reached,
           (array_agg(cell.decision order by cell.from_at desc, cell.entry desc)
               filter (where cell.decision is not null))[1] as decision,
           (array_agg(cell.influence order by cell.from_at desc, cell.entry desc)
               filter (where cell.influence is not null))[1] as influence,
           (array_agg(cell.motivation order by cell.from_at desc, cell.entry desc)
               filter (where cell.motivation is not null))[1] as motivation,
           (array_agg(cell.stance order by cell.from_at desc, cell.entry desc)
               filter (where cell.stance is not null))[1] as stance
      from cell
     group by cell.contact
)
select listed.contact, coalesce(person.roles, '{}') as roles,
       'enterprise_need_product' = any (told.reached) as enterprise_need_product,
       'enterprise_need_company' = any (told.reached) as enterprise_need_company,
       'personal_need_product' = any (told.reached) as personal_need_product,
       'personal_need_company' = any (told.reached) as personal_need_company,
       'personal_bond_product' = any (told.reached) as personal_bond_product,
       'personal_bond_company' = any (told.reached) as personal_bond_company,
       judged.decision, judged.influence, judged.motivation, judged.stance, person.reports_to
  from listed
  left join person on person.contact = listed.contact
  left join judged on judged.contact = listed.contact
 cross join lateral (select coalesce(judged.reached, '{}') as reached) told
union all
select null, '{}', false, false, false, false, false, false, null, null, null, null, null
 where not served.one_given('account, deal', num_nonnulls(relationships.account, relationships.deal))
 order by 1;
end;
comment on function reporting.relationships(timestamptz, bigint, text, text) is
    'Persons at an account, or for a deal, at as_of, as known at the sequence known_at: exactly one of the two is given. Three levels (enterprise_need, personal_need, personal_bond) by two contents (product, company) make six cells; the latest judgement of each counts. An account has the persons of those merged into it, too, and those of its deals by entries that name no account. A deal has the persons of its account whose record names the deal or none, those recorded on it without an account, and those who were judged for it, with all their cells. Totals: role_coverage = distinct of decision_maker, influencer and user / 3; cell_coverage = cells reached / (6 * persons); decision_makers_reached = decision makers with any cell reached / decision makers.';

create or replace function reporting.relationships_totals(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), account text default null,
    deal text default null
)
returns table (
    role_coverage numeric, cell_coverage numeric, decision_makers_reached numeric
)
language sql stable parallel safe
begin atomic
with contact as not materialized (select * from served.contact(relationships_totals.as_of, relationships_totals.known_at) contact),
relationship as not materialized (select * from served.relationship(relationships_totals.as_of, relationships_totals.known_at) relationship),
deal_contact as not materialized (select * from served.deal_contact(relationships_totals.as_of, relationships_totals.known_at) deal_contact),
deal_relationship as not materialized (select * from served.deal_relationship(relationships_totals.as_of, relationships_totals.known_at) deal_relationship),
stage_position as not materialized (select * from served.stage_position(relationships_totals.as_of, relationships_totals.known_at) stage_position),
account_alias as not materialized (select * from served.account_alias(relationships_totals.as_of, relationships_totals.known_at) account_alias),
asked as materialized (
    select coalesce(merged.account, own.account) as account
      from (select relationships_totals.account::text as account
            union
            select stage_position.account from stage_position where stage_position.deal = relationships_totals.deal) own
      left join served.account_merged(relationships_totals.as_of, relationships_totals.known_at) merged on merged.member = own.account
     where own.account is not null
),
chosen as materialized (
    select asked.account from asked
    union
    select merged.member from served.account_merged(relationships_totals.as_of, relationships_totals.known_at) merged join asked on asked.account = merged.account
),
placed as materialized (
    select relationships_totals.deal::text as deal where relationships_totals.deal is not null
    union all
    select stage_position.deal
      from stage_position
      join chosen on chosen.account = stage_position.account
     where relationships_totals.deal is null
       and stage_position.deal = any (array(select deal_contact.deal from deal_contact
                                            union select deal_relationship.deal from deal_relationship))
),
own_person as materialized (
    select deal_contact.* from deal_contact join placed on placed.deal = deal_contact.deal
),
person as materialized (
    select distinct on (one.contact) one.contact, one.roles, one.reports_to, one.deal
      from (select contact.contact, contact.roles, contact.reports_to, contact.deal, contact.from_at, contact.entry
              from contact
              join chosen on chosen.account = contact.account
            union all
            select own_person.contact, own_person.roles, own_person.reports_to, own_person.deal, own_person.from_at,
                   own_person.entry
              from own_person) one
     order by one.contact, one.from_at desc, one.entry desc
),
every_cell as materialized (
    select relationship.contact, relationship.level, relationship.content, relationship.reached, relationship.decision,
           relationship.influence, relationship.motivation, relationship.stance, relationship.deal,
           relationship.from_at, relationship.entry
      from relationship
      join chosen on chosen.account = relationship.account
    union all
    select own.contact, own.level, own.content, own.reached, own.decision, own.influence, own.motivation, own.stance,
           own.deal, own.from_at, own.entry
      from deal_relationship own
      join placed on placed.deal = own.deal
),
cell as materialized (
    select distinct on (one.contact, one.level, one.content) one.*
      from every_cell one
     order by one.contact, one.level, one.content, one.from_at desc, one.entry desc
),
listed as materialized (
    select person.contact from person where relationships_totals.deal is null or person.deal is null or person.deal = relationships_totals.deal
    union
    select own_person.contact from own_person
    union
    select every_cell.contact from every_cell where relationships_totals.deal is null or every_cell.deal = relationships_totals.deal
),
report as (
with judged as (
    select cell.contact, array_agg(cell.level || '_' || cell.content) filter (where cell.reached) as reached,
           (array_agg(cell.decision order by cell.from_at desc, cell.entry desc)
               filter (where cell.decision is not null))[1] as decision,
           (array_agg(cell.influence order by cell.from_at desc, cell.entry desc)
               filter (where cell.influence is not null))[1] as influence,
           (array_agg(cell.motivation order by cell.from_at desc, cell.entry desc)
               filter (where cell.motivation is not null))[1] as motivation,
           (array_agg(cell.stance order by cell.from_at desc, cell.entry desc)
               filter (where cell.stance is not null))[1] as stance
      from cell
     group by cell.contact
)
select listed.contact, coalesce(person.roles, '{}') as roles,
       'enterprise_need_product' = any (told.reached) as enterprise_need_product,
       'enterprise_need_company' = any (told.reached) as enterprise_need_company,
       'personal_need_product' = any (told.reached) as personal_need_product,
       'personal_need_company' = any (told.reached) as personal_need_company,
       'personal_bond_product' = any (told.reached) as personal_bond_product,
       'personal_bond_company' = any (told.reached) as personal_bond_company,
       judged.decision, judged.influence, judged.motivation, judged.stance, person.reports_to
  from listed
  left join person on person.contact = listed.contact
  left join judged on judged.contact = listed.contact
 cross join lateral (select coalesce(judged.reached, '{}') as reached) told
union all
select null, '{}', false, false, false, false, false, false, null, null, null, null, null
 where not served.one_given('account, deal', num_nonnulls(relationships_totals.account, relationships_totals.deal))
 order by 1
),
counted as (
    select report.roles, 'decision_maker' = any (report.roles) as decides,
           report.enterprise_need_product::integer + report.enterprise_need_company::integer
           + report.personal_need_product::integer + report.personal_need_company::integer
           + report.personal_bond_product::integer + report.personal_bond_company::integer as cells
      from report
)
select round((select count(distinct role)
                from counted
               cross join unnest(counted.roles) role
               where role in ('decision_maker', 'influencer', 'user')) / nullif(3 * (count(*) > 0)::integer, 0)::numeric,
             4) as role_coverage,
       round(sum(counted.cells)::numeric / nullif(6 * count(*), 0), 4) as cell_coverage,
       round(count(*) filter (where counted.decides and counted.cells > 0)::numeric
             / nullif(count(*) filter (where counted.decides), 0), 4) as decision_makers_reached
  from counted;
end;
comment on function reporting.relationships_totals(timestamptz, bigint, text, text) is
    'Totals of relationships(…); one row.';

-- name: account_plan
create or replace function reporting.account_plan(
    account text, period text, currency text, as_of timestamptz default now(),
    known_at bigint default reporting.sequence()
)
returns table (
    target numeric, actual numeric, weighted numeric, gap numeric, attained numeric, status text, potential text,
    strategy text, resources text, currency text, metric text, plan text, owner text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(account_plan.as_of) as as_of, reporting.known(account_plan.known_at) as known_at,
reporting.local_day(reporting.instant(account_plan.as_of)) as day, (select zone from served.zone zone) as zone
),
receivables_movement as not materialized (select * from served.receivables_movement(account_plan.as_of, account_plan.known_at) receivables_movement),
contract_term as not materialized (select * from served.contract_term(account_plan.as_of, account_plan.known_at) contract_term),
application as not materialized (select * from served.application(account_plan.as_of, account_plan.known_at) application),
planned as not materialized (select * from served.account_plan(account_plan.as_of, account_plan.known_at) planned),
stage_position as not materialized (select * from served.stage_position(account_plan.as_of, account_plan.known_at) stage_position),
account_alias as not materialized (select * from served.account_alias(account_plan.as_of, account_plan.known_at) account_alias),
target as not materialized (select * from served.target(account_plan.as_of, account_plan.known_at) target),
asked as materialized (
    select coalesce((select merged.account from served.account_merged(account_plan.as_of, account_plan.known_at) merged
                      where merged.member = account_plan.account), account_plan.account) as account,
           days.first_on, days.last_on
      from served.period_days(account_plan.period) days
),
chosen as materialized (
    select asked.account from asked
    union
    select merged.member from served.account_merged(account_plan.as_of, account_plan.known_at) merged join asked on asked.account = merged.account
),
aim as materialized (
    select target.metric, target.value
      from target
      join chosen on 'account/' || chosen.account = target.subject
     where target.metric in ('net_invoiced', 'signed_amount', 'collected_amount') and target.period = account_plan.period
       and target.currency = account_plan.currency and target.stage is null and target.owner is null and target.region is null
     order by array_position(array['net_invoiced', 'signed_amount', 'collected_amount'], target.metric),
              target.set_at desc, target.subject = 'account/' || (select asked.account from asked) desc,
              target.sequence desc
     limit 1
),
measured as materialized (
    select coalesce((select aim.metric from aim), 'net_invoiced') as metric
),
counted as (
    select receivables_movement.at, receivables_movement.amount
      from receivables_movement
     where receivables_movement.account in (select chosen.account from chosen)
       and receivables_movement.currency = account_plan.currency and receivables_movement.kind in ('invoice', 'credit_note')
       and (select measured.metric = 'net_invoiced' from measured)
    union all
    select signed.at, signed.amount
      from (select distinct contract_term.account, contract_term.contract, contract_term.signed_at as at,
                   contract_term.contract_amount as amount
              from contract_term
             where contract_term.account in (select chosen.account from chosen) and contract_term.currency = account_plan.currency
               and (select measured.metric = 'signed_amount' from measured)) signed
    union all
    select application.at, application.amount
      from application
     where application.account in (select chosen.account from chosen) and application.currency = account_plan.currency
       and application.kind = 'cash' and (select measured.metric = 'collected_amount' from measured)
),
intended as (
    select planned.*
      from planned
      join chosen on chosen.account = planned.account
     cross join asked
     where planned.period = account_plan.period
     order by planned.from_at desc, planned.account = asked.account desc, planned.entry desc
     limit 1
),
told as materialized (
    select (select aim.value from aim) as target, (select aim.metric from aim) as metric,
           coalesce((select sum(counted.amount)
                       from counted
                      cross join asked
                      where counted.at > reporting.day_end(asked.first_on - 1)
                        and counted.at <= reporting.day_end(asked.last_on)), 0) as actual,
           coalesce((select round(sum(stage_position.amount * stage_position.probability), served.minor_units(account_plan.currency))
                       from stage_position
                      where stage_position.account in (select chosen.account from chosen)
                        and stage_position.currency = account_plan.currency and stage_position.status = 'open'), 0) as weighted
)
select told.target, told.actual, told.weighted, told.target - told.actual - told.weighted as gap,
       round(told.actual / nullif(told.target, 0), 4) as attained, intended.status, intended.potential, intended.strategy,
       intended.resources, account_plan.currency as currency, told.metric, intended.plan, intended.owner
  from told
  left join intended on true
 where told.target is not null
    or exists (select
                 from moment
                cross join lateral served.account_fact_of(account_plan.account, moment.as_of, moment.known_at))
    or exists (select from served.account_group(account_plan.as_of, account_plan.known_at) known where known.member = account_plan.account);
end;
comment on function reporting.account_plan(text, text, text, timestamptz, bigint) is
    'One account in one period and one currency at as_of, as known at the sequence known_at. gap = target - actual - weighted; weighted = sum of amount x probability of the account''s open deals; attained = actual / target. The target is the account''s own of the metric net_invoiced, else of signed_amount, else of collected_amount; of several of a metric the later counts. actual is by the same metric: invoices - credit notes of the period, the amounts of the contracts signed in it, or the cash applied in it; without a target net_invoiced. Targets for a stage, a person or a region are others. Words are those of the newest plan of the period. Accounts merged into one count with it: the money, deals, targets and plans of all.';

-- name: messages
create or replace function reporting.messages(
    from_day date, to_day date, as_of timestamptz default now(), known_at bigint default reporting.sequence(),
    by_campaign text default 'no'
)
returns table (
    channel text, sent bigint, bounced bigint, opened bigint, clicked bigint, replied bigint, open_rate numeric,
    click_rate numeric, answer_hours numeric, campaign text
)
language sql stable parallel safe
begin atomic
with activity as not materialized (select * from served.activity(least(reporting.instant(messages.as_of), served.ends(messages.to_day)), messages.known_at) activity),
touch as not materialized (select * from served.touch(least(reporting.instant(messages.as_of), served.ends(messages.to_day)), messages.known_at) touch),
stage_position as not materialized (select * from served.stage_position(messages.as_of, messages.known_at) stage_position),
account_alias as not materialized (select * from served.account_alias(messages.as_of, messages.known_at) account_alias),
span as materialized (
    select reporting.day_end(messages.from_day - 1) as begins,
           served.one_of('by_campaign', messages.by_campaign, array['no', 'yes']) = 'yes' as by_campaign
),
merged as materialized (
    select one.member, one.account from served.account_merged(messages.as_of, messages.known_at) one
),
told as materialized (
    select coalesce('account/' || coalesce(merged.account, one.counted), 'deal/' || one.deal) as conversation, one.deal,
           one.counted as account, one.message, one.at, one.entry, one.kind, one.channel,
           case when span.by_campaign then one.campaign end as campaign,
           one.kind = 'sent' and one.direction is distinct from 'inbound' as is_ours,
           one.kind = 'replied' and one.direction is not distinct from 'outbound' as is_reply,
           case one.kind when 'received' then one.direction is distinct from 'outbound'
                when 'sent' then coalesce(one.direction = 'inbound', false)
                when 'replied' then coalesce(one.direction = 'inbound', false) else false end as is_theirs
      from (select activity.deal, stage_position.account as counted, activity.message, activity.at, activity.entry,
                   activity.message_kind as kind, activity.direction, activity.channel, activity.campaign
              from activity
              left join stage_position on stage_position.deal = activity.deal
             where activity.kind = 'message_exchanged'
            union all
            select null, touch.account, touch.message, touch.at, touch.entry, touch.message_kind, touch.direction,
                   touch.channel, touch.campaign
              from touch
             where touch.kind = 'message_exchanged') one
     cross join span
      left join merged on merged.member = one.counted
),
sent as materialized (
    select distinct on (told.conversation, told.message) told.conversation, told.message, told.at, told.entry,
           told.channel, told.campaign
      from told
     where told.is_ours
     order by told.conversation, told.message, told.at, told.entry
),
fate as materialized (
    select sent.conversation, sent.message, sent.channel, sent.campaign, bool_or(told.kind = 'bounced') as bounced,
           bool_or(told.kind = 'opened') as opened, bool_or(told.kind = 'clicked') as clicked,
           bool_or(told.kind = 'replied' and not told.is_reply) as replied
      from sent
     cross join span
      join told on told.conversation = sent.conversation and told.message = sent.message
     where sent.at > span.begins
     group by sent.conversation, sent.message, sent.channel, sent.campaign
),
answered as materialized (
    select heard.conversation, heard.channel, heard.campaign, heard.at, heard.answered_at
      from (select one.*, min(one.at) filter (where one.ours)
                              over (partition by one.conversation order by one.at desc, one.entry desc) as answered_at
              from (select sent.conversation, sent.at, sent.entry, sent.channel, sent.campaign, true as ours
                      from sent
                    union all
                    select told.conversation, told.at, told.entry, told.channel, told.campaign, true
                      from told
                     where told.is_reply
                    union all
                    (select distinct on (told.conversation, told.message) told.conversation, told.at, told.entry,
                            told.channel, told.campaign, false
                       from told
                      where told.is_theirs
                      order by told.conversation, told.message, told.at, told.entry)) one) heard
     cross join span
     where not heard.ours and heard.at > span.begins and heard.answered_at is not null
),
subject as materialized (
    select distinct told.conversation, told.deal, told.account from told
    union
    select distinct told.conversation, null, member.account
      from told
      join merged on 'account/' || merged.account = told.conversation
     cross join lateral (values (merged.account), (merged.member)) as member (account)
),
counted as (
    select fate.channel, fate.campaign, count(*) as sent, count(*) filter (where fate.bounced) as bounced,
           count(*) filter (where fate.opened) as opened, count(*) filter (where fate.clicked) as clicked,
           count(*) filter (where fate.replied) as replied
      from fate
     group by fate.channel, fate.campaign
),
timed as (
    select answered.channel, answered.campaign, percentile_cont(0.5) within group (
               order by extract(epoch from answered.answered_at - answered.at) / 3600)::numeric as hours
      from answered
     group by answered.channel, answered.campaign
)
select one.channel, coalesce(counted.sent, 0) as sent, coalesce(counted.bounced, 0) as bounced,
       coalesce(counted.opened, 0) as opened, coalesce(counted.clicked, 0) as clicked,
       coalesce(counted.replied, 0) as replied,
       round(counted.opened::numeric / nullif(counted.sent - counted.bounced, 0), 4) as open_rate,
       round(counted.clicked::numeric / nullif(counted.sent - counted.bounced, 0), 4) as click_rate,
       round(timed.hours, 2) as answer_hours, one.campaign
  from (select counted.channel, counted.campaign from counted
        union
        select timed.channel, timed.campaign from timed) one
  left join counted on counted.channel is not distinct from one.channel
                   and counted.campaign is not distinct from one.campaign
  left join timed on timed.channel is not distinct from one.channel and timed.campaign is not distinct from one.campaign
 order by one.channel collate "C" nulls last, one.campaign collate "C" nulls last;
end;
comment on function reporting.messages(date, date, timestamptz, bigint, text) is
    'Messages with customers, about deals and about accounts, as known at the sequence known_at. Those of an account and of its deals at as_of are one conversation, accounts merged into one too; a deal without account has its own. A message of a conversation counts once, by its id, in the channel and campaign of its sending, when that lies in the days from from to to, both included; what became of it counts up to the end of to, or as_of where that is earlier. open_rate = opened / (sent - bounced), click_rate = clicked / (sent - bounced). answer_hours is the median from a message that came in (received, or sent or replied inbound) in the period to our next one (sent, or replied outbound) of the same conversation, by then; what was not answered is in no median.';

-- name: flywheel
create or replace function reporting.flywheel(
    from_day date, to_day date, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    referrals bigint, opened bigint, won bigint, conversion numeric, per_customer numeric, buyers bigint,
    repeat_buyers bigint, repeat_rate numeric, repeat_days numeric, deals_opened bigint, from_loop bigint,
    loop_share numeric
)
language sql stable parallel safe
begin atomic
with stage_position as not materialized (select * from served.stage_position(least(reporting.instant(flywheel.as_of), served.ends(flywheel.to_day)), flywheel.known_at) stage_position),
standing as not materialized (select * from served.stage_position(least(reporting.instant(flywheel.as_of), served.ends(flywheel.to_day)), flywheel.known_at) standing),
deal_file as not materialized (select * from served.deal_file(least(reporting.instant(flywheel.as_of), served.ends(flywheel.to_day)), flywheel.known_at) deal_file),
referral as not materialized (select * from served.referral(least(reporting.instant(flywheel.as_of), served.ends(flywheel.to_day)), flywheel.known_at) referral),
account_alias as not materialized (select * from served.account_alias(flywheel.as_of, flywheel.known_at) account_alias),
span as materialized (
    select reporting.day_end(flywheel.from_day - 1) as begins
),
dealt as materialized (
    select stage_position.deal, coalesce(merged.account, stage_position.account) as account, stage_position.opened_at,
           stage_position.status, stage_position.status_since, deal_file.referral, deal_file.source_channel
      from stage_position
      left join served.account_merged(flywheel.as_of, flywheel.known_at) merged on merged.member = stage_position.account
      left join deal_file on deal_file.deal = stage_position.deal
),
bought as materialized (
    select dealt.account, dealt.status_since as at,
           lag(dealt.status_since) over (partition by dealt.account order by dealt.status_since, dealt.deal) as before
      from dealt
     where dealt.status = 'won' and dealt.account is not null
),
customer as materialized (
    select bought.account, min(bought.at) as first_at from bought group by bought.account
),
referred as (
    select bool_or(standing.deal is not null) as opened, bool_or(coalesce(standing.status = 'won', false)) as won
      from referral
     cross join span
      left join deal_file on deal_file.referral = referral.referral
      left join standing on standing.deal = deal_file.deal
     where referral.at > span.begins
     group by referral.referral
),
counted as (
    select (select count(*) from referred) as referrals,
           (select count(*) from referred where referred.opened) as opened,
           (select count(*) from referred where referred.won) as won,
           (select count(*) from customer) as customers
),
sold as (
    select count(distinct bought.account) as buyers,
           count(distinct bought.account) filter (where bought.before is not null) as repeat_buyers,
           percentile_cont(0.5) within group (order by gap.days) as repeat_days
      from bought
      join span on bought.at > span.begins
     cross join lateral (
            select reporting.local_day(bought.at) - reporting.local_day(bought.before) as days
           ) gap
),
begun as (
    select count(*) as deals,
           count(*) filter (where dealt.referral is not null
                               or dealt.source_channel in ('referral', 'existing_customer')
                               or customer.first_at < dealt.opened_at) as from_loop
      from dealt
      join span on dealt.opened_at > span.begins
      left join customer on customer.account = dealt.account
)
select counted.referrals, counted.opened, counted.won, round(counted.won::numeric / nullif(counted.referrals, 0), 4)
       as conversion,
       round(counted.referrals::numeric / nullif(counted.customers, 0), 4) as per_customer, sold.buyers,
       sold.repeat_buyers, round(sold.repeat_buyers::numeric / nullif(sold.buyers, 0), 4) as repeat_rate,
       round(sold.repeat_days::numeric, 2) as repeat_days, begun.deals as deals_opened, begun.from_loop,
       round(begun.from_loop::numeric / nullif(begun.deals, 0), 4) as loop_share
  from counted
 cross join sold
 cross join begun;
end;
comment on function reporting.flywheel(date, date, timestamptz, bigint) is
    'Referrals, purchases and openings of deals in the days from to to, both included, as known at the sequence known_at; deals stand as at the end of to, or at as_of where that is earlier. conversion = referrals with a won deal / all; per_customer = referrals / accounts with a won deal by then; repeat_rate = buyers that had bought before / buyers, where a second purchase within the period counts, too; loop_share = deals from the loop / deals opened. A deal comes from the loop where it names a referral, or its source is referral or existing_customer, or its account had won deals before it was opened. A purchase is a won deal of an account, on the day of its closing. Merged accounts count as in the report accounts. Filters go by the account that refers, buys or is sold to.';

-- name: targets
create or replace function reporting.targets(
    as_of timestamptz default now(), known_at bigint default reporting.sequence(), period text default null
)
returns table (
    target text, scope text, metric text, value numeric, actual numeric, attained numeric, met boolean, bound text,
    subject text, stage text, owner text, region text, currency text, period text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(targets.as_of) as as_of, reporting.known(targets.known_at) as known_at,
reporting.local_day(reporting.instant(targets.as_of)) as day, (select zone from served.zone zone) as zone
),
target as not materialized (select * from served.target(targets.as_of, targets.known_at) target),
stage_position as not materialized (select * from served.stage_position(targets.as_of, targets.known_at) stage_position),
standing as not materialized (select * from served.stage_position(least(reporting.instant(targets.as_of), served.ends(targets.period)), targets.known_at) standing),
stage_position_past as not materialized (select * from served.stage_position_past(targets.as_of, targets.known_at) stage_position_past),
stage_stay as not materialized (select * from served.stage_stay(least(reporting.instant(targets.as_of), served.ends(targets.period)), targets.known_at) stage_stay),
stage_stay_past as not materialized (select * from served.stage_stay_past(targets.as_of, targets.known_at) stage_stay_past),
account_fact as not materialized (select * from served.account_fact(targets.as_of, targets.known_at) account_fact),
account_alias as not materialized (select * from served.account_alias(targets.as_of, targets.known_at) account_alias),
activity as not materialized (select * from served.activity(targets.as_of, targets.known_at) activity),
contract_term as not materialized (select * from served.contract_term(least(reporting.instant(targets.as_of), served.ends(targets.period)), targets.known_at) contract_term),
invoice as not materialized (select * from served.invoice(least(reporting.instant(targets.as_of), served.ends(targets.period)), targets.known_at) invoice),
application as not materialized (select * from served.application(least(reporting.instant(targets.as_of), served.ends(targets.period)), targets.known_at) application),
receivables_movement as not materialized (select * from served.receivables_movement(least(reporting.instant(targets.as_of), served.ends(targets.period)), targets.known_at) receivables_movement),
touch as not materialized (select * from served.touch(targets.as_of, targets.known_at) touch),
referral as not materialized (select * from served.referral(targets.as_of, targets.known_at) referral),
playbook_stage as not materialized (select * from served.playbook_stage(targets.as_of, targets.known_at) playbook_stage),
playbook_target as not materialized (select * from served.playbook_target(targets.as_of, targets.known_at) playbook_target),
span as materialized (
    select moment.as_of, moment.day, least(moment.as_of, served.ends(targets.period)) as ends,
           case when targets.period is null then moment.day else least(moment.day, days.last_on) end as last_on
      from moment
     cross join lateral served.period_days(coalesce(targets.period, to_char(moment.day, 'YYYY'))) days
),
period as materialized (
    select one.per, one.name, days.first_on, reporting.day_end(days.first_on - 1) as begins
      from span
     cross join lateral (
            select case when targets.period ~ 'Q' then 'quarter' when targets.period ~ '-' then 'month' else 'year' end as per,
                   targets.period as name
             where targets.period is not null
            union all
            select around.per, around.name
              from (values ('year', to_char(span.day, 'YYYY')), ('quarter', to_char(span.day, 'YYYY-"Q"Q')),
                           ('month', to_char(span.day, 'YYYY-MM'))) as around (per, name)
             where targets.period is null
           ) one
     cross join lateral served.period_days(one.name) days
),
proposed as not materialized (
    select target.target, target.scope, target.metric, target.value, target.subject, target.stage, target.owner,
           target.region, target.currency, target.period,
           case when target.metric in ('median_stay_days', 'median_wait_days', 'median_work_days', 'discount_rate',
                                       'days_to_collect') then 'at_most' else 'at_least' end as bound,
           target.set_at, target.sequence
      from target
      join period on period.name = target.period
    union all
    select one.target, served.target_scope(told.subject, one.stage, null, null, null, told.period), one.metric,
           coalesce(one.at_least, one.at_most), told.subject, one.stage, null, null, null, told.period,
           case when one.at_least is not null then 'at_least' else 'at_most' end, null, null
      from (select playbook_target.*, max(playbook_target.version) over (partition by playbook_target.playbook) as latest
              from playbook_target) one
      left join period on period.per = one.per
     cross join lateral (
            select 'playbook/' || one.playbook as subject, case when one.per is not null then period.name end as period
           ) told
     where one.version = one.latest and one.target is not null and (one.per is null or period.name is not null)
),
merged as materialized (
    select one.member, one.account from served.account_merged(targets.as_of, targets.known_at) one
),
aim as materialized (
    select one.*, period.first_on, coalesce(period.begins, '-infinity') as begins,
           dense_rank() over (order by one.playbook, one.account, one.owner, one.region) as who,
           row_number() over () as number
      from (select distinct on (proposed.scope, proposed.metric, proposed.bound) proposed.*,
                   case when proposed.subject like 'playbook/%' then substr(proposed.subject, 10) end as playbook,
                   coalesce(merged.account, substr(account.id, 9)) as account
              from proposed
              left join lateral (select proposed.subject as id where proposed.subject like 'account/%') account on true
              left join merged on merged.member = substr(account.id, 9)
             order by proposed.scope, proposed.metric, proposed.bound, proposed.set_at desc nulls last,
                      proposed.sequence desc, proposed.target) one
      left join period on period.name = one.period
),
who as materialized (
    select distinct aim.who, aim.playbook, aim.account, aim.owner, aim.region,
           aim.account is not null and aim.owner is null as whole_account
      from aim
),
dealt as materialized (
    select one.deal, one.playbook, one.version, one.opened_at, one.account, counts.whole, counts.partly
      from (select stage_position.deal, stage_position.playbook, stage_position.version, stage_position.owner,
                   stage_position.opened_at, coalesce(merged.account, stage_position.account) as account,
                   region.value as region
              from stage_position
              left join merged on merged.member = stage_position.account
              left join account_fact region on region.account = coalesce(merged.account, stage_position.account)
                                           and region.fact = 'region') one
     cross join lateral (
            select array_agg(who.who) as whole, array_agg(who.who) filter (where not who.whole_account) as partly
              from who
             where (who.playbook = one.playbook or who.account = one.account)
               and (who.owner is null or one.owner = who.owner) and (who.region is null or one.region = who.region)
           ) counts
     where counts.whole is not null
),
held as materialized (
    select who.who, member.account
      from who
     cross join lateral (select who.account
                         union
                         select merged.member from merged where merged.account = who.account) member
      left join account_fact region on region.account = who.account and region.fact = 'region'
     where who.whole_account and (who.region is null or region.value = who.region)
),
wanted as materialized (
    select aim.metric, min(aim.begins) as begins, min(coalesce(aim.first_on, '-infinity')) as first_on
      from aim
     where aim.who = any(array(select distinct one.who from dealt cross join lateral unnest(dealt.whole) as one (who)))
        or aim.who in (select held.who from held)
     group by aim.metric
),
aimed as materialized (
    select distinct aim.playbook, aim.stage, aim.metric
      from aim
     where aim.metric in ('deals_completed', 'completion_rate', 'median_stay_days', 'median_wait_days',
                          'median_work_days')
),
staged as materialized (
    select playbook_stage.stage_key, playbook_stage.playbook, playbook_stage.stage, playbook_stage.key, asked.metric
      from playbook_stage
      join (select distinct aimed.stage, aimed.metric from aimed) asked on asked.stage = playbook_stage.key
     where (playbook_stage.playbook, playbook_stage.key) in (select aimed.playbook, aimed.stage from aimed)
       and (playbook_stage.playbook, playbook_stage.version) in (select dealt.playbook, dealt.version from dealt)
),
done_stage as materialized (
    select staged.* from staged where staged.metric <> 'completion_rate'
),
entry_stage as materialized (
    select staged.* from staged where staged.metric = 'completion_rate'
),
done as not materialized (
    select stage_stay.deal, dealt.whole as whos, done_stage.key, done_stage.metric, stage_stay.from_at as at,
           case done_stage.metric when 'deals_completed' then 1 when 'median_wait_days' then stage_stay.wait
                                  when 'median_work_days' then stage_stay.work
                                  else stage_stay.wait + stage_stay.work end as part
      from stage_stay
      join dealt on dealt.deal = stage_stay.deal and dealt.playbook = stage_stay.playbook
      join done_stage on done_stage.stage_key = served.stage_key(stage_stay.playbook, dealt.version, stage_stay.stage)
     where stage_stay.playbook = any(array(select done_stage.playbook from done_stage))
       and stage_stay.stage = any(array(select done_stage.stage from done_stage))
       and stage_stay.from_at > (select min(wanted.begins) from wanted join done_stage on done_stage.metric = wanted.metric)
),
entered as materialized (
    select stage_stay_past.deal, stage_stay_past.playbook, stage_stay_past.stage, stage_stay_past.from_at as at,
           true as completed
      from stage_stay_past
     where stage_stay_past.playbook = any(array(select entry_stage.playbook from entry_stage))
       and stage_stay_past.stage = any(array(select entry_stage.stage from entry_stage))
    union all
    select past.deal, past.playbook, past.completed + 1, past.from_at, false
      from stage_position_past past
     where past.phase = 'entered'
       and past.playbook = any(array(select entry_stage.playbook from entry_stage))
       and past.completed + 1 = any(array(select entry_stage.stage from entry_stage))
),
reached as not materialized (
    select entered.deal, dealt.whole as whos, entry_stage.key, min(entered.at) as at,
           bool_or(entered.completed) as completed
      from entered
      join dealt on dealt.deal = entered.deal and dealt.playbook = entered.playbook
      join entry_stage on entry_stage.stage_key = served.stage_key(entered.playbook, dealt.version, entered.stage)
     group by entered.deal, dealt.whole, entry_stage.key
),
called as not materialized (
    select activity.deal, min(activity.at) filter (where activity.kind = 'call_made') as at,
           max(activity.at) filter (where activity.kind = 'appointment_made') as appointed_at
      from activity
     where activity.kind in ('call_made', 'appointment_made')
       and exists (select from wanted where wanted.metric = 'call_to_meeting_rate')
     group by activity.deal
),
of_deals as not materialized (
    select 'deals_opened' as metric, null::text as stage, dealt.whole as whos, dealt.deal, dealt.opened_at as at,
           1::numeric as part, null::numeric as whole
      from dealt
     where dealt.opened_at > (select wanted.begins from wanted where wanted.metric = 'deals_opened')
    union all
    select done.metric, done.key, done.whos, done.deal, done.at, done.part::numeric, null from done
    union all
    select 'completion_rate', reached.key, reached.whos, reached.deal, reached.at, reached.completed::integer, 1 from reached
    union all
    select 'call_to_meeting_rate', null, dealt.whole, called.deal, called.at,
           coalesce(called.appointed_at > called.at, false)::integer, 1
      from called
      join dealt on dealt.deal = called.deal
     where called.at is not null
    union all
    select 'visits_with_appointment', null, dealt.whole, activity.deal, activity.at, activity.booked::integer, 1
      from activity
      join dealt on dealt.deal = activity.deal
     where activity.kind = 'visit_done' and exists (select from wanted where wanted.metric = 'visits_with_appointment')
       and activity.at > (select wanted.begins from wanted where wanted.metric = 'visits_with_appointment')
    union all
    select 'discount_rate', null, dealt.whole, standing.deal, standing.status_since, 1 - standing.amount / offered.amount, null
      from standing
      join dealt on dealt.deal = standing.deal
      join (select distinct on (activity.deal) activity.deal, activity.amount, activity.currency
              from activity
             where activity.proposal_kind in ('formal', 'bid') and activity.amount is not null
               and activity.at <= (select span.ends from span)
               and exists (select from wanted where wanted.metric = 'discount_rate')
             order by activity.deal, activity.at desc, activity.entry desc) offered
        on offered.deal = standing.deal and offered.currency = standing.currency
     where standing.status = 'won' and standing.amount is not null
       and standing.status_since > (select wanted.begins from wanted where wanted.metric = 'discount_rate')
),
of_accounts as materialized (
    select 'signed_amount' as metric, null::text as by, signed.account, signed.deal, signed.currency,
           signed.signed_at as at, null::date as due_on, signed.contract_amount as part, null::numeric as whole
      from (select distinct contract_term.account, contract_term.contract, contract_term.deal, contract_term.currency,
                   contract_term.signed_at, contract_term.contract_amount
              from contract_term
             where exists (select from wanted where wanted.metric = 'signed_amount')
               and contract_term.signed_at > (select wanted.begins from wanted where wanted.metric = 'signed_amount')) signed
    union all
    select 'collected_amount', null, application.account, application.deal, application.currency, application.at, null,
           application.amount, null
      from application
     where application.kind = 'cash' and exists (select from wanted where wanted.metric = 'collected_amount')
       and application.at > (select wanted.begins from wanted where wanted.metric = 'collected_amount')
    union all
    select 'net_invoiced', 'account', receivables_movement.account, null, receivables_movement.currency,
           receivables_movement.at, null, receivables_movement.amount, null
      from receivables_movement
     where receivables_movement.kind in ('invoice', 'credit_note')
       and exists (select from wanted where wanted.metric = 'net_invoiced')
       and receivables_movement.at > (select wanted.begins from wanted where wanted.metric = 'net_invoiced')
    union all
    select 'net_invoiced', 'deal', invoice.account, invoice.deal, invoice.currency, invoice.issued_at, null,
           invoice.amount, null
      from invoice
     where invoice.deal is not null and exists (select from wanted where wanted.metric = 'net_invoiced')
       and invoice.issued_at > (select wanted.begins from wanted where wanted.metric = 'net_invoiced')
    union all
    select 'net_invoiced', 'deal', application.account, application.deal, application.currency, application.at, null,
           -application.amount, null
      from application
     where application.kind = 'credit' and exists (select from wanted where wanted.metric = 'net_invoiced')
       and application.at > (select wanted.begins from wanted where wanted.metric = 'net_invoiced')
    union all
    select 'collection_rate', null, invoice.account, invoice.deal, invoice.currency, null, invoice.due_on, 0, invoice.amount
      from invoice
     where exists (select from wanted where wanted.metric = 'collection_rate')
       and invoice.due_on >= (select wanted.first_on from wanted where wanted.metric = 'collection_rate')
    union all
    select 'collection_rate', null, application.account, application.deal, application.currency, null, application.due_on,
           case application.kind when 'cash' then application.amount else 0 end,
           case application.kind when 'cash' then 0 else -application.amount end
      from application
     where exists (select from wanted where wanted.metric = 'collection_rate')
       and application.due_on >= (select wanted.first_on from wanted where wanted.metric = 'collection_rate')
    union all
    select 'days_to_collect', null, application.account, application.deal, application.currency, application.at, null,
           application.amount * (served.local_day(application.at, moment.zone)
                                 - served.local_day(application.issued_at, moment.zone)),
           application.amount
      from application
     cross join moment
     where application.kind = 'cash' and exists (select from wanted where wanted.metric = 'days_to_collect')
       and application.at > (select wanted.begins from wanted where wanted.metric = 'days_to_collect')
    union all
    select 'satisfaction_mean', null, touch.account, touch.deal, null, touch.at, null, touch.score, null
      from touch
     where touch.score is not null and exists (select from wanted where wanted.metric = 'satisfaction_mean')
       and touch.at > (select wanted.begins from wanted where wanted.metric = 'satisfaction_mean')
),
fact as not materialized (
    select placed.who, of_deals.metric, of_deals.stage, null::text as currency, of_deals.at, null::date as due_on,
           of_deals.part, of_deals.whole, of_deals.deal, null::text as account
      from of_deals
     cross join lateral unnest(of_deals.whos) as placed (who)
    union all
    select placed.who, of_accounts.metric, null, of_accounts.currency, of_accounts.at, of_accounts.due_on,
           of_accounts.part, of_accounts.whole, of_accounts.deal, of_accounts.account
      from of_accounts
      join dealt on dealt.deal = of_accounts.deal
     cross join lateral unnest(dealt.partly) as placed (who)
     where of_accounts.by is distinct from 'account'
    union all
    select held.who, of_accounts.metric, null, of_accounts.currency, of_accounts.at, of_accounts.due_on,
           of_accounts.part, of_accounts.whole, of_accounts.deal, of_accounts.account
      from of_accounts
      join held on held.account = of_accounts.account
     where of_accounts.by is distinct from 'deal'
    union all
    select reach.who, 'referrals', null, null, referral.at, null, 1, null, null, referral.account
      from referral
      left join merged on merged.member = referral.account
      join (select placed.who, dealt.account from dealt cross join lateral unnest(dealt.partly) as placed (who)
            union
            select held.who, who.account from held join who on who.who = held.who) reach
        on reach.account = coalesce(merged.account, referral.account)
     where exists (select from wanted where wanted.metric = 'referrals')
),
counted as not materialized (
    select aim.number, aim.scope, aim.metric, aim.bound, fact.currency, fact.part, fact.whole, fact.deal, fact.account
      from aim
     cross join span
      join fact on fact.who = aim.who and fact.metric = aim.metric
     where (fact.stage is null or fact.stage = aim.stage)
       and (aim.currency is null or fact.currency = aim.currency)
       and case when fact.due_on is null then fact.at > aim.begins and fact.at <= span.ends
                else fact.due_on between coalesce(aim.first_on, '-infinity') and span.last_on end
),
summed as (
    select counted.number, sum(counted.part) as part, sum(counted.whole) as whole, avg(counted.part) as mean,
           percentile_cont(0.5) within group (order by counted.part) filter (where counted.metric like 'median%')::numeric
           / 86400000000 as median,
           min(counted.currency) <> max(counted.currency) as mixed
      from counted
     group by counted.number
),
measured as (
    select aim.*,
           case when summed.mixed then null
                when aim.metric in ('deals_opened', 'referrals', 'signed_amount', 'collected_amount', 'net_invoiced')
                then coalesce(summed.part, 0)
                when aim.metric = 'deals_completed' then case when aim.stage is not null then coalesce(summed.part, 0) end
                when aim.metric in ('median_stay_days', 'median_wait_days', 'median_work_days') then summed.median
                when aim.metric in ('satisfaction_mean', 'discount_rate') then summed.mean
                when aim.metric = 'days_to_collect' then case when summed.whole > 0 then summed.part / summed.whole end
                else summed.part / nullif(summed.whole, 0) end as actual,
           case when aim.currency is not null then served.minor_units(aim.currency)
                when aim.metric in ('deals_opened', 'deals_completed', 'referrals') then 0
                when aim.metric like '%rate' or aim.metric = 'visits_with_appointment' then 4 else 2 end as places
      from aim
      left join summed on summed.number = aim.number
)
select measured.target, measured.scope, measured.metric, measured.value, round(measured.actual, measured.places) as actual,
       case measured.bound when 'at_least' then round(measured.actual / nullif(measured.value, 0), 4) end as attained,
       case measured.bound when 'at_least' then measured.actual >= measured.value
                           else measured.actual <= measured.value end as met,
       measured.bound, measured.subject, measured.stage, measured.owner, measured.region, measured.currency, measured.period
  from measured
 order by measured.scope collate "C", measured.metric, measured.bound;
end;
comment on function reporting.targets(timestamptz, bigint, text) is
    'Targets that were set in the ledger, and those of the highest version of each playbook that was not withdrawn, at as_of, as known at the sequence known_at. With period those of that period, without it those of the year, quarter and month of as_of''s day. A target in a playbook is for the period given, or for the one around the day; per nothing: everything up to then. Of targets that are equal but for their name and value the later counts, and one of the ledger instead of the playbook''s. Figures are as at the end of the period, or at as_of where that is earlier. Deals are those of the process or account, owner and region (of the account) at as_of; merged accounts count with the one that goes on. deals_opened; deals_completed, the three medians: deals that came to have completed the stage in the period, and their days there as in durations; completion_rate: of deals that first entered the stage in the period, those that completed it by as_of; call_to_meeting_rate: of deals first called in the period, those with a later appointment; visits_with_appointment: of visits, those that used one up; discount_rate: mean over deals won of 1 - won amount / last formal or bid amount; signed_amount: contracts signed; collected_amount: cash applied; net_invoiced: invoices - credit notes, of deals invoices - credits applied to them; collection_rate: cash applied to invoices that fall due in the period / (their amounts - credits - write-offs); days_to_collect: mean days from invoice to cash applied, weighted by the cash; satisfaction_mean; referrals. Money, satisfaction and referrals of an account are all of the account''s; of a process, or of an owner, those that name a deal of it, and referrals of its deals'' accounts. The stage restricts the figures that are about one: without it they are null. Rates of money in several currencies are null.';

-- name: scorecard
create or replace function reporting.scorecard(
    person text, month text, as_of timestamptz default now(), known_at bigint default reporting.sequence(),
    explain text default 'no'
)
returns table (
    perspective text, figure text, value numeric, of bigint, entries bigint[], currency text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(scorecard.as_of) as as_of, reporting.known(scorecard.known_at) as known_at,
reporting.local_day(reporting.instant(scorecard.as_of)) as day, (select zone from served.zone zone) as zone
),
stage_position as not materialized (select * from served.stage_position(least(reporting.instant(scorecard.as_of), served.ends(scorecard.month)), scorecard.known_at) stage_position),
stage_position_past as not materialized (select * from served.stage_position_past(least(reporting.instant(scorecard.as_of), served.ends(scorecard.month)), scorecard.known_at) stage_position_past),
stage_item as not materialized (select * from served.stage_item(least(reporting.instant(scorecard.as_of), served.ends(scorecard.month)), scorecard.known_at) stage_item),
commitment as not materialized (select * from served.commitment(least(reporting.instant(scorecard.as_of), served.ends(scorecard.month)), scorecard.known_at) commitment),
contract_term as not materialized (select * from served.contract_term(least(reporting.instant(scorecard.as_of), served.ends(scorecard.month)), scorecard.known_at) contract_term),
application as not materialized (select * from served.application(least(reporting.instant(scorecard.as_of), served.ends(scorecard.month)), scorecard.known_at) application),
touch as not materialized (select * from served.touch(least(reporting.instant(scorecard.as_of), served.ends(scorecard.month)), scorecard.known_at) touch),
entry as not materialized (select * from served.entry(least(reporting.instant(scorecard.as_of), served.ends(scorecard.month)), scorecard.known_at) entry),
playbook_stage as not materialized (select * from served.playbook_stage(scorecard.as_of, scorecard.known_at) playbook_stage),
playbook_item as not materialized (select * from served.playbook_item(scorecard.as_of, scorecard.known_at) playbook_item),
span as materialized (
    select reporting.day_end(days.first_on - 1) as begins, least(moment.as_of, served.ends(scorecard.month)) as ends,
           make_interval(days => served.policy_value('data_quality', 'late_entry', moment.day)::integer) as late
      from moment
     cross join served.period_days(scorecard.month) days
),
owned as materialized (
    select been.deal, been.playbook, been.version, been.completed, been.status, been.from_at, been.to_at
      from stage_position_past been
     where been.owner = scorecard.person and been.to_at > (select least(span.begins, span.ends) from span)
),
past as materialized (
    select been.deal, been.playbook, been.version, been.completed, been.status, been.owner, been.from_at,
           been.to_at, been.entry,
           coalesce(lag(been.completed) over told, 0) as completed_before,
           coalesce(lag(been.working_since) over told, been.from_at) as worked_since,
           max(been.completed) filter (where been.to_at > span.ends) over (partition by been.deal) as completed_at_end
      from (select distinct owned.deal
              from owned
             where owned.completed > 0 and owned.from_at > (select span.begins from span)) moved
     cross join moment
     cross join span
     cross join lateral served.stage_position_past_of(moved.deal, span.ends, moment.known_at) been
    window told as (partition by been.deal order by been.from_at)
),
signed as materialized (
    select contract_term.deal, contract_term.account, contract_term.currency, contract_term.contract_amount as amount,
           min(contract_term.entry) as entry
      from contract_term
      join owned on owned.deal = contract_term.deal
                and owned.from_at <= contract_term.signed_at and contract_term.signed_at < owned.to_at
     where contract_term.signed_at > (select span.begins from span)
     group by contract_term.deal, contract_term.account, contract_term.contract, contract_term.currency,
              contract_term.contract_amount
),
collected as materialized (
    select application.deal, application.account, application.currency, application.amount, application.entry
      from application
      join owned on owned.deal = application.deal and owned.from_at <= application.at and application.at < owned.to_at
     where application.kind = 'cash' and application.at > (select span.begins from span)
),
worked as materialized (
    select distinct on (owned.deal, owned.completed) owned.deal, owned.completed + 1 as stage,
           served.stage_key(owned.playbook, owned.version, owned.completed + 1) as stage_key
      from owned
     where owned.status = 'open' and owned.completed is not null
       and owned.to_at > (select span.begins + interval '1 microsecond' from span)
     order by owned.deal, owned.completed, owned.from_at desc
),
working as materialized (
    select owned.deal, owned.completed + 1 as stage,
           served.stage_key(owned.playbook, owned.version, owned.completed + 1) as stage_key
      from owned
     where owned.status = 'open' and owned.to_at > (select span.ends from span)
),
asked as materialized (
    select playbook_item.stage_key, playbook_item.kind, playbook_item.item, playbook_item.weight
      from playbook_item
     where playbook_item.kind = 'appraisal'
        or playbook_item.kind = 'condition' and playbook_item.condition = 'information'
),
met as materialized (
    select stage_item.deal, stage_item.stage, stage_item.item, stage_item.entry
      from stage_item
     where stage_item.kind in ('appraisal', 'condition')
       and stage_item.deal in (select worked.deal from worked union select working.deal from working)
),
appraised as materialized (
    select worked.deal, sum(asked.weight) filter (where met.entry is not null)::numeric / sum(asked.weight) as score,
           array_remove(array_agg(met.entry), null) as entries
      from worked
      join asked on asked.stage_key = worked.stage_key and asked.kind = 'appraisal'
      left join met on met.deal = worked.deal and met.stage = worked.stage and met.item = asked.item
     group by worked.deal, worked.stage
),
completed as materialized (
    select distinct on (past.deal, passed.stage) past.deal, past.entry, past.from_at, passed.stage,
           served.stage_key(past.playbook, past.version, passed.stage) as stage_key,
           case when passed.stage = past.completed_before + 1 then past.worked_since else past.from_at end as since
      from past
     cross join lateral generate_series(past.completed_before + 1, past.completed) as passed (stage)
     where past.owner = scorecard.person and past.from_at > (select span.begins from span)
       and past.completed_at_end >= passed.stage
     order by past.deal, passed.stage, past.from_at desc
),
timed as materialized (
    select completed.deal, completed.entry,
           served.local_day(completed.from_at, moment.zone) - served.local_day(completed.since, moment.zone)
           - coalesce(sum(served.local_day(least(held.to_at, completed.from_at), moment.zone)
                          - served.local_day(greatest(held.from_at, completed.since), moment.zone))
                      filter (where held.deal is not null), 0)
           <= playbook_stage.expected_days as in_time
      from completed
     cross join moment
      join playbook_stage on playbook_stage.stage_key = completed.stage_key
      left join past held on held.deal = completed.deal and held.status = 'on_hold' and held.to_at > completed.since
                         and held.from_at < completed.from_at
     where playbook_stage.expected_days is not null
     group by completed.deal, completed.stage, completed.entry, completed.from_at, completed.since, moment.zone,
              playbook_stage.expected_days
),
informed as materialized (
    select working.deal, met.entry
      from working
      join asked on asked.stage_key = working.stage_key and asked.kind = 'condition'
      left join met on met.deal = working.deal and met.stage = working.stage and met.item = asked.item
),
promised as materialized (
    select commitment.deal, commitment.commitment, commitment.entry, commitment.owner, commitment.received_at,
           commitment.state, commitment.from_at
      from commitment
     where commitment.received_at > (select span.begins from span) and commitment.owner = scorecard.person
        or commitment.from_at > (select span.begins from span) and commitment.state in ('kept', 'broken')
),
part as materialized (
    select 'signed' as figure, signed.currency, signed.amount as value, array[signed.entry] as entries, signed.deal,
           signed.account
      from signed
    union all
    select 'collected', collected.currency, collected.amount, array[collected.entry], collected.deal, collected.account
      from collected
    union all
    select 'commitments', null, 1, array[promised.commitment], promised.deal, null
      from promised
     cross join moment
     cross join span
     cross join lateral served.stage_position_of(promised.deal, span.ends, moment.known_at) standing
     where promised.owner = scorecard.person and promised.received_at > span.begins
    union all
    select 'kept_rate', null, (promised.state = 'kept')::integer, array[promised.entry], promised.deal, null
      from promised
     cross join span
      join owned on owned.deal = promised.deal
                and owned.from_at <= promised.from_at and promised.from_at < owned.to_at
     where promised.state in ('kept', 'broken') and promised.from_at > span.begins
    union all
    select 'satisfaction', null, touch.score, array[touch.entry], touch.deal, touch.account
      from touch
      join owned on owned.deal = touch.deal and owned.from_at <= touch.at and touch.at < owned.to_at
     where touch.score is not null and touch.at > (select span.begins from span)
    union all
    select 'appraisal', null, coalesce(appraised.score, 0), appraised.entries, appraised.deal, null from appraised
    union all
    select 'on_time', null, timed.in_time::integer, array[timed.entry], timed.deal, null from timed
    union all
    select 'information', null, (informed.entry is not null)::integer, array_remove(array[informed.entry], null),
           informed.deal, null
      from informed
    union all
    select 'timeliness', null, (entry.recorded_at <= entry.occurred_at + span.late)::integer, array[entry.entry], null, null
      from entry
     cross join span
      left join owned on entry.actor is null and 'deal/' || owned.deal = entry.subject
                     and owned.from_at <= entry.occurred_at and entry.occurred_at < owned.to_at
     where entry.occurred_at > (select span.begins from span) and (entry.actor = scorecard.person or entry.actor is null)
       and (entry.actor = scorecard.person or owned.deal is not null)
),
listed as materialized (
    select one.*
      from (values (1, 'financial', 'signed'), (2, 'financial', 'collected'), (3, 'customer', 'commitments'),
                   (4, 'customer', 'kept_rate'), (5, 'customer', 'satisfaction'), (6, 'process', 'appraisal'),
                   (7, 'process', 'on_time'), (8, 'learning', 'information'), (9, 'learning', 'timeliness'))
           as one (place, perspective, figure)
),
summed as (
    select part.figure, part.currency, sum(part.value) as total, avg(part.value) as mean, count(*) as parts
      from part
     group by part.figure, part.currency
),
explained as (
    select part.figure, part.currency, array_agg(distinct behind.entry order by behind.entry) as entries
      from part
     cross join lateral unnest(part.entries) as behind (entry)
     where served.one_of('explain', scorecard.explain, array['no', 'yes']) = 'yes'
     group by part.figure, part.currency
)
select listed.perspective, listed.figure,
       case listed.figure when 'commitments' then coalesce(summed.total, 0)
                          when 'satisfaction' then round(summed.mean, 2)
                          when 'signed' then round(summed.total, served.minor_units(summed.currency))
                          when 'collected' then round(summed.total, served.minor_units(summed.currency))
                          else round(summed.mean, 4) end as value,
       coalesce(summed.parts, 0) as of,
       case scorecard.explain when 'yes' then coalesce(explained.entries, '{}') end as entries, summed.currency
  from listed
  left join summed on summed.figure = listed.figure
  left join explained on explained.figure = listed.figure and explained.currency is not distinct from summed.currency
 order by listed.place, summed.currency;
end;
comment on function reporting.scorecard(text, text, timestamptz, bigint, text) is
    'One person''s month as at its end, or at as_of where that is earlier, as known at the sequence known_at. A deal is the person''s while the person is its owner: what happens on it then counts. financial: amounts of contracts signed, and cash applied to the deals'' invoices, by currency. customer: commitments received; kept_rate = kept / (kept + broken) of those settled in the month; satisfaction, the mean score. process: appraisal, the mean over the stages of deals that the person worked on in the month (while the deal was open) of the weights of appraisal items met at the end / all weights, stages without items left out; on_time, stages completed in the month, and still so at the end, within the expected days of the calendar less those on hold / stages completed that have expected days. learning: information conditions met / asked of the stages that the person''s open deals work on at the end; timeliness, entries of the month that the person made (actor; where none is named, those about the person''s deals) recorded at most 2 days after they happened / entries. There is no total.';

-- name: data_quality
create or replace function reporting.data_quality(
    as_of timestamptz, known_at bigint, checks text default null, from_day date default null, to_day date default null
)
returns table (
    subject text, view text, flag text, entry bigint, detail text, id text, source text, type text,
    occurred_at timestamptz, recorded_at timestamptz, "check" text, what text, rule text
)
language sql stable parallel safe
begin atomic
with moment as materialized (
select reporting.instant(data_quality.as_of) as as_of, reporting.known(data_quality.known_at) as known_at,
reporting.local_day(reporting.instant(data_quality.as_of)) as day, (select zone from served.zone zone) as zone
),
flag as not materialized (select * from served.flag(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) flag),
stage_position as not materialized (select * from served.stage_position(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) stage_position),
stage_position_past as not materialized (select * from served.stage_position_past(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) stage_position_past),
stage_item as not materialized (select * from served.stage_item(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) stage_item),
activity as not materialized (select * from served.activity(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) activity),
need_past as not materialized (select * from (select version.* from served.need version
where version.known_from <= (select reporting.known(data_quality.known_at)) and (select reporting.known(data_quality.known_at)) < version.known_to and version.from_at <= (select reporting.instant(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day))))) need_past),
contract_term as not materialized (select * from served.contract_term(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) contract_term),
invoice as not materialized (select * from served.invoice(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) invoice),
application as not materialized (select * from served.application(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) application),
receivables_item as not materialized (select * from served.receivables_item(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) receivables_item),
receivables_item_past as not materialized (select * from (select version.* from served.receivables_item version
where version.known_from <= (select reporting.known(data_quality.known_at)) and (select reporting.known(data_quality.known_at)) < version.known_to and version.from_at <= (select reporting.instant(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day))))) receivables_item_past),
receivables_unapplied as not materialized (select * from served.receivables_unapplied(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) receivables_unapplied),
receivables_movement as not materialized (select * from served.receivables_movement(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) receivables_movement),
entry as not materialized (select * from served.entry(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) entry),
unplaced_contact as not materialized (select * from served.unplaced_contact(least(reporting.instant(data_quality.as_of), served.ends(data_quality.to_day)), data_quality.known_at) unplaced_contact),
asked as materialized (
    select served.some_of('checks', coalesce(data_quality.checks, 'all'), array[
               'flags', 'late_entry', 'visit_without_appointment', 'quote_over_budget', 'won_without_contract',
               'collected_but_open', 'invoiced_over_contract', 'no_account', 'no_owner', 'no_amount', 'unknown_playbook',
               'close_date_past', 'stage_skipped', 'unapplied_over_30_days', 'dispute_over_30_days',
               'contact_without_account', 'rate_below_lpr'
           ]) as checks,
           least(moment.day, data_quality.to_day) as day,
           make_interval(days => served.policy_value('data_quality', 'late_entry', moment.day)::integer) as late,
           served.policy_value('data_quality', 'unapplied', moment.day) as unapplied,
           served.policy_value('data_quality', 'disputed', moment.day) as disputed
      from moment
),
late_entry as not materialized (
    select entry.subject, 'late_entry' as rule, entry.entry,
           format('recorded %s days after it happened',
                  floor(date_part('epoch', entry.recorded_at - entry.occurred_at) / 86400)) as detail
      from entry
     where (select 'late_entry' = any(asked.checks) from asked)
       and entry.recorded_at > entry.occurred_at + (select asked.late from asked)
       and split_part(entry.subject, '/', 1) in ('deal', 'account')
),
visit_without_appointment as not materialized (
    select 'deal/' || activity.deal as subject, 'visit_without_appointment' as rule, activity.entry,
           activity.purpose as detail
      from activity
     where (select 'visit_without_appointment' = any(asked.checks) from asked)
       and activity.kind = 'visit_done' and not activity.booked
),
quote_over_budget as not materialized (
    select 'deal/' || quoted.deal as subject, 'quote_over_budget' as rule, quoted.entry,
           format('%s %s quoted of a budget of %s', served.written(quoted.amount, quoted.currency), quoted.currency,
                  served.written(quoted.budget, quoted.currency)) as detail
      from (select distinct on (activity.deal, activity.entry) activity.deal, activity.entry, activity.amount,
                   activity.currency, need_past.budget
              from activity
              join need_past on need_past.deal = activity.deal and need_past.currency = activity.currency
                            and (need_past.from_at, need_past.entry) < (activity.at, activity.entry)
             where (select 'quote_over_budget' = any(asked.checks) from asked)
               and activity.amount is not null and need_past.budget is not null
             order by activity.deal, activity.entry, need_past.from_at desc, need_past.entry desc) quoted
     where quoted.amount > quoted.budget
),
won_without_contract as not materialized (
    select 'deal/' || stage_position.deal as subject, 'won_without_contract' as rule, stage_position.entry,
           null::text as detail
      from stage_position
     where (select 'won_without_contract' = any(asked.checks) from asked)
       and stage_position.status = 'won'
       and not exists (select from contract_term where contract_term.deal = stage_position.deal)
),
collected as not materialized (
    select stage_item.deal, stage_item.entry
      from stage_item
     where (select 'collected_but_open' = any(asked.checks) from asked)
       and stage_item.item in ('cash_in_full', 'paid')
),
collected_but_open as not materialized (
    select 'deal/' || collected.deal as subject, 'collected_but_open' as rule, collected.entry,
           format('%s: %s %s open', receivables_item.invoice,
                  served.written(receivables_item.open_amount, receivables_item.currency), receivables_item.currency) as detail
      from collected
      join receivables_item on receivables_item.deal = collected.deal
),
invoiced_over_contract as not materialized (
    select 'account/' || billed.account as subject, 'invoiced_over_contract' as rule, billed.entry,
           format('%s: %s %s invoiced of %s', billed.contract, served.written(billed.amount, billed.currency),
                  billed.currency, served.written(agreed.contract_amount, billed.currency)) as detail
      from (select invoice.account, invoice.contract, invoice.currency, max(invoice.entry) as entry,
                   sum(invoice.amount - coalesce(credited.amount, 0)) as amount
              from invoice
              left join (select application.account, application.invoice, application.series, sum(application.amount) as amount
                           from application
                          where application.kind = 'credit'
                          group by application.account, application.invoice, application.series) credited
                on credited.account = invoice.account and credited.invoice = invoice.invoice
               and credited.series = invoice.series
             where (select 'invoiced_over_contract' = any(asked.checks) from asked) and invoice.contract is not null
             group by invoice.account, invoice.contract, invoice.currency) billed
      join (select distinct contract_term.account, contract_term.contract, contract_term.currency,
                   contract_term.contract_amount
              from contract_term) agreed
        on agreed.account = billed.account and agreed.contract = billed.contract and agreed.currency = billed.currency
     where billed.amount > agreed.contract_amount
),
lacking as not materialized (
    select 'deal/' || stage_position.deal as subject, lacks.rule, stage_position.entry, stage_position.status as detail
      from stage_position
     cross join lateral (values ('no_account', stage_position.account is null), ('no_owner', stage_position.owner is null),
                                ('no_amount', stage_position.amount is null)) as lacks (rule, holds)
     where (select asked.checks && array['no_account', 'no_owner', 'no_amount'] from asked)
       and stage_position.status in ('open', 'on_hold', 'won')
       and lacks.holds and lacks.rule = any((select asked.checks from asked)::text[])
),
close_date_past as not materialized (
    select 'deal/' || stage_position.deal as subject, 'close_date_past' as rule, stage_position.entry,
           format('expected on %s', stage_position.expected_close_on) as detail
      from stage_position
     where (select 'close_date_past' = any(asked.checks) from asked)
       and stage_position.status = 'open' and stage_position.expected_close_on < (select asked.day from asked)
),
stage_skipped as not materialized (
    select 'deal/' || claimed.deal as subject, 'stage_skipped' as rule, claimed.entry,
           format('stage %s claimed after %s', claimed.stage, claimed.before) as detail
      from (select past.deal, past.stage, past.entry,
                   coalesce(max(past.stage) over (partition by past.deal, past.playbook order by past.from_at
                                                  rows between unbounded preceding and 1 preceding), 0) as before
              from stage_position_past past
              join (select playbook.playbook, playbook.version
                      from reporting.playbook
                     where playbook.position = 'claim') claim
                on claim.playbook = past.playbook and claim.version = past.version
             where (select 'stage_skipped' = any(asked.checks) from asked)) claimed
     where claimed.stage > claimed.before + 1
),
unapplied_over_30_days as not materialized (
    select 'account/' || unapplied.account as subject, 'unapplied_over_30_days' as rule, unapplied.entry,
           format('%s: %s %s since %s', unapplied.document, served.written(unapplied.amount, unapplied.currency),
                  unapplied.currency, unapplied.came_on) as detail
      from (select distinct on (receivables_unapplied.account, receivables_unapplied.document, receivables_unapplied.series,
                                receivables_unapplied.currency)
                   receivables_unapplied.account, receivables_unapplied.document, receivables_unapplied.currency,
                   receivables_unapplied.amount, receivables_movement.entry,
                   reporting.local_day(receivables_movement.at) as came_on
              from receivables_unapplied
              join receivables_movement on receivables_movement.account = receivables_unapplied.account
                                       and receivables_movement.document = receivables_unapplied.document
                                       and receivables_movement.series = receivables_unapplied.series
                                       and receivables_movement.currency = receivables_unapplied.currency
             where (select 'unapplied_over_30_days' = any(asked.checks) from asked)
               and receivables_unapplied.kind = 'cash' and receivables_movement.kind in ('payment', 'transfer_in')
             order by receivables_unapplied.account, receivables_unapplied.document, receivables_unapplied.series,
                      receivables_unapplied.currency, receivables_movement.at, receivables_movement.entry) unapplied
     where unapplied.came_on < (select asked.day - asked.unapplied::integer from asked)
),
dispute_over_30_days as not materialized (
    select 'account/' || contested.account as subject, 'dispute_over_30_days' as rule, contested.entry,
           format('%s since %s', contested.invoice, reporting.local_day(contested.from_at)) as detail
      from (select distinct on (been.account, been.invoice, been.series) been.account, been.invoice, been.entry, been.from_at
              from (select past.account, past.invoice, past.series, past.entry, past.from_at, past.disputed,
                           lag(past.disputed) over told and lag(past.to_at) over told = past.from_at as goes_on
                      from receivables_item now
                      join receivables_item_past past on past.account = now.account and past.invoice = now.invoice
                                                     and past.series = now.series
                     where (select 'dispute_over_30_days' = any(asked.checks) from asked) and now.disputed
                    window told as (partition by past.account, past.invoice, past.series order by past.from_at)) been
             where been.disputed and not coalesce(been.goes_on, false)
             order by been.account, been.invoice, been.series, been.from_at desc) contested
     where reporting.local_day(contested.from_at) < (select asked.day - asked.disputed::integer from asked)
),
contact_without_account as not materialized (
    select unplaced_contact.subject, 'contact_without_account' as rule, unplaced_contact.entry,
           unplaced_contact.contact as detail
      from unplaced_contact
     where (select 'contact_without_account' = any(asked.checks) from asked)
),
rate_below_lpr as not materialized (
    select 'account/' || agreed.account as subject, 'rate_below_lpr' as rule, agreed.entry,
           format('%s: %s a day, %s a year, of at least %s', agreed.contract, trim_scale(agreed.late_rate_per_day),
                  trim_scale(agreed.late_rate_per_day * 365), agreed.prime) as detail
      from (select contract_term.account, contract_term.contract, contract_term.late_rate_per_day,
                   min(contract_term.entry) as entry,
                   served.policy_value('loan_prime_rate', 'one_year', reporting.local_day(contract_term.signed_at)) as prime
              from contract_term
             where (select 'rate_below_lpr' = any(asked.checks) from asked)
               and contract_term.late_rate_per_day is not null
             group by contract_term.account, contract_term.contract, contract_term.late_rate_per_day,
                      contract_term.signed_at) agreed
     where agreed.late_rate_per_day * 365 < agreed.prime
),
checked as not materialized (
    select one.subject, one.rule, one.entry, string_agg(one.detail, '; ' order by one.detail collate "C") as detail
      from (select * from visit_without_appointment
            union all select * from quote_over_budget
            union all select * from won_without_contract
            union all select * from collected_but_open
            union all select * from invoiced_over_contract
            union all select * from lacking
            union all select * from close_date_past
            union all select * from stage_skipped
            union all select * from unapplied_over_30_days
            union all select * from dispute_over_30_days
            union all select * from contact_without_account
            union all select * from rate_below_lpr) one
     group by one.subject, one.rule, one.entry
    union all
    select late_entry.subject, late_entry.rule, late_entry.entry, late_entry.detail from late_entry
)
select found.subject, found.view, found.flag, found.entry, found.detail, entry.id, entry.source, entry.type,
       entry.occurred_at, entry.recorded_at, found.flag as check, found.detail as what, found.rule
  from (select flag.subject, flag.view, flag.flag, flag.entry, flag.detail,
               case flag.flag when 'unknown_playbook' then flag.flag end as rule
          from flag
         where (select 'flags' = any(asked.checks) from asked) or flag.flag = any((select asked.checks from asked)::text[])
        union all
        select checked.subject, 'check', checked.rule, checked.entry, checked.detail, checked.rule from checked) found
  join reporting.entry on entry.sequence = found.entry
 where data_quality.from_day is null or entry.occurred_at > (select reporting.day_end(data_quality.from_day - 1));
end;
comment on function reporting.data_quality(timestamptz, bigint, text, date, date) is
    'Entries of which something was surprising at as_of, as known at the sequence known_at. A flag holds from the time at which the entry became surprising until what it waited for came. Checks beside the flags: late_entry, recorded more than 2 days after it happened, both as it was sent; visit_without_appointment, of a deal none of whose appointments was left to be used up; quote_over_budget, the amount of a quote or proposal above the budget last recorded before it in its currency; won_without_contract, a won deal whose contract no account has; collected_but_open, invoices that name the deal are open though its cash_in_full or paid is met; invoiced_over_contract, invoices less their credits above the contract''s amount; no_account, no_owner, no_amount, of deals open, on hold or won; unknown_playbook, the flag of that name; close_date_past, an open deal expected to be won before the day; stage_skipped, a claim more than one stage beyond the furthest before; unapplied_over_30_days, a payment of which a part pays no invoice more than 30 days after it came; dispute_over_30_days, an invoice contested without a break since more than 30 days; contact_without_account, recorded on a deal without naming an account; rate_below_lpr, the interest agreed for late payment, as a rate per day times 365, below the one-year loan prime rate of the day of signing. Days are policy data. With to, everything is as at the end of that day; with from, only entries that happened on it or later.';

-- name: catalog
create or replace view reporting.catalog as
select *
  from (values
    ('pipeline', 'snapshot', '在手商机', 'Pipeline', '哪些商机正在进行？', 'Which deals are open or on hold, and where do they stand?', 'Deals that were open or on hold at as_of, as known at the sequence known_at, ordered by deal.', '[]'::jsonb, '[{"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Id of the deal."}, {"name": "playbook", "type": "text", "kind": "playbook", "zh": "销售流程", "en": "playbook", "comment": "Key of the playbook that it follows."}, {"name": "version", "type": "integer", "kind": "version", "zh": "流程版本", "en": "version", "comment": "Version of the playbook; null while none is published."}, {"name": "stage", "type": "integer", "kind": "stage", "zh": "阶段", "en": "stage", "comment": "Number of the last stage reached, from 1; null before the first."}, {"name": "phase", "type": "text", "kind": "word", "zh": "阶段进度", "en": "phase", "comment": "entered or completed; null when stage is."}, {"name": "status", "type": "text", "kind": "word", "zh": "状态", "en": "status", "comment": "open, on_hold, won, lost or abandoned; independent of the stage."}, {"name": "probability", "type": "numeric", "kind": "rate", "zh": "赢率", "en": "probability", "comment": "Win probability, 0 to 1."}, {"name": "amount", "type": "numeric", "kind": "amount", "zh": "金额", "en": "amount", "comment": "Expected value, and once won the final one; null when unknown."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amount."}, {"name": "owner", "type": "text", "kind": "person", "zh": "负责人", "en": "owner", "comment": "The salesperson who answers for it."}, {"name": "account", "type": "text", "kind": "account", "zh": "客户", "en": "account", "comment": "Id of the customer''s account."}, {"name": "since", "type": "timestamptz", "kind": "instant", "zh": "进入时间", "en": "since", "comment": "When it came to this stage and phase."}, {"name": "stale", "type": "boolean", "kind": "yes_no", "zh": "待修复", "en": "stale", "comment": "Whether its later entries could not be folded."}, {"name": "working_on", "type": "integer", "kind": "stage", "zh": "推进阶段", "en": "working on", "comment": "The stage worked on, which is the one behind the last completed; null behind the last, and while no playbook is published."}, {"name": "expected_close_on", "type": "date", "kind": "day", "zh": "预计成交日", "en": "expected close", "comment": "The day on which it is expected to be won; null when unknown."}, {"name": "weighted", "type": "numeric", "kind": "amount", "zh": "加权金额", "en": "weighted", "comment": "amount × probability, rounded half up; null without an amount."}, {"name": "missing", "type": "text[]", "kind": "texts", "zh": "尚缺事项", "en": "missing", "comment": "Keys of what the stage worked on still lacks: of its milestones; where none is missing, of its criteria, and the commitment. Empty where claims decide."}]'::jsonb, array['deal']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('deal', 'snapshot', '商机', 'Deal', '这个商机现在处于什么位置？', 'Where does a deal stand?', 'Where a deal stood at as_of, whatever its status, as known at the sequence known_at; no row before its opening.', '[{"name": "deal", "type": "text", "optional": false, "comment": "Id of the deal."}]'::jsonb, '[{"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Id of the deal."}, {"name": "playbook", "type": "text", "kind": "playbook", "zh": "销售流程", "en": "playbook", "comment": "Key of the playbook that it follows."}, {"name": "version", "type": "integer", "kind": "version", "zh": "流程版本", "en": "version", "comment": "Version of the playbook; null while none is published."}, {"name": "stage", "type": "integer", "kind": "stage", "zh": "阶段", "en": "stage", "comment": "Number of the last stage reached, from 1; null before the first."}, {"name": "phase", "type": "text", "kind": "word", "zh": "阶段进度", "en": "phase", "comment": "entered or completed; null when stage is."}, {"name": "status", "type": "text", "kind": "word", "zh": "状态", "en": "status", "comment": "open, on_hold, won, lost or abandoned; independent of the stage."}, {"name": "probability", "type": "numeric", "kind": "rate", "zh": "赢率", "en": "probability", "comment": "Win probability, 0 to 1."}, {"name": "amount", "type": "numeric", "kind": "amount", "zh": "金额", "en": "amount", "comment": "Expected value, and once won the final one; null when unknown."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amount."}, {"name": "owner", "type": "text", "kind": "person", "zh": "负责人", "en": "owner", "comment": "The salesperson who answers for it."}, {"name": "account", "type": "text", "kind": "account", "zh": "客户", "en": "account", "comment": "Id of the customer''s account."}, {"name": "since", "type": "timestamptz", "kind": "instant", "zh": "进入时间", "en": "since", "comment": "When it came to this stage and phase."}, {"name": "stale", "type": "boolean", "kind": "yes_no", "zh": "待修复", "en": "stale", "comment": "Whether its later entries could not be folded."}, {"name": "working_on", "type": "integer", "kind": "stage", "zh": "推进阶段", "en": "working on", "comment": "The stage worked on, which is the one behind the last completed; null behind the last, and while no playbook is published."}, {"name": "expected_close_on", "type": "date", "kind": "day", "zh": "预计成交日", "en": "expected close", "comment": "The day on which it is expected to be won; null when unknown."}, {"name": "weighted", "type": "numeric", "kind": "amount", "zh": "加权金额", "en": "weighted", "comment": "amount × probability, rounded half up; null without an amount."}, {"name": "missing", "type": "text[]", "kind": "texts", "zh": "尚缺事项", "en": "missing", "comment": "Keys of what the stage worked on still lacks: of its milestones; where none is missing, of its criteria, and the commitment. Empty where claims decide."}]'::jsonb, array['deal']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('funnel', 'aggregate', '销售漏斗', 'Funnel', '一个销售流程的商机分布在哪些阶段？', 'At which stages do the deals of a playbook stand?', 'The deals of a playbook by stage at as_of, as known at the sequence known_at. open and amounts: open deals (on hold included) whose last reached stage it is, and their value by currency. entered and completed: deals of any status that stood at or beyond that point. The row without a stage holds the open deals before the first; nothing is entered or completed there.', '[{"name": "playbook", "type": "text", "optional": false, "comment": "Key of the playbook."}]'::jsonb, '[{"name": "stage", "type": "integer", "kind": "stage", "zh": "阶段", "en": "stage", "comment": "Number of the stage; null: before the first."}, {"name": "open", "type": "bigint", "kind": "count", "zh": "进行中", "en": "open", "comment": "Deals open or on hold whose last reached stage it is."}, {"name": "entered", "type": "bigint", "kind": "count", "zh": "进入", "en": "entered", "comment": "Deals of any status that stand at this stage or beyond; 0 before the first."}, {"name": "completed", "type": "bigint", "kind": "count", "zh": "完成", "en": "completed", "comment": "Deals of any status that stand beyond it, or have completed it; 0 before the first."}, {"name": "amounts", "type": "jsonb", "kind": "amounts", "zh": "金额", "en": "amounts", "comment": "Expected value of the open deals, by currency."}, {"name": "key", "type": "text", "kind": "text", "zh": "阶段代码", "en": "key", "comment": "Key of the stage, in the highest version that has it."}, {"name": "name_zh", "type": "text", "kind": "text", "zh": "阶段名称", "en": "name (zh)", "comment": "Its name in Chinese."}, {"name": "name_en", "type": "text", "kind": "text", "zh": "阶段英文名", "en": "name (en)", "comment": "Its name in English."}]'::jsonb, array['stage']::text[], array['owner', 'account', 'region', 'currency']::text[]),
    ('bands', 'aggregate', '漏斗区间', 'Bands', '潜在、意向、洽谈、成交各有多少商机？', 'How many open deals are in each band of the funnel?', 'Deals open or on hold at as_of, as known at the sequence known_at, by the band of the last stage reached: not_started, potential, intent, negotiation, closing. Positions may go back. The sum of deals is open + on hold.', '[]'::jsonb, '[{"name": "band", "type": "text", "kind": "word", "zh": "漏斗区间", "en": "band", "comment": "Band of the last stage reached; not_started before the first, and while the playbook is not published."}, {"name": "deals", "type": "bigint", "kind": "count", "zh": "商机数", "en": "deals", "comment": "Deals open or on hold."}, {"name": "amounts", "type": "jsonb", "kind": "amounts", "zh": "金额", "en": "amounts", "comment": "Their expected value, by currency."}]'::jsonb, array['band']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('forecast', 'aggregate', '销售预测', 'Forecast', '哪个月能进多少？', 'What comes in, and when?', 'Open deals at as_of, as known at the sequence known_at, by the month of expected_close_on: overdue before as_of''s day, undated without one. weighted is the sum of amount x probability of the last completed stage (of a claimed stage, its own); commit, best and pipeline are amounts by probability, by the policy forecast_categories. closed is the final value of deals won in the month. Deals on hold are counted in the totals alone; lost and abandoned ones never. Deals without amount are counted and in no sum. With calibrate = yes the probability of a stage is won / (won + lost) of all deals that ever completed it, as the report calibration has it, where there is one. Currencies are never added.', '[{"name": "playbook", "type": "text", "optional": true, "comment": "Key of the playbook. Default: all."}, {"name": "calibrate", "type": "text", "optional": true, "comment": "yes: weigh deals by the observed rates of the report calibration.", "default": "no"}]'::jsonb, '[{"name": "month", "type": "text", "kind": "text", "zh": "月份", "en": "month", "comment": "Month of the expected close, or of the closing, such as 2026-04; overdue for a day before as_of''s, undated for none."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amounts; null for deals without amount."}, {"name": "deals", "type": "bigint", "kind": "count", "zh": "商机数", "en": "deals", "comment": "Open deals that are expected to close then; those on hold are not among them."}, {"name": "unpriced", "type": "bigint", "kind": "count", "zh": "无金额商机", "en": "unpriced", "comment": "Of these, deals without an amount: they are in no sum."}, {"name": "amount", "type": "numeric", "kind": "amount", "zh": "金额", "en": "amount", "comment": "Their expected value."}, {"name": "weighted", "type": "numeric", "kind": "amount", "zh": "加权金额", "en": "weighted", "comment": "Sum of amount × probability, rounded half up."}, {"name": "commit", "type": "numeric", "kind": "amount", "zh": "承诺", "en": "commit", "comment": "Amount of those whose probability is at least the policy''s threshold for commit, 0.75."}, {"name": "best", "type": "numeric", "kind": "amount", "zh": "乐观", "en": "best case", "comment": "Amount of those below commit and at least at the policy''s threshold for best case, 0.50."}, {"name": "pipeline", "type": "numeric", "kind": "amount", "zh": "在谈", "en": "pipeline", "comment": "Amount of those below."}, {"name": "closed", "type": "numeric", "kind": "amount", "zh": "已赢单", "en": "closed", "comment": "Final value of the deals won in the month."}]'::jsonb, array['month', 'currency']::text[], array['owner', 'account', 'region', 'currency']::text[]),
    ('calibration', 'snapshot', '赢率校准', 'Calibration', '流程规定的赢率与实际相符吗？', 'Do the probabilities of the playbook hold?', 'Stages of the published playbooks, with the deals that had completed each at some time up to as_of, as known at the sequence known_at; where claims decide, that had entered it or one beyond. observed = won / (won + lost), as the deals stand at as_of, beside the probability by which the forecast weighs them. Open, held and abandoned deals count in deals alone. A deal counts for the playbook that it follows at as_of.', '[{"name": "playbook", "type": "text", "optional": true, "comment": "Key of the playbook. Default: all."}]'::jsonb, '[{"name": "playbook", "type": "text", "kind": "playbook", "zh": "销售流程", "en": "playbook", "comment": "Key of the playbook."}, {"name": "stage", "type": "integer", "kind": "stage", "zh": "阶段", "en": "stage", "comment": "Number of the stage."}, {"name": "deals", "type": "bigint", "kind": "count", "zh": "商机数", "en": "deals", "comment": "Deals that had completed the stage at some time; where claims decide, that had entered it."}, {"name": "won", "type": "bigint", "kind": "count", "zh": "赢单", "en": "won", "comment": "Of these, deals that are won."}, {"name": "lost", "type": "bigint", "kind": "count", "zh": "输单", "en": "lost", "comment": "Of these, deals that are lost."}, {"name": "observed", "type": "numeric", "kind": "rate", "zh": "实际赢率", "en": "observed", "comment": "won ÷ (won + lost); null before any."}, {"name": "probability", "type": "numeric", "kind": "rate", "zh": "流程赢率", "en": "probability", "comment": "Probability of the stage once completed, in the highest version of the playbook that has it."}, {"name": "key", "type": "text", "kind": "text", "zh": "阶段代码", "en": "key", "comment": "Key of the stage, in that version."}, {"name": "name_zh", "type": "text", "kind": "text", "zh": "阶段名称", "en": "name (zh)", "comment": "Its name in Chinese."}, {"name": "name_en", "type": "text", "kind": "text", "zh": "阶段英文名", "en": "name (en)", "comment": "Its name in English."}]'::jsonb, array['playbook', 'stage']::text[], array['owner', 'account', 'region', 'currency']::text[]),
    ('next_steps', 'snapshot', '下一步', 'Next steps', '每个在手商机下一步还缺什么？', 'What does each open deal need next?', 'Open deals at as_of, as known at the sequence known_at, that evidence decides and that have stages left: the missing milestones of the stage worked on; where none is missing, its missing criteria and the commitment. Evidence that came early counts. Deals on hold are not listed.', '[]'::jsonb, '[{"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Id of the deal."}, {"name": "working_on", "type": "integer", "kind": "stage", "zh": "推进阶段", "en": "working on", "comment": "The stage worked on, which is the one behind the last completed."}, {"name": "missing", "type": "text[]", "kind": "texts", "zh": "尚缺事项", "en": "missing", "comment": "Keys of its milestones that are not met; where none is missing, of its criteria, and the commitment."}, {"name": "since", "type": "date", "kind": "day", "zh": "本阶段自", "en": "since", "comment": "Day since which the stage is worked on, in the ledger''s zone."}, {"name": "owner", "type": "text", "kind": "person", "zh": "负责人", "en": "owner", "comment": "The salesperson who answers for the deal."}]'::jsonb, array['deal']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('coverage', 'snapshot', '条件覆盖', 'Coverage', '推进中的阶段准备得怎样？', 'How well prepared is the stage worked on?', 'Conditions of the stage that each deal works on at as_of, as known at the sequence known_at, and the entry that met each. Totals: conditions met / conditions, by kind. A deal that is on hold keeps its stage, and one that was won may have stages behind that, such as collecting; those lost or abandoned are not listed.', '[{"name": "deal", "type": "text", "optional": true, "comment": "Id of a deal. Default: all."}]'::jsonb, '[{"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Id of the deal."}, {"name": "item", "type": "text", "kind": "text", "zh": "条件", "en": "item", "comment": "Key of the condition."}, {"name": "kind", "type": "text", "kind": "word", "zh": "类别", "en": "kind", "comment": "process, relationship, information or compliance."}, {"name": "met", "type": "boolean", "kind": "yes_no", "zh": "已满足", "en": "met", "comment": "Met at as_of."}, {"name": "met_on", "type": "date", "kind": "day", "zh": "满足日期", "en": "met on", "comment": "Day since which it is met, in the ledger''s zone; null while it is not."}, {"name": "entry", "type": "bigint", "kind": "sequence", "zh": "条目", "en": "entry", "comment": "Sequence of the entry that meets it."}, {"name": "name_zh", "type": "text", "kind": "text", "zh": "名称", "en": "name (zh)", "comment": "Name of the condition in Chinese."}, {"name": "name_en", "type": "text", "kind": "text", "zh": "英文名", "en": "name (en)", "comment": "Its name in English."}, {"name": "place", "type": "bigint", "kind": "whole", "zh": "序号", "en": "place", "comment": "Its place among the conditions of the stage, from 1: the playbook''s order."}]'::jsonb, array['deal', 'item']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('rotting', 'snapshot', '停滞商机', 'Rotting', '哪些商机停滞不前？', 'Which deals stand still?', 'Open deals at as_of, as known at the sequence known_at, that have stages left. days are those of the calendar in the ledger''s zone since the stage is worked on (last completion, fall or opening), entered or not, less days on hold since then; rotting: more than the deal''s version of the playbook expects of the stage. Deals on hold are not listed.', '[{"name": "playbook", "type": "text", "optional": true, "comment": "Key of the playbook. Default: all."}]'::jsonb, '[{"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Id of the deal."}, {"name": "working_on", "type": "integer", "kind": "stage", "zh": "推进阶段", "en": "working on", "comment": "The stage worked on, which is the one behind the last completed."}, {"name": "since", "type": "date", "kind": "day", "zh": "本阶段自", "en": "since", "comment": "Day of the last completion, fall or opening, since which the stage is worked on, in the ledger''s zone."}, {"name": "days", "type": "integer", "kind": "days", "zh": "推进天数", "en": "days", "comment": "Days from then to as_of''s day, less those on hold."}, {"name": "expected", "type": "integer", "kind": "days", "zh": "预期天数", "en": "expected", "comment": "Days that the deal''s version of the playbook expects the stage to take; null where it says none."}, {"name": "rotting", "type": "boolean", "kind": "yes_no", "zh": "停滞", "en": "rotting", "comment": "Flag: more days than expected have passed; false where none are expected."}, {"name": "idle_days", "type": "integer", "kind": "days", "zh": "未活动天数", "en": "idle days", "comment": "Days since the deal''s last activity; null without any."}, {"name": "owner", "type": "text", "kind": "person", "zh": "负责人", "en": "owner", "comment": "The salesperson who answers for the deal."}]'::jsonb, array['deal']::text[], array['owner', 'account', 'region', 'currency']::text[]),
    ('purchase_track', 'snapshot', '双轨对照', 'Purchase track', '销售进度与客户采购进度是同步、需追赶，还是应放弃？', 'Are we in step with the customer''s purchasing, have we to catch up, or to give up?', 'Deals open or on hold at as_of, as known at the sequence known_at, whose version of the playbook sets stages beside the customer''s (thresholds are those of its track, or else of eight purchasing stages). gap is the customer''s purchasing stage last observed less the one beside the last stage that we have entered. The first rule that holds decides: never observed, or longer ago than unknown_after_days: unknown; gap from review on, or the customer from tender on and we below tender_needs: review; from catch_up on: catch_up; from behind on: behind; below 0: ahead; else in_sync. A person gives a deal up, never this report.', '[{"name": "playbook", "type": "text", "optional": true, "comment": "Key of the playbook. Default: all."}]'::jsonb, '[{"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Id of the deal."}, {"name": "ours", "type": "bigint", "kind": "whole", "zh": "我方位置", "en": "ours", "comment": "Number of the customer''s purchasing stage that stands beside the last stage of ours that is entered; 0 before the first."}, {"name": "customer", "type": "integer", "kind": "stage", "zh": "客户采购阶段", "en": "customer", "comment": "Number of the purchasing stage at which the customer was last observed; null when it never was."}, {"name": "gap", "type": "bigint", "kind": "whole", "zh": "差距", "en": "gap", "comment": "customer - ours; null when the customer was never observed."}, {"name": "verdict", "type": "text", "kind": "word", "zh": "判断", "en": "verdict", "comment": "unknown, review (whether to give up), catch_up, behind, ahead or in_sync, by the playbook''s thresholds."}, {"name": "reason", "type": "text", "kind": "text", "zh": "理由（英文）", "en": "reason", "comment": "Reason of the verdict, with the numbers."}, {"name": "observed_on", "type": "date", "kind": "day", "zh": "观察日期", "en": "observed on", "comment": "Day of the observation, in the ledger''s zone."}, {"name": "observed_days_ago", "type": "integer", "kind": "days", "zh": "观察距今天数", "en": "observed days ago", "comment": "as_of''s day less that of the observation."}, {"name": "entry", "type": "bigint", "kind": "sequence", "zh": "条目", "en": "entry", "comment": "Sequence of the entry that observed it."}, {"name": "reason_zh", "type": "text", "kind": "text", "zh": "理由", "en": "reason (zh)", "comment": "The reason in Chinese."}, {"name": "owner", "type": "text", "kind": "person", "zh": "负责人", "en": "owner", "comment": "The salesperson who answers for the deal."}]'::jsonb, array['deal']::text[], array['owner', 'account', 'region', 'currency']::text[]),
    ('commitments', 'snapshot', '客户承诺', 'Commitments', '谁信守承诺？', 'Who keeps his word?', 'Commitments that customers had given by as_of, as known at the sequence known_at, of deals of any status. overdue: open, and as_of''s day is later than due_on. kept_rate is kept / (kept + broken). Filters go by the deal''s values at as_of.', '[]'::jsonb, '[{"name": "entry", "type": "bigint", "kind": "sequence", "zh": "承诺条目", "en": "entry", "comment": "Sequence of the entry by which it was received."}, {"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Id of the deal."}, {"name": "stage", "type": "integer", "kind": "stage", "zh": "阶段", "en": "stage", "comment": "Number of the stage that it completes."}, {"name": "contact", "type": "text", "kind": "text", "zh": "联系人", "en": "contact", "comment": "Person of the customer who gave it."}, {"name": "due_on", "type": "date", "kind": "day", "zh": "兑现期限", "en": "due on", "comment": "The last day on which the customer keeps it in time; null when none was named."}, {"name": "state", "type": "text", "kind": "word", "zh": "状态", "en": "state", "comment": "open, overdue (open behind its day), kept, broken or withdrawn. Of kept and broken the one said last counts."}, {"name": "received_on", "type": "date", "kind": "day", "zh": "承诺日期", "en": "received on", "comment": "Day on which the customer gave it, in the ledger''s zone."}, {"name": "owner", "type": "text", "kind": "person", "zh": "负责人", "en": "owner", "comment": "The salesperson who answers for the deal at as_of."}]'::jsonb, array['deal', 'entry']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('follow_up', 'snapshot', '跟进事项', 'Follow-up', '近期有哪些事项到期而尚未完成？', 'What is due soon, or late, and not done?', 'What was due until as_of''s day + horizon_days and not done, at as_of, as known at the sequence known_at. plan: open plans of deals and accounts. commitment: open commitments of customers that name a day. promise: promises to pay that the cash applied since does not come to. appointment: those of deals that no visit has used. reminder: the next one of each open invoice by the policy reminder_ladder: the highest level whose day has come, if it is above the highest that was sent, else the next level above that. retention: retained amounts whose day comes, until the customer releases or we invoice the whole. birthday: the next one of each contact, unless we congratulated within the half year before. return_visit: by the policy visit_rhythm, so many days after the last touch of a graded account or activity of its deals, whatever is later; where there was none, after its grading. Plans, commitments and appointments of a deal that is lost or abandoned are no longer due; its money is. An account''s owner is named by its newest plan; without one it is that of its deal opened last. Merged accounts count as in the report accounts.', '[{"name": "horizon_days", "type": "integer", "optional": true, "comment": "Days behind as_of''s day. Default: of the policy follow_up, 14."}, {"name": "owner", "type": "text", "optional": true, "comment": "Person who is to do it. Default: all."}]'::jsonb, '[{"name": "due_on", "type": "date", "kind": "day", "zh": "期限", "en": "due on", "comment": "The last day on which it is in time; of a birthday and an appointment its day."}, {"name": "kind", "type": "text", "kind": "word", "zh": "类别", "en": "kind", "comment": "plan, commitment of the customer, promise to pay, appointment, reminder, retention, birthday or return_visit."}, {"name": "subject", "type": "text", "kind": "subject", "zh": "对象", "en": "subject", "comment": "Deal or account that it is about, as booked."}, {"name": "owner", "type": "text", "kind": "person", "zh": "负责人", "en": "owner", "comment": "Person who is to do it; where none is named, who answers for the deal or account."}, {"name": "what", "type": "text", "kind": "text", "zh": "事项", "en": "what", "comment": "Name of the plan, number of the commitment''s stage, of the invoice or of the contract, topic of the appointment, id of the contact, or grade of the account; null for an appointment without topic."}, {"name": "days_late", "type": "integer", "kind": "days", "zh": "逾期天数", "en": "days late", "comment": "as_of''s day minus due_on; below 1: not yet late."}, {"name": "why", "type": "text", "kind": "text", "zh": "原因（英文）", "en": "why", "comment": "Reason why it is due, with the numbers."}, {"name": "entry", "type": "bigint", "kind": "sequence", "zh": "条目", "en": "entry", "comment": "Sequence of the entry that planned, promised, agreed, invoiced, recorded or graded it."}, {"name": "why_zh", "type": "text", "kind": "text", "zh": "原因", "en": "why (zh)", "comment": "The reason in Chinese."}, {"name": "account", "type": "text", "kind": "account", "zh": "客户", "en": "account", "comment": "Account that it counts with: of the subject, or that into which that one was merged."}, {"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Deal that it is about, or whose invoice or contract it is; null for none."}]'::jsonb, array['kind', 'subject', 'what', 'entry']::text[], array['account', 'playbook', 'region']::text[]),
    ('participation', 'snapshot', '部门参与', 'Participation', '各部门是否参与了应参与的阶段？', 'Do the departments take part in the stages that name them?', 'Departments that published versions of a playbook name, by stage; at as_of, as known at the sequence known_at. deals: those that had worked on the stage (the one behind the last completed) by a version that names the department there, while they were neither lost nor abandoned; a won deal goes on with the stages behind the sale. took_part: those that have an entry of the department meanwhile: an activity, care, feedback, or what met an item of the playbook; what completes a stage at the same instant belongs to that stage. Filters go by the deal''s values at as_of.', '[{"name": "playbook", "type": "text", "optional": false, "comment": "Key of the playbook."}]'::jsonb, '[{"name": "stage", "type": "integer", "kind": "stage", "zh": "阶段", "en": "stage", "comment": "Number of the stage."}, {"name": "department", "type": "text", "kind": "text", "zh": "部门", "en": "department", "comment": "Name of the department in Chinese, as entries name it."}, {"name": "took_part", "type": "bigint", "kind": "count", "zh": "已参与商机", "en": "took part", "comment": "Deals that have an entry of the department while they worked on the stage."}, {"name": "deals", "type": "bigint", "kind": "count", "zh": "商机数", "en": "deals", "comment": "Deals that worked on the stage by as_of."}, {"name": "rate", "type": "numeric", "kind": "rate", "zh": "参与率", "en": "rate", "comment": "took_part ÷ deals; null without deals."}, {"name": "name_en", "type": "text", "kind": "text", "zh": "部门英文名", "en": "department (en)", "comment": "Name of the department in English, in the highest version that names it there."}]'::jsonb, array['stage', 'department']::text[], array['owner', 'account', 'region', 'currency']::text[]),
    ('conversion', 'snapshot', '转化率', 'Conversion', '每月立项的商机各走到哪个阶段，瓶颈在哪里？', 'Of the deals opened in a month, how many got how far, and where is the bottleneck?', 'The deals of a playbook, by the month in which they were opened, as known at the sequence known_at. reached(n): deals with completed >= n at some time up to as_of; where claims decide, that had entered n or beyond. from_previous = reached(n) / reached(n - 1), with reached(0) = deals; overall = reached(n) / deals. open + won + lost + abandoned = deals, as they stand at as_of. Deals that moved back or were lost stay in what they had reached; voided evidence leaves the past, revoked evidence does not. from and to choose the days of opening. age_days: only deals opened at least so many days before as_of''s day, and only what each had reached by the end of that many days after its own. mode filled counts a stage that was skipped, observed those alone that were the last one completed (entered) at some time, so that from_previous may be above 1. Rates of stages are never to be multiplied into a forecast: deals return and skip.', '[{"name": "playbook", "type": "text", "optional": false, "comment": "Key of the playbook."}, {"name": "from_day", "type": "date", "optional": true, "comment": "First day of opening.", "asked_as": "from"}, {"name": "to_day", "type": "date", "optional": true, "comment": "Last day of opening.", "asked_as": "to"}, {"name": "age_days", "type": "integer", "optional": true, "comment": "Compare cohorts at this age, in days."}, {"name": "mode", "type": "text", "optional": true, "comment": "Whether stages that were skipped count as reached.", "default": "filled"}, {"name": "min_deals", "type": "bigint", "optional": true, "comment": "Fewest deals before what may be the bottleneck.", "default": 5}]'::jsonb, '[{"name": "cohort", "type": "text", "kind": "text", "zh": "立项月份", "en": "cohort", "comment": "Month in which the deals were opened, such as 2026-01."}, {"name": "stage", "type": "integer", "kind": "stage", "zh": "阶段", "en": "stage", "comment": "Number of the stage."}, {"name": "deals", "type": "bigint", "kind": "count", "zh": "商机数", "en": "deals", "comment": "Deals of the cohort, the same at each stage."}, {"name": "reached", "type": "bigint", "kind": "count", "zh": "到达", "en": "reached", "comment": "Deals that had completed the stage at some time; where claims decide, that had entered it."}, {"name": "from_previous", "type": "numeric", "kind": "rate", "zh": "阶段转化率", "en": "from previous", "comment": "reached ÷ reached of the stage before, of the first ÷ deals; null where that is 0."}, {"name": "overall", "type": "numeric", "kind": "rate", "zh": "总转化率", "en": "overall", "comment": "reached ÷ deals."}, {"name": "open", "type": "bigint", "kind": "count", "zh": "进行中", "en": "open", "comment": "Deals of the cohort that are open or on hold."}, {"name": "won", "type": "bigint", "kind": "count", "zh": "赢单", "en": "won", "comment": "Deals of the cohort that are won."}, {"name": "lost", "type": "bigint", "kind": "count", "zh": "输单", "en": "lost", "comment": "Deals of the cohort that are lost."}, {"name": "abandoned", "type": "bigint", "kind": "count", "zh": "放弃", "en": "abandoned", "comment": "Deals of the cohort that we gave up."}, {"name": "key", "type": "text", "kind": "text", "zh": "阶段代码", "en": "key", "comment": "Key of the stage, in the highest version that has it."}, {"name": "name_zh", "type": "text", "kind": "text", "zh": "阶段名称", "en": "name (zh)", "comment": "Its name in Chinese."}, {"name": "name_en", "type": "text", "kind": "text", "zh": "阶段英文名", "en": "name (en)", "comment": "Its name in English."}]'::jsonb, array['cohort', 'stage']::text[], array['owner', 'account', 'region', 'currency']::text[]),
    ('durations', 'snapshot', '阶段时长', 'Durations', '每个阶段要花多长时间？', 'How long does each stage take?', 'Days that deals of a playbook worked on each stage, as known at the sequence known_at. A deal works on stage n while the last stage completed is n - 1. wait: before n is entered; work: after; stay = wait + work, summed over all returns, only while the deal is open: neither on hold nor closed. A stage counts as finished where it stands completed at as_of, or at the end of the day to where that is earlier; with from, where it came to be so on that day or later. The median of an even number is the mean of the two in the middle. What still runs is shown apart and averaged in nowhere. Medians of stages do not add up to the cycle, which velocity has.', '[{"name": "playbook", "type": "text", "optional": false, "comment": "Key of the playbook."}, {"name": "from_day", "type": "date", "optional": true, "comment": "First day of completion.", "asked_as": "from"}, {"name": "to_day", "type": "date", "optional": true, "comment": "Last day of completion.", "asked_as": "to"}, {"name": "min_deals", "type": "bigint", "optional": true, "comment": "Fewest deals that have finished what may be the slowest stage.", "default": 5}]'::jsonb, '[{"name": "stage", "type": "integer", "kind": "stage", "zh": "阶段", "en": "stage", "comment": "Number of the stage."}, {"name": "finished", "type": "bigint", "kind": "count", "zh": "已完成", "en": "finished", "comment": "Deals that have completed it."}, {"name": "median_stay", "type": "numeric", "kind": "duration", "zh": "停留中位天数", "en": "median stay", "comment": "Median of their days on the stage: wait and work, of all returns together."}, {"name": "mean_stay", "type": "numeric", "kind": "duration", "zh": "停留平均天数", "en": "mean stay", "comment": "Mean of their days on the stage."}, {"name": "median_wait", "type": "numeric", "kind": "duration", "zh": "等待中位天数", "en": "median wait", "comment": "Median of their days before it was entered."}, {"name": "median_work", "type": "numeric", "kind": "duration", "zh": "推进中位天数", "en": "median work", "comment": "Median of their days since it was entered."}, {"name": "running", "type": "bigint", "kind": "count", "zh": "进行中", "en": "running", "comment": "Open deals that work on it now."}, {"name": "longest_running", "type": "numeric", "kind": "duration", "zh": "最长停留天数", "en": "longest running", "comment": "Days on the stage of the one of them that has been there longest."}, {"name": "key", "type": "text", "kind": "text", "zh": "阶段代码", "en": "key", "comment": "Key of the stage, in the highest version that has it."}, {"name": "name_zh", "type": "text", "kind": "text", "zh": "阶段名称", "en": "name (zh)", "comment": "Its name in Chinese."}, {"name": "name_en", "type": "text", "kind": "text", "zh": "阶段英文名", "en": "name (en)", "comment": "Its name in English."}]'::jsonb, array['stage']::text[], array['owner', 'account', 'region', 'currency']::text[]),
    ('velocity', 'snapshot', '销售速度', 'Velocity', '一个销售流程每天带来多少金额？', 'How much money does a playbook bring a day?', 'Open deals of a playbook, and those closed from the day from up to the day to, by currency, as known at the sequence known_at. A deal counts as it stands at the end of the day to, or at as_of where that is earlier: one that was reopened by then is open, and one that follows another playbook then is not among them. per_day = open * win_rate * mean_won / cycle_median; win_rate = won / (won + lost), the broad one adds abandoned below; the cycle of a won deal is the day of its closing minus that of its opening. open does not include deals on hold. Deals without a currency make the row none, which has counts alone. Default of to: as_of''s day; of from: a year before.', '[{"name": "playbook", "type": "text", "optional": false, "comment": "Key of the playbook."}, {"name": "from_day", "type": "date", "optional": true, "comment": "First day of closing.", "asked_as": "from"}, {"name": "to_day", "type": "date", "optional": true, "comment": "Last day of closing.", "asked_as": "to"}]'::jsonb, '[{"name": "currency", "type": "text", "kind": "text", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the deals; none for deals without, of which nothing but counts is told."}, {"name": "open", "type": "bigint", "kind": "count", "zh": "进行中", "en": "open", "comment": "Deals open, without those on hold."}, {"name": "won", "type": "bigint", "kind": "count", "zh": "赢单", "en": "won", "comment": "Deals won in the period."}, {"name": "lost", "type": "bigint", "kind": "count", "zh": "输单", "en": "lost", "comment": "Deals lost in the period."}, {"name": "abandoned", "type": "bigint", "kind": "count", "zh": "放弃", "en": "abandoned", "comment": "Deals given up in the period."}, {"name": "win_rate", "type": "numeric", "kind": "rate", "zh": "赢单率", "en": "win rate", "comment": "won ÷ (won + lost); null before any."}, {"name": "win_rate_broad", "type": "numeric", "kind": "rate", "zh": "广义赢单率", "en": "win rate (broad)", "comment": "won ÷ (won + lost + abandoned); null before any."}, {"name": "mean_won", "type": "numeric", "kind": "amount", "zh": "平均赢单金额", "en": "mean won", "comment": "Mean value of the won deals; null where there is none of a known value."}, {"name": "cycle_median", "type": "numeric", "kind": "duration", "zh": "周期中位天数", "en": "median cycle", "comment": "Median of the days from the opening of a won deal to its closing."}, {"name": "cycle_mean", "type": "numeric", "kind": "duration", "zh": "周期平均天数", "en": "mean cycle", "comment": "Mean of those days."}, {"name": "per_day", "type": "numeric", "kind": "amount", "zh": "每日金额", "en": "per day", "comment": "open × win_rate × mean_won ÷ cycle_median; null where nothing was won, or the cycle is not above 0."}]'::jsonb, array['currency']::text[], array['owner', 'account', 'region', 'currency']::text[]),
    ('pipeline_changes', 'snapshot', '商机变动', 'Pipeline changes', '两个时点之间商机发生了哪些变动？', 'What moved in the pipeline between two moments?', 'The pipeline, deals open or on hold, at start and at end, each a time or the end of a day (at as_of, where that is earlier), both as known at the sequence known_at, and what made the difference. Of the amounts of a currency before + opened + reopened + up + down + won + lost + abandoned = after. opened: was not there before; reopened: was closed before. up and down: the value changed by this; who changes the currency goes down by all of the one and up by all of the other. won, lost and abandoned leave with the amount that they had before. A deal opened and closed in between is on no line. An unknown amount counts as 0.', '[{"name": "start_at", "type": "text", "optional": false, "comment": "Day at whose end it begins, or a time with its offset.", "asked_as": "start"}, {"name": "end_at", "type": "text", "optional": false, "comment": "Day at whose end it ends, or a time with its offset.", "asked_as": "end"}]'::jsonb, '[{"name": "currency", "type": "text", "kind": "text", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amount; none for deals without."}, {"name": "line", "type": "text", "kind": "word", "zh": "项目", "en": "line", "comment": "before and after: what was in the pipeline at either moment; the others: what made the difference."}, {"name": "deals", "type": "bigint", "kind": "count", "zh": "商机数", "en": "deals", "comment": "Deals of the line."}, {"name": "amount", "type": "numeric", "kind": "amount", "zh": "金额", "en": "amount", "comment": "Their value, or by how much it changed; below zero for what left; null without a currency."}]'::jsonb, array['currency', 'line']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('receivables_open', 'rows', '未收发票', 'Open invoices', '哪些发票还没有收齐？', 'Which invoices are open, and how long are they past due?', 'Invoices that were open at as_of, as known at the sequence known_at, with days past due (below 1: not yet due) and bucket.', '[]'::jsonb, '[{"name": "account", "type": "text", "kind": "account", "zh": "客户", "en": "account", "comment": "Id of the account that owes."}, {"name": "invoice", "type": "text", "kind": "text", "zh": "发票号", "en": "invoice", "comment": "Invoice number, unique per account and series."}, {"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Id of the deal that the invoice names, or null."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amounts."}, {"name": "amount", "type": "numeric", "kind": "amount", "zh": "发票金额", "en": "amount", "comment": "What was invoiced."}, {"name": "open_amount", "type": "numeric", "kind": "amount", "zh": "未收金额", "en": "open amount", "comment": "What is still owed."}, {"name": "due_on", "type": "date", "kind": "day", "zh": "到期日", "en": "due on", "comment": "The last day on which payment is in time."}, {"name": "days_past_due", "type": "integer", "kind": "days", "zh": "逾期天数", "en": "days past due", "comment": "as_of''s day minus due_on; below 1: not yet due."}, {"name": "bucket", "type": "text", "kind": "word", "zh": "账龄", "en": "bucket", "comment": "not_due, 1-30, 31-60, 61-90 or over_90 days past due."}, {"name": "disputed", "type": "boolean", "kind": "yes_no", "zh": "有争议", "en": "disputed", "comment": "Whether the customer contests it."}, {"name": "since", "type": "timestamptz", "kind": "instant", "zh": "自", "en": "since", "comment": "Since when it stands so."}, {"name": "entry", "type": "bigint", "kind": "sequence", "zh": "条目", "en": "entry", "comment": "Sequence of the entry since which it stands so."}, {"name": "stale", "type": "boolean", "kind": "yes_no", "zh": "待修复", "en": "stale", "comment": "Whether the account''s later entries could not be folded."}, {"name": "series", "type": "text", "kind": "text", "zh": "号段", "en": "series", "comment": "Series of the number, or null."}, {"name": "disputed_amount", "type": "numeric", "kind": "amount", "zh": "争议金额", "en": "disputed amount", "comment": "Part of the open amount that the customer contests; all of it where the dispute names no amount; 0 without."}]'::jsonb, array['account', 'invoice', 'series']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('receivables_unapplied', 'rows', '未核销收款', 'Unapplied cash and credit', '哪些收款和贷项还没有核销？', 'Which payments and credit notes pay no invoice yet?', 'Payments and credit notes as far as they paid no invoice at as_of, as known at the sequence known_at.', '[]'::jsonb, '[{"name": "account", "type": "text", "kind": "account", "zh": "客户", "en": "account", "comment": "Id of the account it is booked on."}, {"name": "document", "type": "text", "kind": "text", "zh": "单据号", "en": "document", "comment": "Number of the payment or credit note."}, {"name": "kind", "type": "text", "kind": "word", "zh": "类别", "en": "kind", "comment": "cash: a payment; credit: a credit note."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amount."}, {"name": "amount", "type": "numeric", "kind": "amount", "zh": "未核销金额", "en": "unapplied", "comment": "What is not applied."}, {"name": "since", "type": "timestamptz", "kind": "instant", "zh": "自", "en": "since", "comment": "Since when it stands so."}, {"name": "entry", "type": "bigint", "kind": "sequence", "zh": "条目", "en": "entry", "comment": "Sequence of the entry since which it stands so."}, {"name": "series", "type": "text", "kind": "text", "zh": "号段", "en": "series", "comment": "Series of the number, or null."}]'::jsonb, array['account', 'document', 'series', 'kind', 'currency']::text[], array['account', 'region', 'currency']::text[]),
    ('ageing', 'aggregate', '账龄分析', 'Ageing', '客户欠多少，逾期多久？', 'What is owed, by how long it is past due?', 'Ageing at as_of, as known at the sequence known_at. Ten lines for every currency that had moved: the buckets not_due, 1-30, 31-60, 61-90 and over_90 days past due; disputed (items that are in the buckets too, with what is contested of each: the whole open amount where the dispute names none); unapplied_cash, unapplied_credit and their sum unapplied; and balance, summed from the movements. Buckets less unapplied are the balance.', '[{"name": "by", "type": "text", "optional": true, "comment": "With one ageing_by answers, by groups."}]'::jsonb, '[{"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amount."}, {"name": "line", "type": "text", "kind": "word", "zh": "项目", "en": "line", "comment": "Days past due; disputed (in the buckets too); unapplied_cash, unapplied_credit and their sum; balance."}, {"name": "items", "type": "bigint", "kind": "count", "zh": "笔数", "en": "items", "comment": "Invoices, or unapplied parts; null for the balance."}, {"name": "amount", "type": "numeric", "kind": "amount", "zh": "金额", "en": "amount", "comment": "Amount owed, amount unapplied, or the balance."}]'::jsonb, array['currency', 'line']::text[], array['account', 'region', 'currency']::text[]),
    ('ageing_by', 'snapshot', '分组账龄', 'Ageing by group', '各客户、负责人、商机、地区欠多少，逾期多久？', 'What does each group owe, by how long it is past due?', 'The lines of the report ageing in groups at as_of, as known at the sequence known_at: by account, by the deal that the invoice names, by the owner of that deal, or by the region of the account, the latter two as they are at as_of. Lines without anything are left out; a group has its balance wherever it has a line. Buckets less unapplied are the balance in every group. Unapplied parts belong to an account and no deal: by deal and owner they stand in the group null. There the balance of a group is what was invoiced less what lowered these invoices, and the rest is that of the group null; by account and region it is summed from the movements. Accounts stand by themselves, merged or not, but in the region of the one that they were merged into.', '[{"name": "by", "type": "text", "optional": false, "comment": "What the lines are grouped by."}]'::jsonb, '[{"name": "group", "type": "text", "kind": "text", "zh": "分组", "en": "group", "comment": "Account, owner, deal or region; null where there is none, and for unapplied parts by owner and deal."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amount."}, {"name": "line", "type": "text", "kind": "word", "zh": "项目", "en": "line", "comment": "Days past due; disputed (in the buckets too); unapplied_cash, unapplied_credit and their sum; balance."}, {"name": "items", "type": "bigint", "kind": "count", "zh": "笔数", "en": "items", "comment": "Invoices, or unapplied parts; null for the balance."}, {"name": "amount", "type": "numeric", "kind": "amount", "zh": "金额", "en": "amount", "comment": "Amount owed, amount unapplied, or the balance."}, {"name": "place", "type": "bigint", "kind": "whole", "zh": "序号", "en": "place", "comment": "Place of the line among those of its group and currency, from 1 for not_due to 10 for balance."}]'::jsonb, array['group', 'currency', 'line']::text[], array['account', 'region', 'currency']::text[]),
    ('collection', 'snapshot', '回款分析', 'Collection', '我们的回款情况如何？', 'How well do we collect?', 'Receivables of the days from to to, both included, as known at the sequence known_at, in every currency that had moved; a period that is not over ends at as_of. Sales are net: invoices - credit notes - write-offs, so that a write-off is no collection. DSO = end / sales * days of the period. CEI = (begin + sales - end) / (begin + sales - current) * 100. collection_rate = cash applied by the end of the period to invoices that fall due in it / (their amounts - credits - write-offs). days_to_collect = sum of cash * (day applied - day invoiced) / sum of cash and days_late = sum of cash * max(0, day applied - due day) / sum of cash, of cash applied in the period and not taken back by its end; of several applications of a payment the latest is taken back first.', '[{"name": "from_day", "type": "date", "optional": false, "comment": "First day of the period.", "asked_as": "from"}, {"name": "to_day", "type": "date", "optional": false, "comment": "Last day of the period.", "asked_as": "to"}, {"name": "account", "type": "text", "optional": true, "comment": "Account. Default: all."}, {"name": "curve", "type": "text", "optional": true, "comment": "With yes collection_curve answers.", "default": "no"}]'::jsonb, '[{"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amounts."}, {"name": "begin", "type": "numeric", "kind": "amount", "zh": "期初余额", "en": "opening balance", "comment": "Ledger balance before the period."}, {"name": "sales", "type": "numeric", "kind": "amount", "zh": "净销售额", "en": "net sales", "comment": "Invoices − credit notes − write-offs of the period."}, {"name": "cash_in", "type": "numeric", "kind": "amount", "zh": "收款", "en": "cash in", "comment": "Payments of the period, less those reversed or transferred away."}, {"name": "end", "type": "numeric", "kind": "amount", "zh": "期末余额", "en": "closing balance", "comment": "begin + sales − cash_in, which is the ledger balance at the end of the period."}, {"name": "current", "type": "numeric", "kind": "amount", "zh": "未到期余额", "en": "current", "comment": "Open items that are not past due on the last day of the period."}, {"name": "dso", "type": "numeric", "kind": "duration", "zh": "应收账款周转天数", "en": "DSO", "comment": "Days sales outstanding: end ÷ sales × days of the period; null unless sales are above 0."}, {"name": "cei", "type": "numeric", "kind": "decimal", "zh": "回款效率指数", "en": "CEI", "comment": "Collection effectiveness index, two decimals: (begin + sales − end) ÷ (begin + sales − current) × 100. An advance may lift it above 100; null where the denominator is 0."}, {"name": "due", "type": "numeric", "kind": "amount", "zh": "本期到期金额", "en": "due", "comment": "Amounts of the invoices due in the period, less credits and write-offs applied to them by its end."}, {"name": "collected_of_due", "type": "numeric", "kind": "amount", "zh": "到期已收金额", "en": "collected of due", "comment": "Cash applied to these by the end of the period."}, {"name": "collection_rate", "type": "numeric", "kind": "rate", "zh": "回款率", "en": "collection rate", "comment": "collected_of_due ÷ due; null where nothing is due."}, {"name": "days_to_collect", "type": "numeric", "kind": "duration", "zh": "平均回款天数", "en": "days to collect", "comment": "Mean days from the invoice to the application of the period''s cash, weighted by amount; null without any."}, {"name": "days_late", "type": "numeric", "kind": "duration", "zh": "平均逾期天数", "en": "days late", "comment": "Mean days from the due day, 0 before it, weighted likewise."}]'::jsonb, array['currency']::text[], array['region', 'currency']::text[]),
    ('collection_curve', 'snapshot', '回款曲线', 'Collection curve', '每月的开票多久能收回多少？', 'How much of a month''s invoices is collected after how long?', 'Invoices issued from the day from up to the day to at as_of, as known at the sequence known_at, by the month in which they were issued: the share collected 0, 30, 60, 90, 120 and 180 days after each invoice. A month has a row for the ages that all its invoices have reached at as_of, so that months compare at equal age. invoiced is less credits and write-offs, as in collection_rate.', '[{"name": "from_day", "type": "date", "optional": false, "comment": "First day of invoicing.", "asked_as": "from"}, {"name": "to_day", "type": "date", "optional": false, "comment": "Last day of invoicing.", "asked_as": "to"}, {"name": "account", "type": "text", "optional": true, "comment": "Account. Default: all."}]'::jsonb, '[{"name": "month", "type": "text", "kind": "text", "zh": "开票月份", "en": "month", "comment": "Month in which the invoices were issued, as YYYY-MM in the ledger''s zone."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amounts."}, {"name": "age", "type": "integer", "kind": "days", "zh": "开票后天数", "en": "age", "comment": "Days after each invoice: 0, 30, 60, 90, 120 or 180."}, {"name": "invoiced", "type": "numeric", "kind": "amount", "zh": "开票净额", "en": "invoiced", "comment": "Invoices of the month, less credits and write-offs applied to them."}, {"name": "collected", "type": "numeric", "kind": "amount", "zh": "已收金额", "en": "collected", "comment": "Cash applied to each of them up to this age."}, {"name": "share", "type": "numeric", "kind": "rate", "zh": "回款比例", "en": "share collected", "comment": "collected ÷ invoiced; null where nothing is left of the invoices."}]'::jsonb, array['currency', 'month', 'age']::text[], array['region', 'currency']::text[]),
    ('collection_plan', 'snapshot', '回款计划', 'Collection plan', '每份合同的每期款项收到多少？', 'How much of each instalment of the contracts is collected?', 'Payment terms of contracts at as_of, as known at the sequence known_at, with the invoices that name the contract and the term and the cash applied to them. planned = the contract''s amount * share, rounded half up; the last term takes the rest. due_on = day of the trigger + days: signing is on the day of signing in the ledger''s zone, the trigger invoice on that of the term''s first invoice. The first that holds is the status: paid, overdue (by due_on, or where that is null by the due day of an invoice), part_paid, invoiced, held, to_release, to_invoice, waiting. A credit for a lower price leaves a term paid; an invoice that a credit cancelled is to be written again. Invoices in another currency than the contract''s are left out; of terms of one name the first has the invoices. An invoice without a term is that of the only term beside the retention; where a contract has several, it counts in collected_share alone.', '[{"name": "contract", "type": "text", "optional": true, "comment": "Contract number. Default: all."}]'::jsonb, '[{"name": "contract", "type": "text", "kind": "text", "zh": "合同号", "en": "contract", "comment": "Contract number, unique per account."}, {"name": "term", "type": "text", "kind": "text", "zh": "付款条款", "en": "term", "comment": "Name of the term; `retention` for the retention, empty where no terms are agreed."}, {"name": "planned", "type": "numeric", "kind": "amount", "zh": "计划金额", "en": "planned", "comment": "Contract''s amount × share, rounded half up; the last term takes the rest if the shares add up to 100."}, {"name": "due_on", "type": "date", "kind": "day", "zh": "计划到期日", "en": "due on", "comment": "Day of the trigger + days agreed; null while either is unknown."}, {"name": "invoiced", "type": "numeric", "kind": "amount", "zh": "已开票金额", "en": "invoiced", "comment": "Sum of the term''s invoices in the contract''s currency, less credits applied to them. Where a contract has one term beside the retention, invoices that name none are that term''s."}, {"name": "collected", "type": "numeric", "kind": "amount", "zh": "已收金额", "en": "collected", "comment": "Cash applied to them."}, {"name": "open", "type": "numeric", "kind": "amount", "zh": "未收金额", "en": "open", "comment": "Amount still owed on them: invoiced − collected − write-offs."}, {"name": "status", "type": "text", "kind": "word", "zh": "状态", "en": "status", "comment": "paid: as much was invoiced as planned, cash has come, and nothing is open; overdue: something is open past due_on, or where that is not known past the due day of an invoice; part_paid: cash has come; invoiced; held: retention before its day; to_release: retention from its day on; to_invoice: the trigger has happened, or retention was released; else waiting."}, {"name": "collected_share", "type": "numeric", "kind": "rate", "zh": "合同回款比例", "en": "collected share", "comment": "Cash collected of the whole contract, by invoices of any term or of none, ÷ its amount."}, {"name": "account", "type": "text", "kind": "account", "zh": "客户", "en": "account", "comment": "Id of the account that owes under the contract."}, {"name": "place", "type": "bigint", "kind": "whole", "zh": "序号", "en": "place", "comment": "Number of the term in the contract, from 1."}, {"name": "deal", "type": "text", "kind": "deal", "zh": "商机", "en": "deal", "comment": "Id of the deal whose contract it is."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amounts."}, {"name": "released", "type": "numeric", "kind": "amount", "zh": "已释放质保金", "en": "released", "comment": "Part of the retention that the customer agrees to be payable; 0 for other terms."}]'::jsonb, array['account', 'contract', 'place']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('statutory', 'snapshot', '法定账款', 'Statutory terms', '客户依法欠付多少款项和利息？', 'What do public buyers and large enterprises owe by law?', 'Invoices at as_of, as known at the sequence known_at, under contracts with sme_declared that were signed since the policy statutory_terms is in force (Order 802: 2025-06-01) with a public buyer or a large enterprise, for terms that begin with acceptance or delivery, once that day is known (an invoice without a term is that of the only term beside the retention); of these the invoices on which anything is owed, and those that were paid late. statutory_due = that day + the days agreed, for a public buyer at most 60, or where none are agreed 30 for a public buyer and 60 for a large enterprise. interest = sum of principal * rate * days late of each part until it was paid, or as_of''s day; a part that is disputed at as_of bears none, nor do credits and write-offs; what is paid is not disputed any more. Terms and rates are those of the policies statutory_terms and late_interest in force on the day of signing; each row names them.', '[]'::jsonb, '[{"name": "invoice", "type": "text", "kind": "text", "zh": "发票号", "en": "invoice", "comment": "Invoice number, unique per account and series."}, {"name": "contract", "type": "text", "kind": "text", "zh": "合同号", "en": "contract", "comment": "Number of the contract that it invoices."}, {"name": "statutory_due", "type": "date", "kind": "day", "zh": "法定付款日", "en": "statutory due", "comment": "The last day on which payment is in time by law."}, {"name": "days_late", "type": "integer", "kind": "days", "zh": "逾期天数", "en": "days late", "comment": "Days from statutory_due to as_of''s day, or to the last payment where nothing is owed any more; 0 before."}, {"name": "bearing", "type": "numeric", "kind": "amount", "zh": "计息本金", "en": "bearing", "comment": "Part of the open amount that is not disputed, once it is late."}, {"name": "rate", "type": "numeric", "kind": "decimal", "zh": "日利率", "en": "rate per day", "comment": "Interest for each day, as a share of the sum, with six decimals: as agreed, or the legal rate."}, {"name": "interest", "type": "numeric", "kind": "amount", "zh": "逾期利息", "en": "interest", "comment": "Σ principal × rate × days late, each part until it was paid, or as_of''s day; rounded half up."}, {"name": "account", "type": "text", "kind": "account", "zh": "客户", "en": "account", "comment": "Id of the account that owes."}, {"name": "series", "type": "text", "kind": "text", "zh": "号段", "en": "series", "comment": "Series of the invoice''s number, or null."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amounts."}, {"name": "term", "type": "text", "kind": "text", "zh": "付款条款", "en": "term", "comment": "Name of the contract''s payment term."}, {"name": "buyer_kind", "type": "text", "kind": "word", "zh": "采购方类型", "en": "buyer kind", "comment": "public or large_enterprise, as the contract says, or else the account''s profile on the day of signing."}, {"name": "begins_on", "type": "date", "kind": "day", "zh": "起算日", "en": "begins on", "comment": "Day of acceptance, or of delivery, with which the term begins."}, {"name": "open", "type": "numeric", "kind": "amount", "zh": "未收金额", "en": "open", "comment": "Amount still owed, disputed parts included."}, {"name": "policy", "type": "text", "kind": "text", "zh": "期限依据", "en": "policy of the term", "comment": "Name of the policy that gives the term."}, {"name": "policy_from", "type": "date", "kind": "day", "zh": "期限依据生效日", "en": "policy of the term from", "comment": "First day of its version in force on the day of signing."}, {"name": "rate_policy", "type": "text", "kind": "text", "zh": "利率依据", "en": "policy of the rate", "comment": "Name of the policy that gives the rate; null for a rate that was agreed."}, {"name": "rate_policy_from", "type": "date", "kind": "day", "zh": "利率依据生效日", "en": "policy of the rate from", "comment": "First day of its version in force on the day of signing."}]'::jsonb, array['account', 'invoice', 'series']::text[], array['owner', 'account', 'playbook', 'region', 'currency']::text[]),
    ('suggestions', 'snapshot', '核销建议', 'Suggestions', '未核销的收款可能是付哪些发票？', 'Which invoices may unapplied cash be for?', 'Unapplied cash and open invoices of one account and currency at as_of, as known at the sequence known_at. Payments go one by one in order of receipt, each by one rule: to the open invoices that its remittance names, by due day; if it names none, to the only open invoice of exactly its amount; if there is no such one, to the invoices that are due first. Amounts are never more than is left of payment and invoice behind the suggestions before. What a payment leaves over that names invoices is suggested for no other. Nothing is booked: payment_allocated does that.', '[{"name": "account", "type": "text", "optional": true, "comment": "Account. Default: all."}]'::jsonb, '[{"name": "payment", "type": "text", "kind": "text", "zh": "收款单号", "en": "payment", "comment": "Reference of the payment."}, {"name": "invoice", "type": "text", "kind": "text", "zh": "发票号", "en": "invoice", "comment": "Invoice number, unique per account and series."}, {"name": "amount", "type": "numeric", "kind": "amount", "zh": "建议金额", "en": "amount", "comment": "Amount to apply: no more than is left of the payment and of the invoice behind the suggestions before."}, {"name": "reason", "type": "text", "kind": "word", "zh": "理由", "en": "reason", "comment": "named: the payer names the invoice; exact: the only open invoice of exactly the amount; oldest: the first due."}, {"name": "account", "type": "text", "kind": "account", "zh": "客户", "en": "account", "comment": "Id of the account that both are booked on."}, {"name": "payment_series", "type": "text", "kind": "text", "zh": "收款号段", "en": "payment series", "comment": "Series of the payment''s reference, or null."}, {"name": "series", "type": "text", "kind": "text", "zh": "发票号段", "en": "series", "comment": "Series of the invoice''s number, or null."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amount."}, {"name": "received_at", "type": "timestamptz", "kind": "instant", "zh": "收款时间", "en": "received at", "comment": "When the payment came to the account."}, {"name": "due_on", "type": "date", "kind": "day", "zh": "到期日", "en": "due on", "comment": "The last day on which payment of the invoice is in time."}]'::jsonb, array['account', 'payment', 'payment_series', 'invoice', 'series']::text[], array['region', 'currency']::text[]),
    ('accounts', 'snapshot', '客户', 'Accounts', '哪些客户最重要？', 'Which accounts matter most?', 'Accounts that had a deal, receivables or anything else recorded at as_of, as known at the sequence known_at; one row for each currency in which the account had invoices or credit notes within 730 days, one without currency for other accounts. Amounts of two currencies are never added: share, rank and cumulative are within the currency, won and life_cycle of the whole account stand in each of its rows. revenue = invoices - credit notes of the 365 days up to as_of''s day; growth = (revenue - that of the 365 days before) / that of the 365 days before. score = potential * standing * strategic. An account merged into another one counts with the one at the end of the chain, whose name is shown; of their grades the newest counts. Of mergings that make a circle the last has no effect. A filter by an account that was merged gives the one it counts with.', '[]'::jsonb, '[{"name": "account", "type": "text", "kind": "account", "zh": "客户", "en": "account", "comment": "Id of the account; accounts merged into it count with it."}, {"name": "name", "type": "text", "kind": "text", "zh": "客户名称", "en": "name", "comment": "Its name; null when unknown."}, {"name": "grade", "type": "text", "kind": "word", "zh": "等级", "en": "grade", "comment": "A to D as it was graded, A being the most important; null before."}, {"name": "score", "type": "bigint", "kind": "whole", "zh": "评分", "en": "score", "comment": "potential × standing × strategic of that grading, 1 to 125."}, {"name": "suggested", "type": "text", "kind": "word", "zh": "建议等级", "en": "suggested grade", "comment": "Grade by the policy''s thresholds of the score; null without a score."}, {"name": "revenue", "type": "numeric", "kind": "amount", "zh": "收入", "en": "revenue", "comment": "Invoices − credit notes of the 365 days up to as_of''s day; null without a currency."}, {"name": "share", "type": "numeric", "kind": "rate", "zh": "占比", "en": "share", "comment": "revenue ÷ that of all accounts in the currency; null where that is 0."}, {"name": "rank", "type": "bigint", "kind": "whole", "zh": "名次", "en": "rank", "comment": "Place by revenue within the currency, from 1; of equal ones by id."}, {"name": "cumulative", "type": "numeric", "kind": "rate", "zh": "累计占比", "en": "cumulative share", "comment": "Share of all accounts up to this place."}, {"name": "growth", "type": "numeric", "kind": "rate", "zh": "增长率", "en": "growth", "comment": "(revenue − that of the 365 days before) ÷ that of the 365 days before; null where that is 0."}, {"name": "won", "type": "bigint", "kind": "count", "zh": "赢单", "en": "won", "comment": "Deals won, ever and in all currencies."}, {"name": "first_won", "type": "date", "kind": "day", "zh": "首次成交", "en": "first won", "comment": "Day of the first of these, in the ledger''s zone."}, {"name": "last_won", "type": "date", "kind": "day", "zh": "最近成交", "en": "last won", "comment": "Day of the last of these."}, {"name": "life_cycle", "type": "text", "kind": "word", "zh": "生命周期", "en": "life cycle", "comment": "prospect: nothing won; new: first won in the policy''s last 365 days; active: last won in them; else dormant."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the revenue; null for an account without invoices and credit notes of these two years."}]'::jsonb, array['account', 'currency']::text[], array['account', 'region', 'currency']::text[]),
    ('segments', 'snapshot', '客户分组', 'Segments', '业务分布在哪些行业、地区、规模的客户？', 'In which segments of accounts is the business?', 'Accounts by one fact as it is at as_of, as known at the sequence known_at, also for old deals, with their deals and revenue of the days from to to, both included. Deals stand as at the end of to, or at as_of where that is earlier. win_rate = won / (won + lost); revenue = invoices - credit notes; growth = (revenue - that of as many days before) / that of those days; collection_rate = cash applied by the end of the period to invoices due in it / (their amounts - credits - write-offs). The row without a segment has the accounts whose fact is unknown and the deals without account. Amounts of two currencies are never added: a segment has a row for each, and its counts and win_rate, which are those of all currencies, stand in each. Merged accounts count as in the report accounts. Default of to: as_of''s day; of from: 364 days before.', '[{"name": "by", "type": "text", "optional": false, "comment": "Fact by which accounts are grouped."}, {"name": "from_day", "type": "date", "optional": true, "comment": "First day of the period.", "asked_as": "from"}, {"name": "to_day", "type": "date", "optional": true, "comment": "Last day of the period.", "asked_as": "to"}]'::jsonb, '[{"name": "segment", "type": "text", "kind": "text", "zh": "分组", "en": "segment", "comment": "Value of the fact; null where it is unknown, and for deals without account."}, {"name": "accounts", "type": "bigint", "kind": "count", "zh": "客户数", "en": "accounts", "comment": "Accounts of the segment, whatever the currency; merged ones count once."}, {"name": "open", "type": "bigint", "kind": "count", "zh": "进行中", "en": "open", "comment": "Open deals, whatever the currency; those on hold are not among them."}, {"name": "pipeline", "type": "numeric", "kind": "amount", "zh": "在谈金额", "en": "pipeline", "comment": "Expected value of the open deals in the currency; null without a currency."}, {"name": "won", "type": "bigint", "kind": "count", "zh": "赢单", "en": "won", "comment": "Deals won in the period, whatever the currency."}, {"name": "lost", "type": "bigint", "kind": "count", "zh": "输单", "en": "lost", "comment": "Deals lost in the period, whatever the currency."}, {"name": "win_rate", "type": "numeric", "kind": "rate", "zh": "赢单率", "en": "win rate", "comment": "won ÷ (won + lost); null before any."}, {"name": "revenue", "type": "numeric", "kind": "amount", "zh": "收入", "en": "revenue", "comment": "Invoices − credit notes of the period in the currency; null without a currency."}, {"name": "growth", "type": "numeric", "kind": "rate", "zh": "增长率", "en": "growth", "comment": "(revenue − that of as many days before the period) ÷ that of those days; null where that is 0."}, {"name": "collection_rate", "type": "numeric", "kind": "rate", "zh": "回款率", "en": "collection rate", "comment": "Cash applied by the end of the period to invoices due in it ÷ (their amounts − credits − write-offs); null where none are due."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amounts; null for a segment without any."}]'::jsonb, array['segment', 'currency']::text[], array['currency']::text[]),
    ('relationships', 'snapshot', '客户关系', 'Relationships', '我们认识谁，关系多深？', 'Whom do we know, and how well?', 'Persons at an account, or for a deal, at as_of, as known at the sequence known_at: exactly one of the two is given. Three levels (enterprise_need, personal_need, personal_bond) by two contents (product, company) make six cells; the latest judgement of each counts. An account has the persons of those merged into it, too, and those of its deals by entries that name no account. A deal has the persons of its account whose record names the deal or none, those recorded on it without an account, and those who were judged for it, with all their cells. Totals: role_coverage = distinct of decision_maker, influencer and user / 3; cell_coverage = cells reached / (6 * persons); decision_makers_reached = decision makers with any cell reached / decision makers.', '[{"name": "account", "type": "text", "optional": true, "comment": "Id of an account."}, {"name": "deal", "type": "text", "optional": true, "comment": "Id of a deal, instead of an account."}]'::jsonb, '[{"name": "contact", "type": "text", "kind": "text", "zh": "联系人", "en": "contact", "comment": "Id of the person."}, {"name": "roles", "type": "text[]", "kind": "texts", "zh": "角色", "en": "roles", "comment": "handler, decision_maker, influencer, user; empty for a person who was judged and never recorded."}, {"name": "enterprise_need_product", "type": "boolean", "kind": "yes_no", "zh": "企业需求·产品", "en": "enterprise need: product", "comment": "The level of the company''s needs is reached by our product."}, {"name": "enterprise_need_company", "type": "boolean", "kind": "yes_no", "zh": "企业需求·企业", "en": "enterprise need: company", "comment": "The level of the company''s needs is reached by our company."}, {"name": "personal_need_product", "type": "boolean", "kind": "yes_no", "zh": "个人需求·产品", "en": "personal need: product", "comment": "The level of the person''s needs is reached by our product."}, {"name": "personal_need_company", "type": "boolean", "kind": "yes_no", "zh": "个人需求·企业", "en": "personal need: company", "comment": "The level of the person''s needs is reached by our company."}, {"name": "personal_bond_product", "type": "boolean", "kind": "yes_no", "zh": "个人情感·产品", "en": "personal bond: product", "comment": "The level of a personal bond is reached by our product."}, {"name": "personal_bond_company", "type": "boolean", "kind": "yes_no", "zh": "个人情感·企业", "en": "personal bond: company", "comment": "The level of a personal bond is reached by our company."}, {"name": "decision", "type": "bigint", "kind": "whole", "zh": "决策", "en": "decision", "comment": "The person''s weight in the decision, 0 to 3, as it was judged last; null before."}, {"name": "influence", "type": "bigint", "kind": "whole", "zh": "影响", "en": "influence", "comment": "The person''s weight with others, 0 to 3, as it was judged last; null before."}, {"name": "motivation", "type": "text", "kind": "word", "zh": "激励", "en": "motivation", "comment": "organisational, personal or both, as it was judged last; null before."}, {"name": "stance", "type": "text", "kind": "word", "zh": "立场", "en": "stance", "comment": "supporter, neutral or opponent, as it was judged last; null before."}, {"name": "reports_to", "type": "text", "kind": "text", "zh": "直属上级", "en": "reports to", "comment": "Id of the person''s superior."}]'::jsonb, array['contact']::text[], array[]::text[]),
    ('account_plan', 'snapshot', '客户计划', 'Account plan', '这个客户离目标还差多少？', 'How far is an account from its target?', 'One account in one period and one currency at as_of, as known at the sequence known_at. gap = target - actual - weighted; weighted = sum of amount x probability of the account''s open deals; attained = actual / target. The target is the account''s own of the metric net_invoiced, else of signed_amount, else of collected_amount; of several of a metric the later counts. actual is by the same metric: invoices - credit notes of the period, the amounts of the contracts signed in it, or the cash applied in it; without a target net_invoiced. Targets for a stage, a person or a region are others. Words are those of the newest plan of the period. Accounts merged into one count with it: the money, deals, targets and plans of all.', '[{"name": "account", "type": "text", "optional": false, "comment": "Id of the account."}, {"name": "period", "type": "text", "optional": false, "comment": "Year, quarter or month: 2026, 2026-Q1, 2026-03."}, {"name": "currency", "type": "text", "optional": false, "comment": "ISO 4217 currency of the amounts."}]'::jsonb, '[{"name": "target", "type": "numeric", "kind": "amount", "zh": "目标", "en": "target", "comment": "Target of the period; null where none was set."}, {"name": "actual", "type": "numeric", "kind": "amount", "zh": "实际", "en": "actual", "comment": "Of the period, up to as_of, by the metric of the target: invoices − credit notes, also without a target; amounts of the contracts signed; cash applied."}, {"name": "weighted", "type": "numeric", "kind": "amount", "zh": "加权商机", "en": "weighted", "comment": "Sum of amount × probability of all open deals in the currency, rounded half up; those on hold are not among them."}, {"name": "gap", "type": "numeric", "kind": "amount", "zh": "缺口", "en": "gap", "comment": "target − actual − weighted; below 0 where more is in sight than was aimed at; null without a target."}, {"name": "attained", "type": "numeric", "kind": "rate", "zh": "达成率", "en": "attained", "comment": "actual ÷ target; null without a target, and for one of 0."}, {"name": "status", "type": "text", "kind": "text", "zh": "现状", "en": "status", "comment": "Present state of the business with the account, as the newest plan of the period says."}, {"name": "potential", "type": "text", "kind": "text", "zh": "潜力", "en": "potential", "comment": "Sales that could be made."}, {"name": "strategy", "type": "text", "kind": "text", "zh": "策略", "en": "strategy", "comment": "Way to win them."}, {"name": "resources", "type": "text", "kind": "text", "zh": "资源", "en": "resources", "comment": "People and means that it takes."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of the amounts."}, {"name": "metric", "type": "text", "kind": "word", "zh": "目标指标", "en": "metric of the target", "comment": "net_invoiced, signed_amount or collected_amount, whichever the target is about; null without a target."}, {"name": "plan", "type": "text", "kind": "text", "zh": "计划名称", "en": "plan", "comment": "Name of the newest plan of the period; null where there is none."}, {"name": "owner", "type": "text", "kind": "person", "zh": "负责人", "en": "owner", "comment": "The key-account manager."}]'::jsonb, array[]::text[], array[]::text[]),
    ('messages', 'snapshot', '消息效果', 'Messages', '发出的消息有何反响，多久回复客户？', 'What becomes of our messages, and how soon do we answer?', 'Messages with customers, about deals and about accounts, as known at the sequence known_at. Those of an account and of its deals at as_of are one conversation, accounts merged into one too; a deal without account has its own. A message of a conversation counts once, by its id, in the channel and campaign of its sending, when that lies in the days from from to to, both included; what became of it counts up to the end of to, or as_of where that is earlier. open_rate = opened / (sent - bounced), click_rate = clicked / (sent - bounced). answer_hours is the median from a message that came in (received, or sent or replied inbound) in the period to our next one (sent, or replied outbound) of the same conversation, by then; what was not answered is in no median.', '[{"name": "from_day", "type": "date", "optional": false, "comment": "First day of the period.", "asked_as": "from"}, {"name": "to_day", "type": "date", "optional": false, "comment": "Last day of the period.", "asked_as": "to"}, {"name": "by_campaign", "type": "text", "optional": true, "comment": "With yes campaigns are told apart, too.", "default": "no"}]'::jsonb, '[{"name": "channel", "type": "text", "kind": "text", "zh": "渠道", "en": "channel", "comment": "email, sms, wechat, social, letter, web, phone or other; null where none was named."}, {"name": "sent", "type": "bigint", "kind": "count", "zh": "已发", "en": "sent", "comment": "Messages that we sent in the period, each once."}, {"name": "bounced", "type": "bigint", "kind": "count", "zh": "退回", "en": "bounced", "comment": "Of these, messages that came back."}, {"name": "opened", "type": "bigint", "kind": "count", "zh": "已打开", "en": "opened", "comment": "Of these, messages that were opened."}, {"name": "clicked", "type": "bigint", "kind": "count", "zh": "已点击", "en": "clicked", "comment": "Of these, messages of which a link was followed."}, {"name": "replied", "type": "bigint", "kind": "count", "zh": "已回复", "en": "replied", "comment": "Of these, messages that were answered."}, {"name": "open_rate", "type": "numeric", "kind": "rate", "zh": "打开率", "en": "open rate", "comment": "opened ÷ (sent − bounced); null where that is 0."}, {"name": "click_rate", "type": "numeric", "kind": "rate", "zh": "点击率", "en": "click rate", "comment": "clicked ÷ (sent − bounced); null where that is 0."}, {"name": "answer_hours", "type": "numeric", "kind": "duration", "zh": "回复中位小时数", "en": "answer hours", "comment": "Median of the hours from a message that came in the period to the next that we sent, by whatever channel; null where none was answered."}, {"name": "campaign", "type": "text", "kind": "text", "zh": "营销活动", "en": "campaign", "comment": "Name of the campaign, by campaign; null for messages of none, and otherwise."}]'::jsonb, array['channel', 'campaign']::text[], array['account', 'playbook', 'region']::text[]),
    ('flywheel', 'snapshot', '飞轮', 'Flywheel', '业务能带来新的业务吗？', 'Does business bring business?', 'Referrals, purchases and openings of deals in the days from to to, both included, as known at the sequence known_at; deals stand as at the end of to, or at as_of where that is earlier. conversion = referrals with a won deal / all; per_customer = referrals / accounts with a won deal by then; repeat_rate = buyers that had bought before / buyers, where a second purchase within the period counts, too; loop_share = deals from the loop / deals opened. A deal comes from the loop where it names a referral, or its source is referral or existing_customer, or its account had won deals before it was opened. A purchase is a won deal of an account, on the day of its closing. Merged accounts count as in the report accounts. Filters go by the account that refers, buys or is sold to.', '[{"name": "from_day", "type": "date", "optional": false, "comment": "First day of the period.", "asked_as": "from"}, {"name": "to_day", "type": "date", "optional": false, "comment": "Last day of the period.", "asked_as": "to"}]'::jsonb, '[{"name": "referrals", "type": "bigint", "kind": "count", "zh": "推介", "en": "referrals", "comment": "Referrals by accounts in the period."}, {"name": "opened", "type": "bigint", "kind": "count", "zh": "已立项推介", "en": "referrals opened", "comment": "Of these, referrals that a deal names."}, {"name": "won", "type": "bigint", "kind": "count", "zh": "已成交推介", "en": "referrals won", "comment": "Of these, referrals that a won deal names."}, {"name": "conversion", "type": "numeric", "kind": "rate", "zh": "推介转化率", "en": "conversion", "comment": "won ÷ referrals; null without referrals."}, {"name": "per_customer", "type": "numeric", "kind": "rate", "zh": "每客户推介数", "en": "referrals per customer", "comment": "referrals ÷ accounts with a won deal by the end of the period; null without such. It may be above 1."}, {"name": "buyers", "type": "bigint", "kind": "count", "zh": "购买客户", "en": "buyers", "comment": "Accounts with a deal that was won in the period."}, {"name": "repeat_buyers", "type": "bigint", "kind": "count", "zh": "复购客户", "en": "repeat buyers", "comment": "Of these, accounts that had won deals before one of those."}, {"name": "repeat_rate", "type": "numeric", "kind": "rate", "zh": "复购率", "en": "repeat rate", "comment": "repeat_buyers ÷ buyers; null without buyers."}, {"name": "repeat_days", "type": "numeric", "kind": "duration", "zh": "复购间隔中位天数", "en": "days between purchases", "comment": "Median of the days from the purchase before to each repeated one of the period; null without such."}, {"name": "deals_opened", "type": "bigint", "kind": "count", "zh": "新立项商机", "en": "deals opened", "comment": "Deals opened in the period."}, {"name": "from_loop", "type": "bigint", "kind": "count", "zh": "循环带来的商机", "en": "from the loop", "comment": "Of these, deals opened by a referral or by an earlier buyer."}, {"name": "loop_share", "type": "numeric", "kind": "rate", "zh": "循环占比", "en": "loop share", "comment": "from_loop ÷ deals_opened; null without deals."}]'::jsonb, array[]::text[], array['account', 'region']::text[]),
    ('targets', 'snapshot', '目标', 'Targets', '各项目标达成了吗？', 'Is each target reached?', 'Targets that were set in the ledger, and those of the highest version of each playbook that was not withdrawn, at as_of, as known at the sequence known_at. With period those of that period, without it those of the year, quarter and month of as_of''s day. A target in a playbook is for the period given, or for the one around the day; per nothing: everything up to then. Of targets that are equal but for their name and value the later counts, and one of the ledger instead of the playbook''s. Figures are as at the end of the period, or at as_of where that is earlier. Deals are those of the process or account, owner and region (of the account) at as_of; merged accounts count with the one that goes on. deals_opened; deals_completed, the three medians: deals that came to have completed the stage in the period, and their days there as in durations; completion_rate: of deals that first entered the stage in the period, those that completed it by as_of; call_to_meeting_rate: of deals first called in the period, those with a later appointment; visits_with_appointment: of visits, those that used one up; discount_rate: mean over deals won of 1 - won amount / last formal or bid amount; signed_amount: contracts signed; collected_amount: cash applied; net_invoiced: invoices - credit notes, of deals invoices - credits applied to them; collection_rate: cash applied to invoices that fall due in the period / (their amounts - credits - write-offs); days_to_collect: mean days from invoice to cash applied, weighted by the cash; satisfaction_mean; referrals. Money, satisfaction and referrals of an account are all of the account''s; of a process, or of an owner, those that name a deal of it, and referrals of its deals'' accounts. The stage restricts the figures that are about one: without it they are null. Rates of money in several currencies are null.', '[{"name": "period", "type": "text", "optional": true, "comment": "Year, quarter or month: 2026, 2026-Q1, 2026-03."}]'::jsonb, '[{"name": "target", "type": "text", "kind": "text", "zh": "目标", "en": "target", "comment": "Its name, or in a playbook its key."}, {"name": "scope", "type": "text", "kind": "text", "zh": "范围", "en": "scope", "comment": "Process or account, then stage, owner, region, currency and period, as far as it is for one of them."}, {"name": "metric", "type": "text", "kind": "word", "zh": "指标", "en": "metric", "comment": "The figure that is measured."}, {"name": "value", "type": "numeric", "kind": "decimal", "zh": "目标值", "en": "aim", "comment": "The aim: a count, days, a rate from 0 to 1, a score, or an amount."}, {"name": "actual", "type": "numeric", "kind": "decimal", "zh": "实际值", "en": "actual", "comment": "The figure as it is; null where there is nothing to measure."}, {"name": "attained", "type": "numeric", "kind": "rate", "zh": "达成率", "en": "attained", "comment": "actual ÷ value; null for an aim that is not to be exceeded, and for one of 0."}, {"name": "met", "type": "boolean", "kind": "yes_no", "zh": "达成", "en": "met", "comment": "True: actual is at least, or at most, the value; null without an actual."}, {"name": "bound", "type": "text", "kind": "word", "zh": "界限", "en": "bound", "comment": "at_least, or at_most: days and discounts are not to be exceeded; a playbook says it."}, {"name": "subject", "type": "text", "kind": "text", "zh": "对象", "en": "subject", "comment": "playbook/<key> or account/<id>."}, {"name": "stage", "type": "text", "kind": "text", "zh": "阶段", "en": "stage", "comment": "Key of the stage; null for the whole process or account."}, {"name": "owner", "type": "text", "kind": "person", "zh": "负责人", "en": "owner", "comment": "The salesperson whom it is for; null for everybody."}, {"name": "region", "type": "text", "kind": "text", "zh": "地区", "en": "region", "comment": "The region that it is for; null for all of them."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of an amount; null for other figures."}, {"name": "period", "type": "text", "kind": "text", "zh": "期间", "en": "period", "comment": "Year, quarter or month; null: everything up to as_of."}]'::jsonb, array['scope', 'metric', 'bound']::text[], array['owner', 'region', 'currency']::text[]),
    ('scorecard', 'snapshot', '个人记分卡', 'Scorecard', '一个人这个月的过程和结果怎样？', 'How were the process and the outcome of a person''s month?', 'One person''s month as at its end, or at as_of where that is earlier, as known at the sequence known_at. A deal is the person''s while the person is its owner: what happens on it then counts. financial: amounts of contracts signed, and cash applied to the deals'' invoices, by currency. customer: commitments received; kept_rate = kept / (kept + broken) of those settled in the month; satisfaction, the mean score. process: appraisal, the mean over the stages of deals that the person worked on in the month (while the deal was open) of the weights of appraisal items met at the end / all weights, stages without items left out; on_time, stages completed in the month, and still so at the end, within the expected days of the calendar less those on hold / stages completed that have expected days. learning: information conditions met / asked of the stages that the person''s open deals work on at the end; timeliness, entries of the month that the person made (actor; where none is named, those about the person''s deals) recorded at most 2 days after they happened / entries. There is no total.', '[{"name": "person", "type": "text", "optional": false, "comment": "The person, as deals and entries name it."}, {"name": "month", "type": "text", "optional": false, "comment": "The month; a year or quarter too."}, {"name": "explain", "type": "text", "optional": true, "comment": "Whether the entries behind each figure are listed.", "default": "no"}]'::jsonb, '[{"name": "perspective", "type": "text", "kind": "word", "zh": "维度", "en": "perspective", "comment": "financial, customer, process or learning."}, {"name": "figure", "type": "text", "kind": "word", "zh": "指标", "en": "figure", "comment": "The figure."}, {"name": "value", "type": "numeric", "kind": "decimal", "zh": "数值", "en": "value", "comment": "Its value: an amount, a count, a score or a rate; null where there is nothing to measure."}, {"name": "of", "type": "bigint", "kind": "count", "zh": "依据数", "en": "of", "comment": "Number of contracts, payments applied, commitments, scores, stages, conditions or entries that it is made of."}, {"name": "entries", "type": "bigint[]", "kind": "sequences", "zh": "条目", "en": "entries", "comment": "Sequences of the entries behind it, with explain; null without."}, {"name": "currency", "type": "text", "kind": "currency", "zh": "币种", "en": "currency", "comment": "ISO 4217 currency of an amount; null for other figures, and where nothing was signed or collected."}]'::jsonb, array['perspective', 'figure', 'currency']::text[], array['currency']::text[]),
    ('data_quality', 'snapshot', '数据质量', 'Data quality', '哪些条目有异常？', 'Which entries are surprising, and who sent them?', 'Entries of which something was surprising at as_of, as known at the sequence known_at. A flag holds from the time at which the entry became surprising until what it waited for came. Checks beside the flags: late_entry, recorded more than 2 days after it happened, both as it was sent; visit_without_appointment, of a deal none of whose appointments was left to be used up; quote_over_budget, the amount of a quote or proposal above the budget last recorded before it in its currency; won_without_contract, a won deal whose contract no account has; collected_but_open, invoices that name the deal are open though its cash_in_full or paid is met; invoiced_over_contract, invoices less their credits above the contract''s amount; no_account, no_owner, no_amount, of deals open, on hold or won; unknown_playbook, the flag of that name; close_date_past, an open deal expected to be won before the day; stage_skipped, a claim more than one stage beyond the furthest before; unapplied_over_30_days, a payment of which a part pays no invoice more than 30 days after it came; dispute_over_30_days, an invoice contested without a break since more than 30 days; contact_without_account, recorded on a deal without naming an account; rate_below_lpr, the interest agreed for late payment, as a rate per day times 365, below the one-year loan prime rate of the day of signing. Days are policy data. With to, everything is as at the end of that day; with from, only entries that happened on it or later.', '[{"name": "checks", "type": "text", "optional": true, "comment": "What is looked for: flags, names of checks, comma separated. Default: all."}, {"name": "from_day", "type": "date", "optional": true, "comment": "First day of the entries.", "asked_as": "from"}, {"name": "to_day", "type": "date", "optional": true, "comment": "Last day of the entries.", "asked_as": "to"}]'::jsonb, '[{"name": "subject", "type": "text", "kind": "subject", "zh": "对象", "en": "subject", "comment": "deal/<id> or account/<id>."}, {"name": "view", "type": "text", "kind": "text", "zh": "视图", "en": "view", "comment": "The view that found it; history for corrections and voids, check for what a rule of this report found."}, {"name": "flag", "type": "text", "kind": "text", "zh": "异常", "en": "flag", "comment": "Finding in one word, such as invoice_twice or late_entry."}, {"name": "entry", "type": "bigint", "kind": "sequence", "zh": "条目", "en": "entry", "comment": "Sequence of the surprising entry."}, {"name": "detail", "type": "text", "kind": "text", "zh": "说明", "en": "detail", "comment": "What is surprising about it, and what became of it."}, {"name": "id", "type": "text", "kind": "text", "zh": "事件编号", "en": "id", "comment": "CloudEvents id of the entry, unique for its source."}, {"name": "source", "type": "text", "kind": "text", "zh": "来源", "en": "source", "comment": "The system that sent the entry, and can correct or void it."}, {"name": "type", "type": "text", "kind": "text", "zh": "事件类型", "en": "type", "comment": "CloudEvents type of the entry."}, {"name": "occurred_at", "type": "timestamptz", "kind": "instant", "zh": "发生时间", "en": "occurred at", "comment": "When it happened, as it was sent."}, {"name": "recorded_at", "type": "timestamptz", "kind": "instant", "zh": "记录时间", "en": "recorded at", "comment": "When the ledger took it."}, {"name": "check", "type": "text", "kind": "text", "zh": "检查项", "en": "check", "comment": "Name of the flag, or of the check that found it, as in flag."}, {"name": "what", "type": "text", "kind": "text", "zh": "内容", "en": "what", "comment": "Description of what is odd, as in detail."}, {"name": "rule", "type": "text", "kind": "word", "zh": "检查规则", "en": "rule", "comment": "Name of the check that found it; null for a flag that is none of the checks."}]'::jsonb, array['subject', 'view', 'flag', 'entry']::text[], array[]::text[])
  ) as report (name, kind, title_zh, title_en, question_zh, question_en, definition, parameters, columns, key, filters);
comment on view reporting.catalog is 'The reports, each a function of as_of and known_at.';
comment on column reporting.catalog.name is
    'Name of the report: of the function in reporting, of the address /reports/<name> and of the command.';
comment on column reporting.catalog.kind is
    'rows: each row is one row of a view. aggregate: rows of views are summed. snapshot: anything else.';
comment on column reporting.catalog.title_zh is
    'Its title in Chinese.';
comment on column reporting.catalog.title_en is
    'Its title in English.';
comment on column reporting.catalog.question_zh is
    'The question that it answers, in Chinese.';
comment on column reporting.catalog.question_en is
    'The question that it answers, in English.';
comment on column reporting.catalog.definition is
    'Formulas and edge cases.';
comment on column reporting.catalog.parameters is
    'Parameters beside as_of and known_at: name, type, whether it may be left out, meaning; its default; its name over HTTP and on the command line (asked_as), where that is another.';
comment on column reporting.catalog.columns is
    'Columns in order: name, type, kind, headings, meaning.';
comment on column reporting.catalog.key is
    'Columns that name a row.';
comment on column reporting.catalog.filters is
    'Columns by which answers over HTTP and on the command line can be filtered.';
