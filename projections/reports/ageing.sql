-- name: lines
select item.currency, reporting.ageing_bucket(item.due_on, moment.day) as line, item.n as items,
       item.open_amount as amount
  from item
 cross join moment
union all
select currency, 'disputed', n, open_amount from item where disputed
union all
select currency, 'unapplied_' || kind, n, amount from unapplied
union all
select currency, 'unapplied', n, amount from unapplied
union all
select currency, 'balance', 0, amount from movement

-- name: rows
select wanted.currency, wanted.line,
       case when wanted.line <> 'balance' then coalesce(sum(line.items), 0)::bigint end as items,
       coalesce(sum(line.amount), 0) as amount
  from (
        select named.currency, lines.line, lines.place
          from (select distinct line.currency from line) named
         cross join unnest(array[
             'not_due', '1-30', '31-60', '61-90', 'over_90', 'disputed',
             'unapplied_cash', 'unapplied_credit', 'unapplied', 'balance'
         ]) with ordinality as lines (line, place)
       ) wanted
  left join line on line.currency = wanted.currency and line.line = wanted.line
 group by wanted.currency, wanted.line, wanted.place
 order by wanted.currency, wanted.place
