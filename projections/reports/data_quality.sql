-- name: relations
with asked as materialized (
    select served.some_of('checks', coalesce($checks, 'all'), array[
               'flags', 'late_entry', 'visit_without_appointment', 'quote_over_budget', 'won_without_contract',
               'collected_but_open', 'invoiced_over_contract', 'no_account', 'no_owner', 'no_amount', 'unknown_playbook',
               'close_date_past', 'stage_skipped', 'unapplied_over_30_days', 'dispute_over_30_days',
               'contact_without_account', 'rate_below_lpr'
           ]) as checks,
           least(moment.day, $to_day) as day,
           make_interval(days => served.policy_value('data_quality', 'late_entry', moment.day)::integer) as late,
           served.policy_value('data_quality', 'unapplied', moment.day) as unapplied,
           served.policy_value('data_quality', 'disputed', moment.day) as disputed
      from moment
),
late_entry as not materialized (
    select entry.subject, 'late_entry' as rule, entry.entry,
           format('recorded %s days after it happened',
                  floor(date_part('epoch', entry.recorded_at - entry.occurred_at) / 86400)) as detail
      from entry
     where (select 'late_entry' = any(asked.checks) from asked)
       and entry.recorded_at > entry.occurred_at + (select asked.late from asked)
       and split_part(entry.subject, '/', 1) in ('deal', 'account')
),
visit_without_appointment as not materialized (
    select 'deal/' || activity.deal as subject, 'visit_without_appointment' as rule, activity.entry,
           activity.purpose as detail
      from activity
     where (select 'visit_without_appointment' = any(asked.checks) from asked)
       and activity.kind = 'visit_done' and not activity.booked
),
quote_over_budget as not materialized (
    select 'deal/' || quoted.deal as subject, 'quote_over_budget' as rule, quoted.entry,
           format('%s %s quoted of a budget of %s', served.written(quoted.amount, quoted.currency), quoted.currency,
                  served.written(quoted.budget, quoted.currency)) as detail
      from (select distinct on (activity.deal, activity.entry) activity.deal, activity.entry, activity.amount,
                   activity.currency, need_past.budget
              from activity
              join need_past on need_past.deal = activity.deal and need_past.currency = activity.currency
                            and (need_past.from_at, need_past.entry) < (activity.at, activity.entry)
             where (select 'quote_over_budget' = any(asked.checks) from asked)
               and activity.amount is not null and need_past.budget is not null
             order by activity.deal, activity.entry, need_past.from_at desc, need_past.entry desc) quoted
     where quoted.amount > quoted.budget
),
won_without_contract as not materialized (
    select 'deal/' || stage_position.deal as subject, 'won_without_contract' as rule, stage_position.entry,
           null::text as detail
      from stage_position
     where (select 'won_without_contract' = any(asked.checks) from asked)
       and stage_position.status = 'won'
       and not exists (select from contract_term where contract_term.deal = stage_position.deal)
),
-- Finance says that all money is in by these items of the playbooks.
collected as not materialized (
    select stage_item.deal, stage_item.entry
      from stage_item
     where (select 'collected_but_open' = any(asked.checks) from asked)
       and stage_item.item in ('cash_in_full', 'paid')
),
collected_but_open as not materialized (
    select 'deal/' || collected.deal as subject, 'collected_but_open' as rule, collected.entry,
           format('%s: %s %s open', receivables_item.invoice,
                  served.written(receivables_item.open_amount, receivables_item.currency), receivables_item.currency) as detail
      from collected
      join receivables_item on receivables_item.deal = collected.deal
),
invoiced_over_contract as not materialized (
    select 'account/' || billed.account as subject, 'invoiced_over_contract' as rule, billed.entry,
           format('%s: %s %s invoiced of %s', billed.contract, served.written(billed.amount, billed.currency),
                  billed.currency, served.written(agreed.contract_amount, billed.currency)) as detail
      from (select invoice.account, invoice.contract, invoice.currency, max(invoice.entry) as entry,
                   sum(invoice.amount - coalesce(credited.amount, 0)) as amount
              from invoice
              left join (select application.account, application.invoice, application.series, sum(application.amount) as amount
                           from application
                          where application.kind = 'credit'
                          group by application.account, application.invoice, application.series) credited
                on credited.account = invoice.account and credited.invoice = invoice.invoice
               and credited.series = invoice.series
             where (select 'invoiced_over_contract' = any(asked.checks) from asked) and invoice.contract is not null
             group by invoice.account, invoice.contract, invoice.currency) billed
      join (select distinct contract_term.account, contract_term.contract, contract_term.currency,
                   contract_term.contract_amount
              from contract_term) agreed
        on agreed.account = billed.account and agreed.contract = billed.contract and agreed.currency = billed.currency
     where billed.amount > agreed.contract_amount
),
lacking as not materialized (
    -- no_account, no_owner, no_amount.
    select 'deal/' || stage_position.deal as subject, lacks.rule, stage_position.entry, stage_position.status as detail
      from stage_position
     cross join lateral (values ('no_account', stage_position.account is null), ('no_owner', stage_position.owner is null),
                                ('no_amount', stage_position.amount is null)) as lacks (rule, holds)
     where (select asked.checks && array['no_account', 'no_owner', 'no_amount'] from asked)
       and stage_position.status in ('open', 'on_hold', 'won')
       and lacks.holds and lacks.rule = any((select asked.checks from asked)::text[])
),
close_date_past as not materialized (
    select 'deal/' || stage_position.deal as subject, 'close_date_past' as rule, stage_position.entry,
           format('expected on %s', stage_position.expected_close_on) as detail
      from stage_position
     where (select 'close_date_past' = any(asked.checks) from asked)
       and stage_position.status = 'open' and stage_position.expected_close_on < (select asked.day from asked)
),
stage_skipped as not materialized (
    select 'deal/' || claimed.deal as subject, 'stage_skipped' as rule, claimed.entry,
           format('stage %s claimed after %s', claimed.stage, claimed.before) as detail
      from (select past.deal, past.stage, past.entry,
                   coalesce(max(past.stage) over (partition by past.deal, past.playbook order by past.from_at
                                                  rows between unbounded preceding and 1 preceding), 0) as before
              from stage_position_past past
              join (select playbook.playbook, playbook.version
                      from reporting.playbook
                     where playbook.position = 'claim') claim
                on claim.playbook = past.playbook and claim.version = past.version
             where (select 'stage_skipped' = any(asked.checks) from asked)) claimed
     where claimed.stage > claimed.before + 1
),
unapplied_over_30_days as not materialized (
    -- Since the cash came to the account, however often a part of it was applied.
    select 'account/' || unapplied.account as subject, 'unapplied_over_30_days' as rule, unapplied.entry,
           format('%s: %s %s since %s', unapplied.document, served.written(unapplied.amount, unapplied.currency),
                  unapplied.currency, unapplied.came_on) as detail
      from (select distinct on (receivables_unapplied.account, receivables_unapplied.document, receivables_unapplied.series,
                                receivables_unapplied.currency)
                   receivables_unapplied.account, receivables_unapplied.document, receivables_unapplied.currency,
                   receivables_unapplied.amount, receivables_movement.entry,
                   reporting.local_day(receivables_movement.at) as came_on
              from receivables_unapplied
              join receivables_movement on receivables_movement.account = receivables_unapplied.account
                                       and receivables_movement.document = receivables_unapplied.document
                                       and receivables_movement.series = receivables_unapplied.series
                                       and receivables_movement.currency = receivables_unapplied.currency
             where (select 'unapplied_over_30_days' = any(asked.checks) from asked)
               and receivables_unapplied.kind = 'cash' and receivables_movement.kind in ('payment', 'transfer_in')
             order by receivables_unapplied.account, receivables_unapplied.document, receivables_unapplied.series,
                      receivables_unapplied.currency, receivables_movement.at, receivables_movement.entry) unapplied
     where unapplied.came_on < (select asked.day - asked.unapplied::integer from asked)
),
dispute_over_30_days as not materialized (
    -- Since the last row that began a dispute: the one before is not there, not contested, or of an earlier time.
    select 'account/' || contested.account as subject, 'dispute_over_30_days' as rule, contested.entry,
           format('%s since %s', contested.invoice, reporting.local_day(contested.from_at)) as detail
      from (select distinct on (been.account, been.invoice, been.series) been.account, been.invoice, been.entry, been.from_at
              from (select past.account, past.invoice, past.series, past.entry, past.from_at, past.disputed,
                           lag(past.disputed) over told and lag(past.to_at) over told = past.from_at as goes_on
                      from receivables_item now
                      join receivables_item_past past on past.account = now.account and past.invoice = now.invoice
                                                     and past.series = now.series
                     where (select 'dispute_over_30_days' = any(asked.checks) from asked) and now.disputed
                    window told as (partition by past.account, past.invoice, past.series order by past.from_at)) been
             where been.disputed and not coalesce(been.goes_on, false)
             order by been.account, been.invoice, been.series, been.from_at desc) contested
     where reporting.local_day(contested.from_at) < (select asked.day - asked.disputed::integer from asked)
),
contact_without_account as not materialized (
    select unplaced_contact.subject, 'contact_without_account' as rule, unplaced_contact.entry,
           unplaced_contact.contact as detail
      from unplaced_contact
     where (select 'contact_without_account' = any(asked.checks) from asked)
),
rate_below_lpr as not materialized (
    -- The policy's rate is per year, the contract's per day: a day's rate times 365 is compared.
    select 'account/' || agreed.account as subject, 'rate_below_lpr' as rule, agreed.entry,
           format('%s: %s a day, %s a year, of at least %s', agreed.contract, trim_scale(agreed.late_rate_per_day),
                  trim_scale(agreed.late_rate_per_day * 365), agreed.prime) as detail
      from (select contract_term.account, contract_term.contract, contract_term.late_rate_per_day,
                   min(contract_term.entry) as entry,
                   served.policy_value('loan_prime_rate', 'one_year', reporting.local_day(contract_term.signed_at)) as prime
              from contract_term
             where (select 'rate_below_lpr' = any(asked.checks) from asked)
               and contract_term.late_rate_per_day is not null
             group by contract_term.account, contract_term.contract, contract_term.late_rate_per_day,
                      contract_term.signed_at) agreed
     where agreed.late_rate_per_day * 365 < agreed.prime
),
checked as not materialized (
    select one.subject, one.rule, one.entry, string_agg(one.detail, '; ' order by one.detail collate "C") as detail
      from (select * from visit_without_appointment
            union all select * from quote_over_budget
            union all select * from won_without_contract
            union all select * from collected_but_open
            union all select * from invoiced_over_contract
            union all select * from lacking
            union all select * from close_date_past
            union all select * from stage_skipped
            union all select * from unapplied_over_30_days
            union all select * from dispute_over_30_days
            union all select * from contact_without_account
            union all select * from rate_below_lpr) one
     group by one.subject, one.rule, one.entry
    union all
    select late_entry.subject, late_entry.rule, late_entry.entry, late_entry.detail from late_entry
)

-- name: rows
select found.subject, found.view, found.flag, found.entry, found.detail, entry.id, entry.source, entry.type,
       entry.occurred_at, entry.recorded_at, found.flag as check, found.detail as what, found.rule
  from (select flag.subject, flag.view, flag.flag, flag.entry, flag.detail,
               case flag.flag when 'unknown_playbook' then flag.flag end as rule
          from flag
         where (select 'flags' = any(asked.checks) from asked) or flag.flag = any((select asked.checks from asked)::text[])
        union all
        select checked.subject, 'check', checked.rule, checked.entry, checked.detail, checked.rule from checked) found
  join reporting.entry on entry.sequence = found.entry
 where $from_day is null or entry.occurred_at > (select reporting.day_end($from_day - 1))

-- name: members
select checked.subject, 'check' as view, checked.rule as flag, checked.entry,
       case when checked.subject like 'deal/%' then substr(checked.subject, 6) end as deal,
       case when checked.subject like 'account/%' then substr(checked.subject, 9) end as account
  from checked
 -- These come from the entry alone, by which they are joined.
 where checked.rule not in ('late_entry', 'contact_without_account')
union all
-- Accounts that have to do with what a deal lacks.
select 'deal/' || stage_position.deal, 'check', 'won_without_contract', stage_position.entry, null, contract_term.account
  from stage_position
  join contract_term on contract_term.deal = stage_position.deal
 where (select 'won_without_contract' = any(asked.checks) from asked) and stage_position.status = 'won'
union all
select 'deal/' || collected.deal, 'check', 'collected_but_open', collected.entry, null, invoice.account
  from collected
  join invoice on invoice.deal = collected.deal
