-- The tables of the view receivables, made in the schema of a generation (the search path says which).
-- Every row is a version: known from the entry that made it until the entry that unmade it.

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
    'Open invoices over time: one row per interval in which open amount and mark stayed the same. A settled invoice has no row from then on.';
comment on column receivables_item.account is 'Id of the account that owes.';
comment on column receivables_item.invoice is 'Invoice number, unique per account and series.';
comment on column receivables_item.from_at is 'Since when it stood so, inclusive.';
comment on column receivables_item.to_at is 'Until when it stood so, exclusive; infinity while nothing later is known.';
comment on column receivables_item.deal is 'Id of the deal that the invoice names, or null.';
comment on column receivables_item.currency is 'ISO 4217 currency of the amounts.';
comment on column receivables_item.amount is 'What was invoiced.';
comment on column receivables_item.open_amount is 'What was still owed; more than zero.';
comment on column receivables_item.due_on is 'The last day on which payment is in time.';
comment on column receivables_item.disputed is 'Whether the customer contested it; it is owed and ages all the same.';
comment on column receivables_item.entry is 'Sequence of the entry that began the interval.';
comment on column receivables_item.series is 'Series of the number; empty where it has none.';
comment on column receivables_item.known_from is 'Sequence of the entry whose arrival made this version.';
comment on column receivables_item.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index receivables_item_key on receivables_item (account, invoice, series, from_at)
    where known_to = 9223372036854775807;
create index receivables_item_account on receivables_item (account);
create index receivables_item_open on receivables_item (to_at, from_at)
    include (known_from, currency, open_amount, due_on, disputed) where known_to = 9223372036854775807;
create index receivables_item_closed on receivables_item (known_to, known_from)
    include (from_at, to_at, currency, open_amount, due_on, disputed) where known_to < 9223372036854775807;

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
    'Payments and credit notes, as far as they pay no invoice, over time: one row per interval in which the amount stayed the same.';
comment on column receivables_unapplied.account is 'Id of the account that the payment or credit note is booked on.';
comment on column receivables_unapplied.document is
    'Number of the payment or credit note, unique per account, kind and series.';
comment on column receivables_unapplied.kind is 'cash: a payment; credit: a credit note.';
comment on column receivables_unapplied.from_at is 'Since when it stood so, inclusive.';
comment on column receivables_unapplied.to_at is
    'Until when it stood so, exclusive; infinity while nothing later is known.';
comment on column receivables_unapplied.currency is 'ISO 4217 currency of the amount.';
comment on column receivables_unapplied.amount is 'What was not applied; more than zero.';
comment on column receivables_unapplied.entry is 'Sequence of the entry that began the interval.';
comment on column receivables_unapplied.series is 'Series of the number; empty where it has none.';
comment on column receivables_unapplied.known_from is 'Sequence of the entry whose arrival made this version.';
comment on column receivables_unapplied.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index receivables_unapplied_key on receivables_unapplied (account, document, series, kind, currency, from_at)
    where known_to = 9223372036854775807;
create index receivables_unapplied_account on receivables_unapplied (account);
create index receivables_unapplied_open on receivables_unapplied (to_at, from_at)
    include (known_from, currency, kind, amount) where known_to = 9223372036854775807;
create index receivables_unapplied_closed on receivables_unapplied (known_to, known_from)
    include (from_at, to_at, currency, kind, amount) where known_to < 9223372036854775807;

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
    'What changed the ledger balance of an account. Their sum is the balance; the open items have no part in it.';
comment on column receivables_movement.account is 'Id of the account.';
comment on column receivables_movement.at is
    'When it took effect: the entry''s own time, or when the payment that it had to wait for came in.';
comment on column receivables_movement.currency is 'ISO 4217 currency of the amount.';
comment on column receivables_movement.amount is
    'Signed: above zero for invoices, reversals and transfers out; below for credit notes, payments and transfers in.';
comment on column receivables_movement.kind is
    'invoice, credit_note, payment, reversal, transfer_out or transfer_in.';
comment on column receivables_movement.document is 'Number of the invoice, payment or credit note.';
comment on column receivables_movement.deal is 'Id of the deal that the invoice names, or null.';
comment on column receivables_movement.entry is 'Sequence of the entry that moved it; a reversal may stand on an account that it did not name.';
comment on column receivables_movement.series is 'Series of the number; empty where it has none.';
comment on column receivables_movement.known_from is 'Sequence of the entry whose arrival made this version.';
comment on column receivables_movement.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index receivables_movement_key on receivables_movement (account, entry)
    where known_to = 9223372036854775807;
create index receivables_movement_account on receivables_movement (account);
create index receivables_movement_closed on receivables_movement (known_to, known_from)
    include (at, currency, amount) where known_to < 9223372036854775807;
