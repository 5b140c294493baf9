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
            select 'playbook/' || one.playbook as subject, case when one.per is null then $period else period.name end as period
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
dealt as not materialized (
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
numbered as materialized (
    -- Stages that deals are measured at, by their number in the deal's version.
    select distinct placed.deal, placed.playbook, placed.opened_at, playbook_stage.stage as number, playbook_stage.key
      from aim
      join placed on placed.who = aim.who
      join playbook_stage on playbook_stage.playbook = placed.playbook and playbook_stage.version = placed.version
                         and playbook_stage.key = aim.stage
     where aim.metric in ('deals_completed', 'completion_rate', 'median_stay_days', 'median_wait_days', 'median_work_days')
),
past as materialized (
    select stage_position_past.deal, stage_position_past.completed, stage_position_past.status,
           stage_position_past.phase is not distinct from 'entered' as entered, stage_position_past.from_at,
           stage_position_past.to_at
      from stage_position_past
      join (select distinct numbered.deal, numbered.playbook from numbered) one
        on one.deal = stage_position_past.deal and one.playbook = stage_position_past.playbook
     where stage_position_past.completed is not null
       and stage_position_past.playbook = any(array(select distinct numbered.playbook from numbered))
),
worked as materialized (
    -- Days on each stage as in durations, and its last moment; a stage 0 before the opening.
    select past.deal, past.completed + 1 as stage,
           coalesce(sum(past.days) filter (where past.status = 'open' and not past.entered), 0) as wait,
           coalesce(sum(past.days) filter (where past.status = 'open' and past.entered), 0) as work,
           max(past.to_at) as left_at, bool_or(past.to_at > past.ends) as stands
      from (select past.*, span.ends, date_part('epoch', least(past.to_at, span.ends) - past.from_at) / 86400 as days
              from past
             cross join span
             where past.from_at <= span.ends) past
     group by past.deal, past.completed
    union all
    select distinct numbered.deal, 0, 0, 0, numbered.opened_at, false from numbered
),
done as not materialized (
    -- A stage that was completed together with the one before took no time.
    select numbered.deal, numbered.key, passed.passed_at as at,
           case when passed.stage = numbered.number then passed.wait else 0 end as wait,
           case when passed.stage = numbered.number then passed.work else 0 end as work
      from numbered
      join (select worked.*, max(worked.left_at) over told as passed_at, lead(worked.stage) over told as next
              from worked
            window told as (partition by worked.deal order by worked.stage)) passed
        on passed.deal = numbered.deal and passed.stage <= numbered.number and numbered.number < passed.next
      join worked standing on standing.deal = numbered.deal and standing.stands and standing.stage > numbered.number
),
reached as not materialized (
    select numbered.deal, numbered.key,
           min(past.from_at) filter (where past.completed + past.entered::integer >= numbered.number) as at,
           bool_or(past.completed >= numbered.number) as completed
      from numbered
      join past on past.deal = numbered.deal
     group by numbered.deal, numbered.key
),
called as not materialized (
    select activity.deal, min(activity.at) filter (where activity.kind = 'call_made') as at,
           max(activity.at) filter (where activity.kind = 'appointment_made') as appointed_at
      from activity
     where activity.kind in ('call_made', 'appointment_made')
       and (select bool_or(aim.metric = 'call_to_meeting_rate') from aim)
     group by activity.deal
),
of_deals as not materialized (
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
of_accounts as not materialized (
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
fact as not materialized (
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
counted as not materialized (
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
