-- name: relations
with known as materialized (
    select grouped.member, grouped.account from served.account_group($as_of, $known_at) grouped
),
span as materialized (
    -- The period, and as many days before it, within the days that reports know; each from the end of the day before.
    select reporting.day_end(date '0001-01-01' + period.first - 1) as begins,
           reporting.day_end(date '0001-01-01' + greatest(2 * period.first - period.last - 1, 0) - 1) as former,
           date '0001-01-01' + period.first as first_on, date '0001-01-01' + period.last as last_on
      from (select given.last,
                   case when $from_day is null then given.last - 364
                        else least(least(greatest($from_day, date '0001-01-02'), date '9998-12-31') - date '0001-01-01', given.last + 1) end as first
              from (select greatest(least($to_day, moment.day), date '0001-01-02') - date '0001-01-01' as last
                      from moment) given) period
),
placed as materialized (
    -- Every account that counts by itself, with its segment.
    select one.account, account_fact.segment
      from (select distinct known.account from known) one
      left join account_fact on account_fact.account = one.account
                            and account_fact.fact = served.one_of('by', $by, array[
                                'name', 'industry', 'region', 'founded_year', 'employees', 'parent', 'industry_phase',
                                'scope', 'branches', 'size_class', 'standing', 'life_phase', 'profitability',
                                'investment', 'credit', 'intent', 'buyer_kind', 'gov_level', 'info_source'])
),
counted as materialized (
    select placed.segment, standing.deal, standing.status, standing.currency, standing.amount
      from standing
     cross join span
      left join known on known.member = standing.account
      left join placed on placed.account = known.account
     where standing.status = 'open' or standing.status in ('won', 'lost') and standing.status_since > span.begins
),
sums as not materialized (
    select counted.segment, counted.currency, 'pipeline' as kind, counted.amount
      from counted
     where counted.status = 'open' and counted.currency is not null
    union all
    select placed.segment, moved.currency, case when moved.at > span.begins then 'revenue' else 'former' end, moved.amount
      from moved
     cross join span
      join known on known.member = moved.account
      join placed on placed.account = known.account
     where moved.kind in ('invoice', 'credit_note') and moved.at > span.former
    union all
    select placed.segment, issued.currency, 'due', issued.amount
      from issued
     cross join span
      join known on known.member = issued.account
      join placed on placed.account = known.account
     where issued.due_on between span.first_on and span.last_on
    union all
    select placed.segment, applied.currency, case applied.kind when 'cash' then 'collected' else 'due' end,
           case applied.kind when 'cash' then applied.amount else -applied.amount end
      from applied
     cross join span
      join known on known.member = applied.account
      join placed on placed.account = known.account
     where applied.due_on between span.first_on and span.last_on
),
money as materialized (
    select sums.segment, sums.currency, coalesce(sum(sums.amount) filter (where sums.kind = 'pipeline'), 0) as pipeline,
           coalesce(sum(sums.amount) filter (where sums.kind = 'revenue'), 0) as revenue,
           coalesce(sum(sums.amount) filter (where sums.kind = 'former'), 0) as former,
           coalesce(sum(sums.amount) filter (where sums.kind = 'due'), 0) as due,
           coalesce(sum(sums.amount) filter (where sums.kind = 'collected'), 0) as collected
      from sums
     group by sums.segment, sums.currency
)

-- name: rows
with counts as (
    select one.segment, sum(one.accounts)::bigint as accounts, sum(one.open)::bigint as open, sum(one.won)::bigint as won,
           sum(one.lost)::bigint as lost
      from (select placed.segment, 1 as accounts, 0 as open, 0 as won, 0 as lost from placed
            union all
            select counted.segment, 0, (counted.status = 'open')::integer, (counted.status = 'won')::integer,
                   (counted.status = 'lost')::integer
              from counted) one
     group by one.segment
)
select counts.segment, counts.accounts, counts.open, money.pipeline, counts.won, counts.lost,
       round(counts.won::numeric / nullif(counts.won + counts.lost, 0), 4) as win_rate, money.revenue,
       round((money.revenue - money.former) / nullif(money.former, 0), 4) as growth,
       round(money.collected / nullif(money.due, 0), 4) as collection_rate, money.currency
  from counts
  left join money on money.segment is not distinct from counts.segment
 order by counts.segment collate "C" nulls last, money.currency nulls last

-- name: members
select placed.segment, money.currency, known.member as account, null::text as deal
  from placed
  join known on known.account = placed.account
  left join money on money.segment is not distinct from placed.segment
union all
select counted.segment, money.currency, null, counted.deal
  from counted
  left join money on money.segment is not distinct from counted.segment
