-- name: relations
with published as materialized (
    -- Stages, named as in the highest version that has them.
    select distinct on (playbook_stage.stage) playbook_stage.stage, playbook_stage.key, playbook_stage.name_zh,
           playbook_stage.name_en
      from playbook_stage
     where playbook_stage.playbook = $playbook
     order by playbook_stage.stage, playbook_stage.version desc
),
opened as materialized (
    select stage_position.deal, stage_position.opened_at, stage_position.status,
           case when $age_days is null then 'infinity'
                else reporting.day_end(reporting.local_day(stage_position.opened_at) + $age_days) end as until
      from stage_position
     where stage_position.playbook = $playbook
       and ($from_day is null or stage_position.opened_at > (select reporting.day_end($from_day - 1)))
       and ($to_day is null or stage_position.opened_at <= (select reporting.day_end($to_day)))
       and ($age_days is null
            or stage_position.opened_at <= (select reporting.day_end(moment.day - $age_days) from moment))
),
months as materialized (
    -- When each month begins where the ledger is.
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
    -- Filled: the furthest stage that a deal had reached; observed: each one at which it stood.
    select stage_reached.deal, max(stage_reached.stage) as stage
      from served.stage_reached($as_of, $known_at) stage_reached
     where stage_reached.playbook = $playbook and $age_days is null
       and served.one_of('mode', $mode, array['filled', 'observed']) = 'filled'
     group by stage_reached.deal
    union all
    select stage_reached.deal, max(stage_reached.stage)
      from served.stage_reached($as_of, $known_at) stage_reached
      join opened on opened.deal = stage_reached.deal
     where stage_reached.playbook = $playbook and $age_days is not null
       and served.one_of('mode', $mode, array['filled', 'observed']) = 'filled'
       and stage_reached.at <= opened.until
     group by stage_reached.deal
    union all
    select stage_reached.deal, stage_reached.stage
      from served.stage_reached($as_of, $known_at) stage_reached
      join opened on opened.deal = stage_reached.deal
     where stage_reached.playbook = $playbook
       and served.one_of('mode', $mode, array['filled', 'observed']) = 'observed'
       and stage_reached.stood_at <= opened.until
     group by stage_reached.deal, stage_reached.stage
)

-- name: rows
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
               and case $mode when 'filled' then arrived.stage >= published.stage
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
-- Nobody had published or named the playbook by then.
select null, null, 0, 0, null, null, 0, 0, 0, 0, null, null, null
 where case when exists (select from published) then false
            when exists (select from stage_position where stage_position.playbook = $playbook) then false
            else reporting.refuse_playbook($playbook, reporting.known($known_at)) end
 order by 1, 2

-- name: totals
with summed as (
    select report.stage, sum(report.reached) as reached,
           lag(sum(report.reached), 1, sum(report.deals)) over (order by report.stage) as before
      from report
     group by report.stage
)
select (select summed.stage
          from summed
         where summed.before >= greatest($min_deals, 1)
         order by summed.reached / summed.before, summed.stage
         limit 1) as bottleneck

-- name: members
select cohort.cohort, published.stage, cohort.deal,
       array_remove(array['deals', case cohort.status when 'on_hold' then 'open' else cohort.status end,
                          case when reached.deal is not null then 'reached' end], null) as figures
  from cohort
 cross join published
  left join (
        select distinct point.deal, stage.number as stage
          from point
         cross join lateral generate_series(case $mode when 'filled' then 1 else point.stage end, point.stage)
               as stage (number)
       ) reached on reached.deal = cohort.deal and reached.stage = published.stage
