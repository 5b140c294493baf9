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
told as materialized (
    select activity.deal, activity.department, activity.at from activity where activity.department is not null
    union all
    select touch.deal, touch.department, touch.at from touch where touch.deal is not null and touch.department is not null
    union all
    select stage_item_past.deal, stage_item_past.department, stage_item_past.from_at
      from stage_item_past
     where stage_item_past.department is not null
),
followed as materialized (
    -- Intervals in which deals followed the playbook.
    select past.deal, past.version, past.completed + 1 as stage, past.status, past.from_at, past.to_at,
           past.from_at = stage_position.opened_at as first
      from stage_position
      join stage_position_past past on past.deal = stage_position.deal
     where past.playbook = $playbook
),
worked as materialized (
    select named.stage, named.department, followed.deal, bool_or(told.deal is not null) as took_part
      from followed
      join named on named.version = followed.version and named.stage = followed.stage
      -- An entry at the instant that ends an interval belongs to it, one at the opening to the first.
      left join told on told.deal = followed.deal and told.department = named.department
                    and told.at <= followed.to_at
                    and (told.at > followed.from_at or followed.first and told.at = followed.from_at)
     where followed.status not in ('lost', 'abandoned')
     group by named.stage, named.department, followed.deal
)

-- name: rows
with latest as (
    select distinct on (named.stage, named.department) named.stage, named.department, named.place, named.name_en
      from named
     order by named.stage, named.department, named.version desc
),
counted as (
    select worked.stage, worked.department, count(*) filter (where worked.took_part) as took_part, count(*) as deals
      from worked
     group by worked.stage, worked.department
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
                  or exists (select from followed) then false
                else reporting.refuse_playbook($playbook, reporting.known($known_at)) end
  ) answer
 order by answer.stage, answer.place, answer.department collate "C"

-- name: members
select worked.stage, worked.department, worked.deal,
       array['deals'] || case when worked.took_part then array['took_part'] else '{}' end as figures
  from worked
