-- name: relations
with span as materialized (
    select reporting.day_end(days.first_on - 1) as begins, least(moment.as_of, served.ends($month)) as ends,
           make_interval(days => served.policy_value('data_quality', 'late_entry', moment.day)::integer) as late
      from moment
     cross join served.period_days($month) days
),
owned as materialized (
    -- Positions of the person's deals in the month; before it begins, those of as_of.
    select been.deal, been.playbook, been.version, been.completed, been.status, been.from_at, been.to_at
      from stage_position_past been
     where been.owner = $person and been.to_at > (select least(span.begins, span.ends) from span)
),
past as materialized (
    -- All positions up to the month's end of those of the deals that moved in it.
    select been.deal, been.playbook, been.version, been.completed, been.status, been.owner, been.from_at,
           been.to_at, been.entry,
           coalesce(lag(been.completed) over told, 0) as completed_before,
           coalesce(lag(been.working_since) over told, been.from_at) as worked_since,
           max(been.completed) filter (where been.to_at > span.ends) over (partition by been.deal) as completed_at_end
      from (select distinct owned.deal
              from owned
             where owned.completed > 0 and owned.from_at > (select span.begins from span)) moved
     cross join moment
     cross join span
     cross join lateral served.stage_position_past_of(moved.deal, span.ends, moment.known_at) been
    window told as (partition by been.deal order by been.from_at)
),
signed as materialized (
    select contract_term.deal, contract_term.account, contract_term.currency, contract_term.contract_amount as amount,
           min(contract_term.entry) as entry
      from contract_term
      join owned on owned.deal = contract_term.deal
                and owned.from_at <= contract_term.signed_at and contract_term.signed_at < owned.to_at
     where contract_term.signed_at > (select span.begins from span)
     group by contract_term.deal, contract_term.account, contract_term.contract, contract_term.currency,
              contract_term.contract_amount
),
collected as materialized (
    select application.deal, application.account, application.currency, application.amount, application.entry
      from application
      join owned on owned.deal = application.deal and owned.from_at <= application.at and application.at < owned.to_at
     where application.kind = 'cash' and application.at > (select span.begins from span)
),
worked as materialized (
    -- Stages worked on, in the version followed last.
    select distinct on (owned.deal, owned.completed) owned.deal, owned.completed + 1 as stage,
           served.stage_key(owned.playbook, owned.version, owned.completed + 1) as stage_key
      from owned
     where owned.status = 'open' and owned.completed is not null
       and owned.to_at > (select span.begins + interval '1 microsecond' from span)
     order by owned.deal, owned.completed, owned.from_at desc
),
working as materialized (
    -- Stages worked on at the end.
    select owned.deal, owned.completed + 1 as stage,
           served.stage_key(owned.playbook, owned.version, owned.completed + 1) as stage_key
      from owned
     where owned.status = 'open' and owned.to_at > (select span.ends from span)
),
asked as materialized (
    select playbook_item.stage_key, playbook_item.kind, playbook_item.item, playbook_item.weight
      from playbook_item
     where playbook_item.kind = 'appraisal'
        or playbook_item.kind = 'condition' and playbook_item.condition = 'information'
),
met as materialized (
    select stage_item.deal, stage_item.stage, stage_item.item, stage_item.entry
      from stage_item
     where stage_item.kind in ('appraisal', 'condition')
       and stage_item.deal in (select worked.deal from worked union select working.deal from working)
),
appraised as materialized (
    select worked.deal, sum(asked.weight) filter (where met.entry is not null)::numeric / sum(asked.weight) as score,
           array_remove(array_agg(met.entry), null) as entries
      from worked
      join asked on asked.stage_key = worked.stage_key and asked.kind = 'appraisal'
      left join met on met.deal = worked.deal and met.stage = worked.stage and met.item = asked.item
     group by worked.deal, worked.stage
),
completed as materialized (
    -- Stages completed in the month that stand completed. What was completed together with the one before took no time.
    select distinct on (past.deal, passed.stage) past.deal, past.entry, past.from_at, passed.stage,
           served.stage_key(past.playbook, past.version, passed.stage) as stage_key,
           case when passed.stage = past.completed_before + 1 then past.worked_since else past.from_at end as since
      from past
     cross join lateral generate_series(past.completed_before + 1, past.completed) as passed (stage)
     where past.owner = $person and past.from_at > (select span.begins from span)
       and past.completed_at_end >= passed.stage
     order by past.deal, passed.stage, past.from_at desc
),
timed as materialized (
    select completed.deal, completed.entry,
           served.local_day(completed.from_at, moment.zone) - served.local_day(completed.since, moment.zone)
           - coalesce(sum(served.local_day(least(held.to_at, completed.from_at), moment.zone)
                          - served.local_day(greatest(held.from_at, completed.since), moment.zone))
                      filter (where held.deal is not null), 0)
           <= playbook_stage.expected_days as in_time
      from completed
     cross join moment
      join playbook_stage on playbook_stage.stage_key = completed.stage_key
      left join past held on held.deal = completed.deal and held.status = 'on_hold' and held.to_at > completed.since
                         and held.from_at < completed.from_at
     where playbook_stage.expected_days is not null
     group by completed.deal, completed.stage, completed.entry, completed.from_at, completed.since, moment.zone,
              playbook_stage.expected_days
),
informed as materialized (
    select working.deal, met.entry
      from working
      join asked on asked.stage_key = working.stage_key and asked.kind = 'condition'
      left join met on met.deal = working.deal and met.stage = working.stage and met.item = asked.item
),
promised as materialized (
    select commitment.deal, commitment.commitment, commitment.entry, commitment.owner, commitment.received_at,
           commitment.state, commitment.from_at
      from commitment
     where commitment.received_at > (select span.begins from span) and commitment.owner = $person
        or commitment.from_at > (select span.begins from span) and commitment.state in ('kept', 'broken')
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
    select 'commitments', null, 1, array[promised.commitment], promised.deal, null
      from promised
     cross join moment
     cross join span
     cross join lateral served.stage_position_of(promised.deal, span.ends, moment.known_at) standing
     where promised.owner = $person and promised.received_at > span.begins
    union all
    select 'kept_rate', null, (promised.state = 'kept')::integer, array[promised.entry], promised.deal, null
      from promised
     cross join span
      join owned on owned.deal = promised.deal
                and owned.from_at <= promised.from_at and promised.from_at < owned.to_at
     where promised.state in ('kept', 'broken') and promised.from_at > span.begins
    union all
    select 'satisfaction', null, touch.score, array[touch.entry], touch.deal, touch.account
      from touch
      join owned on owned.deal = touch.deal and owned.from_at <= touch.at and touch.at < owned.to_at
     where touch.score is not null and touch.at > (select span.begins from span)
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
     where entry.occurred_at > (select span.begins from span) and (entry.actor = $person or entry.actor is null)
       and (entry.actor = $person or owned.deal is not null)
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
select distinct listed.perspective, listed.figure, told.currency, been.deal, been.account
  from stage_position_past been
 cross join listed
  join (select one.figure, null::text as currency from listed one union select part.figure, part.currency from part) told
    on told.figure = listed.figure
 where listed.figure <> 'timeliness'
   and been.deal in (select theirs.deal from stage_position_past theirs where theirs.owner = $person)
union
select listed.perspective, part.figure, part.currency, part.deal, part.account
  from part
  join listed on listed.figure = part.figure
 where part.deal is not null
