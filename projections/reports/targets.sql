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
           dense_rank() over (order by one.playbook, one.account, one.owner, one.region) as who
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
    select stage_position.deal, stage_position.playbook, stage_position.version, stage_position.owner,
           stage_position.opened_at, coalesce(merged.account, stage_position.account) as account, region.value as region
      from stage_position
      left join merged on merged.member = stage_position.account
      left join account_fact region on region.account = coalesce(merged.account, stage_position.account)
                                   and region.fact = 'region'
),
placed as materialized (
    select who.who, who.whole_account, dealt.deal, dealt.playbook, dealt.version, dealt.opened_at, dealt.account
      from who
      join dealt on dealt.playbook = who.playbook
     where (who.owner is null or dealt.owner = who.owner) and (who.region is null or dealt.region = who.region)
    union all
    select who.who, who.whole_account, dealt.deal, dealt.playbook, dealt.version, dealt.opened_at, dealt.account
      from who
      join dealt on dealt.account = who.account
     where (who.owner is null or dealt.owner = who.owner) and (who.region is null or dealt.region = who.region)
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
staged as materialized (
    -- Stages that targets are about, by their numbers in each version.
    select playbook_stage.stage_key, playbook_stage.key
      from playbook_stage
     where (playbook_stage.playbook, playbook_stage.key) in (
         select aim.playbook, aim.stage
           from aim
          where aim.metric in ('deals_completed', 'completion_rate', 'median_stay_days', 'median_wait_days',
                               'median_work_days'))
),
done as materialized (
    -- Stages that stand completed, and the days that each took, as in durations.
    select stage_stay.deal, staged.key, stage_stay.from_at as at, stage_stay.wait / 86400000000.0 as wait,
           stage_stay.work / 86400000000.0 as work
      from stage_stay
      join dealt on dealt.deal = stage_stay.deal and dealt.playbook = stage_stay.playbook
      join staged on staged.stage_key = served.stage_key(stage_stay.playbook, dealt.version, stage_stay.stage)
),
reached as materialized (
    -- Stages that were ever entered, and if they were completed.
    select entered.deal, staged.key, min(entered.at) as at, bool_or(entered.completed) as completed
      from (select stage_stay_past.deal, stage_stay_past.playbook, stage_stay_past.stage, stage_stay_past.from_at as at,
                   true as completed
              from stage_stay_past
            union all
            select past.deal, past.playbook, past.completed + 1, past.from_at, false
              from stage_position_past past
             where past.phase = 'entered') entered
      join dealt on dealt.deal = entered.deal and dealt.playbook = entered.playbook
      join staged on staged.stage_key = served.stage_key(entered.playbook, dealt.version, entered.stage)
     where staged.key = any(array(select aim.stage from aim where aim.metric = 'completion_rate'))
     group by entered.deal, staged.key
),
called as materialized (
    select activity.deal, min(activity.at) filter (where activity.kind = 'call_made') as at,
           max(activity.at) filter (where activity.kind = 'appointment_made') as appointed_at
      from activity
     where activity.kind in ('call_made', 'appointment_made')
       and (select bool_or(aim.metric = 'call_to_meeting_rate') from aim)
     group by activity.deal
),
of_deals as materialized (
    -- What is counted of deals, each with its time.
    select 'deals_opened' as metric, null::text as stage, placed.deal, placed.opened_at as at, 1::numeric as part,
           null::numeric as whole
      from placed
     where (select bool_or(aim.metric = 'deals_opened') from aim)
     group by placed.deal, placed.opened_at
    union all
    select figure.metric, done.key, done.deal, done.at, figure.part::numeric, null
      from done
     cross join lateral (values ('deals_completed', 1), ('median_stay_days', done.wait + done.work),
                                ('median_wait_days', done.wait), ('median_work_days', done.work)) as figure (metric, part)
     where figure.metric = any(array(select aim.metric from aim))
    union all
    select 'completion_rate', reached.key, reached.deal, reached.at, reached.completed::integer, 1 from reached
    union all
    select 'call_to_meeting_rate', null, called.deal, called.at, coalesce(called.appointed_at > called.at, false)::integer, 1
      from called
     where called.at is not null
    union all
    select 'visits_with_appointment', null, activity.deal, activity.at, activity.booked::integer, 1
      from activity
     where activity.kind = 'visit_done' and (select bool_or(aim.metric = 'visits_with_appointment') from aim)
    union all
    select 'discount_rate', null, standing.deal, standing.status_since, 1 - standing.amount / offered.amount, null
      from standing
      join (select distinct on (activity.deal) activity.deal, activity.amount, activity.currency
              from activity
             cross join span
             where activity.proposal_kind in ('formal', 'bid') and activity.amount is not null
               and activity.at <= span.ends
               and (select bool_or(aim.metric = 'discount_rate') from aim)
             order by activity.deal, activity.at desc, activity.entry desc) offered
        on offered.deal = standing.deal and offered.currency = standing.currency
     where standing.status = 'won' and standing.amount is not null
),
of_accounts as materialized (
    -- What is counted of money and accounts. `by` says where what is booked on an account is not what names a deal.
    select 'signed_amount' as metric, null::text as by, signed.account, signed.deal, signed.currency,
           signed.signed_at as at, null::date as due_on, signed.contract_amount as part, null::numeric as whole
      from (select distinct contract_term.account, contract_term.contract, contract_term.deal, contract_term.currency,
                   contract_term.signed_at, contract_term.contract_amount
              from contract_term
             where (select bool_or(aim.metric = 'signed_amount') from aim)) signed
    union all
    select 'collected_amount', null, application.account, application.deal, application.currency, application.at, null,
           application.amount, null
      from application
     where application.kind = 'cash' and (select bool_or(aim.metric = 'collected_amount') from aim)
    union all
    select 'net_invoiced', 'account', receivables_movement.account, null, receivables_movement.currency,
           receivables_movement.at, null, receivables_movement.amount, null
      from receivables_movement
     where receivables_movement.kind in ('invoice', 'credit_note')
       and (select bool_or(aim.metric = 'net_invoiced') from aim)
    union all
    select 'net_invoiced', 'deal', invoice.account, invoice.deal, invoice.currency, invoice.issued_at, null,
           invoice.amount, null
      from invoice
     where invoice.deal is not null and (select bool_or(aim.metric = 'net_invoiced') from aim)
    union all
    select 'net_invoiced', 'deal', application.account, application.deal, application.currency, application.at, null,
           -application.amount, null
      from application
     where application.kind = 'credit' and (select bool_or(aim.metric = 'net_invoiced') from aim)
    union all
    select 'collection_rate', null, invoice.account, invoice.deal, invoice.currency, null, invoice.due_on, 0, invoice.amount
      from invoice
     where (select bool_or(aim.metric = 'collection_rate') from aim)
    union all
    select 'collection_rate', null, application.account, application.deal, application.currency, null, application.due_on,
           case application.kind when 'cash' then application.amount else 0 end,
           case application.kind when 'cash' then 0 else -application.amount end
      from application
     where (select bool_or(aim.metric = 'collection_rate') from aim)
    union all
    select 'days_to_collect', null, application.account, application.deal, application.currency, application.at, null,
           application.amount * (reporting.local_day(application.at) - reporting.local_day(application.issued_at)),
           application.amount
      from application
     where application.kind = 'cash' and (select bool_or(aim.metric = 'days_to_collect') from aim)
       and application.at > (select min(aim.begins) from aim where aim.metric = 'days_to_collect')
    union all
    select 'satisfaction_mean', null, touch.account, touch.deal, null, touch.at, null, touch.score, null
      from touch
     where touch.score is not null and (select bool_or(aim.metric = 'satisfaction_mean') from aim)
),
fact as materialized (
    select placed.who, of_deals.metric, of_deals.stage, null::text as currency, of_deals.at, null::date as due_on,
           of_deals.part, of_deals.whole, of_deals.deal, null::text as account
      from of_deals
      join placed on placed.deal = of_deals.deal
    union all
    select placed.who, of_accounts.metric, null, of_accounts.currency, of_accounts.at, of_accounts.due_on,
           of_accounts.part, of_accounts.whole, of_accounts.deal, of_accounts.account
      from of_accounts
      join placed on placed.deal = of_accounts.deal and not placed.whole_account
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
      join (select placed.who, placed.account from placed where not placed.whole_account
            union
            select held.who, who.account from held join who on who.who = held.who) reach
        on reach.account = coalesce(merged.account, referral.account)
     where (select bool_or(aim.metric = 'referrals') from aim)
),
counted as materialized (
    select aim.scope, aim.metric, aim.bound, fact.currency, fact.part, fact.whole, fact.deal, fact.account
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
    select counted.scope, counted.metric, counted.bound, sum(counted.part) as part, sum(counted.whole) as whole,
           avg(counted.part) as mean, percentile_cont(0.5) within group (order by counted.part)::numeric as median,
           count(distinct counted.currency) as currencies
      from counted
     group by counted.scope, counted.metric, counted.bound
),
measured as (
    select aim.*,
           case when coalesce(summed.currencies, 0) > 1 then null
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
      left join summed on summed.scope = aim.scope and summed.metric = aim.metric and summed.bound = aim.bound
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
