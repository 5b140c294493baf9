-- name: relations
with span as materialized (
    select reporting.day_end(coalesce($from_day, (least($to_day, moment.day) - interval '1 year')::date) - 1) as begins
      from moment
),
counted as materialized (
    select standing.deal, coalesce(standing.currency, 'none') as currency, standing.status, standing.amount,
           standing.opened_at, standing.status_since
      from standing
      join stage_position on stage_position.deal = standing.deal
     cross join span
     cross join wanted
     where standing.playbook = $playbook
       and (wanted.currency is null or wanted.currency = coalesce(standing.currency, 'none'))
       and (standing.status = 'open'
            or standing.status in ('won', 'lost', 'abandoned') and standing.status_since > span.begins)
)

-- name: rows
with won as (
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
-- Nobody had published or named the playbook by then.
select null, 0, 0, 0, 0, null, null, null, null, null, null
 where case when exists (select from playbook_stage where playbook_stage.playbook = $playbook) then false
            when exists (select from standing where standing.playbook = $playbook) then false
            else reporting.refuse_playbook($playbook, reporting.known($known_at)) end
 order by 1

-- name: members
select counted.currency, counted.deal, array[counted.status] as figures from counted
