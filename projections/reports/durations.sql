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
    -- `is true` makes a look-up in a hash of it: a join is taken for one of few rows.
    select standing.deal
      from standing
     where standing.playbook = $playbook
       and (standing.deal in (select stage_position.deal from stage_position)) is true
),
finished as not materialized (
    select stage_stay.stage, stage_stay.deal, stage_stay.wait, stage_stay.work
      from stage_stay
     cross join span
     where stage_stay.playbook = $playbook and (stage_stay.deal in (select chosen.deal from chosen)) is true
       and ($from_day is null or stage_stay.from_at > span.begins)
),
running as not materialized (
    select standing.completed + 1 as stage, standing.deal,
           standing.stayed + date_part('epoch', span.ends - standing.from_at) * 1000000 as stay
      from standing
     cross join span
     where standing.playbook = $playbook and standing.status = 'open'
       and (standing.deal in (select chosen.deal from chosen)) is true
       and served.stage_key(standing.playbook, standing.version, standing.completed + 1)
           in (select playbook_stage.stage_key from playbook_stage)
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
select running.stage, running.deal, array['running'] from running
