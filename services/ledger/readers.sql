-- name: reader
-- The reader that has a token, unless it was disabled.
select name from ledger.reader where token_hash = $1 and disabled_at is null;

-- name: readers
-- All readers.
select name, added_at, rotated_at, disabled_at from ledger.reader order by name;

-- name: add
-- A new reader; nothing when the name is taken.
insert into ledger.reader (name, token_hash) values ($1, $2) on conflict (name) do nothing returning name;

-- name: rotate
-- Another token for a reader; one that was disabled may read again.
update ledger.reader set token_hash = $2, rotated_at = now(), disabled_at = null where name = $1 returning name;

-- name: disable
-- A reader may read no more.
update ledger.reader set disabled_at = coalesce(disabled_at, now()) where name = $1 returning name;
