-- name: relations
with published as materialized (
    -- Stages, as in the highest version that has them.
    select distinct on (playbook_stage.playbook, playbook_stage.stage) playbook_stage.*
      from playbook_stage
     where $playbook is null or playbook_stage.playbook = $playbook
     order by playbook_stage.playbook, playbook_stage.stage, playbook_stage.version desc
),
been as not materialized (
    select stage_reached.deal, stage_reached.playbook, max(stage_reached.stage) as stage
      from served.stage_reached($as_of, $known_at) stage_reached
     where $playbook is null or stage_reached.playbook = $playbook
     group by stage_reached.deal, stage_reached.playbook
),
furthest as not materialized (
    select stage_position.playbook, stage_position.deal, stage_position.status, been.stage
      from stage_position
      join been on been.deal = stage_position.deal and been.playbook = stage_position.playbook
)

-- name: rows
with summed as materialized (
    select furthest.playbook, furthest.stage, count(*) as deals,
           count(*) filter (where furthest.status = 'won') as won,
           count(*) filter (where furthest.status = 'lost') as lost
      from furthest
     group by furthest.playbook, furthest.stage
),
counted as (
    -- Who had completed a stage counts in all before it, too.
    select published.playbook, published.stage, sum(summed.deals)::bigint as deals, sum(summed.won)::bigint as won,
           sum(summed.lost)::bigint as lost
      from published
      join summed on summed.playbook = published.playbook and summed.stage >= published.stage
     group by published.playbook, published.stage
)
select published.playbook, published.stage, coalesce(counted.deals, 0) as deals, coalesce(counted.won, 0) as won,
       coalesce(counted.lost, 0) as lost,
       round(counted.won::numeric / nullif(counted.won + counted.lost, 0), 4) as observed, published.probability,
       published.key, published.name_zh, published.name_en
  from published
  left join counted on counted.playbook = published.playbook and counted.stage = published.stage
 order by published.playbook collate "C", published.stage

-- name: members
select published.playbook, published.stage, furthest.deal,
       array['deals'] || case when furthest.status in ('won', 'lost') then array[furthest.status] else '{}' end as figures
  from furthest
  join published on published.playbook = furthest.playbook and published.stage <= furthest.stage
