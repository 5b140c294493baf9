-- name: relations
with compared as not materialized (
    select stage_position.deal, before.deal is not null as existed,
           coalesce(before.status in ('open', 'on_hold'), false) as was_in, after.status in ('open', 'on_hold') as is_in,
           coalesce(before.currency, 'none') as old_currency, coalesce(after.currency, 'none') as new_currency,
           coalesce(before.amount, 0) as old_amount, coalesce(after.amount, 0) as new_amount,
           sign(coalesce(after.amount, 0) - coalesce(before.amount, 0)) as rise, after.status,
           before.playbook = after.playbook as same_playbook,
           2 * coalesce(after.stage, 0) - (after.phase is not distinct from 'entered')::integer
           - 2 * coalesce(before.stage, 0) + (before.phase is not distinct from 'entered')::integer as steps,
           sign(date_trunc('month', after.expected_close_on)::date - date_trunc('month', before.expected_close_on)::date)
               as moved,
           before.owner is distinct from after.owner as reassigned
      from stage_position
      join after on after.deal = stage_position.deal
      left join before on before.deal = stage_position.deal
     cross join wanted
     where (before.status in ('open', 'on_hold') or after.status in ('open', 'on_hold'))
       and (wanted.currency is null
            or wanted.currency in (coalesce(before.currency, 'none'), coalesce(after.currency, 'none')))
),
alike as materialized (
    -- Deals that count on the same lines.
    select compared.was_in, compared.is_in, compared.existed, compared.status, compared.old_currency,
           compared.new_currency, compared.rise, count(*) as deals, sum(compared.old_amount) as old_amount,
           sum(compared.new_amount) as new_amount,
           count(*) filter (where compared.same_playbook and compared.steps > 0) as forward,
           count(*) filter (where compared.same_playbook and compared.steps < 0) as back,
           count(*) filter (where compared.same_playbook and compared.steps = 0) as same,
           count(*) filter (where compared.moved > 0) as pushed, count(*) filter (where compared.moved < 0) as pulled_in,
           count(*) filter (where compared.reassigned) as reassigned
      from compared
     group by compared.was_in, compared.is_in, compared.existed, compared.status, compared.old_currency,
              compared.new_currency, compared.rise
),
part as materialized (
    select alike.was_in, alike.is_in, alike.existed, alike.status, alike.old_currency, alike.new_currency, alike.rise,
           alike.deals, part.currency, part.line, part.amount
      from alike
     cross join lateral (values
               (alike.was_in, 'before', alike.old_currency, alike.old_amount),
               (alike.is_in, 'after', alike.new_currency, alike.new_amount),
               (alike.is_in and not alike.existed, 'opened', alike.new_currency, alike.new_amount),
               (alike.is_in and alike.existed and not alike.was_in, 'reopened', alike.new_currency, alike.new_amount),
               (alike.was_in and not alike.is_in, alike.status, alike.old_currency, -alike.old_amount),
               (alike.was_in and alike.is_in and alike.new_currency = alike.old_currency and alike.rise <> 0,
                case when alike.rise > 0 then 'up' else 'down' end, alike.old_currency,
                alike.new_amount - alike.old_amount),
               (alike.was_in and alike.is_in and alike.new_currency <> alike.old_currency, 'down', alike.old_currency,
                -alike.old_amount),
               (alike.was_in and alike.is_in and alike.new_currency <> alike.old_currency, 'up', alike.new_currency,
                alike.new_amount)
           ) as part (counts, line, currency, amount)
     cross join wanted
     where part.counts and (wanted.currency is null or wanted.currency = part.currency)
)

-- name: rows
with summed as (
    select part.currency, part.line, sum(part.deals)::bigint as deals, sum(part.amount) as amount
      from part
     group by part.currency, part.line
)
select currency.currency, lines.line, coalesce(summed.deals, 0) as deals,
       case when currency.currency <> 'none' then coalesce(summed.amount, 0) end as amount
  from (select distinct summed.currency from summed) currency
 cross join unnest(array['before', 'opened', 'reopened', 'up', 'down', 'won', 'lost', 'abandoned', 'after'])
       with ordinality as lines (line, place)
  left join summed on summed.currency = currency.currency and summed.line = lines.line
 order by currency.currency, lines.place

-- name: totals
select coalesce(sum(alike.forward), 0)::bigint as forward, coalesce(sum(alike.back), 0)::bigint as back,
       coalesce(sum(alike.same), 0)::bigint as same, coalesce(sum(alike.pushed), 0)::bigint as pushed,
       coalesce(sum(alike.pulled_in), 0)::bigint as pulled_in, coalesce(sum(alike.reassigned), 0)::bigint as reassigned
  from alike
 where alike.was_in and alike.is_in

-- name: members
select part.currency, part.line, compared.deal
  from compared
  join part on part.was_in = compared.was_in and part.is_in = compared.is_in and part.existed = compared.existed
           and part.status = compared.status and part.old_currency = compared.old_currency
           and part.new_currency = compared.new_currency and part.rise = compared.rise
