-- name: relations
with merged as materialized (
    select one.member, one.account from served.account_merged($as_of, $known_at) one
),
asked as materialized (
    select moment.day,
           moment.day + least(greatest(coalesce($horizon_days, served.policy_value('follow_up', 'horizon', moment.day)), 0),
                              36500)::integer as until_on
      from moment
),
policy as materialized (
    select policy.name, policy.key, policy.value::integer as days
      from reporting.policy
     cross join asked
     where policy.name in ('reminder_ladder', 'visit_rhythm') and policy.from_on <= asked.day
       and asked.day < coalesce(policy.until_on, 'infinity')
),
planned as not materialized (
    select plan.deal, null::text as account, plan.plan, plan.kind, plan.due_on, plan.owner, plan.contact, plan.entry
      from plan
     where plan.state = 'open'
    union all
    select null, account_todo.account, account_todo.todo, account_todo.kind, account_todo.due_on, account_todo.owner,
           account_todo.contact, account_todo.entry
      from account_todo
     where account_todo.state = 'open'
),
chased as materialized (
    -- The level of the reminder that each open invoice calls for.
    select receivables_item.account, receivables_item.invoice, receivables_item.series, receivables_item.deal,
           receivables_item.currency, receivables_item.open_amount, receivables_item.due_on, sent.level as last,
           (select coalesce(max(policy.key::integer) filter (where receivables_item.due_on + policy.days <= asked.day),
                            min(policy.key::integer))
              from policy
             where policy.name = 'reminder_ladder' and policy.key::integer > coalesce(sent.level, 0)
               and receivables_item.due_on + policy.days <= asked.until_on) as level
      from receivables_item
     cross join asked
      left join (select reminder.account, reminder.invoice, reminder.series, max(reminder.level) as level
                   from reminder
                  group by reminder.account, reminder.invoice, reminder.series) sent
        on sent.account = receivables_item.account and sent.invoice = receivables_item.invoice
       and sent.series = receivables_item.series
     where receivables_item.due_on + (select min(policy.days) from policy where policy.name = 'reminder_ladder')
           <= asked.until_on
),
retained as materialized (
    select contract_term.*
      from contract_term
     cross join asked
      left join (select invoice.account, invoice.contract, invoice.term, sum(invoice.amount) as amount
                   from invoice
                  where invoice.contract is not null
                  group by invoice.account, invoice.contract, invoice.term) invoiced
        on invoiced.account = contract_term.account and invoiced.contract = contract_term.contract
       and invoiced.term = contract_term.term
     where contract_term.retention and contract_term.due_on <= asked.until_on
       and greatest(contract_term.released, coalesce(invoiced.amount, 0)) < contract_term.planned
),
greeted as materialized (
    -- Next birthdays; that of 29 February is on the 28th in other years.
    select born.account, born.contact, born.entry, born.next_on
      from (select contact.account, contact.contact, contact.entry, asked.until_on,
                   (contact.birthday + make_interval(years => years.lived
                       + ((contact.birthday + make_interval(years => years.lived))::date < asked.day)::integer))::date
                   as next_on
              from contact
             cross join asked
             cross join lateral (select (extract(year from asked.day) - extract(year from contact.birthday))::integer
                                        as lived) years
             where contact.birthday is not null) born
     where born.next_on <= born.until_on
       and not exists (select from touch
                        where touch.account = born.account and touch.kind = 'birthday'
                          and born.contact = any (touch.contacts)
                          and reporting.local_day(touch.at) > born.next_on - 183)
),
graded as materialized (
    -- The newest grade of an account and of those merged into it.
    select distinct on (one.account) one.account, one.grade, one.entry, one.from_at
      from (select coalesce(merged.account, grade.account) as account, grade.account as member, grade.grade, grade.entry,
                   grade.from_at
              from grade
              left join merged on merged.member = grade.account) one
     order by one.account, one.from_at desc, one.member = one.account desc, one.entry desc
),
graded_deal as materialized (
    select coalesce(merged.account, stage_position.account) as account, stage_position.deal
      from stage_position
      left join merged on merged.member = stage_position.account
     where coalesce(merged.account, stage_position.account) in (select graded.account from graded)
),
touched as materialized (
    select one.account, max(one.at) as at
      from (select coalesce(merged.account, touch.account) as account, touch.at
              from touch
              left join merged on merged.member = touch.account
             where coalesce(merged.account, touch.account) in (select graded.account from graded)
            union all
            select graded_deal.account, latest.at
              from graded_deal
              join (select activity.deal, max(activity.at) as at
                      from activity
                     -- `is true` makes a look-up in a hash of it: a join of all activities sorts them, three times as long.
                     where (activity.deal in (select graded_deal.deal from graded_deal)) is true
                     group by activity.deal) latest on latest.deal = graded_deal.deal) one
     group by one.account
),
visited as materialized (
    select graded.account, graded.grade, graded.entry, policy.days, reporting.local_day(touched.at) as touched_on,
           reporting.local_day(coalesce(touched.at, graded.from_at)) + policy.days as due_on
      from graded
      join policy on policy.name = 'visit_rhythm' and policy.key = graded.grade
      left join touched on touched.account = graded.account
),
listed as materialized (
    select 'plan' as kind, planned.deal, planned.account, planned.plan as what, planned.due_on, planned.owner, planned.entry,
           format('Planned: %s%s.', replace(planned.kind, '_', ' '), ' with ' || planned.contact) as why,
           format('计划：%s%s。', coalesce(' ' || planned.contact || ' ', ''), words.zh) as why_zh
      from planned
     cross join asked
      join (values ('call', '电话'), ('visit', '拜访'), ('demo', '演示'), ('message', '消息'), ('proposal', '方案'),
                   ('return_visit', '回访'), ('collection', '催收'), ('care', '关怀'), ('other', '其他')) as words (kind, zh)
        on words.kind = planned.kind
     where planned.due_on <= asked.until_on
    union all
    select 'commitment', commitment.deal, null, commitment.stage::text, commitment.due_on, null, commitment.commitment,
           format('The customer''s commitment at stage %s, given on %s, is neither kept nor broken.', commitment.stage,
                  reporting.local_day(commitment.received_at)),
           format('客户于%s就第%s阶段作出的承诺尚未兑现。', reporting.local_day(commitment.received_at), commitment.stage)
      from commitment
     cross join asked
     where commitment.state = 'open' and commitment.due_on <= asked.until_on
    union all
    select 'promise', invoice.deal, promise.account, promise.invoice, promise.promised_on, null, promise.entry,
           format('%s %s of the invoice %s was promised on %s and is not paid.',
                  served.written(promise.amount, promise.currency), promise.currency, promise.invoice,
                  reporting.local_day(promise.promised_at)),
           format('客户于%s承诺支付发票%s的%s %s，尚未付清。', reporting.local_day(promise.promised_at), promise.invoice,
                  served.written(promise.amount, promise.currency), promise.currency)
      from promise
     cross join asked
      left join invoice on invoice.account = promise.account and invoice.invoice = promise.invoice
                       and invoice.series = promise.series
     where promise.state = 'open' and promise.promised_on <= asked.until_on
    union all
    select 'appointment', appointment.deal, null, appointment.topic, reporting.local_day(appointment.scheduled_at), null,
           appointment.entry,
           format('A meeting%s was agreed, and no visit has used it.', ' with ' || appointment.contact),
           format('已约定%s见面，尚未拜访。', coalesce('与 ' || appointment.contact || ' ', ''))
      from appointment
     cross join asked
     where appointment.scheduled_at <= reporting.day_end(asked.until_on)
    union all
    select 'reminder', chased.deal, chased.account, chased.invoice, chased.due_on + policy.days, null, invoice.entry,
           format('%s %s of the invoice %s, due on %s, is open; level %s is at %s days past due%s.',
                  served.written(chased.open_amount, chased.currency), chased.currency, chased.invoice, chased.due_on,
                  chased.level, policy.days, coalesce(', level ' || chased.last || ' was sent', ', none was sent')),
           format('发票%s（%s到期）尚有%s %s未收；逾期%s天为第%s级催款%s。', chased.invoice, chased.due_on,
                  served.written(chased.open_amount, chased.currency), chased.currency, policy.days, chased.level,
                  coalesce('，已发至第' || chased.last || '级', '，尚未催款'))
      from chased
      join policy on policy.name = 'reminder_ladder' and policy.key = chased.level::text
      join invoice on invoice.account = chased.account and invoice.invoice = chased.invoice
                  and invoice.series = chased.series
    union all
    select 'retention', retained.deal, retained.account, retained.contract, retained.due_on, null, retained.entry,
           format('%s %s of the contract %s is retained; %s is released.',
                  served.written(retained.planned, retained.currency), retained.currency, retained.contract,
                  served.written(retained.released, retained.currency)),
           format('合同%s的质保金%s %s到期，已释放%s。', retained.contract, served.written(retained.planned, retained.currency),
                  retained.currency, served.written(retained.released, retained.currency))
      from retained
    union all
    select 'birthday', null, greeted.account, greeted.contact, greeted.next_on, null, greeted.entry,
           format('Birthday of %s.', greeted.contact), format('联系人%s的生日。', greeted.contact)
      from greeted
    union all
    select 'return_visit', null, visited.account, visited.grade, visited.due_on, null, visited.entry,
           format('Grade %s: every %s days; %s.', visited.grade, visited.days,
                  coalesce('last touch ' || (asked.day - visited.touched_on) || ' days ago, on ' || visited.touched_on,
                           'no touch since the grading')),
           format('%s级客户每%s天回访一次；%s。', visited.grade, visited.days,
                  coalesce('上次接触在' || (asked.day - visited.touched_on) || '天前（' || visited.touched_on || '）',
                           '定级后尚无接触'))
      from visited
     cross join asked
     where visited.due_on <= asked.until_on
),
due as materialized (
    select listed.*, coalesce('account/' || listed.account, 'deal/' || listed.deal) as subject,
           coalesce(merged.account, own.account) as counted, stage_position.owner as deal_owner
      from listed
      left join stage_position on stage_position.deal = listed.deal
     cross join lateral (select coalesce(listed.account, stage_position.account) as account) own
      left join merged on merged.member = own.account
     -- A lost deal's money is still owed.
     where listed.kind not in ('plan', 'commitment', 'appointment')
        or coalesce(stage_position.status, 'open') not in ('lost', 'abandoned')
),
account_deal as materialized (
    select coalesce(merged.account, stage_position.account) as account, stage_position.deal, stage_position.owner,
           stage_position.opened_at
      from stage_position
      left join merged on merged.member = stage_position.account
     where coalesce(merged.account, stage_position.account) in (select due.counted from due where due.deal is null)
),
answering as materialized (
    -- Persons who answer for accounts.
    select distinct on (one.account) one.account, one.owner
      from (select coalesce(merged.account, account_plan.account) as account, account_plan.owner, 1 as place,
                   account_plan.from_at as at, account_plan.entry::text as name
              from account_plan
              left join merged on merged.member = account_plan.account
            union all
            select account_deal.account, account_deal.owner, 2, account_deal.opened_at, account_deal.deal
              from account_deal) one
     where one.owner is not null
     order by one.account, one.place, one.at desc, one.name collate "C"
)

-- name: rows
select due.due_on, due.kind, due.subject, told.owner, due.what, asked.day - due.due_on as days_late, due.why, due.entry,
       due.why_zh, due.counted as account, due.deal
  from due
 cross join asked
  left join answering on due.deal is null and answering.account = due.counted
 cross join lateral (select coalesce(due.owner, due.deal_owner, answering.owner) as owner) told
 where $owner is null or told.owner = $owner
 order by due.due_on, due.kind, due.subject collate "C", due.what collate "C", due.entry

-- name: members
select due.kind, due.subject, due.what, due.entry, due.deal, null::text as account from due where due.deal is not null
union all
select due.kind, due.subject, due.what, due.entry, account_deal.deal, null
  from due
  join account_deal on due.deal is null and account_deal.account = due.counted
union all
select due.kind, due.subject, due.what, due.entry, null, due.counted from due where due.counted is not null
union all
select due.kind, due.subject, due.what, due.entry, null, merged.member
  from due
  join merged on merged.account = due.counted
