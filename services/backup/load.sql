-- name: is_provisioned
select to_regclass('ledger.migration') is not null;

-- name: migrations
select count(*) from ledger.migration;

-- name: sources
-- How many sources and readers there are.
select (select count(*) from ledger.source) as sources, (select count(*) from ledger.reader) as readers;

-- name: journal
-- From where to where the journal goes.
select (select min(sequence) from ledger.journal) as first,
       (select max(sequence) from ledger.journal) as last,
       (select recorded_at from ledger.journal order by sequence desc limit 1) as recorded_at;

-- name: leaf_hash
select leaf_hash from ledger.journal where sequence = $1;

-- name: identity
select stream_name from ledger.identity;

-- name: analyze
-- The planner knows nothing of tables that have just been filled.
analyze ledger.journal, ledger.concerns;
