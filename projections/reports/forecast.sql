-- name: lines
-- `n` is how many rows a cell holds; `listed` makes a row.
with weighed as (
    select position.status, position.currency, position.expected_close_on, position.closed_in, position.n, position.amount,
           coalesce(rates.rate, position.probability) as probability
      from position
      left join served.observed_rates(served.one_of('calibrate', $calibrate, array['no', 'yes']) = 'yes', $as_of, $known_at,
                                      $playbook) rates
        on rates.place = position.place
),
due as (
    select weighed.*,
           case when weighed.status = 'won' then to_char(weighed.closed_in, 'YYYY-MM')
                when weighed.expected_close_on is null then 'undated'
                when weighed.expected_close_on < moment.day then 'overdue'
                else to_char(weighed.expected_close_on, 'YYYY-MM') end as month,
           case when weighed.probability >= served.policy_value('forecast_categories', 'commit', moment.day) then 'commit'
                when weighed.probability >= served.policy_value('forecast_categories', 'best', moment.day) then 'best'
                else 'pipeline' end as category
      from weighed
     cross join moment
)
select month, currency, n as deals, case when currency is null then n else 0 end as unpriced, amount,
       amount * probability as weighted, case category when 'commit' then amount end as commit,
       case category when 'best' then amount end as best, case category when 'pipeline' then amount end as pipeline,
       null::numeric as closed, n as listed, 0 as on_hold
  from due
 where status = 'open'
union all
select month, currency, 0, 0, null, null, null, null, null, amount, n, 0
  from due
 where status = 'won' and currency is not null
union all
select null, null, 0, 0, null, null, null, null, null, null, 0, n
  from due
 where status = 'on_hold'

-- name: rows
with summed as (
    select line.month, line.currency, sum(line.deals)::bigint as deals, sum(line.unpriced)::bigint as unpriced,
           sum(line.amount) as amount, sum(line.weighted) as weighted, sum(line.commit) as commit, sum(line.best) as best,
           sum(line.pipeline) as pipeline, sum(line.closed) as closed
      from line
     where line.month is not null
     group by line.month, line.currency
    having sum(line.listed) > 0
)
select summed.month, summed.currency, summed.deals, summed.unpriced, told.amount, told.weighted, told.commit, told.best,
       told.pipeline, told.closed
  from summed
 -- A month without a deal of some sort has an amount of 0, deals without amounts have none.
 cross join lateral (
     select case when summed.currency is not null then coalesce(summed.amount, 0) end as amount,
            case when summed.currency is not null
                then coalesce(round(summed.weighted, served.minor_units(summed.currency)), 0) end as weighted,
            case when summed.currency is not null then coalesce(summed.commit, 0) end as commit,
            case when summed.currency is not null then coalesce(summed.best, 0) end as best,
            case when summed.currency is not null then coalesce(summed.pipeline, 0) end as pipeline,
            case when summed.currency is not null then coalesce(summed.closed, 0) end as closed
 ) told
 order by summed.month = 'undated', summed.month <> 'overdue', summed.month, summed.currency nulls last

-- name: totals
select coalesce(sum(line.on_hold), 0)::bigint as on_hold
  from line
