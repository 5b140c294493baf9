-- name: rows
with listed as (
    -- Of terms of one name the first has the invoices.
    select distinct on (contract_term.account, contract_term.contract, contract_term.term) contract_term.account,
           contract_term.contract, contract_term.term, contract_term.trigger, contract_term.days, contract_term.signed_at,
           contract_term.buyer_kind, contract_term.late_rate_per_day,
           -- The one term beside the retention has the invoices that name no term.
           not contract_term.retention
           and count(*) filter (where not contract_term.retention)
                   over (partition by contract_term.account, contract_term.contract) = 1 as sole,
           case contract_term.trigger when 'acceptance' then contract_term.accepted_on
                                      when 'delivery' then contract_term.delivered_on end as begins_on
      from contract_term
     where contract_term.sme_declared
     order by contract_term.account, contract_term.contract, contract_term.term, contract_term.place
),
profile as materialized (
    select past.account, past.value, past.from_at, past.to_at from account_fact_past past where past.fact = 'buyer_kind'
),
bound as (
    select listed.*, served.local_day(listed.signed_at, moment.zone) as signed_on,
           coalesce(listed.buyer_kind, profile.value) as buyer
      from listed
     cross join moment
      left join profile on listed.buyer_kind is null and profile.account = listed.account
                       and profile.from_at <= listed.signed_at and profile.to_at > listed.signed_at
     where listed.begins_on is not null
),
limits as materialized (
    select policy.* from reporting.policy where policy.name = 'statutory_terms'
),
rates as materialized (
    select policy.* from reporting.policy where policy.name = 'late_interest' and policy.key = 'not_agreed'
),
ruled as (
    -- With the policies in force on the day of signing.
    select bound.*, limits.name as policy, limits.from_on as policy_from,
           coalesce(bound.late_rate_per_day, rates.value) as rate,
           case when bound.late_rate_per_day is null then rates.name end as rate_policy,
           case when bound.late_rate_per_day is null then rates.from_on end as rate_policy_from,
           case when bound.days is null then limits.value::integer
                when bound.buyer = 'public' then least(bound.days, limits.value::integer)
                else bound.days end as term_days
      from bound
      join limits on limits.key = case when bound.buyer = 'public' and bound.days is not null then 'public_longest'
                                       else bound.buyer || '_not_agreed' end
                 and limits.from_on <= bound.signed_on and bound.signed_on < coalesce(limits.until_on, 'infinity')
      join rates on rates.from_on <= bound.signed_on and bound.signed_on < coalesce(rates.until_on, 'infinity')
),
billed as materialized (
    select invoice.account, invoice.invoice, invoice.series, invoice.currency, invoice.amount, ruled.contract, ruled.term,
           ruled.buyer as buyer_kind, ruled.begins_on, ruled.begins_on + ruled.term_days as due_on, ruled.rate, ruled.policy,
           ruled.policy_from, ruled.rate_policy, ruled.rate_policy_from
      from invoice
      join ruled on ruled.account = invoice.account and ruled.contract = invoice.contract
                and (ruled.term = invoice.term or invoice.term is null and ruled.sole)
     where ruled.term_days <= date '9999-12-31' - ruled.begins_on
),
paid as (
    -- Cash times the days that it came late; what was taken back counts as less than nothing.
    select billed.account, billed.invoice, billed.series, sum(application.amount) as lowered,
           sum(application.amount * greatest(applied.day - billed.due_on, 0))
               filter (where application.kind = 'cash') as late_cash,
           max(applied.day) filter (where application.kind = 'cash') as last_on
      from billed
      join application on application.account = billed.account and application.invoice = billed.invoice
                      and application.series = billed.series
     cross join moment
     cross join lateral (select served.local_day(application.at, moment.zone) as day) applied
     group by billed.account, billed.invoice, billed.series
),
told as (
    select billed.*, owed.open, coalesce(paid.late_cash, 0) as late_cash,
           greatest(case when owed.open > 0 then moment.day else coalesce(paid.last_on, billed.due_on) end - billed.due_on,
                    0) as days_late,
           case when receivables_item.disputed then owed.open - coalesce(receivables_item.disputed_amount, owed.open)
                else owed.open end as undisputed
      from billed
     cross join moment
      left join paid on paid.account = billed.account and paid.invoice = billed.invoice and paid.series = billed.series
     cross join lateral (select billed.amount - coalesce(paid.lowered, 0) as open) owed
      left join receivables_item on receivables_item.account = billed.account
                                and receivables_item.invoice = billed.invoice
                                and receivables_item.series = billed.series
)
select told.invoice, told.contract, told.due_on as statutory_due, told.days_late, bears.amount as bearing,
       round(told.rate, 6) as rate,
       round((told.late_cash + bears.amount * told.days_late) * told.rate, served.minor_units(told.currency)) as interest,
       told.account, nullif(told.series, '') as series, told.currency, told.term, told.buyer_kind, told.begins_on, told.open,
       told.policy, told.policy_from, told.rate_policy, told.rate_policy_from
  from told
 cross join lateral (select case when told.days_late > 0 then told.undisputed else 0 end as amount) bears
 where told.open > 0 or told.late_cash > 0
 order by told.account collate "C", told.invoice collate "C", told.series collate "C"
