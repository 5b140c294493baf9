-- name: take
-- Holds a service's lock with this connection, if nobody else does.
select pg_try_advisory_lock($1);

-- name: end_former_writers
-- Who held the lock before may be stopped in the middle of a transaction that keeps others waiting for its rows.
select pg_terminate_backend(pid)
  from pg_stat_activity
 where datname = current_database()
   and application_name = $1;
