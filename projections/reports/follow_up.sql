-- name: relations
with merged as materialized (
    select one.member, one.account from served.account_merged($as_of, $known_at) one
),
asked as materialized (
    select horizon.day, horizon.until_on, reporting.day_end(horizon.until_on) as ends
      from (select moment.day,
                   moment.day + least(greatest(coalesce($horizon_days, served.policy_value('follow_up', 'horizon', moment.day)),
                                               0), 36500)::integer as until_on
              from moment) horizon
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
                          and served.local_day(touch.at, (select moment.zone from moment)) > born.next_on - 183)
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
    select graded.account, graded.grade, graded.entry, policy.days, served.local_day(touched.at, moment.zone) as touched_on,
           served.local_day(coalesce(touched.at, graded.from_at), moment.zone) + policy.days as due_on
      from graded
     cross join moment
      join policy on policy.name = 'visit_rhythm' and policy.key = graded.grade
      left join touched on touched.account = graded.account
),
listed as materialized (
    -- All that may be due, with what its reason tells.
    select 'plan' as kind, planned.deal, planned.account, planned.plan as what, planned.due_on, planned.owner, planned.entry,
           planned.contact, words.kind as word, words.zh as word_zh, null::timestamptz as at, null::date as day,
           null::numeric as amount, null::text as currency, null::numeric as released, null::text as term,
           null::integer as days, null::integer as level, null::integer as last
      from planned
      join (values ('call', '电话'), ('visit', '拜访'), ('demo', '演示'), ('message', '消息'), ('proposal', '方案'),
                   ('return_visit', '回访'), ('collection', '催收'), ('care', '关怀'), ('other', '其他')) as words (kind, zh)
        on words.kind = planned.kind
     where planned.due_on <= (select asked.until_on from asked)
    union all
    select 'commitment', commitment.deal, null, commitment.stage::text, commitment.due_on, null, commitment.commitment,
           null, null, null, commitment.received_at, null, null, null, null, null, null, null, null
      from commitment
     where commitment.state = 'open' and commitment.due_on <= (select asked.until_on from asked)
    union all
    select 'promise', invoice.deal, promise.account, promise.invoice, promise.promised_on, null, promise.entry,
           null, null, null, promise.promised_at, null, promise.amount, promise.currency, null, null, null, null, null
      from promise
      left join invoice on invoice.account = promise.account and invoice.invoice = promise.invoice
                       and invoice.series = promise.series
     where promise.state = 'open' and promise.promised_on <= (select asked.until_on from asked)
    union all
    select 'appointment', appointment.deal, null, appointment.topic, served.local_day(appointment.scheduled_at, moment.zone),
           null, appointment.entry, appointment.contact, null, null, null, null, null, null, null, null, null, null, null
      from appointment
     cross join moment
     where appointment.scheduled_at <= (select asked.ends from asked)
    union all
    select 'reminder', chased.deal, chased.account, chased.invoice, chased.due_on + policy.days, null, invoice.entry,
           null, null, null, null, chased.due_on, chased.open_amount, chased.currency, null, null, policy.days, chased.level,
           chased.last
      from chased
      join policy on policy.name = 'reminder_ladder' and policy.key = chased.level::text
      join invoice on invoice.account = chased.account and invoice.invoice = chased.invoice
                  and invoice.series = chased.series
    union all
    select 'retention', contract_term.deal, contract_term.account, contract_term.contract, contract_term.due_on, null,
           contract_term.entry, null, null, null, null, null, contract_term.planned, contract_term.currency,
           contract_term.released, contract_term.term, null, null, null
      from contract_term
     where contract_term.retention and contract_term.due_on <= (select asked.until_on from asked)
       and contract_term.released < contract_term.planned
    union all
    select 'birthday', null, greeted.account, greeted.contact, greeted.next_on, null, greeted.entry,
           null, null, null, null, null, null, null, null, null, null, null, null
      from greeted
    union all
    select 'return_visit', null, visited.account, visited.grade, visited.due_on, null, visited.entry,
           null, null, null, null, visited.touched_on, null, null, null, null, visited.days, null, null
      from visited
     where visited.due_on <= (select asked.until_on from asked)
),
due as not materialized (
    -- In order, so that for a page deals and invoices are looked up for its rows alone.
    select listed.*, coalesce(merged.account, own.account) as counted, followed.owner as deal_owner
      from (select one.*, coalesce('account/' || one.account, 'deal/' || one.deal) as subject
              from listed one
             order by one.due_on, one.kind collate "C", coalesce('account/' || one.account, 'deal/' || one.deal) collate "C") listed
     cross join moment
      left join lateral (
          select one.owner, one.account, one.status
            from served.stage_position_of(listed.deal, moment.as_of, moment.known_at) one
           limit 1
      ) followed on true
     cross join lateral (
          -- Invoices of the retained term.
          select coalesce(sum(one.amount), 0) as amount
            from served.invoice_of(listed.account, moment.as_of, moment.known_at) one
           where listed.kind = 'retention' and one.contract = listed.what and one.term = listed.term
      ) invoiced
     cross join lateral (select coalesce(listed.account, followed.account) as account) own
      left join merged on merged.member = own.account
     -- A lost deal's money is still owed.
     where case when listed.kind in ('plan', 'commitment', 'appointment')
                then coalesce(followed.status, 'open') not in ('lost', 'abandoned')
                when listed.kind = 'retention' then invoiced.amount < listed.amount
                else true end
),
account_deal as materialized (
    select coalesce(merged.account, stage_position.account) as account, stage_position.deal, stage_position.owner,
           stage_position.opened_at
      from stage_position
      left join merged on merged.member = stage_position.account
     where coalesce(merged.account, stage_position.account) in (
         select coalesce(merged.account, listed.account)
           from listed
           left join merged on merged.member = listed.account
          where listed.deal is null
     )
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
select due.due_on, due.kind, due.subject, told.owner, due.what, asked.day - due.due_on as days_late,
       case due.kind
           when 'plan' then format('Planned: %s%s.', replace(due.word, '_', ' '), ' with ' || due.contact)
           when 'commitment' then format(
               'The customer''s commitment at stage %s, given on %s, is neither kept nor broken.', due.what,
               served.local_day(due.at, moment.zone))
           when 'promise' then format(
               '%s %s of the invoice %s was promised on %s and is not paid.', served.written(due.amount, due.currency),
               due.currency, due.what, served.local_day(due.at, moment.zone))
           when 'appointment' then format('A meeting%s was agreed, and no visit has used it.', ' with ' || due.contact)
           when 'reminder' then format(
               '%s %s of the invoice %s, due on %s, is open; level %s is at %s days past due%s.',
               served.written(due.amount, due.currency), due.currency, due.what, due.day, due.level, due.days,
               coalesce(', level ' || due.last || ' was sent', ', none was sent'))
           when 'retention' then format(
               '%s %s of the contract %s is retained; %s is released.', served.written(due.amount, due.currency),
               due.currency, due.what, served.written(due.released, due.currency))
           when 'birthday' then format('Birthday of %s.', due.what)
           else format('Grade %s: every %s days; %s.', due.what, due.days,
                       coalesce('last touch ' || (asked.day - due.day) || ' days ago, on ' || due.day,
                                'no touch since the grading'))
       end as why,
       due.entry,
       case due.kind
           when 'plan' then format('计划：%s%s。', coalesce(' ' || due.contact || ' ', ''), due.word_zh)
           when 'commitment' then format(
               '客户于%s就第%s阶段作出的承诺尚未兑现。', served.local_day(due.at, moment.zone), due.what)
           when 'promise' then format(
               '客户于%s承诺支付发票%s的%s %s，尚未付清。', served.local_day(due.at, moment.zone), due.what,
               served.written(due.amount, due.currency), due.currency)
           when 'appointment' then format('已约定%s见面，尚未拜访。', coalesce('与 ' || due.contact || ' ', ''))
           when 'reminder' then format(
               '发票%s（%s到期）尚有%s %s未收；逾期%s天为第%s级催款%s。', due.what, due.day,
               served.written(due.amount, due.currency), due.currency, due.days, due.level,
               coalesce('，已发至第' || due.last || '级', '，尚未催款'))
           when 'retention' then format(
               '合同%s的质保金%s %s到期，已释放%s。', due.what, served.written(due.amount, due.currency), due.currency,
               served.written(due.released, due.currency))
           when 'birthday' then format('联系人%s的生日。', due.what)
           else format('%s级客户每%s天回访一次；%s。', due.what, due.days,
                       coalesce('上次接触在' || (asked.day - due.day) || '天前（' || due.day || '）', '定级后尚无接触'))
       end as why_zh,
       due.counted as account, due.deal
  from due
 cross join moment
 cross join asked
  left join answering on due.deal is null and answering.account = due.counted
 cross join lateral (select coalesce(due.owner, due.deal_owner, answering.owner) as owner) told
 where $owner is null or told.owner = $owner
 order by due.due_on, due.kind collate "C", due.subject collate "C", coalesce(due.what, '') collate "C", due.entry

-- name: members
with told as materialized (
    select due.kind, due.subject, due.what, due.entry, due.deal, due.counted from due
)
select told.kind, told.subject, told.what, told.entry, told.deal, null::text as account
  from told
 where told.deal is not null
union all
select told.kind, told.subject, told.what, told.entry, account_deal.deal, null
  from told
  join account_deal on told.deal is null and account_deal.account = told.counted
union all
select told.kind, told.subject, told.what, told.entry, null, told.counted from told where told.counted is not null
union all
select told.kind, told.subject, told.what, told.entry, null, merged.member
  from told
  join merged on merged.account = told.counted
