-- name: rows
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
 order by stage_position.deal collate "C"
