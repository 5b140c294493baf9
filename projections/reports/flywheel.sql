-- name: rows
with span as materialized (
    select reporting.day_end($from_day - 1) as begins
),
dealt as materialized (
    select stage_position.deal, coalesce(merged.account, stage_position.account) as account, stage_position.opened_at,
           stage_position.status, stage_position.status_since, deal_file.referral, deal_file.source_channel
      from stage_position
      left join served.account_merged($as_of, $known_at) merged on merged.member = stage_position.account
      left join deal_file on deal_file.deal = stage_position.deal
),
bought as materialized (
    -- Purchases, each with the one before.
    select dealt.account, dealt.status_since as at,
           lag(dealt.status_since) over (partition by dealt.account order by dealt.status_since, dealt.deal) as before
      from dealt
     where dealt.status = 'won' and dealt.account is not null
),
customer as materialized (
    select bought.account, min(bought.at) as first_at from bought group by bought.account
),
referred as (
    -- Deals of whatever account.
    select bool_or(standing.deal is not null) as opened, bool_or(coalesce(standing.status = 'won', false)) as won
      from referral
     cross join span
      left join deal_file on deal_file.referral = referral.referral
      left join standing on standing.deal = deal_file.deal
     where referral.at > span.begins
     group by referral.referral
),
counted as (
    select (select count(*) from referred) as referrals,
           (select count(*) from referred where referred.opened) as opened,
           (select count(*) from referred where referred.won) as won,
           (select count(*) from customer) as customers
),
sold as (
    select count(distinct bought.account) as buyers,
           count(distinct bought.account) filter (where bought.before is not null) as repeat_buyers,
           percentile_cont(0.5) within group (order by gap.days) as repeat_days
      from bought
      join span on bought.at > span.begins
     cross join lateral (
            select reporting.local_day(bought.at) - reporting.local_day(bought.before) as days
           ) gap
),
begun as (
    select count(*) as deals,
           count(*) filter (where dealt.referral is not null
                               or dealt.source_channel in ('referral', 'existing_customer')
                               or customer.first_at < dealt.opened_at) as from_loop
      from dealt
      join span on dealt.opened_at > span.begins
      left join customer on customer.account = dealt.account
)
select counted.referrals, counted.opened, counted.won, round(counted.won::numeric / nullif(counted.referrals, 0), 4)
       as conversion,
       round(counted.referrals::numeric / nullif(counted.customers, 0), 4) as per_customer, sold.buyers,
       sold.repeat_buyers, round(sold.repeat_buyers::numeric / nullif(sold.buyers, 0), 4) as repeat_rate,
       round(sold.repeat_days::numeric, 2) as repeat_days, begun.deals as deals_opened, begun.from_loop,
       round(begun.from_loop::numeric / nullif(begun.deals, 0), 4) as loop_share
  from counted
 cross join sold
 cross join begun
