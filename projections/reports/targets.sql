-- name: relations
with span as materialized (
    select moment.as_of, moment.day, least(moment.as_of, served.ends($period)) as ends,
           case when $period is null then moment.day else least(moment.day, days.last_on) end as last_on
      from moment
     cross join lateral served.period_days(coalesce($period, to_char(moment.day, 'YYYY'))) days
),
-- Periods that are asked about, with what playbooks call their length.
period as materialized (
    select one.per, one.name, days.first_on, reporting.day_end(days.first_on - 1) as begins
      from span
     cross join lateral (
            select case when $period ~ 'Q' then 'quarter' when $period ~ '-' then 'month' else 'year' end as per,
                   $period as name
             where $period is not null
            union all
            select around.per, around.name
              from (values ('year', to_char(span.day, 'YYYY')), ('quarter', to_char(span.day, 'YYYY-"Q"Q')),
                           ('month', to_char(span.day, 'YYYY-MM'))) as around (per, name)
             where $period is null
           ) one
     cross join lateral served.period_days(one.name) days
),
proposed as not materialized (
    select target.target, target.scope, target.metric, target.value, target.subject, target.stage, target.owner,
           target.region, target.currency, target.period,
           case when target.metric in ('median_stay_days', 'median_wait_days', 'median_work_days', 'discount_rate',
                                       'days_to_collect') then 'at_most' else 'at_least' end as bound,
           target.set_at, target.sequence
      from target
      join period on period.name = target.period
    union all
    select one.target, served.target_scope(told.subject, one.stage, null, null, null, told.period), one.metric,
           coalesce(one.at_least, one.at_most), told.subject, one.stage, null, null, null, told.period,
           case when one.at_least is not null then 'at_least' else 'at_most' end, null, null
      from (select playbook_target.*, max(playbook_target.version) over (partition by playbook_target.playbook) as latest
              from playbook_target) one
      left join period on period.per = one.per
     cross join lateral (
            select 'playbook/' || one.playbook as subject, case when one.per is not null then period.name end as period
           ) told
     where one.version = one.latest and one.target is not null and (one.per is null or period.name is not null)
),
merged as materialized (
    select one.member, one.account from served.account_merged($as_of, $known_at) one
),
aim as materialized (
    -- `who` numbers what deals and accounts are counted for.
    select one.*, period.first_on, coalesce(period.begins, '-infinity') as begins,
           dense_rank() over (order by one.playbook, one.account, one.owner, one.region) as who,
           row_number() over () as number
      from (select distinct on (proposed.scope, proposed.metric, proposed.bound) proposed.*,
                   case when proposed.subject like 'playbook/%' then substr(proposed.subject, 10) end as playbook,
                   coalesce(merged.account, substr(account.id, 9)) as account
              from proposed
              left join lateral (select proposed.subject as id where proposed.subject like 'account/%') account on true
              left join merged on merged.member = substr(account.id, 9)
             order by proposed.scope, proposed.metric, proposed.bound, proposed.set_at desc nulls last,
                      proposed.sequence desc, proposed.target) one
      left join period on period.name = one.period
),
who as materialized (
    select distinct aim.who, aim.playbook, aim.account, aim.owner, aim.region,
           aim.account is not null and aim.owner is null as whole_account
      from aim
),
dealt as materialized (
    -- Deals that are counted, for whom, and for whom not all money of the account is counted already (`partly`).
    select one.deal, one.playbook, one.version, one.opened_at, one.account, counts.whole, counts.partly
      from (select stage_position.deal, stage_position.playbook, stage_position.version, stage_position.owner,
                   stage_position.opened_at, coalesce(merged.account, stage_position.account) as account,
                   region.value as region
              from stage_position
              left join merged on merged.member = stage_position.account
              left join account_fact region on region.account = coalesce(merged.account, stage_position.account)
                                           and region.fact = 'region') one
     cross join lateral (
            select array_agg(who.who) as whole, array_agg(who.who) filter (where not who.whole_account) as partly
              from who
             where (who.playbook = one.playbook or who.account = one.account)
               and (who.owner is null or one.owner = who.owner) and (who.region is null or one.region = who.region)
           ) counts
     where counts.whole is not null
),
held as materialized (
    -- Accounts all of whose money counts.
    select who.who, member.account
      from who
     cross join lateral (select who.account
                         union
                         select merged.member from merged where merged.account = who.account) member
      left join account_fact region on region.account = who.account and region.fact = 'region'
     where who.whole_account and (who.region is null or region.value = who.region)
),
wanted as materialized (
    -- What targets are about that deals or accounts count for, each from when.
    select aim.metric, min(aim.begins) as begins, min(coalesce(aim.first_on, '-infinity')) as first_on
      from aim
     where aim.who = any(array(select distinct one.who from dealt cross join lateral unnest(dealt.whole) as one (who)))
        or aim.who in (select held.who from held)
     group by aim.metric
),
aimed as materialized (
    select distinct aim.playbook, aim.stage, aim.metric
      from aim
     where aim.metric in ('deals_completed', 'completion_rate', 'median_stay_days', 'median_wait_days',
                          'median_work_days')
),
staged as materialized (
    -- Stages that targets are about, by their numbers in each version that deals follow, and what is asked of them.
    select playbook_stage.stage_key, playbook_stage.playbook, playbook_stage.stage, playbook_stage.key, asked.metric
      from playbook_stage
      join (select distinct aimed.stage, aimed.metric from aimed) asked on asked.stage = playbook_stage.key
     where (playbook_stage.playbook, playbook_stage.key) in (select aimed.playbook, aimed.stage from aimed)
       and (playbook_stage.playbook, playbook_stage.version) in (select dealt.playbook, dealt.version from dealt)
),
done_stage as materialized (
    select staged.* from staged where staged.metric <> 'completion_rate'
),
entry_stage as materialized (
    select staged.* from staged where staged.metric = 'completion_rate'
),
done as not materialized (
    -- Stages that stand completed, and the time that each took, as in durations.
    select stage_stay.deal, dealt.whole as whos, done_stage.key, done_stage.metric, stage_stay.from_at as at,
           case done_stage.metric when 'deals_completed' then 1 when 'median_wait_days' then stage_stay.wait
                                  when 'median_work_days' then stage_stay.work
                                  else stage_stay.wait + stage_stay.work end as part
      from stage_stay
      join dealt on dealt.deal = stage_stay.deal and dealt.playbook = stage_stay.playbook
      join done_stage on done_stage.stage_key = served.stage_key(stage_stay.playbook, dealt.version, stage_stay.stage)
     where stage_stay.playbook = any(array(select done_stage.playbook from done_stage))
       and stage_stay.stage = any(array(select done_stage.stage from done_stage))
       and stage_stay.from_at > (select min(wanted.begins) from wanted join done_stage on done_stage.metric = wanted.metric)
),
entered as materialized (
    -- Stages that deals entered or completed, of those whose completion is asked for.
    select stage_stay_past.deal, stage_stay_past.playbook, stage_stay_past.stage, stage_stay_past.from_at as at,
           true as completed
      from stage_stay_past
     where stage_stay_past.playbook = any(array(select entry_stage.playbook from entry_stage))
       and stage_stay_past.stage = any(array(select entry_stage.stage from entry_stage))
    union all
    select past.deal, past.playbook, past.completed + 1, past.from_at, false
      from stage_position_past past
     where past.phase = 'entered'
       and past.playbook = any(array(select entry_stage.playbook from entry_stage))
       and past.completed + 1 = any(array(select entry_stage.stage from entry_stage))
),
reached as not materialized (
    -- Stages that were ever entered, and if they were completed.
    select entered.deal, dealt.whole as whos, entry_stage.key, min(entered.at) as at,
           bool_or(entered.completed) as completed
      from entered
      join dealt on dealt.deal = entered.deal and dealt.playbook = entered.playbook
      join entry_stage on entry_stage.stage_key = served.stage_key(entered.playbook, dealt.version, entered.stage)
     group by entered.deal, dealt.whole, entry_stage.key
),
called as not materialized (
    select activity.deal, min(activity.at) filter (where activity.kind = 'call_made') as at,
           max(activity.at) filter (where activity.kind = 'appointment_made') as appointed_at
      from activity
     where activity.kind in ('call_made', 'appointment_made')
       and exists (select from wanted where wanted.metric = 'call_to_meeting_rate')
     group by activity.deal
),
of_deals as not materialized (
    -- What is counted of deals, each with its time.
    select 'deals_opened' as metric, null::text as stage, dealt.whole as whos, dealt.deal, dealt.opened_at as at,
           1::numeric as part, null::numeric as whole
      from dealt
     where dealt.opened_at > (select wanted.begins from wanted where wanted.metric = 'deals_opened')
    union all
    select done.metric, done.key, done.whos, done.deal, done.at, done.part::numeric, null from done
    union all
    select 'completion_rate', reached.key, reached.whos, reached.deal, reached.at, reached.completed::integer, 1 from reached
    union all
    select 'call_to_meeting_rate', null, dealt.whole, called.deal, called.at,
           coalesce(called.appointed_at > called.at, false)::integer, 1
      from called
      join dealt on dealt.deal = called.deal
     where called.at is not null
    union all
    select 'visits_with_appointment', null, dealt.whole, activity.deal, activity.at, activity.booked::integer, 1
      from activity
      join dealt on dealt.deal = activity.deal
     where activity.kind = 'visit_done' and exists (select from wanted where wanted.metric = 'visits_with_appointment')
       and activity.at > (select wanted.begins from wanted where wanted.metric = 'visits_with_appointment')
    union all
    select 'discount_rate', null, dealt.whole, standing.deal, standing.status_since, 1 - standing.amount / offered.amount, null
      from standing
      join dealt on dealt.deal = standing.deal
      join (select distinct on (activity.deal) activity.deal, activity.amount, activity.currency
              from activity
             where activity.proposal_kind in ('formal', 'bid') and activity.amount is not null
               and activity.at <= (select span.ends from span)
               and exists (select from wanted where wanted.metric = 'discount_rate')
             order by activity.deal, activity.at desc, activity.entry desc) offered
        on offered.deal = standing.deal and offered.currency = standing.currency
     where standing.status = 'won' and standing.amount is not null
       and standing.status_since > (select wanted.begins from wanted where wanted.metric = 'discount_rate')
),
of_accounts as materialized (
    -- What is counted of money and accounts. `by` says where what is booked on an account is not what names a deal.
    select 'signed_amount' as metric, null::text as by, signed.account, signed.deal, signed.currency,
           signed.signed_at as at, null::date as due_on, signed.contract_amount as part, null::numeric as whole
      from (select distinct contract_term.account, contract_term.contract, contract_term.deal, contract_term.currency,
                   contract_term.signed_at, contract_term.contract_amount
              from contract_term
             where exists (select from wanted where wanted.metric = 'signed_amount')
               and contract_term.signed_at > (select wanted.begins from wanted where wanted.metric = 'signed_amount')) signed
    union all
    select 'collected_amount', null, application.account, application.deal, application.currency, application.at, null,
           application.amount, null
      from application
     where application.kind = 'cash' and exists (select from wanted where wanted.metric = 'collected_amount')
       and application.at > (select wanted.begins from wanted where wanted.metric = 'collected_amount')
    union all
    select 'net_invoiced', 'account', receivables_movement.account, null, receivables_movement.currency,
           receivables_movement.at, null, receivables_movement.amount, null
      from receivables_movement
     where receivables_movement.kind in ('invoice', 'credit_note')
       and exists (select from wanted where wanted.metric = 'net_invoiced')
       and receivables_movement.at > (select wanted.begins from wanted where wanted.metric = 'net_invoiced')
    union all
    select 'net_invoiced', 'deal', invoice.account, invoice.deal, invoice.currency, invoice.issued_at, null,
           invoice.amount, null
      from invoice
     where invoice.deal is not null and exists (select from wanted where wanted.metric = 'net_invoiced')
       and invoice.issued_at > (select wanted.begins from wanted where wanted.metric = 'net_invoiced')
    union all
    select 'net_invoiced', 'deal', application.account, application.deal, application.currency, application.at, null,
           -application.amount, null
      from application
     where application.kind = 'credit' and exists (select from wanted where wanted.metric = 'net_invoiced')
       and application.at > (select wanted.begins from wanted where wanted.metric = 'net_invoiced')
    union all
    select 'collection_rate', null, invoice.account, invoice.deal, invoice.currency, null, invoice.due_on, 0, invoice.amount
      from invoice
     where exists (select from wanted where wanted.metric = 'collection_rate')
       and invoice.due_on >= (select wanted.first_on from wanted where wanted.metric = 'collection_rate')
    union all
    select 'collection_rate', null, application.account, application.deal, application.currency, null, application.due_on,
           case application.kind when 'cash' then application.amount else 0 end,
           case application.kind when 'cash' then 0 else -application.amount end
      from application
     where exists (select from wanted where wanted.metric = 'collection_rate')
       and application.due_on >= (select wanted.first_on from wanted where wanted.metric = 'collection_rate')
    union all
    select 'days_to_collect', null, application.account, application.deal, application.currency, application.at, null,
           application.amount * (served.local_day(application.at, moment.zone)
                                 - served.local_day(application.issued_at, moment.zone)),
           application.amount
      from application
     cross join moment
     where application.kind = 'cash' and exists (select from wanted where wanted.metric = 'days_to_collect')
       and application.at > (select wanted.begins from wanted where wanted.metric = 'days_to_collect')
    union all
    select 'satisfaction_mean', null, touch.account, touch.deal, null, touch.at, null, touch.score, null
      from touch
     where touch.score is not null and exists (select from wanted where wanted.metric = 'satisfaction_mean')
       and touch.at > (select wanted.begins from wanted where wanted.metric = 'satisfaction_mean')
),
fact as not materialized (
    select placed.who, of_deals.metric, of_deals.stage, null::text as currency, of_deals.at, null::date as due_on,
           of_deals.part, of_deals.whole, of_deals.deal, null::text as account
      from of_deals
     cross join lateral unnest(of_deals.whos) as placed (who)
    union all
    select placed.who, of_accounts.metric, null, of_accounts.currency, of_accounts.at, of_accounts.due_on,
           of_accounts.part, of_accounts.whole, of_accounts.deal, of_accounts.account
      from of_accounts
      join dealt on dealt.deal = of_accounts.deal
     cross join lateral unnest(dealt.partly) as placed (who)
     where of_accounts.by is distinct from 'account'
    union all
    select held.who, of_accounts.metric, null, of_accounts.currency, of_accounts.at, of_accounts.due_on,
           of_accounts.part, of_accounts.whole, of_accounts.deal, of_accounts.account
      from of_accounts
      join held on held.account = of_accounts.account
     where of_accounts.by is distinct from 'deal'
    union all
    select reach.who, 'referrals', null, null, referral.at, null, 1, null, null, referral.account
      from referral
      left join merged on merged.member = referral.account
      join (select placed.who, dealt.account from dealt cross join lateral unnest(dealt.partly) as placed (who)
            union
            select held.who, who.account from held join who on who.who = held.who) reach
        on reach.account = coalesce(merged.account, referral.account)
     where exists (select from wanted where wanted.metric = 'referrals')
),
counted as not materialized (
    select aim.number, aim.scope, aim.metric, aim.bound, fact.currency, fact.part, fact.whole, fact.deal, fact.account
      from aim
     cross join span
      join fact on fact.who = aim.who and fact.metric = aim.metric
     where (fact.stage is null or fact.stage = aim.stage)
       and (aim.currency is null or fact.currency = aim.currency)
       and case when fact.due_on is null then fact.at > aim.begins and fact.at <= span.ends
                else fact.due_on between coalesce(aim.first_on, '-infinity') and span.last_on end
)

-- name: rows
with summed as (
    select counted.number, sum(counted.part) as part, sum(counted.whole) as whole, avg(counted.part) as mean,
           percentile_cont(0.5) within group (order by counted.part) filter (where counted.metric like 'median%')::numeric
           / 86400000000 as median,
           min(counted.currency) <> max(counted.currency) as mixed
      from counted
     group by counted.number
),
measured as (
    select aim.*,
           case when summed.mixed then null
                when aim.metric in ('deals_opened', 'referrals', 'signed_amount', 'collected_amount', 'net_invoiced')
                then coalesce(summed.part, 0)
                when aim.metric = 'deals_completed' then case when aim.stage is not null then coalesce(summed.part, 0) end
                when aim.metric in ('median_stay_days', 'median_wait_days', 'median_work_days') then summed.median
                when aim.metric in ('satisfaction_mean', 'discount_rate') then summed.mean
                when aim.metric = 'days_to_collect' then case when summed.whole > 0 then summed.part / summed.whole end
                else summed.part / nullif(summed.whole, 0) end as actual,
           case when aim.currency is not null then served.minor_units(aim.currency)
                when aim.metric in ('deals_opened', 'deals_completed', 'referrals') then 0
                when aim.metric like '%rate' or aim.metric = 'visits_with_appointment' then 4 else 2 end as places
      from aim
      left join summed on summed.number = aim.number
)
select measured.target, measured.scope, measured.metric, measured.value, round(measured.actual, measured.places) as actual,
       case measured.bound when 'at_least' then round(measured.actual / nullif(measured.value, 0), 4) end as attained,
       case measured.bound when 'at_least' then measured.actual >= measured.value
                           else measured.actual <= measured.value end as met,
       measured.bound, measured.subject, measured.stage, measured.owner, measured.region, measured.currency, measured.period
  from measured
 order by measured.scope collate "C", measured.metric, measured.bound

-- name: members
select counted.scope, counted.metric, counted.bound, counted.deal, counted.account from counted
