-- name: add
insert into ledger.source (name, token_hash, events, id_prefix, corrects_others)
values ($1, $2, $3, $4, $5);

-- name: rotate
-- A new token enables a disabled source again.
update ledger.source
   set token_hash = $2, rotated_at = now(), disabled_at = null
 where name = $1
returning name;

-- name: disable
-- The first time counts.
update ledger.source
   set disabled_at = coalesce(disabled_at, now())
 where name = $1
returning name;

-- name: registered
select name, events, id_prefix, corrects_others, added_at, rotated_at, disabled_at
  from ledger.source
 order by name;

-- name: token
-- Hash of a source's token, and whether the token is the first one.
select token_hash, rotated_at is null and disabled_at is null as first from ledger.source where name = $1;
