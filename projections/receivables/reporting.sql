-- The face of the view receivables in the schema `reporting`. {generation} stands for the served generation's schema;
-- promoting another one runs this file again. The functions read the views alone, so they need no mending then, and
-- who may read `reporting` needs no right on a generation.
-- Needs reporting.sequence(), local_day(), instant() and known(), and {generation}.stale (view, subject, sequence).

-- All versions ------------------------------------------------------------------------------------------------------

create or replace view reporting.receivables_item_version as
select account, invoice, from_at, to_at, deal, currency, amount, open_amount, due_on, disputed, entry,
       known_from, known_to, series
  from {generation}.receivables_item;
comment on view reporting.receivables_item_version is
    'Open invoices over time, in every state of knowledge: open at as_of where from_at <= as_of < to_at, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.receivables_item_version.account is 'Id of the account that owes.';
comment on column reporting.receivables_item_version.invoice is 'Invoice number, unique per account and series.';
comment on column reporting.receivables_item_version.from_at is 'Since when it stood so, inclusive.';
comment on column reporting.receivables_item_version.to_at is 'Until when, exclusive; infinity: nothing later is known.';
comment on column reporting.receivables_item_version.deal is 'Id of the deal that the invoice names, or null.';
comment on column reporting.receivables_item_version.currency is 'ISO 4217 currency of the amounts.';
comment on column reporting.receivables_item_version.amount is 'What was invoiced.';
comment on column reporting.receivables_item_version.open_amount is 'What was still owed.';
comment on column reporting.receivables_item_version.due_on is 'The last day on which payment is in time.';
comment on column reporting.receivables_item_version.disputed is 'Whether the customer contested it.';
comment on column reporting.receivables_item_version.entry is 'Sequence of the entry that began the interval.';
comment on column reporting.receivables_item_version.known_from is 'Sequence of the entry whose arrival made this version.';
comment on column reporting.receivables_item_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';
comment on column reporting.receivables_item_version.series is 'Series of the number; empty where it has none.';

create or replace view reporting.receivables_unapplied_version as
select account, document, kind, from_at, to_at, currency, amount, entry, known_from, known_to,
       series
  from {generation}.receivables_unapplied;
comment on view reporting.receivables_unapplied_version is
    'Payments and credit notes as far as they pay no invoice, over time, in every state of knowledge.';
comment on column reporting.receivables_unapplied_version.account is 'Id of the account it is booked on.';
comment on column reporting.receivables_unapplied_version.document is 'Number of the payment or credit note.';
comment on column reporting.receivables_unapplied_version.kind is 'cash: a payment; credit: a credit note.';
comment on column reporting.receivables_unapplied_version.from_at is 'Since when it stood so, inclusive.';
comment on column reporting.receivables_unapplied_version.to_at is 'Until when, exclusive; infinity: nothing later is known.';
comment on column reporting.receivables_unapplied_version.currency is 'ISO 4217 currency of the amount.';
comment on column reporting.receivables_unapplied_version.amount is 'What was not applied.';
comment on column reporting.receivables_unapplied_version.entry is 'Sequence of the entry that began the interval.';
comment on column reporting.receivables_unapplied_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.receivables_unapplied_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';
comment on column reporting.receivables_unapplied_version.series is 'Series of the number; empty where it has none.';

create or replace view reporting.receivables_movement_version as
select account, at, currency, amount, kind, document, deal, entry, known_from, known_to,
       series
  from {generation}.receivables_movement;
comment on view reporting.receivables_movement_version is
    'What changed the ledger balance of each account, in every state of knowledge; the sum of amount is the balance.';
comment on column reporting.receivables_movement_version.account is 'Id of the account.';
comment on column reporting.receivables_movement_version.at is 'When it took effect.';
comment on column reporting.receivables_movement_version.currency is 'ISO 4217 currency of the amount.';
comment on column reporting.receivables_movement_version.amount is 'Signed change of what the account owes.';
comment on column reporting.receivables_movement_version.kind is
    'invoice, credit_note, payment, reversal, transfer_out or transfer_in.';
comment on column reporting.receivables_movement_version.document is 'Number of the invoice, payment or credit note.';
comment on column reporting.receivables_movement_version.deal is 'Id of the deal that the invoice names, or null.';
comment on column reporting.receivables_movement_version.entry is 'Sequence of the entry that moved it.';
comment on column reporting.receivables_movement_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.receivables_movement_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';
comment on column reporting.receivables_movement_version.series is 'Series of the number; empty where it has none.';

create or replace view reporting.receivables_stale as
select substr(subject, length('account/') + 1) as account, sequence
  from {generation}.stale
 where view = 'receivables';
comment on view reporting.receivables_stale is
    'Accounts whose receivables could not be folded to the end: their rows are those of before.';
comment on column reporting.receivables_stale.account is 'Id of the account.';
comment on column reporting.receivables_stale.sequence is 'The entry since which it cannot be folded.';

-- The present -------------------------------------------------------------------------------------------------------

create or replace view reporting.receivables_open as
select item.account, item.invoice, item.deal, item.currency, item.amount, item.open_amount, item.due_on,
       item.disputed, item.from_at as since, item.entry,
       exists (select from reporting.receivables_stale stale where stale.account = item.account) as stale,
       nullif(item.series, '') as series
  from reporting.receivables_item_version item
 where item.known_to = 9223372036854775807
   and item.to_at = 'infinity';
comment on view reporting.receivables_open is 'Invoices that are open, by all that is known now.';
comment on column reporting.receivables_open.account is 'Id of the account that owes.';
comment on column reporting.receivables_open.invoice is 'Invoice number, unique per account and series.';
comment on column reporting.receivables_open.deal is 'Id of the deal that the invoice names, or null.';
comment on column reporting.receivables_open.currency is 'ISO 4217 currency of the amounts.';
comment on column reporting.receivables_open.amount is 'What was invoiced.';
comment on column reporting.receivables_open.open_amount is 'What is still owed.';
comment on column reporting.receivables_open.due_on is 'The last day on which payment is in time.';
comment on column reporting.receivables_open.disputed is 'Whether the customer contests it.';
comment on column reporting.receivables_open.since is 'Since when it stands so.';
comment on column reporting.receivables_open.entry is 'Sequence of the entry since which it stands so.';
comment on column reporting.receivables_open.stale is 'Whether the account''s later entries could not be folded.';
comment on column reporting.receivables_open.series is 'Series of the number, or null.';

create or replace view reporting.receivables_unapplied as
select part.account, part.document, part.kind, part.currency, part.amount, part.from_at as since, part.entry,
       exists (select from reporting.receivables_stale stale where stale.account = part.account) as stale,
       nullif(part.series, '') as series
  from reporting.receivables_unapplied_version part
 where part.known_to = 9223372036854775807
   and part.to_at = 'infinity';
comment on view reporting.receivables_unapplied is
    'Payments and credit notes, as far as they pay no invoice, by all that is known now.';
comment on column reporting.receivables_unapplied.account is 'Id of the account it is booked on.';
comment on column reporting.receivables_unapplied.document is 'Number of the payment or credit note.';
comment on column reporting.receivables_unapplied.kind is 'cash: a payment; credit: a credit note.';
comment on column reporting.receivables_unapplied.currency is 'ISO 4217 currency of the amount.';
comment on column reporting.receivables_unapplied.amount is 'What is not applied.';
comment on column reporting.receivables_unapplied.since is 'Since when it stands so.';
comment on column reporting.receivables_unapplied.entry is 'Sequence of the entry since which it stands so.';
comment on column reporting.receivables_unapplied.stale is 'Whether the account''s later entries could not be folded.';
comment on column reporting.receivables_unapplied.series is 'Series of the number, or null.';

create or replace view reporting.receivables_balance as
select movement.account, movement.currency, sum(movement.amount) as balance,
       exists (select from reporting.receivables_stale stale where stale.account = movement.account) as stale
  from reporting.receivables_movement_version movement
 where movement.known_to = 9223372036854775807
 group by movement.account, movement.currency;
comment on view reporting.receivables_balance is
    'Ledger balance of each account and currency, by all that is known now: what it owes, less what it has unapplied.';
comment on column reporting.receivables_balance.account is 'Id of the account.';
comment on column reporting.receivables_balance.currency is 'ISO 4217 currency of the balance.';
comment on column reporting.receivables_balance.balance is 'Sum of the movements; below zero we owe the account.';
comment on column reporting.receivables_balance.stale is 'Whether the account''s later entries could not be folded.';

-- As of any moment, as known at any moment --------------------------------------------------------------------------
-- Versions that stand and versions that are superseded have an index each, so each function asks for them apart.
-- (select reporting.known(known_at)) is evaluated once per query, whatever is given for it.

create or replace function reporting.ageing_bucket(due_on date, day date) returns text
language sql immutable parallel safe
return case
    when day is null or due_on is null then null
    when day - due_on <= 0 then 'not_due'
    when day - due_on <= 30 then '1-30'
    when day - due_on <= 60 then '31-60'
    when day - due_on <= 90 then '61-90'
    else 'over_90'
end;
comment on function reporting.ageing_bucket(date, date) is
    'Days past due on a day are the day minus due_on. An invoice is not due up to and on its due_on; then 1-30, 31-60, 61-90 and over_90 days past due, both ends included.';

create or replace function reporting.receivables_open(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, invoice text, deal text, currency text, amount numeric, open_amount numeric, due_on date,
    days_past_due integer, bucket text, disputed boolean, since timestamptz, entry bigint, stale boolean, series text
)
language sql stable parallel safe
begin atomic
    with today as materialized ( -- once, not once a row
        select reporting.local_day(reporting.instant(as_of)) as day
    )
    select item.account, item.invoice, item.deal, item.currency, item.amount, item.open_amount, item.due_on,
           today.day - item.due_on, reporting.ageing_bucket(item.due_on, today.day),
           item.disputed, item.from_at, item.entry,
           exists (select from reporting.receivables_stale stale
                    where stale.account = item.account
                      and stale.sequence <= (select reporting.known(known_at))),
           nullif(item.series, '')
      from today
     cross join (
            select standing.*
              from reporting.receivables_item_version standing
             where standing.known_to = 9223372036854775807
               and standing.known_from <= (select reporting.known(known_at))
               and standing.to_at > (select reporting.instant(as_of))
               and standing.from_at <= (select reporting.instant(as_of))
            union all
            select superseded.*
              from reporting.receivables_item_version superseded
             where superseded.known_to < 9223372036854775807
               and superseded.known_to > (select reporting.known(known_at))
               and superseded.known_from <= (select reporting.known(known_at))
               and superseded.to_at > (select reporting.instant(as_of))
               and superseded.from_at <= (select reporting.instant(as_of))
           ) item;
end;
comment on function reporting.receivables_open(timestamptz, bigint) is
    'Invoices that were open at as_of, as known at the sequence known_at, with days past due (below 1: not yet due) and bucket.';

create or replace function reporting.receivables_unapplied(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, document text, kind text, currency text, amount numeric, since timestamptz, entry bigint, series text
)
language sql stable parallel safe
begin atomic
    select part.account, part.document, part.kind, part.currency, part.amount, part.from_at, part.entry,
           nullif(part.series, '')
      from reporting.receivables_unapplied_version part
     where part.known_to = 9223372036854775807
       and part.known_from <= (select reporting.known(known_at))
       and part.to_at > (select reporting.instant(as_of))
       and part.from_at <= (select reporting.instant(as_of))
    union all
    select part.account, part.document, part.kind, part.currency, part.amount, part.from_at, part.entry,
           nullif(part.series, '')
      from reporting.receivables_unapplied_version part
     where part.known_to < 9223372036854775807
       and part.known_to > (select reporting.known(known_at))
       and part.known_from <= (select reporting.known(known_at))
       and part.to_at > (select reporting.instant(as_of))
       and part.from_at <= (select reporting.instant(as_of));
end;
comment on function reporting.receivables_unapplied(timestamptz, bigint) is
    'Payments and credit notes as far as they paid no invoice at as_of, as known at the sequence known_at.';

create or replace function reporting.receivables_movement(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, at timestamptz, currency text, amount numeric, kind text, document text, deal text, entry bigint,
    series text
)
language sql stable parallel safe
begin atomic
    select movement.account, movement.at, movement.currency, movement.amount, movement.kind, movement.document,
           movement.deal, movement.entry, nullif(movement.series, '')
      from reporting.receivables_movement_version movement
     where movement.known_to = 9223372036854775807
       and movement.known_from <= (select reporting.known(known_at))
       and movement.at <= (select reporting.instant(as_of))
    union all
    select movement.account, movement.at, movement.currency, movement.amount, movement.kind, movement.document,
           movement.deal, movement.entry, nullif(movement.series, '')
      from reporting.receivables_movement_version movement
     where movement.known_to < 9223372036854775807
       and movement.known_to > (select reporting.known(known_at))
       and movement.known_from <= (select reporting.known(known_at))
       and movement.at <= (select reporting.instant(as_of));
end;
comment on function reporting.receivables_movement(timestamptz, bigint) is
    'What had changed the ledger balance by as_of, as known at the sequence known_at.';

create or replace function reporting.ageing(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (currency text, line text, items bigint, amount numeric)
language sql stable parallel safe
begin atomic
    with
    aged as (
        select open.currency, open.bucket, open.disputed, count(*) as items, sum(open.open_amount) as amount
          from reporting.receivables_open(as_of, known_at) open
         group by open.currency, open.bucket, open.disputed
    ),
    unapplied as (
        select part.currency, part.kind, count(*) as items, sum(part.amount) as amount
          from reporting.receivables_unapplied(as_of, known_at) part
         group by part.currency, part.kind
    ),
    balance as ( -- what stands and what is superseded are summed apart: there is a row for every movement ever
        select movement.currency, sum(movement.amount) as amount
          from reporting.receivables_movement_version movement
         where movement.known_to = 9223372036854775807
           and movement.known_from <= (select reporting.known(known_at))
           and movement.at <= (select reporting.instant(as_of))
         group by movement.currency
        union all
        select movement.currency, sum(movement.amount) as amount
          from reporting.receivables_movement_version movement
         where movement.known_to < 9223372036854775807
           and movement.known_to > (select reporting.known(known_at))
           and movement.known_from <= (select reporting.known(known_at))
           and movement.at <= (select reporting.instant(as_of))
         group by movement.currency
    ),
    part as (
        select aged.currency, aged.bucket as line, aged.items, aged.amount from aged
        union all
        select aged.currency, 'disputed', aged.items, aged.amount from aged where aged.disputed
        union all
        select unapplied.currency, 'unapplied_' || unapplied.kind, unapplied.items, unapplied.amount from unapplied
        union all
        select unapplied.currency, 'unapplied', unapplied.items, unapplied.amount from unapplied
        union all
        select balance.currency, 'balance', null, balance.amount from balance
    )
    select wanted.currency,
           wanted.line,
           case when wanted.line = 'balance' then null else coalesce(sum(part.items), 0)::bigint end,
           coalesce(sum(part.amount), 0)
      from (
            select named.currency, line.line, line.place
              from (select distinct part.currency from part) named
             cross join unnest(array[
                 'not_due', '1-30', '31-60', '61-90', 'over_90', 'disputed',
                 'unapplied_cash', 'unapplied_credit', 'unapplied', 'balance'
             ]) with ordinality as line (line, place)
           ) wanted
      left join part on part.currency = wanted.currency and part.line = wanted.line
     group by wanted.currency, wanted.line, wanted.place
     order by wanted.currency, wanted.place;
end;
comment on function reporting.ageing(timestamptz, bigint) is
    'Ageing at as_of, as known at the sequence known_at. Ten lines for every currency that had moved: the buckets not_due, 1-30, 31-60, 61-90 and over_90 days past due; disputed (items that are in the buckets too); unapplied_cash, unapplied_credit and their sum unapplied; and balance, summed from the movements. Buckets less unapplied are the balance.';
