-- name: relations
with span as materialized (
    select reporting.day_end($from_day - 1) as begins
),
told as materialized (
    -- All that is known of messages. Without a direction we sent what was sent, and got what was received.
    select one.deal, one.account, one.message, one.at, one.entry, one.kind,
           case served.one_of('by', $by, array['channel', 'campaign']) when 'channel' then one.channel
                else one.campaign end as channel,
           case when one.kind = 'sent' then one.direction is distinct from 'inbound' end as is_ours,
           case one.kind when 'received' then one.direction is distinct from 'outbound'
                when 'sent' then coalesce(one.direction = 'inbound', false)
                when 'replied' then coalesce(one.direction = 'inbound', false) else false end as is_theirs
      from (select activity.deal, null::text as account, activity.message, activity.at, activity.entry,
                   activity.message_kind as kind, activity.direction, activity.channel, activity.campaign
              from activity
             where activity.kind = 'message_exchanged'
            union all
            select null, touch.account, touch.message, touch.at, touch.entry, touch.message_kind, touch.direction,
                   touch.channel, touch.campaign
              from touch
             where touch.kind = 'message_exchanged') one
),
sent as materialized (
    select distinct on (told.deal, told.account, told.message) told.deal, told.account, told.message, told.at, told.entry,
           told.channel
      from told
     where told.is_ours
     order by told.deal, told.account, told.message, told.at, told.entry
),
fate as materialized (
    -- Messages of the period, with what became of each.
    select sent.deal, sent.account, sent.message, sent.channel, bool_or(told.kind = 'bounced') as bounced,
           bool_or(told.kind = 'opened') as opened, bool_or(told.kind = 'clicked') as clicked,
           bool_or(told.kind = 'replied') as replied
      from sent
     cross join span
      join told on told.message = sent.message and coalesce(told.deal, '') = coalesce(sent.deal, '')
               and coalesce(told.account, '') = coalesce(sent.account, '')
     where sent.at > span.begins
     group by sent.deal, sent.account, sent.message, sent.channel
),
answered as materialized (
    -- Messages that came in the period, with the time of our next one.
    select heard.deal, heard.account, heard.channel, heard.at, heard.answered_at
      from (select one.*, min(one.at) filter (where one.ours)
                              over (partition by one.deal, one.account order by one.at desc, one.entry desc) as answered_at
              from (select sent.deal, sent.account, sent.at, sent.entry, sent.channel, true as ours
                      from sent
                    union all
                    (select distinct on (told.deal, told.account, told.message) told.deal, told.account, told.at,
                            told.entry, told.channel, false
                       from told
                      where told.is_theirs
                      order by told.deal, told.account, told.message, told.at, told.entry)) one) heard
     cross join span
     where not heard.ours and heard.at > span.begins and heard.answered_at is not null
)

-- name: rows
with counted as (
    select fate.channel, count(*) as sent, count(*) filter (where fate.bounced) as bounced,
           count(*) filter (where fate.opened) as opened, count(*) filter (where fate.clicked) as clicked,
           count(*) filter (where fate.replied) as replied
      from fate
     group by fate.channel
),
timed as (
    select answered.channel, percentile_cont(0.5) within group (
               order by extract(epoch from answered.answered_at - answered.at) / 3600)::numeric as hours
      from answered
     group by answered.channel
)
select one.channel, coalesce(counted.sent, 0) as sent, coalesce(counted.bounced, 0) as bounced,
       coalesce(counted.opened, 0) as opened, coalesce(counted.clicked, 0) as clicked,
       coalesce(counted.replied, 0) as replied,
       round(counted.opened::numeric / nullif(counted.sent - counted.bounced, 0), 4) as open_rate,
       round(counted.clicked::numeric / nullif(counted.sent - counted.bounced, 0), 4) as click_rate,
       round(timed.hours, 2) as answer_hours
  from (select counted.channel from counted union select timed.channel from timed) one
  left join counted on counted.channel is not distinct from one.channel
  left join timed on timed.channel is not distinct from one.channel
 order by one.channel collate "C" nulls last

-- name: members
select fate.channel, fate.deal, fate.account,
       array_remove(array['sent', case when fate.bounced then 'bounced' end, case when fate.opened then 'opened' end,
                          case when fate.clicked then 'clicked' end, case when fate.replied then 'replied' end], null)
       as figures
  from fate
union all
select answered.channel, answered.deal, answered.account, '{}' from answered
