-- name: relations
with span as materialized (
    select reporting.day_end(days.first_on - 1) as begins, least(moment.as_of, served.ends($month)) as ends,
           make_interval(days => served.policy_value('data_quality', 'late_entry', moment.day)::integer) as late
      from moment
     cross join served.period_days($month) days
),
past as materialized (
    -- All positions of deals that were ever the person's.
    select been.deal, been.playbook, been.version, been.completed, been.status, been.owner, been.account, been.from_at, been.to_at,
           been.entry, coalesce(lag(been.completed) over told, 0) as completed_before,
           coalesce(lag(been.working_since) over told, been.from_at) as worked_since
      from stage_position_past been
     where been.deal in (select owned.deal from stage_position_past owned where owned.owner = $person)
    window told as (partition by been.deal order by been.from_at)
),
owned as materialized (
    select past.* from past where past.owner = $person
),
signed as materialized (
    select contract_term.deal, contract_term.account, contract_term.currency, contract_term.contract_amount as amount,
           min(contract_term.entry) as entry
      from contract_term
     cross join span
      join owned on owned.deal = contract_term.deal
                and owned.from_at <= contract_term.signed_at and contract_term.signed_at < owned.to_at
     where contract_term.signed_at > span.begins
     group by contract_term.deal, contract_term.account, contract_term.contract, contract_term.currency,
              contract_term.contract_amount
),
collected as materialized (
    select application.deal, application.account, application.currency, application.amount, application.entry
      from application
     cross join span
      join owned on owned.deal = application.deal and owned.from_at <= application.at and application.at < owned.to_at
     where application.kind = 'cash' and application.at > span.begins
),
worked as materialized (
    -- Stages worked on, in the version followed last.
    select distinct on (owned.deal, owned.completed) owned.deal, owned.completed + 1 as stage, owned.playbook, owned.version
      from owned
     cross join span
     where owned.status = 'open' and owned.completed is not null
       and owned.to_at > span.begins + interval '1 microsecond'
     order by owned.deal, owned.completed, owned.from_at desc
),
met as materialized (
    select stage_item.deal, stage_item.stage, stage_item.item, stage_item.entry
      from stage_item
     where stage_item.kind in ('appraisal', 'condition') and stage_item.deal in (select owned.deal from owned)
),
appraised as materialized (
    select worked.deal, sum(playbook_item.weight) filter (where met.entry is not null)::numeric
                        / sum(playbook_item.weight) as score,
           array_remove(array_agg(met.entry), null) as entries
      from worked
      join playbook_item on playbook_item.playbook = worked.playbook and playbook_item.version = worked.version
                        and playbook_item.stage = worked.stage and playbook_item.kind = 'appraisal'
      left join met on met.deal = worked.deal and met.stage = worked.stage
                          and met.item = playbook_item.item
     group by worked.deal, worked.stage
),
completed as materialized (
    -- Stages completed in the month that stand completed. What was completed together with the one before took no time.
    select distinct on (owned.deal, passed.stage) owned.deal, owned.entry, owned.playbook, owned.version, owned.from_at,
           passed.stage,
           case when passed.stage = owned.completed_before + 1 then owned.worked_since else owned.from_at end as since
      from owned
     cross join span
     cross join lateral generate_series(owned.completed_before + 1, owned.completed) as passed (stage)
      join stage_position on stage_position.deal = owned.deal and stage_position.completed >= passed.stage
     where owned.from_at > span.begins
     order by owned.deal, passed.stage, owned.from_at desc
),
timed as materialized (
    select completed.deal, completed.entry,
           reporting.local_day(completed.from_at) - reporting.local_day(completed.since)
           - coalesce((select sum(reporting.local_day(least(held.to_at, completed.from_at))
                                  - reporting.local_day(greatest(held.from_at, completed.since)))
                         from past held
                        where held.deal = completed.deal and held.status = 'on_hold' and held.to_at > completed.since
                          and held.from_at < completed.from_at), 0) <= playbook_stage.expected_days as in_time
      from completed
      join playbook_stage on playbook_stage.playbook = completed.playbook and playbook_stage.version = completed.version
                         and playbook_stage.stage = completed.stage
     where playbook_stage.expected_days is not null
),
informed as materialized (
    select stage_position.deal, met.entry
      from stage_position
      join playbook_item on playbook_item.playbook = stage_position.playbook
                        and playbook_item.version = stage_position.version
                        and playbook_item.stage = stage_position.completed + 1
                        and playbook_item.kind = 'condition' and playbook_item.condition = 'information'
      left join met on met.deal = stage_position.deal and met.stage = playbook_item.stage
                          and met.item = playbook_item.item
     where stage_position.status = 'open' and stage_position.owner = $person
),
-- Parts of each figure: what it sums or averages, and the entries behind it.
part as materialized (
    select 'signed' as figure, signed.currency, signed.amount as value, array[signed.entry] as entries, signed.deal,
           signed.account
      from signed
    union all
    select 'collected', collected.currency, collected.amount, array[collected.entry], collected.deal, collected.account
      from collected
    union all
    select figure.name, null, figure.value, array[case figure.name when 'commitments' then commitment.commitment
                                                                   else commitment.entry end], commitment.deal, null
      from commitment
     cross join span
      join stage_position on stage_position.deal = commitment.deal
     cross join lateral (
            select 'commitments' as name, 1 as value
             where commitment.received_at > span.begins and commitment.owner = $person
            union all
            select 'kept_rate', (commitment.state = 'kept')::integer
             where commitment.state in ('kept', 'broken') and commitment.from_at > span.begins
               and exists (select from owned
                            where owned.deal = commitment.deal and owned.from_at <= commitment.from_at
                              and commitment.from_at < owned.to_at)
           ) figure
    union all
    select 'satisfaction', null, touch.score, array[touch.entry], touch.deal, touch.account
      from touch
     cross join span
      join owned on owned.deal = touch.deal and owned.from_at <= touch.at and touch.at < owned.to_at
     where touch.score is not null and touch.at > span.begins
    union all
    select 'appraisal', null, coalesce(appraised.score, 0), appraised.entries, appraised.deal, null from appraised
    union all
    select 'on_time', null, timed.in_time::integer, array[timed.entry], timed.deal, null from timed
    union all
    select 'information', null, (informed.entry is not null)::integer, array_remove(array[informed.entry], null),
           informed.deal, null
      from informed
    union all
    select 'timeliness', null, (entry.recorded_at <= entry.occurred_at + span.late)::integer, array[entry.entry], null, null
      from entry
     cross join span
      left join owned on entry.actor is null and 'deal/' || owned.deal = entry.subject
                     and owned.from_at <= entry.occurred_at and entry.occurred_at < owned.to_at
     where entry.occurred_at > span.begins and (entry.actor = $person or owned.deal is not null)
),
listed as materialized (
    select one.*
      from (values (1, 'financial', 'signed'), (2, 'financial', 'collected'), (3, 'customer', 'commitments'),
                   (4, 'customer', 'kept_rate'), (5, 'customer', 'satisfaction'), (6, 'process', 'appraisal'),
                   (7, 'process', 'on_time'), (8, 'learning', 'information'), (9, 'learning', 'timeliness'))
           as one (place, perspective, figure)
)

-- name: rows
with summed as (
    select part.figure, part.currency, sum(part.value) as total, avg(part.value) as mean, count(*) as parts
      from part
     group by part.figure, part.currency
),
explained as (
    select part.figure, part.currency, array_agg(distinct behind.entry order by behind.entry) as entries
      from part
     cross join lateral unnest(part.entries) as behind (entry)
     where served.one_of('explain', $explain, array['no', 'yes']) = 'yes'
     group by part.figure, part.currency
)
select listed.perspective, listed.figure,
       case listed.figure when 'commitments' then coalesce(summed.total, 0)
                          when 'satisfaction' then round(summed.mean, 2)
                          when 'signed' then round(summed.total, served.minor_units(summed.currency))
                          when 'collected' then round(summed.total, served.minor_units(summed.currency))
                          else round(summed.mean, 4) end as value,
       coalesce(summed.parts, 0) as of,
       case $explain when 'yes' then coalesce(explained.entries, '{}') end as entries, summed.currency
  from listed
  left join summed on summed.figure = listed.figure
  left join explained on explained.figure = listed.figure and explained.currency is not distinct from summed.currency
 order by listed.place, summed.currency

-- name: members
-- All deals that were ever the person's: what counted on them for a while may count no more. Where each figure comes
-- from says explain.
select distinct listed.perspective, listed.figure, told.currency, past.deal, past.account
  from past
 cross join listed
  join (select one.figure, null::text as currency from listed one union select part.figure, part.currency from part) told
    on told.figure = listed.figure
 where listed.figure <> 'timeliness'
union
select listed.perspective, part.figure, part.currency, part.deal, part.account
  from part
  join listed on listed.figure = part.figure
 where part.deal is not null
