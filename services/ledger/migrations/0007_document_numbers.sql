-- Numbers of documents, by which intake warns whoever uses one again. What the journal holds already is filled in by
-- services/ledger/document_numbers.py, in the same transaction.

create table ledger.document_number (
    account text not null,
    kind text not null check (kind in ('invoice', 'credit_note', 'payment')),
    reference text not null,
    sequence bigint not null check (sequence > 0),
    primary key (account, reference, kind, sequence)
);
comment on table ledger.document_number is
    'Entries that give a number to an invoice, credit note or payment, corrections among them. Receipts warn by it; no report reads it. Inserted once, never changed.';
comment on column ledger.document_number.account is 'Id of the account that the document is about.';
comment on column ledger.document_number.kind is 'invoice, credit_note or payment.';
comment on column ledger.document_number.reference is
    'The number as it is compared (contracts/references.py), and its series behind a line end.';
comment on column ledger.document_number.sequence is 'The document''s entry, or a correction of it.';
create trigger document_numbers_are_immutable before update or delete or truncate on ledger.document_number
    for each statement execute function ledger.refuse_change();
