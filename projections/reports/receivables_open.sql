-- name: rows
select receivables_item.account, receivables_item.invoice, receivables_item.deal, receivables_item.currency,
       receivables_item.amount, receivables_item.open_amount, receivables_item.due_on,
       moment.day - receivables_item.due_on as days_past_due,
       reporting.ageing_bucket(receivables_item.due_on, moment.day) as bucket,
       receivables_item.disputed, receivables_item.from_at as since, receivables_item.entry,
       receivables_item.account in (
           select stale.account from reporting.receivables_stale stale cross join moment
            where stale.sequence <= moment.known_at
       ) as stale,
       nullif(receivables_item.series, '') as series,
       case when receivables_item.disputed then coalesce(receivables_item.disputed_amount, receivables_item.open_amount)
            else 0 end as disputed_amount
  from receivables_item
 cross join moment
