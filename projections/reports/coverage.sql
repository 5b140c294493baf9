-- name: rows
select stage_position.deal, playbook_item.item, playbook_item.condition as kind, met.entry is not null as met,
       served.local_day(met.from_at, moment.zone) as met_on, met.entry, playbook_item.name_zh, playbook_item.name_en
  from stage_position
 cross join moment
 cross join lateral (
     -- The conditions met of the stage worked on, looked up once for each deal.
     select array_agg(stage_item.item) as items, array_agg(stage_item.entry) as entries,
            array_agg(stage_item.from_at) as times
       from served.stage_item_of(stage_position.deal, moment.as_of, moment.known_at) stage_item
      where stage_item.stage = stage_position.completed + 1 and stage_item.kind = 'condition'
 ) standing
  join playbook_item
    on playbook_item.stage_key = served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1)
   and playbook_item.kind = 'condition'
 cross join lateral (
     select standing.entries[place.number] as entry, standing.times[place.number] as from_at
       from (select array_position(standing.items, playbook_item.item) as number) place
 ) met
 where stage_position.status = 'open' and ($deal is null or stage_position.deal = $deal)
 order by stage_position.deal collate "C", playbook_item.place

-- name: totals
select round(avg(met::integer) filter (where kind = 'process'), 4) as process,
       round(avg(met::integer) filter (where kind = 'relationship'), 4) as relationship,
       round(avg(met::integer) filter (where kind = 'information'), 4) as information,
       round(avg(met::integer) filter (where kind = 'compliance'), 4) as compliance
  from report
