-- name: relations
with published as materialized (
    -- Stages, as in the highest version that has them.
    select distinct on (playbook_stage.playbook, playbook_stage.stage) playbook_stage.*
      from playbook_stage
     where $playbook is null or playbook_stage.playbook = $playbook
     order by playbook_stage.playbook, playbook_stage.stage, playbook_stage.version desc
),
been as materialized (
    select stage_reached.deal, stage_reached.playbook, max(stage_reached.stage) as stage
      from served.stage_reached($as_of, $known_at) stage_reached
     where $playbook is null or stage_reached.playbook = $playbook
     group by stage_reached.deal, stage_reached.playbook
),
reached as materialized (
    select published.playbook, published.stage, stage_position.deal, stage_position.status
      from stage_position
      join been on been.deal = stage_position.deal and been.playbook = stage_position.playbook
      join published on published.playbook = been.playbook and published.stage <= been.stage
)

-- name: rows
with counted as (
    select reached.playbook, reached.stage, count(*) as deals, count(*) filter (where reached.status = 'won') as won,
           count(*) filter (where reached.status = 'lost') as lost
      from reached
     group by reached.playbook, reached.stage
)
select published.playbook, published.stage, coalesce(counted.deals, 0) as deals, coalesce(counted.won, 0) as won,
       coalesce(counted.lost, 0) as lost,
       round(counted.won::numeric / nullif(counted.won + counted.lost, 0), 4) as observed, published.probability,
       published.key, published.name_zh, published.name_en
  from published
  left join counted on counted.playbook = published.playbook and counted.stage = published.stage
 order by published.playbook collate "C", published.stage

-- name: members
select reached.playbook, reached.stage, reached.deal,
       array['deals'] || case when reached.status in ('won', 'lost') then array[reached.status] else '{}' end as figures
  from reached
