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
    disputed_amount numeric,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table receivables_item is
    'Open invoices over time. One row per interval in which open amount and dispute stayed the same; a settled invoice has no row from then on.';
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
comment on column receivables_item.disputed_amount is
    'Part of the open amount that is contested; null when it is all of it or none.';
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
    received_at timestamptz,
    remittance text,
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
comment on column receivables_unapplied.received_at is
    'When the payment or credit note first came to the account.';
comment on column receivables_unapplied.remittance is
    'Text of the payer that says what is paid, or null.';
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
    'invoice, credit_note, payment, reversal, transfer_out, transfer_in or write_off.';
comment on column receivables_movement.document is
    'Number of the invoice, payment or credit note; of a write-off that of the invoice.';
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

create table invoice (
    account text not null,
    invoice text not null,
    series text not null,
    issued_at timestamptz not null,
    currency text not null,
    amount numeric not null,
    due_on date not null,
    deal text,
    contract text,
    term text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table invoice is
    'All invoices, open or settled. A second one of a number and series is not among them.';
comment on column invoice.account is
    'Id of the account that owes or owed.';
comment on column invoice.invoice is
    'Invoice number, unique per account and series.';
comment on column invoice.series is
    'Series of the number; empty where it has none.';
comment on column invoice.issued_at is
    'When it was issued.';
comment on column invoice.currency is
    'ISO 4217 currency of the amount.';
comment on column invoice.amount is
    'Amount invoiced.';
comment on column invoice.due_on is
    'The last day on which payment is in time.';
comment on column invoice.deal is
    'Id of the deal that the invoice names, or null.';
comment on column invoice.contract is
    'Number of the contract that it invoices, as contract_term has it, or null.';
comment on column invoice.term is
    'Term of that contract, as contract_term has it, or null.';
comment on column invoice.entry is
    'Sequence of the entry that issued it.';
comment on column invoice.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column invoice.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index invoice_key on invoice (account, invoice, series)
    where known_to = 9223372036854775807;
create index invoice_account on invoice (account);

create table application (
    account text not null,
    invoice text not null,
    series text not null,
    kind text not null,
    document text not null,
    document_series text not null,
    at timestamptz not null,
    currency text not null,
    amount numeric not null,
    deal text,
    issued_at timestamptz not null,
    due_on date not null,
    entry bigint not null,
    place bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table application is
    'Amounts that lowered invoices: of payments, of credit notes, and written off. A reversal or transfer of cash takes its applications back by rows of less than zero.';
comment on column application.account is
    'Id of the account that owes or owed.';
comment on column application.invoice is
    'Invoice number, as the table invoice has it.';
comment on column application.series is
    'Series of the invoice''s number; empty where it has none.';
comment on column application.kind is
    'cash: of a payment; credit: of a credit note; write_off: given up.';
comment on column application.document is
    'Number of the payment or credit note; empty for a write-off.';
comment on column application.document_series is
    'Series of that number; empty where it has none.';
comment on column application.at is
    'When it took effect.';
comment on column application.currency is
    'ISO 4217 currency of the amount.';
comment on column application.amount is
    'Amount that was applied; less than zero where it was taken back.';
comment on column application.deal is
    'Id of the deal that the allocation names, or else the invoice; null where neither does.';
comment on column application.issued_at is
    'When the invoice was issued.';
comment on column application.due_on is
    'The last day on which payment of the invoice is in time.';
comment on column application.entry is
    'Sequence of the entry that asked for it, or that took it back.';
comment on column application.place is
    'Number within the entry, from 0: of the allocation as the entry lists them, or of what it took back.';
comment on column application.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column application.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index application_key on application (account, entry, place)
    where known_to = 9223372036854775807;
create index application_account on application (account);

create table contract_term (
    account text not null,
    contract text not null,
    place bigint not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    term text not null,
    retention boolean not null,
    deal text not null,
    trigger text,
    share numeric not null,
    days integer,
    planned numeric not null,
    currency text not null,
    contract_amount numeric not null,
    triggered_on date,
    due_on date,
    signed_at timestamptz not null,
    delivered_on date,
    accepted_on date,
    released numeric not null,
    sme_declared boolean,
    buyer_kind text,
    late_rate_per_day numeric,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table contract_term is
    'Payment terms of contracts over time. The retention is a term of its own, the last; a contract without terms has one without a name. The planned amounts of a contract add up to its amount if the shares add up to 100.';
comment on column contract_term.account is
    'Id of the account that owes under the contract.';
comment on column contract_term.contract is
    'Contract number, without characters that nobody sees, unique per account.';
comment on column contract_term.place is
    'Number of the term in the contract, from 1.';
comment on column contract_term.from_at is
    'Since when it stood so, inclusive.';
comment on column contract_term.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column contract_term.term is
    'Name of the term; `retention` for the retention, empty where no terms are agreed.';
comment on column contract_term.retention is
    'Mark of the share that is kept back until the warranty ends.';
comment on column contract_term.deal is
    'Id of the deal whose contract it is.';
comment on column contract_term.trigger is
    'Occasion that makes it payable; null where no terms are agreed.';
comment on column contract_term.share is
    'Part of the contract''s amount, in per cent.';
comment on column contract_term.days is
    'Days between the trigger and the due day; null where none were agreed, and for the retention.';
comment on column contract_term.planned is
    'Contract''s amount × share / 100, rounded half up; the last term takes the rest if the shares add up to 100.';
comment on column contract_term.currency is
    'ISO 4217 currency of the amounts.';
comment on column contract_term.contract_amount is
    'Amount of the whole contract.';
comment on column contract_term.triggered_on is
    'Day of the trigger, as far as contract and acceptances tell: of a delivery, an acceptance, the end of the warranty, or the day agreed. Null for `signing`, which is on the day of signed_at in the ledger''s zone, and for `invoice`, which the table invoice tells.';
comment on column contract_term.due_on is
    'triggered_on + days; null while either is unknown. Of a day agreed and of the retention the days may be left out.';
comment on column contract_term.signed_at is
    'When the contract was signed.';
comment on column contract_term.delivered_on is
    'Day of the delivery that counts for the term, or null.';
comment on column contract_term.accepted_on is
    'Day of the acceptance that counts for the term, or null.';
comment on column contract_term.released is
    'Part of the retention that the customer agrees to be payable; 0 for other terms.';
comment on column contract_term.sme_declared is
    'Mark that we told the buyer that we are a small or medium-sized enterprise (Order 802, article 3), or null.';
comment on column contract_term.buyer_kind is
    'Kind of the buyer by law, or null where the contract does not say it.';
comment on column contract_term.late_rate_per_day is
    'Interest agreed for late payment, as a share of the sum for each day; null: the legal rate.';
comment on column contract_term.entry is
    'Sequence of the entry that began the interval.';
comment on column contract_term.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column contract_term.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index contract_term_key on contract_term (account, contract, place, from_at)
    where known_to = 9223372036854775807;
create index contract_term_account on contract_term (account);

create table promise (
    account text not null,
    invoice text not null,
    series text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    promised_at timestamptz not null,
    promised_on date not null,
    currency text not null,
    amount numeric not null,
    state text not null,
    contact text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table promise is
    'Promises of customers to pay over time. A promise is kept while cash applied to the invoice since it was made comes to its amount; an open one is broken once its day is over.';
comment on column promise.account is
    'Id of the account that owes.';
comment on column promise.invoice is
    'Invoice number, as the table invoice has it.';
comment on column promise.series is
    'Series of the invoice''s number; empty where it has none.';
comment on column promise.from_at is
    'Since when it stood so, inclusive.';
comment on column promise.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column promise.promised_at is
    'When it was made; not before the invoice was issued.';
comment on column promise.promised_on is
    'The day by which it will be paid.';
comment on column promise.currency is
    'ISO 4217 currency of the amount.';
comment on column promise.amount is
    'Amount promised.';
comment on column promise.state is
    'open, or kept.';
comment on column promise.contact is
    'Id of the person who promised, or null.';
comment on column promise.entry is
    'Sequence of the entry that says the promise.';
comment on column promise.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column promise.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index promise_key on promise (account, entry, from_at)
    where known_to = 9223372036854775807;
create index promise_account on promise (account);

create table reminder (
    account text not null,
    invoice text not null,
    series text not null,
    at timestamptz not null,
    level bigint not null,
    channel text not null,
    contact text,
    deal text,
    finance_notified boolean,
    plan text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table reminder is
    'Reminders of invoices, a row for each invoice that a reminder names.';
comment on column reminder.account is
    'Id of the account that owes.';
comment on column reminder.invoice is
    'Invoice number, as the table invoice has it.';
comment on column reminder.series is
    'Series of the invoice''s number; empty where it has none.';
comment on column reminder.at is
    'When it was sent; not before the invoice was issued.';
comment on column reminder.level is
    'Urgency, from 1.';
comment on column reminder.channel is
    'Way by which it was sent.';
comment on column reminder.contact is
    'Id of the person who was reminded, or null.';
comment on column reminder.deal is
    'Id of the deal that the reminder names, or else the invoice; null where neither does.';
comment on column reminder.finance_notified is
    'Mark that our finance department knows of it; null where it is not said.';
comment on column reminder.plan is
    'Planned activity that it carries out, or null.';
comment on column reminder.entry is
    'Sequence of the entry that says it.';
comment on column reminder.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reminder.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index reminder_key on reminder (account, entry, invoice, series)
    where known_to = 9223372036854775807;
create index reminder_account on reminder (account);

-- name: indexes
do $$
begin
    if to_regclass('{generation}.receivables_item_last') is null then
        create index receivables_item_last on {generation}.receivables_item (
            currency, due_on, disputed, from_at, known_from
        ) include (open_amount, disputed_amount)
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.receivables_item_ended') is null then
        create index receivables_item_ended on {generation}.receivables_item (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, currency, due_on, disputed, open_amount, disputed_amount)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.receivables_item_superseded') is null then
        create index receivables_item_superseded on {generation}.receivables_item (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, currency, due_on, disputed, open_amount, disputed_amount)
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

do $$
begin
    if to_regclass('{generation}.invoice_standing') is null then
        create index invoice_standing on {generation}.invoice (
            currency, issued_at, known_from
        ) include (amount)
        where known_to = 9223372036854775807;
    end if;
    if to_regclass('{generation}.invoice_superseded') is null then
        create index invoice_superseded on {generation}.invoice (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (issued_at, currency, amount)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.application_standing') is null then
        create index application_standing on {generation}.application (
            currency, kind, at, known_from
        ) include (amount)
        where known_to = 9223372036854775807;
    end if;
    if to_regclass('{generation}.application_superseded') is null then
        create index application_superseded on {generation}.application (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (at, currency, kind, amount)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.contract_term_last') is null then
        create index contract_term_last on {generation}.contract_term (
            currency, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.contract_term_ended') is null then
        create index contract_term_ended on {generation}.contract_term (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, currency)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.contract_term_superseded') is null then
        create index contract_term_superseded on {generation}.contract_term (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, currency)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.promise_last') is null then
        create index promise_last on {generation}.promise (
            currency, state, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.promise_ended') is null then
        create index promise_ended on {generation}.promise (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, currency, state)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.promise_superseded') is null then
        create index promise_superseded on {generation}.promise (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, currency, state)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.reminder_standing') is null then
        create index reminder_standing on {generation}.reminder (
            level, at, known_from
        )
        where known_to = 9223372036854775807;
    end if;
    if to_regclass('{generation}.reminder_superseded') is null then
        create index reminder_superseded on {generation}.reminder (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (at, level)
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
    known_to, series, disputed_amount
  from {generation}.receivables_item;
comment on view served.receivables_item is 'The table of the served generation, as it is.';

create or replace view reporting.receivables_item_version as
select
    version.account, version.invoice, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.deal,
    version.currency, version.amount, version.open_amount, version.due_on, version.disputed, version.entry,
    version.known_from, version.known_to, version.series, version.disputed_amount
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
comment on column reporting.receivables_item_version.disputed_amount is
    'Part of the open amount that is contested; null when it is all of it or none.';

create or replace function served.receivables_item(as_of timestamptz, known_at bigint) returns setof served.receivables_item
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.from_at, version.to_at, version.deal, version.currency,
            version.amount, version.open_amount, version.due_on, version.disputed, version.entry, version.known_from,
            version.known_to, version.series, version.disputed_amount
      from served.receivables_item version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_item.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(receivables_item.as_of))
    union all
    select
            version.account, version.invoice, version.from_at, version.to_at, version.deal, version.currency,
            version.amount, version.open_amount, version.due_on, version.disputed, version.entry, version.known_from,
            version.known_to, version.series, version.disputed_amount
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
            version.known_to, version.series, version.disputed_amount
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

create or replace function served.receivables_item_last(as_of timestamptz, known_at bigint) returns setof served.receivables_item
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.from_at, version.to_at, version.deal, version.currency,
            version.amount, version.open_amount, version.due_on, version.disputed, version.entry, version.known_from,
            version.known_to, version.series, version.disputed_amount
      from served.receivables_item version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_item_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(receivables_item_last.as_of));
end;
comment on function served.receivables_item_last(timestamptz, bigint) is
    'Of the rows of receivables_item that hold at as_of, as known at known_at those that last.';

create or replace function served.receivables_item_others(as_of timestamptz, known_at bigint) returns setof served.receivables_item
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.from_at, version.to_at, version.deal, version.currency,
            version.amount, version.open_amount, version.due_on, version.disputed, version.entry, version.known_from,
            version.known_to, version.series, version.disputed_amount
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.receivables_item version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_item_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(receivables_item_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(receivables_item_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(receivables_item_others.as_of))
    union all
    select
            version.account, version.invoice, version.from_at, version.to_at, version.deal, version.currency,
            version.amount, version.open_amount, version.due_on, version.disputed, version.entry, version.known_from,
            version.known_to, version.series, version.disputed_amount
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.receivables_item version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(receivables_item_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(receivables_item_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(receivables_item_others.known_at))
       and version.to_at > (select reporting.instant(receivables_item_others.as_of))
       and version.from_at <= (select reporting.instant(receivables_item_others.as_of));
end;
comment on function served.receivables_item_others(timestamptz, bigint) is
    'Of the rows of receivables_item that hold at as_of, as known at known_at all but those that last.';

create or replace function served.receivables_item_of(account text, as_of timestamptz, known_at bigint)
returns setof served.receivables_item
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.from_at, version.to_at, version.deal, version.currency,
            version.amount, version.open_amount, version.due_on, version.disputed, version.entry, version.known_from,
            version.known_to, version.series, version.disputed_amount
      from served.receivables_item version
     where version.account = receivables_item_of.account
       and version.known_from <= receivables_item_of.known_at
       and version.known_to > receivables_item_of.known_at
       and version.from_at <= receivables_item_of.as_of
       and version.to_at > receivables_item_of.as_of;
end;
comment on function served.receivables_item_of(text, timestamptz, bigint) is
    'Rows of receivables_item of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.receivables_item as
select
    version.account, version.invoice, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.deal,
    version.currency, version.amount, version.open_amount, version.due_on, version.disputed, version.entry,
    exists (select from reporting.receivables_stale stale where stale.account = version.account) as stale,
    version.series, version.disputed_amount
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
comment on column reporting.receivables_item.disputed_amount is
    'Part of the open amount that is contested; null when it is all of it or none.';

create or replace function reporting.receivables_item(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, invoice text, from_at timestamptz, to_at timestamptz, deal text, currency text, amount numeric,
    open_amount numeric, due_on date, disputed boolean, entry bigint, series text, disputed_amount numeric
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.deal,
            version.currency, version.amount, version.open_amount, version.due_on, version.disputed, version.entry,
            nullif(version.series, '') as series, version.disputed_amount
      from served.receivables_item(receivables_item.as_of, receivables_item.known_at) version;
end;
comment on function reporting.receivables_item(timestamptz, bigint) is
    'Open invoices at as_of, as known at the sequence known_at.';

create or replace view served.receivables_unapplied as
select
    account, document, kind, from_at, to_at, currency, amount, entry, known_from, known_to, series, received_at,
    remittance
  from {generation}.receivables_unapplied;
comment on view served.receivables_unapplied is 'The table of the served generation, as it is.';

create or replace view reporting.receivables_unapplied_version as
select
    version.account, version.document, version.kind, version.from_at, nullif(version.to_at, 'infinity') as to_at,
    version.currency, version.amount, version.entry, version.known_from, version.known_to, version.series,
    version.received_at, version.remittance
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
comment on column reporting.receivables_unapplied_version.received_at is
    'When the payment or credit note first came to the account.';
comment on column reporting.receivables_unapplied_version.remittance is
    'Text of the payer that says what is paid, or null.';

create or replace function served.receivables_unapplied(as_of timestamptz, known_at bigint) returns setof served.receivables_unapplied
language sql stable parallel safe
begin atomic
    select
            version.account, version.document, version.kind, version.from_at, version.to_at, version.currency,
            version.amount, version.entry, version.known_from, version.known_to, version.series, version.received_at,
            version.remittance
      from served.receivables_unapplied version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_unapplied.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(receivables_unapplied.as_of))
    union all
    select
            version.account, version.document, version.kind, version.from_at, version.to_at, version.currency,
            version.amount, version.entry, version.known_from, version.known_to, version.series, version.received_at,
            version.remittance
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
            version.amount, version.entry, version.known_from, version.known_to, version.series, version.received_at,
            version.remittance
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

create or replace function served.receivables_unapplied_last(as_of timestamptz, known_at bigint) returns setof served.receivables_unapplied
language sql stable parallel safe
begin atomic
    select
            version.account, version.document, version.kind, version.from_at, version.to_at, version.currency,
            version.amount, version.entry, version.known_from, version.known_to, version.series, version.received_at,
            version.remittance
      from served.receivables_unapplied version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_unapplied_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(receivables_unapplied_last.as_of));
end;
comment on function served.receivables_unapplied_last(timestamptz, bigint) is
    'Of the rows of receivables_unapplied that hold at as_of, as known at known_at those that last.';

create or replace function served.receivables_unapplied_others(as_of timestamptz, known_at bigint) returns setof served.receivables_unapplied
language sql stable parallel safe
begin atomic
    select
            version.account, version.document, version.kind, version.from_at, version.to_at, version.currency,
            version.amount, version.entry, version.known_from, version.known_to, version.series, version.received_at,
            version.remittance
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.receivables_unapplied version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_unapplied_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(receivables_unapplied_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(receivables_unapplied_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(receivables_unapplied_others.as_of))
    union all
    select
            version.account, version.document, version.kind, version.from_at, version.to_at, version.currency,
            version.amount, version.entry, version.known_from, version.known_to, version.series, version.received_at,
            version.remittance
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.receivables_unapplied version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(receivables_unapplied_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(receivables_unapplied_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(receivables_unapplied_others.known_at))
       and version.to_at > (select reporting.instant(receivables_unapplied_others.as_of))
       and version.from_at <= (select reporting.instant(receivables_unapplied_others.as_of));
end;
comment on function served.receivables_unapplied_others(timestamptz, bigint) is
    'Of the rows of receivables_unapplied that hold at as_of, as known at known_at all but those that last.';

create or replace function served.receivables_unapplied_of(account text, as_of timestamptz, known_at bigint)
returns setof served.receivables_unapplied
language sql stable parallel safe
begin atomic
    select
            version.account, version.document, version.kind, version.from_at, version.to_at, version.currency,
            version.amount, version.entry, version.known_from, version.known_to, version.series, version.received_at,
            version.remittance
      from served.receivables_unapplied version
     where version.account = receivables_unapplied_of.account
       and version.known_from <= receivables_unapplied_of.known_at
       and version.known_to > receivables_unapplied_of.known_at
       and version.from_at <= receivables_unapplied_of.as_of
       and version.to_at > receivables_unapplied_of.as_of;
end;
comment on function served.receivables_unapplied_of(text, timestamptz, bigint) is
    'Rows of receivables_unapplied of one account that hold at as_of, as known at known_at; both are given.';

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
    'invoice, credit_note, payment, reversal, transfer_out, transfer_in or write_off.';
comment on column reporting.receivables_movement_version.document is
    'Number of the invoice, payment or credit note; of a write-off that of the invoice.';
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

create or replace function served.receivables_movement_last(as_of timestamptz, known_at bigint) returns setof served.receivables_movement
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.currency, version.amount, version.kind, version.document, version.deal,
            version.entry, version.known_from, version.known_to, version.series
      from served.receivables_movement version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(receivables_movement_last.known_at))
       and version.at <= (select reporting.instant(receivables_movement_last.as_of));
end;
comment on function served.receivables_movement_last(timestamptz, bigint) is
    'Of the rows of receivables_movement that hold at as_of, as known at known_at those that last.';

create or replace function served.receivables_movement_others(as_of timestamptz, known_at bigint) returns setof served.receivables_movement
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.currency, version.amount, version.kind, version.document, version.deal,
            version.entry, version.known_from, version.known_to, version.series
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.receivables_movement version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(receivables_movement_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(receivables_movement_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(receivables_movement_others.known_at))
       and version.at <= (select reporting.instant(receivables_movement_others.as_of));
end;
comment on function served.receivables_movement_others(timestamptz, bigint) is
    'Of the rows of receivables_movement that hold at as_of, as known at known_at all but those that last.';

create or replace function served.receivables_movement_of(account text, as_of timestamptz, known_at bigint)
returns setof served.receivables_movement
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.currency, version.amount, version.kind, version.document, version.deal,
            version.entry, version.known_from, version.known_to, version.series
      from served.receivables_movement version
     where version.account = receivables_movement_of.account
       and version.known_from <= receivables_movement_of.known_at
       and version.known_to > receivables_movement_of.known_at
       and version.at <= receivables_movement_of.as_of;
end;
comment on function served.receivables_movement_of(text, timestamptz, bigint) is
    'Rows of receivables_movement of one account that hold at as_of, as known at known_at; both are given.';

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
    'invoice, credit_note, payment, reversal, transfer_out, transfer_in or write_off.';
comment on column reporting.receivables_movement.document is
    'Number of the invoice, payment or credit note; of a write-off that of the invoice.';
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

create or replace view served.invoice as
select
    account, invoice, series, issued_at, currency, amount, due_on, deal, contract, term, entry, known_from, known_to
  from {generation}.invoice;
comment on view served.invoice is 'The table of the served generation, as it is.';

create or replace view reporting.invoice_version as
select
    version.account, version.invoice, version.series, version.issued_at, version.currency, version.amount,
    version.due_on, version.deal, version.contract, version.term, version.entry, version.known_from, version.known_to
  from served.invoice version;
comment on view reporting.invoice_version is
    'All invoices, open or settled, in every state of knowledge: at as_of where issued_at <= as_of, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.invoice_version.account is
    'Id of the account that owes or owed.';
comment on column reporting.invoice_version.invoice is
    'Invoice number, unique per account and series.';
comment on column reporting.invoice_version.series is
    'Series of the number; empty where it has none.';
comment on column reporting.invoice_version.issued_at is
    'When it was issued.';
comment on column reporting.invoice_version.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.invoice_version.amount is
    'Amount invoiced.';
comment on column reporting.invoice_version.due_on is
    'The last day on which payment is in time.';
comment on column reporting.invoice_version.deal is
    'Id of the deal that the invoice names, or null.';
comment on column reporting.invoice_version.contract is
    'Number of the contract that it invoices, as contract_term has it, or null.';
comment on column reporting.invoice_version.term is
    'Term of that contract, as contract_term has it, or null.';
comment on column reporting.invoice_version.entry is
    'Sequence of the entry that issued it.';
comment on column reporting.invoice_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.invoice_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.invoice(as_of timestamptz, known_at bigint) returns setof served.invoice
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.issued_at, version.currency, version.amount,
            version.due_on, version.deal, version.contract, version.term, version.entry, version.known_from,
            version.known_to
      from served.invoice version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(invoice.known_at))
       and version.issued_at <= (select reporting.instant(invoice.as_of))
    union all
    select
            version.account, version.invoice, version.series, version.issued_at, version.currency, version.amount,
            version.due_on, version.deal, version.contract, version.term, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.invoice version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(invoice.known_at))
       and version.known_to <= coalesce(least((select reporting.known(invoice.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(invoice.known_at))
       and version.issued_at <= (select reporting.instant(invoice.as_of));
end;
comment on function served.invoice(timestamptz, bigint) is
    'Rows of invoice that hold at as_of, as known at known_at.';

create or replace function served.invoice_last(as_of timestamptz, known_at bigint) returns setof served.invoice
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.issued_at, version.currency, version.amount,
            version.due_on, version.deal, version.contract, version.term, version.entry, version.known_from,
            version.known_to
      from served.invoice version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(invoice_last.known_at))
       and version.issued_at <= (select reporting.instant(invoice_last.as_of));
end;
comment on function served.invoice_last(timestamptz, bigint) is
    'Of the rows of invoice that hold at as_of, as known at known_at those that last.';

create or replace function served.invoice_others(as_of timestamptz, known_at bigint) returns setof served.invoice
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.issued_at, version.currency, version.amount,
            version.due_on, version.deal, version.contract, version.term, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.invoice version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(invoice_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(invoice_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(invoice_others.known_at))
       and version.issued_at <= (select reporting.instant(invoice_others.as_of));
end;
comment on function served.invoice_others(timestamptz, bigint) is
    'Of the rows of invoice that hold at as_of, as known at known_at all but those that last.';

create or replace function served.invoice_of(account text, as_of timestamptz, known_at bigint)
returns setof served.invoice
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.issued_at, version.currency, version.amount,
            version.due_on, version.deal, version.contract, version.term, version.entry, version.known_from,
            version.known_to
      from served.invoice version
     where version.account = invoice_of.account
       and version.known_from <= invoice_of.known_at
       and version.known_to > invoice_of.known_at
       and version.issued_at <= invoice_of.as_of;
end;
comment on function served.invoice_of(text, timestamptz, bigint) is
    'Rows of invoice of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.invoice as
select
    version.account, version.invoice, version.series, version.issued_at, version.currency, version.amount,
    version.due_on, version.deal, version.contract, version.term, version.entry,
    exists (select from reporting.receivables_stale stale where stale.account = version.account) as stale
  from served.invoice version
 where version.known_to = 9223372036854775807;
comment on view reporting.invoice is
    'All invoices, open or settled, by all that is known now.';
comment on column reporting.invoice.account is
    'Id of the account that owes or owed.';
comment on column reporting.invoice.invoice is
    'Invoice number, unique per account and series.';
comment on column reporting.invoice.series is
    'Series of the number; empty where it has none.';
comment on column reporting.invoice.issued_at is
    'When it was issued.';
comment on column reporting.invoice.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.invoice.amount is
    'Amount invoiced.';
comment on column reporting.invoice.due_on is
    'The last day on which payment is in time.';
comment on column reporting.invoice.deal is
    'Id of the deal that the invoice names, or null.';
comment on column reporting.invoice.contract is
    'Number of the contract that it invoices, as contract_term has it, or null.';
comment on column reporting.invoice.term is
    'Term of that contract, as contract_term has it, or null.';
comment on column reporting.invoice.entry is
    'Sequence of the entry that issued it.';
comment on column reporting.invoice.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.invoice(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, invoice text, series text, issued_at timestamptz, currency text, amount numeric, due_on date,
    deal text, contract text, term text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, nullif(version.series, '') as series, version.issued_at, version.currency,
            version.amount, version.due_on, version.deal, version.contract, version.term, version.entry
      from served.invoice(invoice.as_of, invoice.known_at) version;
end;
comment on function reporting.invoice(timestamptz, bigint) is
    'All invoices, open or settled by as_of, as known at the sequence known_at.';

create or replace view served.application as
select
    account, invoice, series, kind, document, document_series, at, currency, amount, deal, issued_at, due_on, entry,
    place, known_from, known_to
  from {generation}.application;
comment on view served.application is 'The table of the served generation, as it is.';

create or replace view reporting.application_version as
select
    version.account, version.invoice, version.series, version.kind, version.document, version.document_series,
    version.at, version.currency, version.amount, version.deal, version.issued_at, version.due_on, version.entry,
    version.place, version.known_from, version.known_to
  from served.application version;
comment on view reporting.application_version is
    'Amounts that lowered invoices: of payments, of credit notes, and written off, in every state of knowledge: at as_of where at <= as_of, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.application_version.account is
    'Id of the account that owes or owed.';
comment on column reporting.application_version.invoice is
    'Invoice number, as the table invoice has it.';
comment on column reporting.application_version.series is
    'Series of the invoice''s number; empty where it has none.';
comment on column reporting.application_version.kind is
    'cash: of a payment; credit: of a credit note; write_off: given up.';
comment on column reporting.application_version.document is
    'Number of the payment or credit note; empty for a write-off.';
comment on column reporting.application_version.document_series is
    'Series of that number; empty where it has none.';
comment on column reporting.application_version.at is
    'When it took effect.';
comment on column reporting.application_version.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.application_version.amount is
    'Amount that was applied; less than zero where it was taken back.';
comment on column reporting.application_version.deal is
    'Id of the deal that the allocation names, or else the invoice; null where neither does.';
comment on column reporting.application_version.issued_at is
    'When the invoice was issued.';
comment on column reporting.application_version.due_on is
    'The last day on which payment of the invoice is in time.';
comment on column reporting.application_version.entry is
    'Sequence of the entry that asked for it, or that took it back.';
comment on column reporting.application_version.place is
    'Number within the entry, from 0: of the allocation as the entry lists them, or of what it took back.';
comment on column reporting.application_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.application_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.application(as_of timestamptz, known_at bigint) returns setof served.application
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.kind, version.document, version.document_series,
            version.at, version.currency, version.amount, version.deal, version.issued_at, version.due_on,
            version.entry, version.place, version.known_from, version.known_to
      from served.application version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(application.known_at))
       and version.at <= (select reporting.instant(application.as_of))
    union all
    select
            version.account, version.invoice, version.series, version.kind, version.document, version.document_series,
            version.at, version.currency, version.amount, version.deal, version.issued_at, version.due_on,
            version.entry, version.place, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.application version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(application.known_at))
       and version.known_to <= coalesce(least((select reporting.known(application.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(application.known_at))
       and version.at <= (select reporting.instant(application.as_of));
end;
comment on function served.application(timestamptz, bigint) is
    'Rows of application that hold at as_of, as known at known_at.';

create or replace function served.application_last(as_of timestamptz, known_at bigint) returns setof served.application
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.kind, version.document, version.document_series,
            version.at, version.currency, version.amount, version.deal, version.issued_at, version.due_on,
            version.entry, version.place, version.known_from, version.known_to
      from served.application version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(application_last.known_at))
       and version.at <= (select reporting.instant(application_last.as_of));
end;
comment on function served.application_last(timestamptz, bigint) is
    'Of the rows of application that hold at as_of, as known at known_at those that last.';

create or replace function served.application_others(as_of timestamptz, known_at bigint) returns setof served.application
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.kind, version.document, version.document_series,
            version.at, version.currency, version.amount, version.deal, version.issued_at, version.due_on,
            version.entry, version.place, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.application version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(application_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(application_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(application_others.known_at))
       and version.at <= (select reporting.instant(application_others.as_of));
end;
comment on function served.application_others(timestamptz, bigint) is
    'Of the rows of application that hold at as_of, as known at known_at all but those that last.';

create or replace function served.application_of(account text, as_of timestamptz, known_at bigint)
returns setof served.application
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.kind, version.document, version.document_series,
            version.at, version.currency, version.amount, version.deal, version.issued_at, version.due_on,
            version.entry, version.place, version.known_from, version.known_to
      from served.application version
     where version.account = application_of.account
       and version.known_from <= application_of.known_at
       and version.known_to > application_of.known_at
       and version.at <= application_of.as_of;
end;
comment on function served.application_of(text, timestamptz, bigint) is
    'Rows of application of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.application as
select
    version.account, version.invoice, version.series, version.kind, version.document, version.document_series,
    version.at, version.currency, version.amount, version.deal, version.issued_at, version.due_on, version.entry,
    version.place,
    exists (select from reporting.receivables_stale stale where stale.account = version.account) as stale
  from served.application version
 where version.known_to = 9223372036854775807;
comment on view reporting.application is
    'Amounts that lowered invoices: of payments, of credit notes, and written off, by all that is known now.';
comment on column reporting.application.account is
    'Id of the account that owes or owed.';
comment on column reporting.application.invoice is
    'Invoice number, as the table invoice has it.';
comment on column reporting.application.series is
    'Series of the invoice''s number; empty where it has none.';
comment on column reporting.application.kind is
    'cash: of a payment; credit: of a credit note; write_off: given up.';
comment on column reporting.application.document is
    'Number of the payment or credit note; empty for a write-off.';
comment on column reporting.application.document_series is
    'Series of that number; empty where it has none.';
comment on column reporting.application.at is
    'When it took effect.';
comment on column reporting.application.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.application.amount is
    'Amount that was applied; less than zero where it was taken back.';
comment on column reporting.application.deal is
    'Id of the deal that the allocation names, or else the invoice; null where neither does.';
comment on column reporting.application.issued_at is
    'When the invoice was issued.';
comment on column reporting.application.due_on is
    'The last day on which payment of the invoice is in time.';
comment on column reporting.application.entry is
    'Sequence of the entry that asked for it, or that took it back.';
comment on column reporting.application.place is
    'Number within the entry, from 0: of the allocation as the entry lists them, or of what it took back.';
comment on column reporting.application.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.application(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, invoice text, series text, kind text, document text, document_series text, at timestamptz,
    currency text, amount numeric, deal text, issued_at timestamptz, due_on date, entry bigint, place bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, nullif(version.series, '') as series, version.kind, version.document,
            nullif(version.document_series, '') as document_series, version.at, version.currency, version.amount,
            version.deal, version.issued_at, version.due_on, version.entry, version.place
      from served.application(application.as_of, application.known_at) version;
end;
comment on function reporting.application(timestamptz, bigint) is
    'Amounts that lowered invoices: of payments, of credit notes, and written off by as_of, as known at the sequence known_at.';

create or replace view served.contract_term as
select
    account, contract, place, from_at, to_at, term, retention, deal, trigger, share, days, planned, currency,
    contract_amount, triggered_on, due_on, signed_at, delivered_on, accepted_on, released, sme_declared, buyer_kind,
    late_rate_per_day, entry, known_from, known_to
  from {generation}.contract_term;
comment on view served.contract_term is 'The table of the served generation, as it is.';

create or replace view reporting.contract_term_version as
select
    version.account, version.contract, version.place, version.from_at, nullif(version.to_at, 'infinity') as to_at,
    version.term, version.retention, version.deal, version.trigger, version.share, version.days, version.planned,
    version.currency, version.contract_amount, version.triggered_on, version.due_on, version.signed_at,
    version.delivered_on, version.accepted_on, version.released, version.sme_declared, version.buyer_kind,
    version.late_rate_per_day, version.entry, version.known_from, version.known_to
  from served.contract_term version;
comment on view reporting.contract_term_version is
    'Payment terms of contracts over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.contract_term_version.account is
    'Id of the account that owes under the contract.';
comment on column reporting.contract_term_version.contract is
    'Contract number, without characters that nobody sees, unique per account.';
comment on column reporting.contract_term_version.place is
    'Number of the term in the contract, from 1.';
comment on column reporting.contract_term_version.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.contract_term_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.contract_term_version.term is
    'Name of the term; `retention` for the retention, empty where no terms are agreed.';
comment on column reporting.contract_term_version.retention is
    'Mark of the share that is kept back until the warranty ends.';
comment on column reporting.contract_term_version.deal is
    'Id of the deal whose contract it is.';
comment on column reporting.contract_term_version.trigger is
    'Occasion that makes it payable; null where no terms are agreed.';
comment on column reporting.contract_term_version.share is
    'Part of the contract''s amount, in per cent.';
comment on column reporting.contract_term_version.days is
    'Days between the trigger and the due day; null where none were agreed, and for the retention.';
comment on column reporting.contract_term_version.planned is
    'Contract''s amount × share / 100, rounded half up; the last term takes the rest if the shares add up to 100.';
comment on column reporting.contract_term_version.currency is
    'ISO 4217 currency of the amounts.';
comment on column reporting.contract_term_version.contract_amount is
    'Amount of the whole contract.';
comment on column reporting.contract_term_version.triggered_on is
    'Day of the trigger, as far as contract and acceptances tell: of a delivery, an acceptance, the end of the warranty, or the day agreed. Null for `signing`, which is on the day of signed_at in the ledger''s zone, and for `invoice`, which the table invoice tells.';
comment on column reporting.contract_term_version.due_on is
    'triggered_on + days; null while either is unknown. Of a day agreed and of the retention the days may be left out.';
comment on column reporting.contract_term_version.signed_at is
    'When the contract was signed.';
comment on column reporting.contract_term_version.delivered_on is
    'Day of the delivery that counts for the term, or null.';
comment on column reporting.contract_term_version.accepted_on is
    'Day of the acceptance that counts for the term, or null.';
comment on column reporting.contract_term_version.released is
    'Part of the retention that the customer agrees to be payable; 0 for other terms.';
comment on column reporting.contract_term_version.sme_declared is
    'Mark that we told the buyer that we are a small or medium-sized enterprise (Order 802, article 3), or null.';
comment on column reporting.contract_term_version.buyer_kind is
    'Kind of the buyer by law, or null where the contract does not say it.';
comment on column reporting.contract_term_version.late_rate_per_day is
    'Interest agreed for late payment, as a share of the sum for each day; null: the legal rate.';
comment on column reporting.contract_term_version.entry is
    'Sequence of the entry that began the interval.';
comment on column reporting.contract_term_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.contract_term_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.contract_term(as_of timestamptz, known_at bigint) returns setof served.contract_term
language sql stable parallel safe
begin atomic
    select
            version.account, version.contract, version.place, version.from_at, version.to_at, version.term,
            version.retention, version.deal, version.trigger, version.share, version.days, version.planned,
            version.currency, version.contract_amount, version.triggered_on, version.due_on, version.signed_at,
            version.delivered_on, version.accepted_on, version.released, version.sme_declared, version.buyer_kind,
            version.late_rate_per_day, version.entry, version.known_from, version.known_to
      from served.contract_term version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(contract_term.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(contract_term.as_of))
    union all
    select
            version.account, version.contract, version.place, version.from_at, version.to_at, version.term,
            version.retention, version.deal, version.trigger, version.share, version.days, version.planned,
            version.currency, version.contract_amount, version.triggered_on, version.due_on, version.signed_at,
            version.delivered_on, version.accepted_on, version.released, version.sme_declared, version.buyer_kind,
            version.late_rate_per_day, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.contract_term version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(contract_term.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(contract_term.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(contract_term.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(contract_term.as_of))
    union all
    select
            version.account, version.contract, version.place, version.from_at, version.to_at, version.term,
            version.retention, version.deal, version.trigger, version.share, version.days, version.planned,
            version.currency, version.contract_amount, version.triggered_on, version.due_on, version.signed_at,
            version.delivered_on, version.accepted_on, version.released, version.sme_declared, version.buyer_kind,
            version.late_rate_per_day, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.contract_term version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(contract_term.known_at))
       and version.known_to <= coalesce(least((select reporting.known(contract_term.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(contract_term.known_at))
       and version.to_at > (select reporting.instant(contract_term.as_of))
       and version.from_at <= (select reporting.instant(contract_term.as_of));
end;
comment on function served.contract_term(timestamptz, bigint) is
    'Rows of contract_term that hold at as_of, as known at known_at.';

create or replace function served.contract_term_last(as_of timestamptz, known_at bigint) returns setof served.contract_term
language sql stable parallel safe
begin atomic
    select
            version.account, version.contract, version.place, version.from_at, version.to_at, version.term,
            version.retention, version.deal, version.trigger, version.share, version.days, version.planned,
            version.currency, version.contract_amount, version.triggered_on, version.due_on, version.signed_at,
            version.delivered_on, version.accepted_on, version.released, version.sme_declared, version.buyer_kind,
            version.late_rate_per_day, version.entry, version.known_from, version.known_to
      from served.contract_term version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(contract_term_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(contract_term_last.as_of));
end;
comment on function served.contract_term_last(timestamptz, bigint) is
    'Of the rows of contract_term that hold at as_of, as known at known_at those that last.';

create or replace function served.contract_term_others(as_of timestamptz, known_at bigint) returns setof served.contract_term
language sql stable parallel safe
begin atomic
    select
            version.account, version.contract, version.place, version.from_at, version.to_at, version.term,
            version.retention, version.deal, version.trigger, version.share, version.days, version.planned,
            version.currency, version.contract_amount, version.triggered_on, version.due_on, version.signed_at,
            version.delivered_on, version.accepted_on, version.released, version.sme_declared, version.buyer_kind,
            version.late_rate_per_day, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.contract_term version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(contract_term_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(contract_term_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(contract_term_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(contract_term_others.as_of))
    union all
    select
            version.account, version.contract, version.place, version.from_at, version.to_at, version.term,
            version.retention, version.deal, version.trigger, version.share, version.days, version.planned,
            version.currency, version.contract_amount, version.triggered_on, version.due_on, version.signed_at,
            version.delivered_on, version.accepted_on, version.released, version.sme_declared, version.buyer_kind,
            version.late_rate_per_day, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.contract_term version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(contract_term_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(contract_term_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(contract_term_others.known_at))
       and version.to_at > (select reporting.instant(contract_term_others.as_of))
       and version.from_at <= (select reporting.instant(contract_term_others.as_of));
end;
comment on function served.contract_term_others(timestamptz, bigint) is
    'Of the rows of contract_term that hold at as_of, as known at known_at all but those that last.';

create or replace function served.contract_term_of(account text, as_of timestamptz, known_at bigint)
returns setof served.contract_term
language sql stable parallel safe
begin atomic
    select
            version.account, version.contract, version.place, version.from_at, version.to_at, version.term,
            version.retention, version.deal, version.trigger, version.share, version.days, version.planned,
            version.currency, version.contract_amount, version.triggered_on, version.due_on, version.signed_at,
            version.delivered_on, version.accepted_on, version.released, version.sme_declared, version.buyer_kind,
            version.late_rate_per_day, version.entry, version.known_from, version.known_to
      from served.contract_term version
     where version.account = contract_term_of.account
       and version.known_from <= contract_term_of.known_at
       and version.known_to > contract_term_of.known_at
       and version.from_at <= contract_term_of.as_of
       and version.to_at > contract_term_of.as_of;
end;
comment on function served.contract_term_of(text, timestamptz, bigint) is
    'Rows of contract_term of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.contract_term as
select
    version.account, version.contract, version.place, version.from_at, nullif(version.to_at, 'infinity') as to_at,
    version.term, version.retention, version.deal, version.trigger, version.share, version.days, version.planned,
    version.currency, version.contract_amount, version.triggered_on, version.due_on, version.signed_at,
    version.delivered_on, version.accepted_on, version.released, version.sme_declared, version.buyer_kind,
    version.late_rate_per_day, version.entry,
    exists (select from reporting.receivables_stale stale where stale.account = version.account) as stale
  from served.contract_term version
 where version.known_to = 9223372036854775807;
comment on view reporting.contract_term is
    'Payment terms of contracts over time, by all that is known now.';
comment on column reporting.contract_term.account is
    'Id of the account that owes under the contract.';
comment on column reporting.contract_term.contract is
    'Contract number, without characters that nobody sees, unique per account.';
comment on column reporting.contract_term.place is
    'Number of the term in the contract, from 1.';
comment on column reporting.contract_term.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.contract_term.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.contract_term.term is
    'Name of the term; `retention` for the retention, empty where no terms are agreed.';
comment on column reporting.contract_term.retention is
    'Mark of the share that is kept back until the warranty ends.';
comment on column reporting.contract_term.deal is
    'Id of the deal whose contract it is.';
comment on column reporting.contract_term.trigger is
    'Occasion that makes it payable; null where no terms are agreed.';
comment on column reporting.contract_term.share is
    'Part of the contract''s amount, in per cent.';
comment on column reporting.contract_term.days is
    'Days between the trigger and the due day; null where none were agreed, and for the retention.';
comment on column reporting.contract_term.planned is
    'Contract''s amount × share / 100, rounded half up; the last term takes the rest if the shares add up to 100.';
comment on column reporting.contract_term.currency is
    'ISO 4217 currency of the amounts.';
comment on column reporting.contract_term.contract_amount is
    'Amount of the whole contract.';
comment on column reporting.contract_term.triggered_on is
    'Day of the trigger, as far as contract and acceptances tell: of a delivery, an acceptance, the end of the warranty, or the day agreed. Null for `signing`, which is on the day of signed_at in the ledger''s zone, and for `invoice`, which the table invoice tells.';
comment on column reporting.contract_term.due_on is
    'triggered_on + days; null while either is unknown. Of a day agreed and of the retention the days may be left out.';
comment on column reporting.contract_term.signed_at is
    'When the contract was signed.';
comment on column reporting.contract_term.delivered_on is
    'Day of the delivery that counts for the term, or null.';
comment on column reporting.contract_term.accepted_on is
    'Day of the acceptance that counts for the term, or null.';
comment on column reporting.contract_term.released is
    'Part of the retention that the customer agrees to be payable; 0 for other terms.';
comment on column reporting.contract_term.sme_declared is
    'Mark that we told the buyer that we are a small or medium-sized enterprise (Order 802, article 3), or null.';
comment on column reporting.contract_term.buyer_kind is
    'Kind of the buyer by law, or null where the contract does not say it.';
comment on column reporting.contract_term.late_rate_per_day is
    'Interest agreed for late payment, as a share of the sum for each day; null: the legal rate.';
comment on column reporting.contract_term.entry is
    'Sequence of the entry that began the interval.';
comment on column reporting.contract_term.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.contract_term(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, contract text, place bigint, from_at timestamptz, to_at timestamptz, term text, retention boolean,
    deal text, trigger text, share numeric, days integer, planned numeric, currency text, contract_amount numeric,
    triggered_on date, due_on date, signed_at timestamptz, delivered_on date, accepted_on date, released numeric,
    sme_declared boolean, buyer_kind text, late_rate_per_day numeric, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.contract, version.place, version.from_at,
            nullif(version.to_at, 'infinity') as to_at, version.term, version.retention, version.deal, version.trigger,
            version.share, version.days, version.planned, version.currency, version.contract_amount,
            version.triggered_on, version.due_on, version.signed_at, version.delivered_on, version.accepted_on,
            version.released, version.sme_declared, version.buyer_kind, version.late_rate_per_day, version.entry
      from served.contract_term(contract_term.as_of, contract_term.known_at) version;
end;
comment on function reporting.contract_term(timestamptz, bigint) is
    'Payment terms of contracts at as_of, as known at the sequence known_at.';

create or replace view served.promise as
select
    account, invoice, series, from_at, to_at, promised_at, promised_on, currency, amount, state, contact, entry,
    known_from, known_to
  from {generation}.promise;
comment on view served.promise is 'The table of the served generation, as it is.';

create or replace view reporting.promise_version as
select
    version.account, version.invoice, version.series, version.from_at, nullif(version.to_at, 'infinity') as to_at,
    version.promised_at, version.promised_on, version.currency, version.amount, version.state, version.contact,
    version.entry, version.known_from, version.known_to
  from served.promise version;
comment on view reporting.promise_version is
    'Promises of customers to pay over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.promise_version.account is
    'Id of the account that owes.';
comment on column reporting.promise_version.invoice is
    'Invoice number, as the table invoice has it.';
comment on column reporting.promise_version.series is
    'Series of the invoice''s number; empty where it has none.';
comment on column reporting.promise_version.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.promise_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.promise_version.promised_at is
    'When it was made; not before the invoice was issued.';
comment on column reporting.promise_version.promised_on is
    'The day by which it will be paid.';
comment on column reporting.promise_version.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.promise_version.amount is
    'Amount promised.';
comment on column reporting.promise_version.state is
    'open, or kept.';
comment on column reporting.promise_version.contact is
    'Id of the person who promised, or null.';
comment on column reporting.promise_version.entry is
    'Sequence of the entry that says the promise.';
comment on column reporting.promise_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.promise_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.promise(as_of timestamptz, known_at bigint) returns setof served.promise
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.from_at, version.to_at, version.promised_at,
            version.promised_on, version.currency, version.amount, version.state, version.contact, version.entry,
            version.known_from, version.known_to
      from served.promise version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(promise.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(promise.as_of))
    union all
    select
            version.account, version.invoice, version.series, version.from_at, version.to_at, version.promised_at,
            version.promised_on, version.currency, version.amount, version.state, version.contact, version.entry,
            version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.promise version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(promise.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(promise.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(promise.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(promise.as_of))
    union all
    select
            version.account, version.invoice, version.series, version.from_at, version.to_at, version.promised_at,
            version.promised_on, version.currency, version.amount, version.state, version.contact, version.entry,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.promise version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(promise.known_at))
       and version.known_to <= coalesce(least((select reporting.known(promise.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(promise.known_at))
       and version.to_at > (select reporting.instant(promise.as_of))
       and version.from_at <= (select reporting.instant(promise.as_of));
end;
comment on function served.promise(timestamptz, bigint) is
    'Rows of promise that hold at as_of, as known at known_at.';

create or replace function served.promise_last(as_of timestamptz, known_at bigint) returns setof served.promise
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.from_at, version.to_at, version.promised_at,
            version.promised_on, version.currency, version.amount, version.state, version.contact, version.entry,
            version.known_from, version.known_to
      from served.promise version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(promise_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(promise_last.as_of));
end;
comment on function served.promise_last(timestamptz, bigint) is
    'Of the rows of promise that hold at as_of, as known at known_at those that last.';

create or replace function served.promise_others(as_of timestamptz, known_at bigint) returns setof served.promise
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.from_at, version.to_at, version.promised_at,
            version.promised_on, version.currency, version.amount, version.state, version.contact, version.entry,
            version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.promise version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(promise_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(promise_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(promise_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(promise_others.as_of))
    union all
    select
            version.account, version.invoice, version.series, version.from_at, version.to_at, version.promised_at,
            version.promised_on, version.currency, version.amount, version.state, version.contact, version.entry,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.promise version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(promise_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(promise_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(promise_others.known_at))
       and version.to_at > (select reporting.instant(promise_others.as_of))
       and version.from_at <= (select reporting.instant(promise_others.as_of));
end;
comment on function served.promise_others(timestamptz, bigint) is
    'Of the rows of promise that hold at as_of, as known at known_at all but those that last.';

create or replace function served.promise_of(account text, as_of timestamptz, known_at bigint)
returns setof served.promise
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.from_at, version.to_at, version.promised_at,
            version.promised_on, version.currency, version.amount, version.state, version.contact, version.entry,
            version.known_from, version.known_to
      from served.promise version
     where version.account = promise_of.account
       and version.known_from <= promise_of.known_at
       and version.known_to > promise_of.known_at
       and version.from_at <= promise_of.as_of
       and version.to_at > promise_of.as_of;
end;
comment on function served.promise_of(text, timestamptz, bigint) is
    'Rows of promise of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.promise as
select
    version.account, version.invoice, version.series, version.from_at, nullif(version.to_at, 'infinity') as to_at,
    version.promised_at, version.promised_on, version.currency, version.amount, version.state, version.contact,
    version.entry,
    exists (select from reporting.receivables_stale stale where stale.account = version.account) as stale
  from served.promise version
 where version.known_to = 9223372036854775807;
comment on view reporting.promise is
    'Promises of customers to pay over time, by all that is known now.';
comment on column reporting.promise.account is
    'Id of the account that owes.';
comment on column reporting.promise.invoice is
    'Invoice number, as the table invoice has it.';
comment on column reporting.promise.series is
    'Series of the invoice''s number; empty where it has none.';
comment on column reporting.promise.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.promise.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.promise.promised_at is
    'When it was made; not before the invoice was issued.';
comment on column reporting.promise.promised_on is
    'The day by which it will be paid.';
comment on column reporting.promise.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.promise.amount is
    'Amount promised.';
comment on column reporting.promise.state is
    'open, or kept.';
comment on column reporting.promise.contact is
    'Id of the person who promised, or null.';
comment on column reporting.promise.entry is
    'Sequence of the entry that says the promise.';
comment on column reporting.promise.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.promise(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, invoice text, series text, from_at timestamptz, to_at timestamptz, promised_at timestamptz,
    promised_on date, currency text, amount numeric, state text, contact text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, nullif(version.series, '') as series, version.from_at,
            nullif(version.to_at, 'infinity') as to_at, version.promised_at, version.promised_on, version.currency,
            version.amount, version.state, version.contact, version.entry
      from served.promise(promise.as_of, promise.known_at) version;
end;
comment on function reporting.promise(timestamptz, bigint) is
    'Promises of customers to pay at as_of, as known at the sequence known_at.';

create or replace view served.reminder as
select
    account, invoice, series, at, level, channel, contact, deal, finance_notified, plan, entry, known_from, known_to
  from {generation}.reminder;
comment on view served.reminder is 'The table of the served generation, as it is.';

create or replace view reporting.reminder_version as
select
    version.account, version.invoice, version.series, version.at, version.level, version.channel, version.contact,
    version.deal, version.finance_notified, version.plan, version.entry, version.known_from, version.known_to
  from served.reminder version;
comment on view reporting.reminder_version is
    'Reminders of invoices, a row for each invoice that a reminder names, in every state of knowledge: at as_of where at <= as_of, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.reminder_version.account is
    'Id of the account that owes.';
comment on column reporting.reminder_version.invoice is
    'Invoice number, as the table invoice has it.';
comment on column reporting.reminder_version.series is
    'Series of the invoice''s number; empty where it has none.';
comment on column reporting.reminder_version.at is
    'When it was sent; not before the invoice was issued.';
comment on column reporting.reminder_version.level is
    'Urgency, from 1.';
comment on column reporting.reminder_version.channel is
    'Way by which it was sent.';
comment on column reporting.reminder_version.contact is
    'Id of the person who was reminded, or null.';
comment on column reporting.reminder_version.deal is
    'Id of the deal that the reminder names, or else the invoice; null where neither does.';
comment on column reporting.reminder_version.finance_notified is
    'Mark that our finance department knows of it; null where it is not said.';
comment on column reporting.reminder_version.plan is
    'Planned activity that it carries out, or null.';
comment on column reporting.reminder_version.entry is
    'Sequence of the entry that says it.';
comment on column reporting.reminder_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.reminder_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.reminder(as_of timestamptz, known_at bigint) returns setof served.reminder
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.at, version.level, version.channel,
            version.contact, version.deal, version.finance_notified, version.plan, version.entry, version.known_from,
            version.known_to
      from served.reminder version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(reminder.known_at))
       and version.at <= (select reporting.instant(reminder.as_of))
    union all
    select
            version.account, version.invoice, version.series, version.at, version.level, version.channel,
            version.contact, version.deal, version.finance_notified, version.plan, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.reminder version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(reminder.known_at))
       and version.known_to <= coalesce(least((select reporting.known(reminder.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(reminder.known_at))
       and version.at <= (select reporting.instant(reminder.as_of));
end;
comment on function served.reminder(timestamptz, bigint) is
    'Rows of reminder that hold at as_of, as known at known_at.';

create or replace function served.reminder_last(as_of timestamptz, known_at bigint) returns setof served.reminder
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.at, version.level, version.channel,
            version.contact, version.deal, version.finance_notified, version.plan, version.entry, version.known_from,
            version.known_to
      from served.reminder version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(reminder_last.known_at))
       and version.at <= (select reporting.instant(reminder_last.as_of));
end;
comment on function served.reminder_last(timestamptz, bigint) is
    'Of the rows of reminder that hold at as_of, as known at known_at those that last.';

create or replace function served.reminder_others(as_of timestamptz, known_at bigint) returns setof served.reminder
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.at, version.level, version.channel,
            version.contact, version.deal, version.finance_notified, version.plan, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.reminder version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(reminder_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(reminder_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(reminder_others.known_at))
       and version.at <= (select reporting.instant(reminder_others.as_of));
end;
comment on function served.reminder_others(timestamptz, bigint) is
    'Of the rows of reminder that hold at as_of, as known at known_at all but those that last.';

create or replace function served.reminder_of(account text, as_of timestamptz, known_at bigint)
returns setof served.reminder
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, version.series, version.at, version.level, version.channel,
            version.contact, version.deal, version.finance_notified, version.plan, version.entry, version.known_from,
            version.known_to
      from served.reminder version
     where version.account = reminder_of.account
       and version.known_from <= reminder_of.known_at
       and version.known_to > reminder_of.known_at
       and version.at <= reminder_of.as_of;
end;
comment on function served.reminder_of(text, timestamptz, bigint) is
    'Rows of reminder of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.reminder as
select
    version.account, version.invoice, version.series, version.at, version.level, version.channel, version.contact,
    version.deal, version.finance_notified, version.plan, version.entry,
    exists (select from reporting.receivables_stale stale where stale.account = version.account) as stale
  from served.reminder version
 where version.known_to = 9223372036854775807;
comment on view reporting.reminder is
    'Reminders of invoices, a row for each invoice that a reminder names, by all that is known now.';
comment on column reporting.reminder.account is
    'Id of the account that owes.';
comment on column reporting.reminder.invoice is
    'Invoice number, as the table invoice has it.';
comment on column reporting.reminder.series is
    'Series of the invoice''s number; empty where it has none.';
comment on column reporting.reminder.at is
    'When it was sent; not before the invoice was issued.';
comment on column reporting.reminder.level is
    'Urgency, from 1.';
comment on column reporting.reminder.channel is
    'Way by which it was sent.';
comment on column reporting.reminder.contact is
    'Id of the person who was reminded, or null.';
comment on column reporting.reminder.deal is
    'Id of the deal that the reminder names, or else the invoice; null where neither does.';
comment on column reporting.reminder.finance_notified is
    'Mark that our finance department knows of it; null where it is not said.';
comment on column reporting.reminder.plan is
    'Planned activity that it carries out, or null.';
comment on column reporting.reminder.entry is
    'Sequence of the entry that says it.';
comment on column reporting.reminder.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.reminder(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, invoice text, series text, at timestamptz, level bigint, channel text, contact text, deal text,
    finance_notified boolean, plan text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.invoice, nullif(version.series, '') as series, version.at, version.level,
            version.channel, version.contact, version.deal, version.finance_notified, version.plan, version.entry
      from served.reminder(reminder.as_of, reminder.known_at) version;
end;
comment on function reporting.reminder(timestamptz, bigint) is
    'Reminders of invoices, a row for each invoice that a reminder names by as_of, as known at the sequence known_at.';
