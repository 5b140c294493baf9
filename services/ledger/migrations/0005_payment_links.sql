-- Cash that moves between accounts: which documents deal with which payment, and since when an entry concerns a subject.
-- What the journal holds already is filled in by services/ledger/payment_links.py, in the same transaction.

create table ledger.payment_link (
    reference text not null,
    account text not null,
    sequence bigint not null check (sequence > 0),
    since bigint not null check (since >= sequence),
    "into" text,
    primary key (account, reference, sequence)
);
comment on table ledger.payment_link is
    'Receipts, transfers and reversals of payments, with their corrections and voids, by reference and account; inserted once, never changed.';
comment on column ledger.payment_link.reference is
    'The payment''s reference as it is compared (contracts/references.py), and its series behind a line end.';
comment on column ledger.payment_link.account is 'Id of the account that the document is about.';
comment on column ledger.payment_link.sequence is 'The document''s entry, or a correction or void of it.';
comment on column ledger.payment_link.since is
    'Sequence of the entry by which it became known that this entry deals with the payment.';
comment on column ledger.payment_link."into" is 'For a transfer: id of the account that it reaches; otherwise null.';
create index payment_link_into on ledger.payment_link ("into", reference) where "into" is not null;
create trigger payment_links_are_immutable before update or delete or truncate on ledger.payment_link
    for each statement execute function ledger.refuse_change();

alter table ledger.concerns add column since bigint check (since > sequence);
comment on column ledger.concerns.since is
    'Sequence of the later entry by which it became known that the entry concerns the subject: a transfer of a payment, or the target of a correction; null: its own.';
create index concerns_since on ledger.concerns (lane, since) where since is not null;
