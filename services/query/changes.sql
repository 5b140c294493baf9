-- What became known, or ceased to be, between two sequences ($2, $3], about one instant ($1). Of each row at most one
-- version holds at an instant and a sequence, so the versions that begin or end in between tell its whole way.

-- name: deals
-- Where deals stood, whatever their status.
select position.deal, position.playbook, position.version, position.stage, position.phase, position.status,
       position.probability, position.amount, position.currency, position.owner, position.account, position.since,
       exists (select from reporting.stage_position_stale stale
                where stale.deal = position.deal and stale.sequence <= $3) as stale,
       position.known_from, position.known_to
  from served.stage_position position
 where position.from_at <= $1
   and position.to_at > $1
   and (position.known_from > $2 and position.known_from <= $3
        or position.known_to > $2 and position.known_to <= $3);

-- name: items
-- Invoices that were open.
with today as materialized (
    select reporting.local_day($1) as day
)
select item.account, item.invoice, item.deal, item.currency, item.amount, item.open_amount, item.due_on,
       today.day - item.due_on as days_past_due,
       reporting.ageing_bucket(item.due_on, today.day) as bucket,
       item.disputed, item.from_at as since, item.entry,
       coalesce(item.series, '') as series, -- null where an older version made the rows
       exists (select from reporting.receivables_stale stale
                where stale.account = item.account and stale.sequence <= $3) as stale,
       item.known_from, item.known_to
  from today
 cross join served.receivables_item item
 where item.from_at <= $1
   and item.to_at > $1
   and (item.known_from > $2 and item.known_from <= $3
        or item.known_to > $2 and item.known_to <= $3);

-- name: unapplied
-- Payments and credit notes as far as they paid no invoice.
select part.account, part.document, part.kind, part.currency, part.amount, part.known_from, part.known_to
  from served.receivables_unapplied part
 where part.from_at <= $1
   and part.to_at > $1
   and (part.known_from > $2 and part.known_from <= $3
        or part.known_to > $2 and part.known_to <= $3);

-- name: movements
-- What had changed the ledger balance.
select movement.account, movement.entry, movement.currency, movement.amount, movement.known_from, movement.known_to
  from served.receivables_movement movement
 where movement.at <= $1
   and (movement.known_from > $2 and movement.known_from <= $3
        or movement.known_to > $2 and movement.known_to <= $3);

-- name: stages
-- Since when there are the stages of a playbook.
select stage, min(published) as published
  from reporting.stage
 where playbook = $1
 group by stage;

-- name: funnel_deals
-- How many deals a playbook had at first, and how many of them with an amount.
select position.stage, position.status, position.currency, count(*) as deals, count(position.amount) as valued
  from reporting.stage_position($2, $3) position
 where position.playbook = $1
 group by position.stage, position.status, position.currency;

-- name: entries
-- The entries that caused it.
select sequence, source, id, type, subject, occurred_at, recorded_at, actor
  from ledger.journal where sequence = any($1::bigint[]);
