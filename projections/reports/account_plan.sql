-- name: rows
with asked as materialized (
    -- The account under which the one asked for counts.
    select coalesce((select merged.account from served.account_merged($as_of, $known_at) merged
                      where merged.member = $account), $account) as account,
           days.first_on, days.last_on
      from served.period_days($period) days
),
chosen as materialized (
    select asked.account from asked
    union
    select merged.member from served.account_merged($as_of, $known_at) merged join asked on asked.account = merged.account
),
aim as materialized (
    -- Of targets whose scope is equal the later counts, also of those of merged accounts.
    select target.metric, target.value
      from target
      join chosen on 'account/' || chosen.account = target.subject
     where target.metric in ('net_invoiced', 'signed_amount', 'collected_amount') and target.period = $period
       and target.currency = $currency and target.stage is null and target.owner is null and target.region is null
     order by array_position(array['net_invoiced', 'signed_amount', 'collected_amount'], target.metric),
              target.set_at desc, target.subject = 'account/' || (select asked.account from asked) desc,
              target.sequence desc
     limit 1
),
measured as materialized (
    select coalesce((select aim.metric from aim), 'net_invoiced') as metric
),
counted as (
    select receivables_movement.at, receivables_movement.amount
      from receivables_movement
     where receivables_movement.account in (select chosen.account from chosen)
       and receivables_movement.currency = $currency and receivables_movement.kind in ('invoice', 'credit_note')
       and (select measured.metric = 'net_invoiced' from measured)
    union all
    select signed.at, signed.amount
      from (select distinct contract_term.account, contract_term.contract, contract_term.signed_at as at,
                   contract_term.contract_amount as amount
              from contract_term
             where contract_term.account in (select chosen.account from chosen) and contract_term.currency = $currency
               and (select measured.metric = 'signed_amount' from measured)) signed
    union all
    select application.at, application.amount
      from application
     where application.account in (select chosen.account from chosen) and application.currency = $currency
       and application.kind = 'cash' and (select measured.metric = 'collected_amount' from measured)
),
intended as (
    select planned.*
      from planned
      join chosen on chosen.account = planned.account
     cross join asked
     where planned.period = $period
     order by planned.from_at desc, planned.account = asked.account desc, planned.entry desc
     limit 1
),
told as materialized (
    select (select aim.value from aim) as target, (select aim.metric from aim) as metric,
           coalesce((select sum(counted.amount)
                       from counted
                      cross join asked
                      where counted.at > reporting.day_end(asked.first_on - 1)
                        and counted.at <= reporting.day_end(asked.last_on)), 0) as actual,
           coalesce((select round(sum(stage_position.amount * stage_position.probability), served.minor_units($currency))
                       from stage_position
                      where stage_position.account in (select chosen.account from chosen)
                        and stage_position.currency = $currency and stage_position.status = 'open'), 0) as weighted
)
select told.target, told.actual, told.weighted, told.target - told.actual - told.weighted as gap,
       round(told.actual / nullif(told.target, 0), 4) as attained, intended.status, intended.potential, intended.strategy,
       intended.resources, $currency as currency, told.metric, intended.plan, intended.owner
  from told
  left join intended on true
 where told.target is not null
    -- Most accounts are known by their facts; all other tables are read for those that are not.
    or exists (select
                 from moment
                cross join lateral served.account_fact_of($account, moment.as_of, moment.known_at))
    or exists (select from served.account_group($as_of, $known_at) known where known.member = $account)
