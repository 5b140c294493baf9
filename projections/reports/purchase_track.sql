-- name: rows
with beside as materialized (
    select playbook_stage.playbook, playbook_stage.version, playbook_stage.stage, playbook_stage.stage_key,
           playbook_stage.customer_stage
      from playbook_stage
),
track as materialized (
    -- Thresholds. A version never changes; what its track leaves unsaid has the values of the format. Without a track
    -- those of eight purchasing stages count.
    select playbook.playbook, playbook.version, coalesce((said.track ->> 'behind')::integer, 1) as behind,
           coalesce((said.track ->> 'catch_up')::integer, 2) as catch_up,
           coalesce((said.track ->> 'review')::integer, 3) as review,
           case when said.track is null then 5 else (said.track ->> 'tender')::integer end as tender,
           case when said.track is null then 4 else (said.track ->> 'tender_needs')::integer end as tender_needs,
           coalesce((said.track ->> 'unknown_after_days')::integer, 45) as unknown_after_days
      from reporting.playbook
     cross join lateral (
         select case when jsonb_typeof(playbook.content -> 'track') = 'object' then playbook.content -> 'track' end as track
     ) said
     -- Playbooks that set stages beside the customer's.
     where said.track is not null or (playbook.playbook, playbook.version) in (
         select beside.playbook, beside.version from beside where beside.customer_stage is not null
     )
),
ours as materialized (
    -- A stage without a purchasing stage beside it is beside that of the stage before.
    select seen.stage_key, coalesce(seen.numbers[cardinality(seen.numbers)], 0) as number
      from (select beside.stage_key, array_agg(beside.customer_stage) filter (where beside.customer_stage is not null)
                   over (partition by beside.playbook, beside.version order by beside.stage) as numbers
              from beside) seen
),
followed as (
    select stage_position.deal, stage_position.owner, stage_position.playbook, stage_position.version,
           served.stage_key(stage_position.playbook, stage_position.version, stage_position.stage) as stage_key
      from stage_position
     where stage_position.status in ('open', 'on_hold')
       and ($playbook is null or stage_position.playbook = $playbook)
       -- `is true`, and the left join below: a join would be taken to leave one row, and no page's rows be worked out alone.
       and ((stage_position.playbook, stage_position.version) in (select track.playbook, track.version from track)) is true
     order by stage_position.deal collate "C"
),
compared as (
    select followed.deal, followed.owner, track.*, coalesce(ours.number, 0) as ours, observed.number as customer,
           observed.number - coalesce(ours.number, 0) as gap, seen.day as observed_on, moment.day - seen.day as ago,
           observed.entry
      from followed
     cross join moment
      left join track on track.playbook = followed.playbook and track.version = followed.version
      left join ours on ours.stage_key = followed.stage_key
      left join lateral (
          select one.number, one.from_at, one.entry
            from served.purchase_stage_of(followed.deal, moment.as_of, moment.known_at) one
           limit 1
      ) observed on true
     cross join lateral (select served.local_day(observed.from_at, moment.zone) as day) seen
),
judged as (
    select compared.*,
           case when compared.customer is null then 'never'
                when compared.ago > compared.unknown_after_days then 'old'
                when compared.gap >= compared.review then 'review'
                when compared.customer >= compared.tender and compared.ours < compared.tender_needs then 'tender'
                when compared.gap >= compared.catch_up then 'catch_up'
                when compared.gap >= compared.behind then 'behind'
                when compared.gap < 0 then 'ahead'
                else 'in_sync' end as rule
      from compared
)
select judged.deal, judged.ours, judged.customer, judged.gap,
       case judged.rule when 'never' then 'unknown' when 'old' then 'unknown' when 'tender' then 'review'
                        else judged.rule end as verdict,
       case judged.rule
           when 'never' then 'The customer''s purchasing stage was never observed.'
           when 'old' then format(
               'The customer was seen at purchasing stage %s %s days ago; after more than %s days that says nothing.',
               judged.customer, judged.ago, judged.unknown_after_days)
           when 'tender' then format(
               'The customer is at purchasing stage %s, from %s on it calls for tenders; we are at %s and should be at %s: '
               'review whether to give up.', judged.customer, judged.tender, judged.ours, judged.tender_needs)
           else format('The customer is at purchasing stage %s, we are at %s: ', judged.customer, judged.ours)
               || case judged.rule
                      when 'review' then format('%s behind; from %s on, review whether to give up.', judged.gap, judged.review)
                      when 'catch_up' then format('%s behind; from %s on, catch up.', judged.gap, judged.catch_up)
                      when 'behind' then format('%s behind.', judged.gap)
                      when 'ahead' then format('%s ahead.', -judged.gap)
                      else case judged.gap when 0 then 'in step.'
                               else format('%s behind; below %s that is in step.', judged.gap, judged.behind) end
                  end
       end as reason,
       judged.observed_on, judged.ago as observed_days_ago, judged.entry,
       case judged.rule
           when 'never' then '从未观察到客户的采购阶段。'
           when 'old' then format(
               '%s天前观察到客户处于采购第%s阶段；超过%s天的观察不再有效。', judged.ago, judged.customer,
               judged.unknown_after_days)
           when 'tender' then format(
               '客户处于采购第%s阶段（从第%s阶段起招标），我方处于第%s阶段，至少应到第%s阶段：评估是否放弃。',
               judged.customer, judged.tender, judged.ours, judged.tender_needs)
           else format('客户处于采购第%s阶段，我方处于第%s阶段：', judged.customer, judged.ours)
               || case judged.rule
                      when 'review' then format('落后%s个阶段；落后%s个起评估是否放弃。', judged.gap, judged.review)
                      when 'catch_up' then format('落后%s个阶段；落后%s个起需追赶。', judged.gap, judged.catch_up)
                      when 'behind' then format('落后%s个阶段。', judged.gap)
                      when 'ahead' then format('超前%s个阶段。', -judged.gap)
                      else case judged.gap when 0 then '同步。'
                               else format('落后%s个阶段；不足%s个视为同步。', judged.gap, judged.behind) end
                  end
       end as reason_zh,
       judged.owner
  from judged
 order by judged.deal collate "C"
