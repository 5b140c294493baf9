-- name: holders
-- The first few entries that gave some numbers to documents: which event each is or corrects, and whether a correction
-- or void has to be looked at before one can say that the event has that number. Index probes alone, whatever the
-- planner believes.
select asked.account, asked.kind, asked.reference, entry.sequence,
       coalesce(entry.target_source, entry.source) as source,
       coalesce(entry.target_id, entry.id) as id,
       entry.target_source is not null or correction.sequence is not null as corrected
  from unnest($1::text[], $2::text[], $3::text[]) as asked (account, kind, reference)
 cross join lateral (
        select number.sequence
          from ledger.document_number number
         where number.account = asked.account
           and number.reference = asked.reference
           and number.kind = asked.kind
         order by number.sequence
         limit $4
       ) as first
 cross join lateral (
        select journal.sequence, journal.source, journal.id, journal.target_source, journal.target_id
          from ledger.journal
         where journal.sequence = first.sequence
         limit 1
       ) as entry
  left join lateral (
        select journal.sequence
          from ledger.journal
         where journal.target_source = entry.source
           and journal.target_id = entry.id
           and journal.disposition = 'entry'
         limit 1
       ) as correction on true
 order by entry.sequence;

-- name: families
-- Some events with the latest corrections and voids of each.
select asked.source as target_source, asked.id as target_id,
       member.sequence, member.source, member.id, member.type, member.subject, member.occurred_at, member.actor,
       member.message
  from unnest($1::text[], $2::text[]) as asked (source, id)
 cross join lateral (
        (select original.*
           from ledger.journal original
          where original.source = asked.source
            and original.id = asked.id
            and original.disposition = 'entry'
          limit 1)
        union all
        (select correction.*
           from ledger.journal correction
          where correction.target_source = asked.source
            and correction.target_id = asked.id
            and correction.disposition = 'entry'
          order by correction.sequence desc
          limit $3)
       ) as member;
