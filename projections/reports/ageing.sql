-- name: lines
-- `listed` makes the ten lines of a currency that has moved.
select item.currency, reporting.ageing_bucket(item.due_on, moment.day) as line, item.n as items,
       item.open_amount as amount, 0 as listed
  from item
 cross join moment
union all
select currency, 'disputed', n, case when in_part then disputed_amount else open_amount end, 0 from item where disputed
union all
select currency, 'unapplied_' || kind, n, amount, 0 from unapplied
union all
select currency, 'unapplied', n, amount, 0 from unapplied
union all
select currency, 'balance', 0, amount, 0 from movement
union all
select moved.currency, line, 0, null, moved.n
  from (select currency, n from item union all select currency, n from unapplied
        union all select currency, n from movement) moved
 cross join unnest(array[
     'not_due', '1-30', '31-60', '61-90', 'over_90', 'disputed',
     'unapplied_cash', 'unapplied_credit', 'unapplied', 'balance'
 ]) line

-- name: rows
select line.currency, line.line, case when line.line <> 'balance' then sum(line.items)::bigint end as items,
       coalesce(sum(line.amount), 0) as amount
  from line
 where served.answered_by('ageing_by', $by is not null)
 group by line.currency, line.line
 order by line.currency, array_position(array[
              'not_due', '1-30', '31-60', '61-90', 'over_90', 'disputed',
              'unapplied_cash', 'unapplied_credit', 'unapplied', 'balance'
          ], line.line)
