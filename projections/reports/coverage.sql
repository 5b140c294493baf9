-- name: rows
select stage_position.deal, playbook_item.item, playbook_item.condition as kind, stage_item.entry is not null as met,
       reporting.local_day(stage_item.from_at) as met_on, stage_item.entry, playbook_item.name_zh, playbook_item.name_en
  from stage_position
  join playbook_item on playbook_item.playbook = stage_position.playbook
                    and playbook_item.version = stage_position.version
                    and playbook_item.stage = stage_position.completed + 1 and playbook_item.kind = 'condition'
  left join stage_item on stage_item.deal = stage_position.deal and stage_item.stage = playbook_item.stage
                      and stage_item.item = playbook_item.item
 where stage_position.status = 'open' and ($deal is null or stage_position.deal = $deal)
 order by stage_position.deal collate "C", playbook_item.place

-- name: totals
select round(avg(met::integer) filter (where kind = 'process'), 4) as process,
       round(avg(met::integer) filter (where kind = 'relationship'), 4) as relationship,
       round(avg(met::integer) filter (where kind = 'information'), 4) as information,
       round(avg(met::integer) filter (where kind = 'compliance'), 4) as compliance
  from report
