-- Reports of what accounts owe. Run behind projections/generated/receivables.sql.

-- The present -------------------------------------------------------------------------------------------------------

create or replace view reporting.receivables_open as
select item.account, item.invoice, item.deal, item.currency, item.amount, item.open_amount, item.due_on,
       item.disputed, item.from_at as since, item.entry,
       exists (select from reporting.receivables_stale stale where stale.account = item.account) as stale,
       nullif(item.series, '') as series
  from served.receivables_item item
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
  from served.receivables_unapplied part
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
  from served.receivables_movement movement
 where movement.known_to = 9223372036854775807
 group by movement.account, movement.currency;
comment on view reporting.receivables_balance is
    'Ledger balance of each account and currency, by all that is known now: what it owes, less what it has unapplied.';
comment on column reporting.receivables_balance.account is 'Id of the account.';
comment on column reporting.receivables_balance.currency is 'ISO 4217 currency of the balance.';
comment on column reporting.receivables_balance.balance is 'Sum of the movements; below zero we owe the account.';
comment on column reporting.receivables_balance.stale is 'Whether the account''s later entries could not be folded.';

-- As of any moment, as known at any moment --------------------------------------------------------------------------

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
        select reporting.local_day(reporting.instant(receivables_open.as_of)) as day
    )
    select item.account, item.invoice, item.deal, item.currency, item.amount, item.open_amount, item.due_on,
           today.day - item.due_on, reporting.ageing_bucket(item.due_on, today.day),
           item.disputed, item.from_at, item.entry,
           exists (select from reporting.receivables_stale stale
                    where stale.account = item.account
                      and stale.sequence <= (select reporting.known(receivables_open.known_at))),
           nullif(item.series, '')
      from today
     cross join served.receivables_item(receivables_open.as_of, receivables_open.known_at) item;
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
      from served.receivables_unapplied(receivables_unapplied.as_of, receivables_unapplied.known_at) part;
end;
comment on function reporting.receivables_unapplied(timestamptz, bigint) is
    'Payments and credit notes as far as they paid no invoice at as_of, as known at the sequence known_at.';

create or replace function reporting.ageing(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (currency text, line text, items bigint, amount numeric)
language sql stable parallel safe
begin atomic
    with
    aged as (
        select open.currency, open.bucket, open.disputed, count(*) as items, sum(open.open_amount) as amount
          from reporting.receivables_open(ageing.as_of, ageing.known_at) open
         group by open.currency, open.bucket, open.disputed
    ),
    unapplied as (
        select part.currency, part.kind, count(*) as items, sum(part.amount) as amount
          from served.receivables_unapplied(ageing.as_of, ageing.known_at) part
         group by part.currency, part.kind
    ),
    balance as (
        select movement.currency, sum(movement.amount) as amount
          from served.receivables_movement(ageing.as_of, ageing.known_at) movement
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
