-- name: relations
with compared as materialized (
    select stage_position.deal, before.deal is not null as existed,
           coalesce(before.status in ('open', 'on_hold'), false) as was_in, after.status in ('open', 'on_hold') as is_in,
           coalesce(before.currency, 'none') as old_currency, coalesce(after.currency, 'none') as new_currency,
           coalesce(before.amount, 0) as old_amount, coalesce(after.amount, 0) as new_amount, after.status,
           before.playbook = after.playbook as same_playbook,
           2 * coalesce(after.stage, 0) - (after.phase is not distinct from 'entered')::integer
           - 2 * coalesce(before.stage, 0) + (before.phase is not distinct from 'entered')::integer as steps,
           sign(date_trunc('month', after.expected_close_on)::date - date_trunc('month', before.expected_close_on)::date)
               as moved,
           before.owner is distinct from after.owner as reassigned
      from stage_position
      join after on after.deal = stage_position.deal
      left join before on before.deal = stage_position.deal
     where before.status in ('open', 'on_hold') or after.status in ('open', 'on_hold')
),
part as materialized (
    select compared.deal, part.currency, part.line, part.amount
      from compared
     cross join lateral (values
               (compared.was_in, 'before', compared.old_currency, compared.old_amount),
               (compared.is_in, 'after', compared.new_currency, compared.new_amount),
               (compared.is_in and not compared.existed, 'opened', compared.new_currency, compared.new_amount),
               (compared.is_in and compared.existed and not compared.was_in, 'reopened', compared.new_currency,
                compared.new_amount),
               (compared.was_in and not compared.is_in, compared.status, compared.old_currency, -compared.old_amount),
               (compared.was_in and compared.is_in and compared.new_currency = compared.old_currency
                and compared.new_amount <> compared.old_amount,
                case when compared.new_amount > compared.old_amount then 'up' else 'down' end, compared.old_currency,
                compared.new_amount - compared.old_amount),
               (compared.was_in and compared.is_in and compared.new_currency <> compared.old_currency, 'down',
                compared.old_currency, -compared.old_amount),
               (compared.was_in and compared.is_in and compared.new_currency <> compared.old_currency, 'up',
                compared.new_currency, compared.new_amount)
           ) as part (counts, line, currency, amount)
     where part.counts
)

-- name: rows
with summed as (
    select part.currency, part.line, count(*) as deals, sum(part.amount) as amount from part group by part.currency, part.line
)
select currency.currency, lines.line, coalesce(summed.deals, 0) as deals,
       case when currency.currency <> 'none' then coalesce(summed.amount, 0) end as amount
  from (select distinct summed.currency from summed) currency
 cross join unnest(array['before', 'opened', 'reopened', 'up', 'down', 'won', 'lost', 'abandoned', 'after'])
       with ordinality as lines (line, place)
  left join summed on summed.currency = currency.currency and summed.line = lines.line
 order by currency.currency, lines.place

-- name: totals
select count(*) filter (where compared.same_playbook and compared.steps > 0) as forward,
       count(*) filter (where compared.same_playbook and compared.steps < 0) as back,
       count(*) filter (where compared.same_playbook and compared.steps = 0) as same,
       count(*) filter (where compared.moved > 0) as pushed, count(*) filter (where compared.moved < 0) as pulled_in,
       count(*) filter (where compared.reassigned) as reassigned
  from compared
 where compared.was_in and compared.is_in

-- name: members
select part.currency, part.line, part.deal from part
