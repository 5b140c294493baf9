-- name: relations
with asked as materialized (
    -- The account asked for, or that of the deal.
    select coalesce(merged.account, own.account) as account
      from (select $account::text as account
            union
            select stage_position.account from stage_position where stage_position.deal = $deal) own
      left join served.account_merged($as_of, $known_at) merged on merged.member = own.account
     where own.account is not null
),
chosen as materialized (
    select asked.account from asked
    union
    select merged.member from served.account_merged($as_of, $known_at) merged join asked on asked.account = merged.account
),
placed as materialized (
    -- Deals whose own records count: the one asked for, or those of the account.
    select $deal::text as deal where $deal is not null
    union all
    select stage_position.deal
      from stage_position
      join chosen on chosen.account = stage_position.account
     where $deal is null
       -- An array, because few deals have any: they are looked up, and the others are not read.
       and stage_position.deal = any (array(select deal_contact.deal from deal_contact
                                            union select deal_relationship.deal from deal_relationship))
),
own_person as materialized (
    select deal_contact.* from deal_contact join placed on placed.deal = deal_contact.deal
),
person as materialized (
    -- Of a person who is known at several merged accounts or on deals the latest record counts.
    select distinct on (one.contact) one.contact, one.roles, one.reports_to, one.deal
      from (select contact.contact, contact.roles, contact.reports_to, contact.deal, contact.from_at, contact.entry
              from contact
              join chosen on chosen.account = contact.account
            union all
            select own_person.contact, own_person.roles, own_person.reports_to, own_person.deal, own_person.from_at,
                   own_person.entry
              from own_person) one
     order by one.contact, one.from_at desc, one.entry desc
),
every_cell as materialized (
    select relationship.contact, relationship.level, relationship.content, relationship.reached, relationship.decision,
           relationship.influence, relationship.motivation, relationship.stance, relationship.deal,
           relationship.from_at, relationship.entry
      from relationship
      join chosen on chosen.account = relationship.account
    union all
    select own.contact, own.level, own.content, own.reached, own.decision, own.influence, own.motivation, own.stance,
           own.deal, own.from_at, own.entry
      from deal_relationship own
      join placed on placed.deal = own.deal
),
cell as materialized (
    select distinct on (one.contact, one.level, one.content) one.*
      from every_cell one
     order by one.contact, one.level, one.content, one.from_at desc, one.entry desc
),
listed as materialized (
    select person.contact from person where $deal is null or person.deal is null or person.deal = $deal
    union
    select own_person.contact from own_person
    union
    select every_cell.contact from every_cell where $deal is null or every_cell.deal = $deal
)

-- name: rows
with judged as (
    select cell.contact, array_agg(cell.level || '_' || cell.content) filter (where cell.reached) as reached,
           (array_agg(cell.decision order by cell.from_at desc, cell.entry desc)
               filter (where cell.decision is not null))[1] as decision,
           (array_agg(cell.influence order by cell.from_at desc, cell.entry desc)
               filter (where cell.influence is not null))[1] as influence,
           (array_agg(cell.motivation order by cell.from_at desc, cell.entry desc)
               filter (where cell.motivation is not null))[1] as motivation,
           (array_agg(cell.stance order by cell.from_at desc, cell.entry desc)
               filter (where cell.stance is not null))[1] as stance
      from cell
     group by cell.contact
)
select listed.contact, coalesce(person.roles, '{}') as roles,
       'enterprise_need_product' = any (told.reached) as enterprise_need_product,
       'enterprise_need_company' = any (told.reached) as enterprise_need_company,
       'personal_need_product' = any (told.reached) as personal_need_product,
       'personal_need_company' = any (told.reached) as personal_need_company,
       'personal_bond_product' = any (told.reached) as personal_bond_product,
       'personal_bond_company' = any (told.reached) as personal_bond_company,
       judged.decision, judged.influence, judged.motivation, judged.stance, person.reports_to
  from listed
  left join person on person.contact = listed.contact
  left join judged on judged.contact = listed.contact
 cross join lateral (select coalesce(judged.reached, '{}') as reached) told
union all
select null, '{}', false, false, false, false, false, false, null, null, null, null, null
 where not served.one_given('account, deal', num_nonnulls($account, $deal))
 order by 1

-- name: totals
with counted as (
    select report.roles, 'decision_maker' = any (report.roles) as decides,
           report.enterprise_need_product::integer + report.enterprise_need_company::integer
           + report.personal_need_product::integer + report.personal_need_company::integer
           + report.personal_bond_product::integer + report.personal_bond_company::integer as cells
      from report
)
select round((select count(distinct role)
                from counted
               cross join unnest(counted.roles) role
               where role in ('decision_maker', 'influencer', 'user')) / nullif(3 * (count(*) > 0)::integer, 0)::numeric,
             4) as role_coverage,
       round(sum(counted.cells)::numeric / nullif(6 * count(*), 0), 4) as cell_coverage,
       round(count(*) filter (where counted.decides and counted.cells > 0)::numeric
             / nullif(count(*) filter (where counted.decides), 0), 4) as decision_makers_reached
  from counted
