-- How reports find where deals stood, in the schema {generation}; what an older version made gets these indexes too.
-- There are three sets of rows, and each index covers what the funnel counts.
-- last: the intervals that have not ended, one for each deal, in the order in which they are counted.
-- ended and superseded: the intervals that have, and the versions that are no longer believed. A moment wants the few
-- of them that had begun by then, among all that ended later. What lasts so long ends within that time of the moment:
-- so they are kept by classes of length, and each class is asked only for what ends within its longest.
-- reporting.stage_position_changed names the same classes. Before version 17, PostgreSQL cannot subtract from infinity:
-- so lengths are told for every row, those that have not ended included, which have none.

-- name: make
do $$
begin
    if to_regclass('{generation}.stage_position_last') is null then
        create index stage_position_last
            on {generation}.stage_position (playbook, stage, phase, status, currency, from_at, known_from)
            include (amount)
            where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.stage_position_ended') is null then
        create index stage_position_ended
            on {generation}.stage_position (
                width_bucket(
                    least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at,
                    '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]
                ),
                to_at, from_at
            )
            include (known_from, playbook, stage, phase, status, amount, currency)
            where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.stage_position_superseded') is null then
        create index stage_position_superseded
            on {generation}.stage_position (
                width_bucket(
                    known_to - known_from,
                    '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]
                ),
                known_to, known_from
            )
            include (from_at, to_at, playbook, stage, phase, status, amount, currency)
            where known_to < 9223372036854775807;
    end if;
end
$$;

-- name: drop
-- Those of older versions.
drop index if exists {generation}.stage_position_open, {generation}.stage_position_closed;
