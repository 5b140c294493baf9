-- name: lines
-- A version of a playbook never changes, so that its bands are no cells of their own.
with banded as (
    select coalesce(stage.band, 'not_started') as band, position.currency, position.n, position.amount
      from position
      left join served.playbook_stage stage
        on stage.playbook = position.playbook and stage.version = position.version and stage.stage = position.stage
)
select band, null::text as currency, n as deals, 0 as valued, null::numeric as amount from banded
union all
select band, currency, 0, n, amount from banded where currency is not null

-- name: rows
select bands.band, coalesce(sum(line.deals), 0)::bigint as deals, served.amounts(line.currency, line.amount) as amounts
  from unnest(array['not_started', 'potential', 'intent', 'negotiation', 'closing']) with ordinality as bands (band, place)
  left join line on line.band = bands.band
 group by bands.band, bands.place
 order by bands.place
