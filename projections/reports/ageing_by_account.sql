-- name: rows
with line as (
    select receivables_item.account as group, receivables_item.currency, lines.line, 1 as items, lines.amount
      from receivables_item
     cross join moment
     cross join lateral (
            select reporting.ageing_bucket(receivables_item.due_on, moment.day), receivables_item.open_amount
            union all
            select 'disputed', coalesce(receivables_item.disputed_amount, receivables_item.open_amount)
             where receivables_item.disputed
           ) lines (line, amount)
    union all
    select receivables_unapplied.account, receivables_unapplied.currency, lines.line, 1, receivables_unapplied.amount
      from receivables_unapplied
     cross join unnest(array['unapplied_' || receivables_unapplied.kind, 'unapplied']) lines (line)
    union all
    select receivables_movement.account, receivables_movement.currency, 'balance', 0, sum(receivables_movement.amount)
      from receivables_movement
     group by receivables_movement.account, receivables_movement.currency
),
summed as (
    select line.group, line.currency, line.line, sum(line.items)::bigint as items, sum(line.amount) as amount
      from line
     group by line.group, line.currency, line.line
)
select listed.group, listed.currency, listed.line, case when listed.line <> 'balance' then listed.items end as items,
       listed.amount, listed.place
  from (select summed.*, array_position(array[
                   'not_due', '1-30', '31-60', '61-90', 'over_90', 'disputed',
                   'unapplied_cash', 'unapplied_credit', 'unapplied', 'balance'
               ], summed.line) as place,
               bool_or(summed.items > 0 or summed.amount <> 0) over (partition by summed.group, summed.currency) as shown
          from summed) listed
 where listed.shown
 order by coalesce(listed.group, '') collate "C", listed.currency collate "C", listed.place

-- name: subjects
-- A balance is that of what is open and unapplied: without any it is 0, and not shown.
select receivables_item.account as group from receivables_item
union
select receivables_unapplied.account from receivables_unapplied
