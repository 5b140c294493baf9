-- name: lines
-- `n` is how many rows a cell holds. `listed` makes a row: of each published stage, and of what is before the first one
-- as soon as the playbook is published or a deal follows it. `valued` makes an amount of a currency, even one of 0.
-- A version that names a stage may change its `names`.
select stage, null::text as currency, n as listed, 0 as open, 0 as entered, 0 as completed, 0 as valued,
       null::numeric as amount, n as names, 0 as won, 0 as lost, 0 as abandoned, 0 as won_valued,
       null::numeric as won_amount
  from published
union all
select null, null, n, 0, 0, 0, 0, null, 0, 0, 0, 0, 0, null from published where stage = 1
union all
select null, null, n, 0, 0, 0, 0, null, 0, case status when 'won' then n else 0 end,
       case status when 'lost' then n else 0 end, case status when 'abandoned' then n else 0 end, 0, null
  from position
union all
select stage, null, 0, n, 0, 0, 0, null, 0, 0, 0, 0, 0, null from position where status in ('open', 'on_hold')
union all
select reached, null, 0, 0, n, case when reached < stage or phase = 'completed' then n else 0 end, 0, null, 0, 0, 0, 0,
       0, null
  from position
 cross join lateral generate_series(1, stage) reached
union all
select stage, currency, 0, 0, 0, 0, n, amount, 0, 0, 0, 0, 0, null
  from position
 where status in ('open', 'on_hold') and currency is not null
union all
select null, currency, 0, 0, 0, 0, 0, null, 0, 0, 0, 0, n, amount
  from position
 where status = 'won' and currency is not null

-- name: rows
with called as (
    -- Named as in the highest version that has the stage.
    select distinct on (stage) stage, key, name_zh, name_en from published order by stage, version desc
),
summed as (
    select line.stage, sum(line.listed) as listed, sum(line.open)::bigint as open, sum(line.entered)::bigint as entered,
           sum(line.completed)::bigint as completed, served.amounts(line.currency, line.amount) as amounts
      from line
     group by line.stage
)
select summed.stage, summed.open, summed.entered, summed.completed, summed.amounts, called.key, called.name_zh,
       called.name_en
  from summed
  left join called on called.stage = summed.stage
 where summed.stage is null or summed.listed > 0
union all
-- A playbook without a line: nobody had published or named it by then.
select null, 0, 0, 0, '{}', null, null, null
 where case when exists (select from line) then false
            else reporting.refuse_playbook($playbook, reporting.known($known_at)) end
 order by 1 nulls first

-- name: totals
select coalesce(sum(line.open), 0)::bigint as open, coalesce(sum(line.won), 0)::bigint as won,
       coalesce(sum(line.lost), 0)::bigint as lost, coalesce(sum(line.abandoned), 0)::bigint as abandoned,
       served.amounts(line.currency, line.won_amount) as won_amounts,
       round(sum(line.won)::numeric / nullif(sum(line.won) + sum(line.lost), 0), 4) as win_rate
  from line
having case when count(*) > 0 then true
            else reporting.refuse_playbook($playbook, reporting.known($known_at)) end
