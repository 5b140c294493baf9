-- name: sources
-- Every source, disabled ones included: their tokens are known, but may send nothing.
select name, token_hash, events, id_prefix, corrects_others, disabled_at
  from ledger.source;
