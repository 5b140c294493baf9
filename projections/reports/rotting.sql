-- name: rows
with held as (
    -- Days on hold since the stage is worked on.
    select past.deal,
           sum(reporting.local_day(least(past.to_at, moment.as_of))
               - reporting.local_day(greatest(past.from_at, stage_position.working_since))) as days
      from stage_position
      join stage_position_past past on past.deal = stage_position.deal and past.to_at > stage_position.working_since
     cross join moment
     where stage_position.status = 'open' and past.status = 'on_hold'
     group by past.deal
),
active as (
    select activity.deal, max(activity.at) as at from activity group by activity.deal
),
worked as (
    select stage_position.deal, stage_position.owner, playbook_stage.stage, playbook_stage.expected_days,
           reporting.local_day(stage_position.working_since) as since, moment.day, active.at,
           (moment.day - reporting.local_day(stage_position.working_since) - coalesce(held.days, 0))::integer as days
      from stage_position
     cross join moment
      join playbook_stage on playbook_stage.playbook = stage_position.playbook
                         and playbook_stage.version = stage_position.version
                         and playbook_stage.stage = stage_position.completed + 1
      left join held on held.deal = stage_position.deal
      left join active on active.deal = stage_position.deal
     where stage_position.status = 'open' and ($playbook is null or stage_position.playbook = $playbook)
)
select worked.deal, worked.stage as working_on, worked.since, worked.days, worked.expected_days as expected,
       coalesce(worked.days > worked.expected_days, false) as rotting,
       worked.day - reporting.local_day(worked.at) as idle_days, worked.owner
  from worked
 order by worked.deal collate "C"
