-- name: rows
with worked as (
    select stage_position.deal, stage_position.owner, playbook_stage.stage, playbook_stage.expected_days,
           stage_position.working_since, served.local_day(stage_position.working_since, moment.zone) as since
      from stage_position
     cross join moment
      join playbook_stage
        on playbook_stage.stage_key = served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1)
     where stage_position.status = 'open' and ($playbook is null or stage_position.playbook = $playbook)
)
select worked.deal, worked.stage as working_on, worked.since, counted.days, worked.expected_days as expected,
       coalesce(counted.days > worked.expected_days, false) as rotting,
       moment.day - served.local_day(active.at, moment.zone) as idle_days, worked.owner
  from worked
 cross join moment
 cross join lateral (
     -- Days on hold since the stage is worked on.
     select coalesce(sum(served.local_day(least(past.to_at, moment.as_of), moment.zone)
                         - served.local_day(greatest(past.from_at, worked.working_since), moment.zone)), 0) as days
       from served.stage_position_past_of(worked.deal, moment.as_of, moment.known_at) past
      where past.status = 'on_hold' and past.to_at > worked.working_since
 ) held
 cross join lateral (select (moment.day - worked.since - held.days)::integer as days) counted
 cross join lateral (
     select max(activity.at) as at from served.activity_of(worked.deal, moment.as_of, moment.known_at) activity
 ) active
 order by worked.deal collate "C"
