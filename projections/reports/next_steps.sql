-- name: rows
select stage_position.deal, playbook_need.stage as working_on,
       served.lacking(playbook_need.milestones, playbook_need.others, array(
           -- Looked up deal by deal, by the index: a page asks for few of them.
           select version.item
             from served.stage_item version
            cross join moment
            where version.deal = stage_position.deal and version.stage = playbook_need.stage
              and version.known_from <= moment.known_at and moment.known_at < version.known_to
              and version.from_at <= moment.as_of and moment.as_of < version.to_at
       )) as missing,
       reporting.local_day(stage_position.working_since) as since, stage_position.owner
  from stage_position
  join playbook_need on playbook_need.playbook = stage_position.playbook
                    and playbook_need.version = stage_position.version
                    and playbook_need.stage = stage_position.completed + 1
 where stage_position.status = 'open'
 order by stage_position.deal collate "C"
