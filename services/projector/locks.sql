-- Advisory locks of one generation: key 1 names it, key 2 is a lane from 0 to 15, or 16, which all projectors share.

-- name: present
select pg_advisory_lock_shared($1::integer, 16);

-- name: census
-- How many projectors there are, and which lanes nobody holds.
with held as (
    select objid::integer as key, granted
      from pg_locks
     where locktype = 'advisory'
       and database = (select oid from pg_database where datname = current_database())
       and classid = $1::integer::oid
       and objsubid = 2
)
select (select count(*) from held where key = 16 and granted)::integer as projectors,
       array(select lane::integer
               from generate_series(0, 15) lane
              where not exists (select from held where held.key = lane)) as free;

-- name: take
select pg_try_advisory_lock($1::integer, $2::integer);

-- name: release
select pg_advisory_unlock($1::integer, $2::integer);

-- name: end
-- Ends connections of projectors that log in as this one does: nobody may end another user's.
select pg_terminate_backend(pid)
  from pg_stat_activity
 where pid = any($1::integer[])
   and datname = current_database()
   and usename = session_user
   and application_name = 'projector';
