-- Written by `make schemas` from projections/views/receivables/rows.py; change that, not this.

-- name: tables
create table receivables_item (
    account text not null,
    invoice text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    deal text,
    currency text not null,
    amount numeric not null,
    open_amount numeric not null,
    due_on date not null,
    disputed boolean not null,
    entry bigint not null,
    series text not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table receivables_item is
    'Open invoices over time. One row per interval in which open amount and mark stayed the same; a settled invoice has no row from then on.';
comment on column receivables_item.account is
    'Id of the account that owes.';
comment on column receivables_item.invoice is
    'Invoice number, unique per account and series.';
comment on column receivables_item.from_at is
    'Since when it stood so, inclusive.';
comment on column receivables_item.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column receivables_item.deal is
    'Id of the deal that the invoice names, or null.';
comment on column receivables_item.currency is
    'ISO 4217 currency of the amounts.';
comment on column receivables_item.amount is
    'What was invoiced.';
comment on column receivables_item.open_amount is
    'What was still owed.';
comment on column receivables_item.due_on is
    'The last day on which payment is in time.';
comment on column receivables_item.disputed is
    'Whether the customer contested it.';
comment on column receivables_item.entry is
    'Sequence of the entry that began the interval.';
comment on column receivables_item.series is
    'Series of the number; empty where it has none.';
comment on column receivables_item.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column receivables_item.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index receivables_item_key on receivables_item (account, invoice, series, from_at)
    where known_to = 9223372036854775807;
create index receivables_item_account on receivables_item (account);

create table receivables_unapplied (
    account text not null,
    document text not null,
    kind text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    currency text not null,
    amount numeric not null,
    entry bigint not null,
    series text not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table receivables_unapplied is
    'Payments and credit notes as far as they pay no invoice, over time. One row per interval in which the amount stayed the same.';
comment on column receivables_unapplied.account is
    'Id of the account it is booked on.';
comment on column receivables_unapplied.document is
    'Number of the payment or credit note.';
comment on column receivables_unapplied.kind is
    'cash: a payment; credit: a credit note.';
comment on column receivables_unapplied.from_at is
    'Since when it stood so, inclusive.';
comment on column receivables_unapplied.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column receivables_unapplied.currency is
    'ISO 4217 currency of the amount.';
comment on column receivables_unapplied.amount is
    'What was not applied.';
comment on column receivables_unapplied.entry is
    'Sequence of the entry that began the interval.';
comment on column receivables_unapplied.series is
    'Series of the number; empty where it has none.';
comment on column receivables_unapplied.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column receivables_unapplied.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index receivables_unapplied_key on receivables_unapplied (account, document, series, kind, currency, from_at)
    where known_to = 9223372036854775807;
create index receivables_unapplied_account on receivables_unapplied (account);

create table receivables_movement (
    account text not null,
    at timestamptz not null,
    currency text not null,
    amount numeric not null,
    kind text not null,
    document text not null,
    deal text,
    entry bigint not null,
    series text not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table receivables_movement is
    'Changes of the ledger balance of each account. The sum of amount is the balance; the open items have no part in it.';
comment on column receivables_movement.account is
    'Id of the account.';
comment on column receivables_movement.at is
    'When it took effect.';
comment on column receivables_movement.currency is
    'ISO 4217 currency of the amount.';
comment on column receivables_movement.amount is
    'Signed change of what the account owes.';
comment on column receivables_movement.kind is
    'invoice, credit_note, payment, reversal, transfer_out or transfer_in.';
comment on column receivables_movement.document is
    'Number of the invoice, payment or credit note.';
comment on column receivables_movement.deal is
    'Id of the deal that the invoice names, or null.';
comment on column receivables_movement.entry is
    'Sequence of the entry that moved it.';
comment on column receivables_movement.series is
    'Series of the number; empty where it has none.';
comment on column receivables_movement.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column receivables_movement.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index receivables_movement_key on receivables_movement (account, entry)
    where known_to = 9223372036854775807;
create index receivables_movement_account on receivables_movement (account);

-- name: indexes
do $$
begin
    if to_regclass('{generation}.receivables_item_last') is null then
        create index receivables_item_last on {generation}.receivables_item (
            currency, due_on, disputed, from_at, known_from
        ) include (open_amount)
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.receivables_item_ended') is null then
        create index receivables_item_ended on {generation}.receivables_item (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, currency, due_on, disputed, open_amount)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.receivables_item_superseded') is null then
        create index receivables_item_superseded on {generation}.receivables_item (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, currency, due_on, disputed, open_amount)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.receivables_unapplied_last') is null then
        create index receivables_unapplied_last on {generation}.receivables_unapplied (
            currency, kind, from_at, known_from
        ) include (amount)
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.receivables_unapplied_ended') is null then
        create index receivables_unapplied_ended on {generation}.receivables_unapplied (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, currency, kind, amount)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.receivables_unapplied_superseded') is null then
        create index receivables_unapplied_superseded on {generation}.receivables_unapplied (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, currency, kind, amount)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.receivables_movement_standing') is null then
        create index receivables_movement_standing on {generation}.receivables_movement (
            currency, at, known_from
        ) include (amount)
        where known_to = 9223372036854775807;
    end if;
    if to_regclass('{generation}.receivables_movement_superseded') is null then
        create index receivables_movement_superseded on {generation}.receivables_movement (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (at, currency, amount)
        where known_to < 9223372036854775807;
    end if;
end
$$;

-- name: reporting
create or replace view reporting.receivables_stale as
select substr(stale.subject, 9) as account, stale.sequence
  from reporting.stale where stale.view = 'receivables';
comment on view reporting.receivables_stale is
    'Accounts whose later entries could not be folded: their rows are those of before.';
comment on column reporting.receivables_stale.account is 'Id of the account.';
comment on column reporting.receivables_stale.sequence is 'The entry since which it cannot be folded.';

create or replace view served.receivables_item as
select
    account, invoice, from_at, to_at, deal, currency, amount, open_amount, due_on, disputed, entry, known_from,
    known_to, series
  from {generation}.receivables_item;
comment on view served.receivables_item is 'The table of the served generation, as it is.';

create or replace view reporting.receivables_item_version as
select
    version.account, version.invoice, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.deal,
    version.currency, version.amount, version.open_amount, version.due_on, version.disputed, version.entry,
    version.known_from, version.known_to, version.series
  from served.receivables_item version;
comment on view reporting.receivables_item_version is
    'Open invoices over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.receivables_item_version.account is
    'Id of the account that owes.';
comment on column reporting.receivables_item_version.invoice is
    'Invoice number, unique per account and series.';
comment on column reporting.receivables_item_version.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.receivables_item_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.receivables_item_version.deal is
    'Id of the deal that the invoice names, or null.';
comment on column reporting.receivables_item_version.currency is
    'ISO 4217 currency of the amounts.';
comment on column reporting.receivables_item_version.amount is
    'What was invoiced.';
comment on column reporting.receivables_item_version.open_amount is
    'What was still owed.';
comment on column reporting.receivables_item_version.due_on is
    'The last day on which payment is in time.';
comment on column reporting.receivables_item_version.disputed is
    'Whether the customer contested it.';
comment on column reporting.receivables_item_version.entry is
    'Sequence of the entry that began the interval.';
comment on column reporting.receivables_item_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.receivables_item_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';
comment on column reporting.receivables_item_version.series is
    'Series of the number; empty where it has none.';

create or replace function served.receivables_item(as_of timestamptz, known_at bigint) returns setof served.receivables_item
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.from_at, version.to_at, version.deal, version.currency,
            version.amount, version.open_amount, version.due_on, version.disputed, version.entry, version.known_from,
            version.known_to, version.series
      from served.receivables_item version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_item.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(receivables_item.as_of))
    union all
    select
            version.account, version.invoice, version.from_at, version.to_at, version.deal, version.currency,
            version.amount, version.open_amount, version.due_on, version.disputed, version.entry, version.known_from,
            version.known_to, version.series
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.receivables_item version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_item.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(receivables_item.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(receivables_item.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(receivables_item.as_of))
    union all
    select
            version.account, version.invoice, version.from_at, version.to_at, version.deal, version.currency,
            version.amount, version.open_amount, version.due_on, version.disputed, version.entry, version.known_from,
            version.known_to, version.series
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.receivables_item version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(receivables_item.known_at))
       and version.known_to <= coalesce(least((select reporting.known(receivables_item.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(receivables_item.known_at))
       and version.to_at > (select reporting.instant(receivables_item.as_of))
       and version.from_at <= (select reporting.instant(receivables_item.as_of));
end;
comment on function served.receivables_item(timestamptz, bigint) is
    'Rows of receivables_item that hold at as_of, as known at known_at.';

create or replace view reporting.receivables_item as
select
    version.account, version.invoice, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.deal,
    version.currency, version.amount, version.open_amount, version.due_on, version.disputed, version.entry,
    exists (select from reporting.receivables_stale stale where stale.account = version.account) as stale,
    version.series
  from served.receivables_item version
 where version.known_to = 9223372036854775807;
comment on view reporting.receivables_item is
    'Open invoices over time, by all that is known now.';
comment on column reporting.receivables_item.account is
    'Id of the account that owes.';
comment on column reporting.receivables_item.invoice is
    'Invoice number, unique per account and series.';
comment on column reporting.receivables_item.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.receivables_item.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.receivables_item.deal is
    'Id of the deal that the invoice names, or null.';
comment on column reporting.receivables_item.currency is
    'ISO 4217 currency of the amounts.';
comment on column reporting.receivables_item.amount is
    'What was invoiced.';
comment on column reporting.receivables_item.open_amount is
    'What was still owed.';
comment on column reporting.receivables_item.due_on is
    'The last day on which payment is in time.';
comment on column reporting.receivables_item.disputed is
    'Whether the customer contested it.';
comment on column reporting.receivables_item.entry is
    'Sequence of the entry that began the interval.';
comment on column reporting.receivables_item.stale is
    'Whether the account''s later entries could not be folded.';
comment on column reporting.receivables_item.series is
    'Series of the number; empty where it has none.';

create or replace function reporting.receivables_item(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, invoice text, from_at timestamptz, to_at timestamptz, deal text, currency text, amount numeric,
    open_amount numeric, due_on date, disputed boolean, entry bigint, series text
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.deal,
            version.currency, version.amount, version.open_amount, version.due_on, version.disputed, version.entry,
            nullif(version.series, '') as series
      from served.receivables_item(receivables_item.as_of, receivables_item.known_at) version;
end;
comment on function reporting.receivables_item(timestamptz, bigint) is
    'Open invoices at as_of, as known at the sequence known_at.';

create or replace view served.receivables_unapplied as
select
    account, document, kind, from_at, to_at, currency, amount, entry, known_from, known_to, series
  from {generation}.receivables_unapplied;
comment on view served.receivables_unapplied is 'The table of the served generation, as it is.';

create or replace view reporting.receivables_unapplied_version as
select
    version.account, version.document, version.kind, version.from_at, nullif(version.to_at, 'infinity') as to_at,
    version.currency, version.amount, version.entry, version.known_from, version.known_to, version.series
  from served.receivables_unapplied version;
comment on view reporting.receivables_unapplied_version is
    'Payments and credit notes as far as they pay no invoice, over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.receivables_unapplied_version.account is
    'Id of the account it is booked on.';
comment on column reporting.receivables_unapplied_version.document is
    'Number of the payment or credit note.';
comment on column reporting.receivables_unapplied_version.kind is
    'cash: a payment; credit: a credit note.';
comment on column reporting.receivables_unapplied_version.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.receivables_unapplied_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.receivables_unapplied_version.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.receivables_unapplied_version.amount is
    'What was not applied.';
comment on column reporting.receivables_unapplied_version.entry is
    'Sequence of the entry that began the interval.';
comment on column reporting.receivables_unapplied_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.receivables_unapplied_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';
comment on column reporting.receivables_unapplied_version.series is
    'Series of the number; empty where it has none.';

create or replace function served.receivables_unapplied(as_of timestamptz, known_at bigint) returns setof served.receivables_unapplied
language sql stable parallel safe
begin atomic
    select
            version.account, version.document, version.kind, version.from_at, version.to_at, version.currency,
            version.amount, version.entry, version.known_from, version.known_to, version.series
      from served.receivables_unapplied version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_unapplied.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(receivables_unapplied.as_of))
    union all
    select
            version.account, version.document, version.kind, version.from_at, version.to_at, version.currency,
            version.amount, version.entry, version.known_from, version.known_to, version.series
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.receivables_unapplied version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_unapplied.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(receivables_unapplied.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(receivables_unapplied.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(receivables_unapplied.as_of))
    union all
    select
            version.account, version.document, version.kind, version.from_at, version.to_at, version.currency,
            version.amount, version.entry, version.known_from, version.known_to, version.series
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.receivables_unapplied version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(receivables_unapplied.known_at))
       and version.known_to <= coalesce(least((select reporting.known(receivables_unapplied.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(receivables_unapplied.known_at))
       and version.to_at > (select reporting.instant(receivables_unapplied.as_of))
       and version.from_at <= (select reporting.instant(receivables_unapplied.as_of));
end;
comment on function served.receivables_unapplied(timestamptz, bigint) is
    'Rows of receivables_unapplied that hold at as_of, as known at known_at.';

create or replace view served.receivables_movement as
select
    account, at, currency, amount, kind, document, deal, entry, known_from, known_to, series
  from {generation}.receivables_movement;
comment on view served.receivables_movement is 'The table of the served generation, as it is.';

create or replace view reporting.receivables_movement_version as
select
    version.account, version.at, version.currency, version.amount, version.kind, version.document, version.deal,
    version.entry, version.known_from, version.known_to, version.series
  from served.receivables_movement version;
comment on view reporting.receivables_movement_version is
    'Changes of the ledger balance of each account, in every state of knowledge: at as_of where at <= as_of, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.receivables_movement_version.account is
    'Id of the account.';
comment on column reporting.receivables_movement_version.at is
    'When it took effect.';
comment on column reporting.receivables_movement_version.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.receivables_movement_version.amount is
    'Signed change of what the account owes.';
comment on column reporting.receivables_movement_version.kind is
    'invoice, credit_note, payment, reversal, transfer_out or transfer_in.';
comment on column reporting.receivables_movement_version.document is
    'Number of the invoice, payment or credit note.';
comment on column reporting.receivables_movement_version.deal is
    'Id of the deal that the invoice names, or null.';
comment on column reporting.receivables_movement_version.entry is
    'Sequence of the entry that moved it.';
comment on column reporting.receivables_movement_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.receivables_movement_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';
comment on column reporting.receivables_movement_version.series is
    'Series of the number; empty where it has none.';

create or replace function served.receivables_movement(as_of timestamptz, known_at bigint) returns setof served.receivables_movement
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.currency, version.amount, version.kind, version.document, version.deal,
            version.entry, version.known_from, version.known_to, version.series
      from served.receivables_movement version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_movement.known_at))
       and version.at <= (select reporting.instant(receivables_movement.as_of))
    union all
    select
            version.account, version.at, version.currency, version.amount, version.kind, version.document, version.deal,
            version.entry, version.known_from, version.known_to, version.series
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.receivables_movement version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(receivables_movement.known_at))
       and version.known_to <= coalesce(least((select reporting.known(receivables_movement.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(receivables_movement.known_at))
       and version.at <= (select reporting.instant(receivables_movement.as_of));
end;
comment on function served.receivables_movement(timestamptz, bigint) is
    'Rows of receivables_movement that hold at as_of, as known at known_at.';

create or replace view reporting.receivables_movement as
select
    version.account, version.at, version.currency, version.amount, version.kind, version.document, version.deal,
    version.entry,
    exists (select from reporting.receivables_stale stale where stale.account = version.account) as stale,
    version.series
  from served.receivables_movement version
 where version.known_to = 9223372036854775807;
comment on view reporting.receivables_movement is
    'Changes of the ledger balance of each account, by all that is known now.';
comment on column reporting.receivables_movement.account is
    'Id of the account.';
comment on column reporting.receivables_movement.at is
    'When it took effect.';
comment on column reporting.receivables_movement.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.receivables_movement.amount is
    'Signed change of what the account owes.';
comment on column reporting.receivables_movement.kind is
    'invoice, credit_note, payment, reversal, transfer_out or transfer_in.';
comment on column reporting.receivables_movement.document is
    'Number of the invoice, payment or credit note.';
comment on column reporting.receivables_movement.deal is
    'Id of the deal that the invoice names, or null.';
comment on column reporting.receivables_movement.entry is
    'Sequence of the entry that moved it.';
comment on column reporting.receivables_movement.stale is
    'Whether the account''s later entries could not be folded.';
comment on column reporting.receivables_movement.series is
    'Series of the number; empty where it has none.';

create or replace function reporting.receivables_movement(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, at timestamptz, currency text, amount numeric, kind text, document text, deal text, entry bigint,
    series text
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.currency, version.amount, version.kind, version.document, version.deal,
            version.entry, nullif(version.series, '') as series
      from served.receivables_movement(receivables_movement.as_of, receivables_movement.known_at) version;
end;
comment on function reporting.receivables_movement(timestamptz, bigint) is
    'Changes of the ledger balance of each account by as_of, as known at the sequence known_at.';
