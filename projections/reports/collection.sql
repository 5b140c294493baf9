-- name: rows
with span as materialized (
    -- The period, within the days that reports know; it begins at the end of the day before.
    select period.first_on, period.last_on, reporting.day_end(period.first_on - 1) as begins,
           period.last_on - period.first_on + 1 as days
      from (select least(greatest($from_day, date '0001-01-02'), date '9998-12-31') as first_on,
                   greatest(least($to_day, moment.day), date '0001-01-02') as last_on
              from moment) period
),
balance as (
    select moved.currency, coalesce(sum(moved.amount) filter (where moved.at <= span.begins), 0) as begin,
           coalesce(sum(moved.amount) filter (where moved.at > span.begins and kinds.sells), 0) as sales,
           coalesce(-sum(moved.amount) filter (where moved.at > span.begins and not kinds.sells), 0) as cash_in,
           sum(moved.amount) as end, min(span.days) as days
      from moved
     cross join span
     cross join lateral (select moved.kind in ('invoice', 'credit_note', 'write_off') as sells) kinds
     where $account is null or moved.account = $account
     group by moved.currency
),
not_due as (
    select owed.currency, sum(owed.open_amount) as amount
      from owed
     cross join span
     where owed.due_on >= span.last_on and ($account is null or owed.account = $account)
     group by owed.currency
),
collected as (
    select one.currency, sum(one.due) as due, sum(one.collected_of_due) as collected_of_due, sum(one.cash) as cash,
           sum(one.cash_days) as cash_days, sum(one.late_days) as late_days
      from span
     cross join served.collected(reporting.instant($as_of), reporting.known($known_at), span.first_on, span.last_on) one
     where ($account is null or one.account = $account) and one.account in (select moved.account from moved)
     group by one.currency
)
select balance.currency, balance.begin, balance.sales, balance.cash_in, balance.end,
       coalesce(not_due.amount, 0) as current,
       case when balance.sales > 0 then round(balance.end / balance.sales * balance.days, 2) end as dso,
       round(100 * (balance.begin + balance.sales - balance.end)
             / nullif(balance.begin + balance.sales - coalesce(not_due.amount, 0), 0), 2) as cei,
       coalesce(collected.due, 0) as due, coalesce(collected.collected_of_due, 0) as collected_of_due,
       round(collected.collected_of_due / nullif(collected.due, 0), 4) as collection_rate,
       case when collected.cash > 0 then round(collected.cash_days / collected.cash, 2) end as days_to_collect,
       case when collected.cash > 0 then round(collected.late_days / collected.cash, 2) end as days_late
  from balance
  left join not_due on not_due.currency = balance.currency
  left join collected on collected.currency = balance.currency
 where served.answered_by('collection_curve', $curve = 'yes')
 order by balance.currency
