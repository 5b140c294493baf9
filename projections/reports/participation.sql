-- name: relations
with named as materialized (
    -- Departments by version and stage.
    select playbook.version, stage.number::integer as stage, one.place, one.content ->> 'zh' as department,
           one.content ->> 'en' as name_en
      from moment
      join reporting.playbook on playbook.published <= moment.known_at
     cross join lateral jsonb_array_elements(playbook.content -> 'stages') with ordinality as stage (content, number)
     cross join lateral jsonb_array_elements(stage.content -> 'departments') with ordinality as one (content, place)
     where playbook.playbook = $playbook
),
told as not materialized (
    -- Of a deal each department is named once at a stage, and takes part once.
    select stage_department.stage, stage_department.deal, stage_department.named, stage_department.took_part
      from stage_position
      join stage_department on stage_department.deal = stage_position.deal
     where stage_department.playbook = $playbook
)

-- name: rows
with latest as (
    select distinct on (named.stage, named.department) named.stage, named.department, named.place, named.name_en
      from named
     order by named.stage, named.department, named.version desc
),
alike as materialized (
    select told.stage, told.named, told.took_part, count(*) as deals
      from told
     group by told.stage, told.named, told.took_part
),
counted as (
    select alike.stage, one.department, sum(alike.deals * one.took_part)::bigint as took_part,
           sum(alike.deals * one.named)::bigint as deals
      from alike
     cross join lateral (
            select unnest(alike.named) as department, 1 as named, 0 as took_part
            union all
            select unnest(alike.took_part), 0, 1
           ) one
     group by alike.stage, one.department
)
select answer.stage, answer.department, answer.took_part, answer.deals, answer.rate, answer.name_en
  from (
    select latest.stage, latest.department, coalesce(counted.took_part, 0) as took_part,
           coalesce(counted.deals, 0) as deals, round(counted.took_part::numeric / counted.deals, 4) as rate,
           latest.name_en, latest.place
      from latest
      left join counted on counted.stage = latest.stage and counted.department = latest.department
    union all
    -- Nobody had published or named the playbook by then.
    select null, null, null, null, null, null, null
     where case when exists (select from playbook_stage where playbook_stage.playbook = $playbook)
                  or exists (select from stage_position
                               join stage_position_past past on past.deal = stage_position.deal
                              where past.playbook = $playbook) then false
                else reporting.refuse_playbook($playbook, reporting.known($known_at)) end
  ) answer
 order by answer.stage, answer.place, answer.department collate "C"

-- name: members
select told.stage, one.department, told.deal, array_agg(one.figure) as figures
  from told
 cross join lateral (
        select unnest(told.named) as department, 'deals' as figure
        union all
        select unnest(told.took_part), 'took_part'
       ) one
 group by told.stage, one.department, told.deal
