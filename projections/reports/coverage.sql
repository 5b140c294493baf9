-- name: rows
with asked as materialized (
    -- Conditions of the stages, in their order.
    select playbook_item.stage_key, array_agg(playbook_item.item order by playbook_item.place) as items,
           array_agg(playbook_item.condition order by playbook_item.place) as kinds,
           array_agg(playbook_item.name_zh order by playbook_item.place) as names_zh,
           array_agg(playbook_item.name_en order by playbook_item.place) as names_en
      from playbook_item
     where playbook_item.kind = 'condition'
     group by playbook_item.stage_key
),
worked as (
    select stage_position.deal, stage_position.completed + 1 as stage,
           served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1) as stage_key
      from stage_position
     where stage_position.status in ('open', 'on_hold', 'won') and ($deal is null or stage_position.deal = $deal)
     order by stage_position.deal collate "C"
)
select worked.deal, one.item, one.kind, met.entry is not null as met, served.local_day(met.from_at, moment.zone) as met_on,
       met.entry, one.name_zh, one.name_en, one.place
  from worked
  join asked on asked.stage_key = worked.stage_key
 cross join moment
 cross join lateral (
     -- The conditions met of the stage worked on, looked up once for each deal.
     select array_agg(stage_item.item) as items, array_agg(stage_item.entry) as entries,
            array_agg(stage_item.from_at) as times
       from served.stage_item_of(worked.deal, moment.as_of, moment.known_at) stage_item
      where stage_item.stage = worked.stage and stage_item.kind = 'condition'
 ) standing
 cross join lateral unnest(asked.items, asked.kinds, asked.names_zh, asked.names_en)
       with ordinality as one (item, kind, name_zh, name_en, place)
 cross join lateral (
     select standing.entries[found.number] as entry, standing.times[found.number] as from_at
       from (select array_position(standing.items, one.item) as number) found
 ) met
 order by worked.deal collate "C", one.place

-- name: totals
with worked as materialized (
    select stage_position.deal, stage_position.completed + 1 as stage,
           served.stage_key(stage_position.playbook, stage_position.version, stage_position.completed + 1) as stage_key
      from stage_position
     where stage_position.status in ('open', 'on_hold', 'won') and ($deal is null or stage_position.deal = $deal)
),
met as (
    select worked.stage_key, stage_item.item
      from worked
      join stage_item on stage_item.deal = worked.deal and stage_item.stage = worked.stage
     where stage_item.kind = 'condition'
),
counted as (
    select playbook_item.condition as kind, worked.deals, coalesce(met.deals, 0) as met
      from playbook_item
      join (select worked.stage_key, count(*) as deals from worked group by worked.stage_key) worked
        on worked.stage_key = playbook_item.stage_key
      left join (select met.stage_key, met.item, count(*) as deals from met group by met.stage_key, met.item) met
        on met.stage_key = playbook_item.stage_key and met.item = playbook_item.item
     where playbook_item.kind = 'condition'
)
select round(sum(met) filter (where kind = 'process') / sum(deals) filter (where kind = 'process'), 4) as process,
       round(sum(met) filter (where kind = 'relationship') / sum(deals) filter (where kind = 'relationship'), 4)
           as relationship,
       round(sum(met) filter (where kind = 'information') / sum(deals) filter (where kind = 'information'), 4)
           as information,
       round(sum(met) filter (where kind = 'compliance') / sum(deals) filter (where kind = 'compliance'), 4) as compliance
  from counted
