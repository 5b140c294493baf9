-- name: lock
-- One rebuild at a time; released with the connection.
select pg_try_advisory_lock(hashtext('daybook rebuild'));

-- name: unlock
select pg_advisory_unlock(hashtext('daybook rebuild'));

-- name: lowest
select min(sequence) from {generation}.lane;

-- name: begun
-- How many lanes are not empty.
select count(*) from {generation}.lane where sequence > 0;

-- name: done
-- How much of the way to a sequence all lanes have gone together, in sequences of one lane.
select sum(least(sequence, $1))::bigint / 16 from {generation}.lane;

-- name: hold
-- Until the end of the transaction no lane of the generation commits anything; what is being committed is awaited.
lock table {generation}.lane in exclusive mode;

-- name: fence
-- Whoever holds a lane of the generation can no longer commit.
update {generation}.lane set epoch = epoch + 1;

-- name: stale
select count(*) from {generation}.stale;
