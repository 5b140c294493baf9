-- How reports sum the movements that stand, in the schema {generation}; a ledger that an older version made gets it too.
-- They come in the order in which they are summed.

-- name: make
do $$
begin
    if to_regclass('{generation}.receivables_movement_standing') is null then
        create index receivables_movement_standing
            on {generation}.receivables_movement (currency, at, known_from)
            include (amount)
            where known_to = 9223372036854775807;
    end if;
end
$$;

-- name: drop
-- Those of older versions.
drop index if exists {generation}.receivables_movement_open;
