-- name: rows
with span as materialized (
    select reporting.day_end(least(greatest($from_day, date '0001-01-02'), date '9998-12-31') - 1) as begins,
           reporting.day_end(least(greatest($to_day, date '0001-01-02'), date '9998-12-31')) as ends
),
issued as (
    select to_char(told.day, 'YYYY-MM') as month, told.currency, sum(told.amount) as amount, max(told.day) as last_on
      from (select invoice.currency, invoice.amount, served.local_day(invoice.issued_at, moment.zone) as day
              from invoice
             cross join moment
             cross join span
             where invoice.issued_at > span.begins and invoice.issued_at <= span.ends
               and ($account is null or invoice.account = $account)) told
     group by to_char(told.day, 'YYYY-MM'), told.currency
),
lowered as (
    select to_char(told.day, 'YYYY-MM') as month, told.currency, told.cash, told.applied_on - told.day as age,
           sum(told.amount) as amount
      from (select application.currency, application.kind = 'cash' as cash, application.amount,
                   served.local_day(application.issued_at, moment.zone) as day, served.local_day(application.at, moment.zone) as applied_on
              from application
             cross join moment
             cross join span
             where application.issued_at > span.begins and application.issued_at <= span.ends
               and ($account is null or application.account = $account)) told
     group by to_char(told.day, 'YYYY-MM'), told.currency, told.cash, told.applied_on - told.day
)
select issued.month, issued.currency, ages.age,
       issued.amount - coalesce(sum(lowered.amount) filter (where not lowered.cash), 0) as invoiced,
       coalesce(sum(lowered.amount) filter (where lowered.cash and lowered.age <= ages.age), 0) as collected,
       round(coalesce(sum(lowered.amount) filter (where lowered.cash and lowered.age <= ages.age), 0)
             / nullif(issued.amount - coalesce(sum(lowered.amount) filter (where not lowered.cash), 0), 0), 4) as share
  from issued
 cross join moment
  join unnest(array[0, 30, 60, 90, 120, 180]) ages (age) on ages.age <= moment.day - issued.last_on
  left join lowered on lowered.month = issued.month and lowered.currency = issued.currency
 group by issued.month, issued.currency, issued.amount, ages.age
 order by issued.month, issued.currency, ages.age
