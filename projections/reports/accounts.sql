-- name: relations
with merged as materialized (
    select one.member, one.account from served.account_merged($as_of, $known_at) one
),
known as materialized (
    select grouped.member, grouped.account from served.account_group($as_of, $known_at) grouped
),
span as materialized (
    select reporting.day_end(moment.day - 365) as begins, reporting.day_end(moment.day - 730) as former from moment
),
sold as materialized (
    -- Net invoices of two years of 365 days.
    select coalesce(merged.account, receivables_movement.account) as account, receivables_movement.currency,
           coalesce(sum(receivables_movement.amount) filter (where receivables_movement.at > span.begins), 0) as revenue,
           coalesce(sum(receivables_movement.amount) filter (where receivables_movement.at <= span.begins), 0) as former
      from receivables_movement
      left join merged on merged.member = receivables_movement.account
     cross join span
     where receivables_movement.kind in ('invoice', 'credit_note') and receivables_movement.at > span.former
     group by coalesce(merged.account, receivables_movement.account), receivables_movement.currency
)

-- name: rows
with ranked as (
    select sold.account, sold.currency, sold.revenue, sold.former, row_number() over by_revenue as rank,
           sum(sold.revenue) over by_revenue as up_to, sum(sold.revenue) over (partition by sold.currency) as whole
      from sold
    window by_revenue as (partition by sold.currency order by sold.revenue desc, sold.account collate "C")
),
won as (
    select one.account, one.deals, served.local_day(one.first_at, moment.zone) as first_on,
           served.local_day(one.last_at, moment.zone) as last_on
      from (select coalesce(merged.account, stage_position.account) as account, count(*) as deals,
                   min(stage_position.status_since) as first_at, max(stage_position.status_since) as last_at
              from stage_position
              left join merged on merged.member = stage_position.account
             where stage_position.status = 'won'
             group by coalesce(merged.account, stage_position.account)) one
     cross join moment
),
graded as (
    -- The newest grade of an account and of those merged into it.
    select distinct on (known.account) known.account, grade.grade,
           grade.potential * grade.standing * grade.strategic as score
      from grade
      join known on known.member = grade.account
     order by known.account, grade.from_at desc, known.member = known.account desc, grade.entry desc
),
asked as materialized (
    select served.policy_value('account_grades', 'A', moment.day) as a,
           served.policy_value('account_grades', 'B', moment.day) as b,
           served.policy_value('account_grades', 'C', moment.day) as c,
           moment.day - served.policy_value('life_cycle', 'recent', moment.day)::integer as past
      from moment
)
select one.account, named.value as name, graded.grade, graded.score,
       case when graded.score >= asked.a then 'A' when graded.score >= asked.b then 'B'
            when graded.score >= asked.c then 'C' when graded.score is not null then 'D' end as suggested,
       ranked.revenue, round(ranked.revenue / nullif(ranked.whole, 0), 4) as share, ranked.rank,
       round(ranked.up_to / nullif(ranked.whole, 0), 4) as cumulative,
       round((ranked.revenue - ranked.former) / nullif(ranked.former, 0), 4) as growth,
       coalesce(won.deals, 0) as won, won.first_on as first_won, won.last_on as last_won,
       case when won.account is null then 'prospect' when won.first_on > asked.past then 'new'
            when won.last_on > asked.past then 'active' else 'dormant' end as life_cycle,
       ranked.currency
  from (select distinct known.account from known) one
 cross join asked
  left join account_fact named on named.account = one.account and named.fact = 'name'
  left join graded on graded.account = one.account
  left join ranked on ranked.account = one.account
  left join won on won.account = one.account
 order by ranked.currency nulls last, ranked.rank, one.account collate "C"

-- name: members
select known.account, sold.currency, known.member as member_account, null::text as deal
  from known
  left join sold on sold.account = known.account
union all
select known.account, sold.currency, null, stage_position.deal
  from stage_position
  join known on known.member = stage_position.account
  left join sold on sold.account = known.account
