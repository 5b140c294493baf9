-- name: rows
with lacking as (
    -- What is not met at the stage that each deal works on: milestones; where none is missing, what completes it.
    select stage_position.deal,
           coalesce(array_agg(playbook_item.item order by playbook_item.place)
                        filter (where playbook_item.kind = 'milestone'),
                    array_agg(playbook_item.item order by playbook_item.place)) as missing
      from stage_position
      join playbook_item on playbook_item.playbook = stage_position.playbook
                        and playbook_item.version = stage_position.version
                        and playbook_item.stage = stage_position.completed + 1
                        and playbook_item.kind in ('milestone', 'criterion', 'commitment')
                        and playbook_item.position = 'evidence'
      left join stage_item on stage_item.deal = stage_position.deal and stage_item.stage = playbook_item.stage
                          and stage_item.item = playbook_item.item
     where stage_item.deal is null and stage_position.status in ('open', 'on_hold')
     group by stage_position.deal
)
select stage_position.deal, stage_position.playbook, stage_position.version, stage_position.stage, stage_position.phase,
       stage_position.status, stage_position.probability, stage_position.amount, stage_position.currency,
       stage_position.owner, stage_position.account, stage_position.since,
       stage_position.deal in (
           select stale.deal from reporting.stage_position_stale stale cross join moment
            where stale.sequence <= moment.known_at
       ) as stale,
       playbook_stage.stage as working_on, stage_position.expected_close_on,
       round(stage_position.amount * stage_position.probability, served.minor_units(stage_position.currency)) as weighted,
       coalesce(lacking.missing, '{}') as missing
  from stage_position
  left join playbook_stage on playbook_stage.playbook = stage_position.playbook
                          and playbook_stage.version = stage_position.version
                          and playbook_stage.stage = stage_position.completed + 1
  left join lacking on lacking.deal = stage_position.deal
 where stage_position.status in ('open', 'on_hold')
 order by stage_position.deal collate "C"
