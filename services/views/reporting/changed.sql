-- Functions that look otherwise than this version's: PostgreSQL replaces a function only by one of the same parameters and
-- columns. This version's are made beside, in schemas of their own ({reporting}, {served}), and compared. Of ours those
-- are dropped that differ or are in no list any more, with those of ours that are built on them; the files that follow
-- make them again, in the same transaction. What somebody else has built on them is not dropped: then nothing is.

create temporary table daybook_function on commit drop as
with looks as (
    select pg_proc.oid, pg_namespace.nspname as schema, pg_proc.proname as name,
           concat_ws('; ', pg_proc.proname, pg_get_function_arguments(pg_proc.oid), pg_get_function_result(pg_proc.oid)) as look
      from pg_proc
      join pg_namespace on pg_namespace.oid = pg_proc.pronamespace
     where pg_namespace.nspname in ('reporting', 'served', '{reporting}', '{served}')
),
made as (
    select name, replace(replace(look, '{reporting}.', 'reporting.'), '{served}.', 'served.') as look
      from looks
     where schema in ('{reporting}', '{served}')
)
select looks.oid, not exists (select from made where made.look = looks.look) as differs
  from looks
 where looks.schema in ('reporting', 'served')
   and (exists (select from made where made.name = looks.name)
        or regexp_replace(looks.name, '_totals$', '') = any ({former}));

create temporary table daybook_right on commit drop as
select pg_proc.proname as name, grantee.rolname as role
  from pg_proc
  join daybook_function on daybook_function.oid = pg_proc.oid
 cross join lateral aclexplode(pg_proc.proacl) as granted
  join pg_roles grantee on grantee.oid = granted.grantee
 where granted.privilege_type = 'EXECUTE'
   and granted.grantee <> pg_proc.proowner;

drop schema {reporting}, {served} cascade;

do $$
declare
    gone oid[] := (select array_agg(oid) from daybook_function where differs);
    more oid[];
begin
    if gone is null then
        return;
    end if;
    loop
        more := (select array_agg(distinct daybook_function.oid)
                   from pg_depend
                   join daybook_function on daybook_function.oid = pg_depend.objid
                  where pg_depend.classid = 'pg_proc'::regclass
                    and pg_depend.refclassid = 'pg_proc'::regclass
                    and pg_depend.refobjid = any (gone)
                    and daybook_function.oid <> all (gone));
        exit when more is null;
        gone := gone || more;
    end loop;
    execute 'drop function ' || (select string_agg(oid::regprocedure::text, ', ') from unnest(gone) as listed (oid));
end
$$;
