-- name: rows
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
 order by stage_position.deal collate "C"
