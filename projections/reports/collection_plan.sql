-- name: rows
with sole as (
    -- The one term beside the retention, which has the invoices that name no term.
    select contract_term.account, contract_term.contract, min(contract_term.term) as term
      from contract_term
     where not contract_term.retention and ($contract is null or contract_term.contract = $contract)
     group by contract_term.account, contract_term.contract
    having count(*) = 1
),
billed as materialized (
    select invoice.account, invoice.invoice, invoice.series, invoice.contract, coalesce(invoice.term, sole.term) as term,
           invoice.currency, invoice.amount, invoice.issued_at
      from invoice
      left join sole on sole.account = invoice.account and sole.contract = invoice.contract
     where invoice.contract is not null and ($contract is null or invoice.contract = $contract)
),
actual as materialized (
    select one.account, one.contract, one.term, one.currency, sum(one.amount) as amount, sum(one.credit) as credit,
           sum(one.cash) as cash, sum(one.open) as open, bool_or(one.overdue) as overdue, min(one.issued_at) as issued_at
      from (select billed.account, billed.contract, billed.term, billed.currency, billed.amount, 0 as credit, 0 as cash,
                   0 as open, false as overdue, billed.issued_at
              from billed
            union all
            select billed.account, billed.contract, billed.term, billed.currency, 0,
                   case application.kind when 'credit' then application.amount else 0 end,
                   case application.kind when 'cash' then application.amount else 0 end, 0, false, null
              from billed
              join application on application.account = billed.account and application.invoice = billed.invoice
                              and application.series = billed.series
            union all
            select billed.account, billed.contract, billed.term, billed.currency, 0, 0, 0, receivables_item.open_amount,
                   receivables_item.due_on < moment.day, null
              from billed
              join receivables_item on receivables_item.account = billed.account
                                   and receivables_item.invoice = billed.invoice
                                   and receivables_item.series = billed.series
             cross join moment) one
     group by one.account, one.contract, one.term, one.currency
),
whole as (
    select actual.account, actual.contract, actual.currency, sum(actual.cash) as cash
      from actual
     group by actual.account, actual.contract, actual.currency
),
listed as (
    select contract_term.*,
           row_number() over (partition by contract_term.account, contract_term.contract, contract_term.term
                                  order by contract_term.place) as of_name
      from contract_term
     where $contract is null or contract_term.contract = $contract
),
matched as (
    select listed.*, coalesce(actual.amount - actual.credit, 0) as invoiced, coalesce(actual.cash, 0) as collected,
           coalesce(actual.open, 0) as open, actual.overdue as item_overdue, coalesce(whole.cash, 0) as cash,
           -- What was written off was not paid.
           actual.open = 0 and actual.cash > 0 and actual.amount >= listed.planned
           and actual.cash + actual.credit >= actual.amount as settled,
           case listed.trigger when 'signing' then served.local_day(listed.signed_at, moment.zone)
                               when 'invoice' then served.local_day(actual.issued_at, moment.zone)
                               else listed.triggered_on end as happened_on
      from listed
     cross join moment
      left join actual on actual.account = listed.account and actual.contract = listed.contract
                      and actual.term = listed.term and actual.currency = listed.currency and listed.of_name = 1
      left join whole on whole.account = listed.account and whole.contract = listed.contract
                     and whole.currency = listed.currency
),
told as (
    select matched.*, own.due_on as falls_due,
           case when own.due_on is not null then matched.open > 0 and own.due_on < moment.day
                else matched.item_overdue end as overdue
      from matched
     cross join moment
     cross join lateral (
            select case when matched.trigger in ('signing', 'invoice')
                         and matched.days <= date '9999-12-31' - matched.happened_on
                        then matched.happened_on + matched.days else matched.due_on end as due_on
           ) own
)
select told.contract, told.term, told.planned, told.falls_due as due_on, told.invoiced, told.collected, told.open,
       case when told.settled then 'paid'
            when told.overdue then 'overdue'
            when told.collected > 0 then 'part_paid'
            when told.invoiced > 0 then 'invoiced'
            when told.retention and told.released = 0
            then case when told.happened_on <= moment.day then 'to_release' else 'held' end
            when told.retention or told.happened_on <= moment.day then 'to_invoice'
            else 'waiting' end as status,
       round(told.cash / nullif(told.contract_amount, 0), 4) as collected_share,
       told.account, told.place, told.deal, told.currency, told.released
  from told
 cross join moment
 order by told.account collate "C", told.contract collate "C", told.place

-- name: page
select contract_term.account, contract_term.contract, contract_term.place
  from contract_term
 where $contract is null or contract_term.contract = $contract

-- name: totals
-- What was collected is summed where all contracts are in one currency alone.
with listed as not materialized (
    select contract_term.account, contract_term.contract, contract_term.currency, contract_term.contract_amount as amount
      from contract_term
     where $contract is null or contract_term.contract = $contract
),
contracts as materialized (
    select listed.account, listed.contract, listed.currency, min(listed.amount) as amount
      from listed
     group by listed.account, listed.contract, listed.currency
),
paid as materialized (
    select invoice.account, invoice.contract, invoice.currency, sum(application.amount) as cash
      from application
      join invoice on invoice.account = application.account and invoice.invoice = application.invoice
                  and invoice.series = application.series
     where application.kind = 'cash' and invoice.contract is not null
       and ($contract is null or invoice.contract = $contract)
     group by invoice.account, invoice.contract, invoice.currency
)
select case when (select min(listed.currency) = max(listed.currency) from listed)
            then (select round(coalesce(sum(paid.cash), 0) / nullif(sum(contracts.amount), 0), 4)
                    from contracts
                    left join paid on paid.account = contracts.account and paid.contract = contracts.contract
                                  and paid.currency = contracts.currency) end as collected_share
