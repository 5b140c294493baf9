-- name: relations
with published as materialized (
    -- Stages, named as in the highest version that has them.
    select distinct on (playbook_stage.stage) playbook_stage.stage, playbook_stage.key, playbook_stage.name_zh,
           playbook_stage.name_en
      from playbook_stage
     where playbook_stage.playbook = $playbook
     order by playbook_stage.stage, playbook_stage.version desc
),
span as materialized (
    select reporting.day_end($from_day - 1) as begins, least(moment.as_of, reporting.day_end($to_day)) as ends from moment
),
chosen as materialized (
    select stage_position.deal, stage_position.opened_at from stage_position where stage_position.playbook = $playbook
),
worked as materialized (
    -- Days on each stage, the last moment there, and whether the deal is there in the end, and open.
    select past.deal, past.completed + 1 as stage,
           coalesce(sum(past.days) filter (where past.phase is distinct from 'entered'), 0) as wait,
           coalesce(sum(past.days) filter (where past.phase = 'entered'), 0) as work,
           max(past.to_at) as left_at, bool_or(past.stands) as stands, bool_or(past.stands and past.open) as runs
      from (select stage_position_past.deal, stage_position_past.completed, stage_position_past.phase,
                   stage_position_past.status = 'open' as open, stage_position_past.to_at,
                   stage_position_past.to_at > span.ends as stands,
                   case when stage_position_past.status = 'open'
                        then date_part('epoch', least(stage_position_past.to_at, span.ends)
                                                - stage_position_past.from_at) / 86400 end as days
              from stage_position_past
             cross join span
             where stage_position_past.playbook = $playbook
               and stage_position_past.completed is not null
               and stage_position_past.from_at <= span.ends) past
     group by past.deal, past.completed
),
standing as materialized (
    select worked.deal, worked.stage, worked.runs, worked.wait + worked.work as stay
      from worked
     where worked.stands
       and worked.deal in (select chosen.deal from chosen)
),
timed as materialized (
    select worked.deal, worked.stage, worked.wait, worked.work, worked.left_at
      from worked
      join standing on standing.deal = worked.deal and standing.stage > worked.stage
),
done as not materialized (
    -- Stages completed in the end; some took no time, as they were completed together with the one before.
    select timed.deal, timed.stage, timed.wait, timed.work, timed.left_at from timed
    union all
    select standing.deal, published.stage, 0, 0, null
      from standing
      left join (select timed.deal, count(*) as stages from timed group by timed.deal) had on had.deal = standing.deal
      join published on published.stage < standing.stage
     where coalesce(had.stages, 0) < standing.stage - 1
       and not exists (select from timed where timed.deal = standing.deal and timed.stage = published.stage)
),
finished as not materialized (
    select done.deal, done.stage, done.wait, done.work from done where $from_day is null
    union all
    select ordered.deal, ordered.stage, ordered.wait, ordered.work
      from (select done.*, max(done.left_at) over (partition by done.deal order by done.stage) as passed_at
              from done
             where $from_day is not null) ordered
      join chosen on chosen.deal = ordered.deal
     cross join span
     where coalesce(ordered.passed_at, chosen.opened_at) > span.begins
)

-- name: rows
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
    select standing.stage, count(*) as running, max(standing.stay) as longest
      from standing
     where standing.runs
     group by standing.stage
)
select published.stage, coalesce(summed.finished, 0) as finished, round(summed.median_stay::numeric, 2) as median_stay,
       round(summed.mean_stay::numeric, 2) as mean_stay, round(summed.median_wait::numeric, 2) as median_wait,
       round(summed.median_work::numeric, 2) as median_work, coalesce(running_now.running, 0) as running,
       round(running_now.longest::numeric, 2) as longest_running, published.key, published.name_zh, published.name_en
  from published
  left join summed on summed.stage = published.stage
  left join running_now on running_now.stage = published.stage
union all
-- Nobody had published or named the playbook by then.
select null, 0, null, null, null, null, 0, null, null, null, null
 where case when exists (select from published) then false
            when exists (select from chosen) then false
            else reporting.refuse_playbook($playbook, reporting.known($known_at)) end
 order by 1

-- name: totals
select (select report.stage
          from report
         where report.finished >= greatest($min_deals, 1)
         order by report.median_stay desc, report.stage
         limit 1) as slowest

-- name: members
select finished.stage, finished.deal, array['finished'] as figures from finished
union all
select standing.stage, standing.deal, array['running'] from standing where standing.runs
