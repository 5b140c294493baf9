-- name: relations
with part as materialized (
    -- Amounts of one account and deal, each once for every line that it stands in.
    select receivables_item.account, receivables_item.deal, receivables_item.currency, lines.line, 1 as items,
           lines.amount
      from receivables_item
     cross join moment
     cross join lateral (
            select reporting.ageing_bucket(receivables_item.due_on, moment.day), receivables_item.open_amount
            union all
            select 'disputed', coalesce(receivables_item.disputed_amount, receivables_item.open_amount)
             where receivables_item.disputed
           ) lines (line, amount)
    union all
    select receivables_unapplied.account, null, receivables_unapplied.currency, lines.line, 1,
           receivables_unapplied.amount
      from receivables_unapplied
     cross join unnest(array['unapplied_' || receivables_unapplied.kind, 'unapplied']) lines (line)
    union all
    select receivables_movement.account, null, receivables_movement.currency, 'balance', 0,
           sum(receivables_movement.amount)
      from receivables_movement
     group by receivables_movement.account, receivables_movement.currency
    union all
    -- By deal, what was invoiced for it less what lowered that, which the movements do not tell.
    select billed.account, sides.deal, billed.currency, 'balance', 0, sides.sign * billed.amount
      from (select one.account, one.deal, one.currency, sum(one.amount) as amount
              from (select invoice.account, invoice.deal, invoice.currency, invoice.amount from invoice
                    union all
                    select invoice.account, invoice.deal, invoice.currency, -application.amount
                      from invoice
                      join application on application.account = invoice.account and application.invoice = invoice.invoice
                                      and application.series = invoice.series) one
             where $by in ('deal', 'owner') and one.deal is not null
             group by one.account, one.deal, one.currency) billed
     cross join lateral (values (billed.deal, 1), (null, -1)) sides (deal, sign)
     where billed.amount <> 0
),
merged as materialized (
    select one.member, one.account from served.account_merged($as_of, $known_at) one where $by = 'region'
),
placed as materialized (
    select case served.one_of('by', $by, array['account', 'owner', 'deal', 'region'])
                when 'account' then part.account when 'deal' then part.deal when 'owner' then stage_position.owner
                else account_fact.segment end as group,
           part.*
      from part
      left join stage_position on $by = 'owner' and stage_position.deal = part.deal
      left join merged on merged.member = part.account
      left join account_fact on $by = 'region' and account_fact.account = coalesce(merged.account, part.account)
                            and account_fact.fact = 'region'
)

-- name: rows
with summed as (
    select placed.group, placed.currency, placed.line, sum(placed.items)::bigint as items,
           sum(placed.amount) as amount
      from placed
     group by placed.group, placed.currency, placed.line
)
select listed.group, listed.currency, listed.line, case when listed.line <> 'balance' then listed.items end as items,
       listed.amount, listed.place
  from (select summed.*, array_position(array[
                   'not_due', '1-30', '31-60', '61-90', 'over_90', 'disputed',
                   'unapplied_cash', 'unapplied_credit', 'unapplied', 'balance'
               ], summed.line) as place,
               bool_or(summed.items > 0 or summed.amount <> 0) over (partition by summed.group, summed.currency) as shown
          from summed) listed
 where listed.shown
 order by coalesce(listed.group, '') collate "C", listed.currency collate "C", listed.place

-- name: members
-- Mergings of any account of a family may place them all elsewhere.
with family as materialized (
    select merged.account as head, merged.member as account from merged
    union
    select merged.account, merged.account from merged
)
select placed.group, placed.currency, placed.line, placed.account, placed.deal from placed
union
select placed.group, placed.currency, placed.line, kin.account, null
  from placed
  join family on family.account = placed.account
  join family kin on kin.head = family.head
