-- name: families
-- Some events that are recorded, with all corrections and voids of each.
select target.sequence as target,
       member.sequence, member.recorded_at, member.source, member.id, member.type, member.subject,
       member.occurred_at, member.actor, member.message
  from unnest($1::text[], $2::text[]) as wanted (source, id)
 cross join lateral (
        select journal.*
          from ledger.journal
         where journal.source = wanted.source
           and journal.id = wanted.id
           and journal.disposition = 'entry'
         limit 1
       ) as target
 cross join lateral (
        select target.*
        union all
        select correction.*
          from (select journal.*
                  from ledger.journal
                 where journal.target_source = wanted.source
                   and journal.target_id = wanted.id
                   and journal.disposition = 'entry'
                offset 0) as correction
       ) as member
 order by target.sequence, member.sequence;

-- name: add
-- New links; what is known already stays.
insert into ledger.payment_link (reference, account, sequence, since, "into")
select reference, account, sequence, since, "into"
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
       as added (reference, account, sequence, since, "into")
    on conflict do nothing;

-- name: chains
-- All links of the payments that transfers tie to some accounts, each payment with all accounts tied to them. Where no
-- transfer touches an account there are none.
with recursive reached (reference, account) as (
    select wanted.reference, wanted.account
      from unnest($1::text[], $2::text[]) as wanted (reference, account)
    union
    select transfer.reference, transfer.account
      from reached
     cross join lateral (
            select link.reference, link."into" as account
              from ledger.payment_link link
             where link.reference = reached.reference
               and link.account = reached.account
               and link."into" is not null
            union all
            select link.reference, link.account
              from ledger.payment_link link
             where link.reference = reached.reference
               and link."into" = reached.account
           ) as transfer
)
select link.reference, link.account, link.sequence, link.since, link."into"
  from reached
  join ledger.payment_link link using (reference, account)
 where exists (select from reached other
                where other.reference = reached.reference
                  and other.account <> reached.account);

-- name: tie
-- An entry concerns all accounts that its payment reaches; what is known already stays.
insert into ledger.concerns (subject, sequence, lane, since)
select subject, sequence, lane, since
  from unnest($1::text[], $2::bigint[], $3::smallint[], $4::bigint[]) as added (subject, sequence, lane, since)
 order by subject, sequence
    on conflict do nothing;

-- name: recorded
-- Documents of payments that are recorded, and all corrections and voids, in order.
select sequence, recorded_at, source, id, type, subject, occurred_at, actor, message, target_source, target_id
  from ledger.journal
 where disposition = 'entry'
   and (type = any($1::text[]) or target_source is not null)
 order by sequence;

-- name: of_accounts
-- All links of documents about some accounts, as known at a sequence.
select reference, account, sequence, since, "into"
  from ledger.payment_link
 where account = any($1::text[])
   and since <= $2;
