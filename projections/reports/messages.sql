-- name: relations
with span as materialized (
    select reporting.day_end($from_day - 1) as begins,
           served.one_of('by_campaign', $by_campaign, array['no', 'yes']) = 'yes' as by_campaign
),
merged as materialized (
    select one.member, one.account from served.account_merged($as_of, $known_at) one
),
told as materialized (
    -- All that is known of messages, each with its conversation: that of an account, or of a deal without one. Without a
    -- direction we sent what was sent, and got what was received.
    select coalesce('account/' || coalesce(merged.account, one.counted), 'deal/' || one.deal) as conversation, one.deal,
           one.counted as account, one.message, one.at, one.entry, one.kind, one.channel,
           case when span.by_campaign then one.campaign end as campaign,
           one.kind = 'sent' and one.direction is distinct from 'inbound' as is_ours,
           one.kind = 'replied' and one.direction is not distinct from 'outbound' as is_reply,
           case one.kind when 'received' then one.direction is distinct from 'outbound'
                when 'sent' then coalesce(one.direction = 'inbound', false)
                when 'replied' then coalesce(one.direction = 'inbound', false) else false end as is_theirs
      from (select activity.deal, stage_position.account as counted, activity.message, activity.at, activity.entry,
                   activity.message_kind as kind, activity.direction, activity.channel, activity.campaign
              from activity
              left join stage_position on stage_position.deal = activity.deal
             where activity.kind = 'message_exchanged'
            union all
            select null, touch.account, touch.message, touch.at, touch.entry, touch.message_kind, touch.direction,
                   touch.channel, touch.campaign
              from touch
             where touch.kind = 'message_exchanged') one
     cross join span
      left join merged on merged.member = one.counted
),
sent as materialized (
    select distinct on (told.conversation, told.message) told.conversation, told.message, told.at, told.entry,
           told.channel, told.campaign
      from told
     where told.is_ours
     order by told.conversation, told.message, told.at, told.entry
),
fate as materialized (
    -- Messages of the period, with what became of each.
    select sent.conversation, sent.message, sent.channel, sent.campaign, bool_or(told.kind = 'bounced') as bounced,
           bool_or(told.kind = 'opened') as opened, bool_or(told.kind = 'clicked') as clicked,
           bool_or(told.kind = 'replied' and not told.is_reply) as replied
      from sent
     cross join span
      join told on told.conversation = sent.conversation and told.message = sent.message
     where sent.at > span.begins
     group by sent.conversation, sent.message, sent.channel, sent.campaign
),
answered as materialized (
    -- Messages that came in the period, with the time of our next one.
    select heard.conversation, heard.channel, heard.campaign, heard.at, heard.answered_at
      from (select one.*, min(one.at) filter (where one.ours)
                              over (partition by one.conversation order by one.at desc, one.entry desc) as answered_at
              from (select sent.conversation, sent.at, sent.entry, sent.channel, sent.campaign, true as ours
                      from sent
                    union all
                    select told.conversation, told.at, told.entry, told.channel, told.campaign, true
                      from told
                     where told.is_reply
                    union all
                    (select distinct on (told.conversation, told.message) told.conversation, told.at, told.entry,
                            told.channel, told.campaign, false
                       from told
                      where told.is_theirs
                      order by told.conversation, told.message, told.at, told.entry)) one) heard
     cross join span
     where not heard.ours and heard.at > span.begins and heard.answered_at is not null
),
subject as materialized (
    -- Deals and accounts of each conversation, and accounts that were merged into its own.
    select distinct told.conversation, told.deal, told.account from told
    union
    select distinct told.conversation, null, member.account
      from told
      join merged on 'account/' || merged.account = told.conversation
     cross join lateral (values (merged.account), (merged.member)) as member (account)
)

-- name: rows
with counted as (
    select fate.channel, fate.campaign, count(*) as sent, count(*) filter (where fate.bounced) as bounced,
           count(*) filter (where fate.opened) as opened, count(*) filter (where fate.clicked) as clicked,
           count(*) filter (where fate.replied) as replied
      from fate
     group by fate.channel, fate.campaign
),
timed as (
    select answered.channel, answered.campaign, percentile_cont(0.5) within group (
               order by extract(epoch from answered.answered_at - answered.at) / 3600)::numeric as hours
      from answered
     group by answered.channel, answered.campaign
)
select one.channel, coalesce(counted.sent, 0) as sent, coalesce(counted.bounced, 0) as bounced,
       coalesce(counted.opened, 0) as opened, coalesce(counted.clicked, 0) as clicked,
       coalesce(counted.replied, 0) as replied,
       round(counted.opened::numeric / nullif(counted.sent - counted.bounced, 0), 4) as open_rate,
       round(counted.clicked::numeric / nullif(counted.sent - counted.bounced, 0), 4) as click_rate,
       round(timed.hours, 2) as answer_hours, one.campaign
  from (select counted.channel, counted.campaign from counted
        union
        select timed.channel, timed.campaign from timed) one
  left join counted on counted.channel is not distinct from one.channel
                   and counted.campaign is not distinct from one.campaign
  left join timed on timed.channel is not distinct from one.channel and timed.campaign is not distinct from one.campaign
 order by one.channel collate "C" nulls last, one.campaign collate "C" nulls last

-- name: members
select one.channel, one.campaign, subject.deal, subject.account, one.figures
  from (select fate.channel, fate.campaign, fate.conversation,
               array_remove(array['sent', case when fate.bounced then 'bounced' end, case when fate.opened then 'opened' end,
                                  case when fate.clicked then 'clicked' end, case when fate.replied then 'replied' end],
                            null) as figures
          from fate
        union all
        select answered.channel, answered.campaign, answered.conversation, '{}' from answered) one
  join subject on subject.conversation = one.conversation
