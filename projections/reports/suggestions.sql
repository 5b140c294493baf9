-- name: rows
with paid as (
    select one.account, one.currency, array_agg(one.amount order by one.place) as amounts,
           array_agg(one.remittance order by one.place) as remittances,
           array_agg(one.document order by one.place) as numbers, array_agg(one.series order by one.place) as series,
           array_agg(one.received_at order by one.place) as received_at
      from (select receivables_unapplied.*,
                   row_number() over (partition by receivables_unapplied.account, receivables_unapplied.currency
                                          order by receivables_unapplied.received_at, receivables_unapplied.document,
                                                   receivables_unapplied.series) as place
              from receivables_unapplied
             where receivables_unapplied.kind = 'cash' and ($account is null or receivables_unapplied.account = $account)) one
     group by one.account, one.currency
),
owed as (
    select one.account, one.currency, array_agg(one.open_amount order by one.place) as amounts,
           array_agg(one.invoice order by one.place) as numbers, array_agg(one.series order by one.place) as series,
           array_agg(one.due_on order by one.place) as due_on
      from (select receivables_item.*,
                   row_number() over (partition by receivables_item.account, receivables_item.currency
                                          order by receivables_item.due_on, receivables_item.invoice,
                                                   receivables_item.series) as place
              from receivables_item
             where receivables_item.account in (select paid.account from paid)) one
     group by one.account, one.currency
)
select told.payment, told.invoice, suggested.amount, suggested.reason, paid.account, told.payment_series, told.series,
       paid.currency, paid.received_at[suggested.payment] as received_at, owed.due_on[suggested.invoice] as due_on
  from paid
  join owed on owed.account = paid.account and owed.currency = paid.currency
 cross join lateral served.suggested(paid.amounts, paid.remittances, owed.amounts, owed.numbers) suggested
 cross join lateral (
        select paid.numbers[suggested.payment] as payment, nullif(paid.series[suggested.payment], '') as payment_series,
               owed.numbers[suggested.invoice] as invoice, nullif(owed.series[suggested.invoice], '') as series
       ) told
 order by paid.account collate "C", told.payment collate "C", told.payment_series collate "C", told.invoice collate "C",
          told.series collate "C"

-- name: subjects
select distinct receivables_unapplied.account
  from receivables_unapplied
  join receivables_item on receivables_item.account = receivables_unapplied.account
                       and receivables_item.currency = receivables_unapplied.currency
 where receivables_unapplied.kind = 'cash' and ($account is null or receivables_unapplied.account = $account)
