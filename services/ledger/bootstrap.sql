-- Which migrations were applied; run before them, idempotent.

create schema if not exists ledger;
create table if not exists ledger.migration (
    number integer primary key check (number > 0),
    name text not null,
    digest text not null check (digest ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz not null default now()
);
comment on table ledger.migration is 'Which migrations made the durable tables, in order.';
comment on column ledger.migration.number is 'Its place in the order, from 1.';
comment on column ledger.migration.name is 'Name of its file.';
comment on column ledger.migration.digest is 'SHA-256 of the file as it was applied.';
comment on column ledger.migration.applied_at is 'When it was applied.';
