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
     where stage_item.deal is null and stage_position.status = 'open'
     group by stage_position.deal
)
select stage_position.deal, stage_position.completed + 1 as working_on, lacking.missing,
       reporting.local_day(stage_position.working_since) as since, stage_position.owner
  from stage_position
  join lacking on lacking.deal = stage_position.deal
 where stage_position.status = 'open'
 order by stage_position.deal collate "C"
