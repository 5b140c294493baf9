-- Who may read `reporting`, and `served` of which it is made: readers of views by SQL, and the query service.

revoke all on schema reporting from public;
revoke execute on all functions in schema reporting from public;
grant usage on schema reporting to daybook_reader, daybook_query;
grant select on all tables in schema reporting to daybook_reader, daybook_query;
grant execute on all functions in schema reporting to daybook_reader, daybook_query;
revoke all on schema served from public;
revoke execute on all functions in schema served from public;
grant usage on schema served to daybook_reader, daybook_query;
grant select on all tables in schema served to daybook_reader, daybook_query;
grant execute on all functions in schema served to daybook_reader, daybook_query;

-- Who else was given rights on `reporting` keeps them: on functions that were made again, and on the tables of `served`
-- whose versions in `reporting` that role may read, which functions of `reporting` read with the rights of their caller.

do $$
declare
    told record;
begin
    if to_regclass('pg_temp.daybook_right') is not null then
        for told in
            select pg_proc.oid::regprocedure::text as function, daybook_right.role
              from pg_temp.daybook_right
              join pg_proc on pg_proc.proname = daybook_right.name
                          and pg_proc.pronamespace in ('reporting'::regnamespace, 'served'::regnamespace)
        loop
            execute format('grant execute on function %s to %I', told.function, told.role);
        end loop;
    end if;
    for told in
        select kept.relname as name, grantee.rolname as role
          from pg_class kept
          join pg_class shown
            on shown.relnamespace = 'reporting'::regnamespace
           and shown.relname = case kept.relname
                                   when 'playbook_stage' then 'stage'
                                   when 'playbook_item' then 'stage'
                                   when 'playbook_need' then 'stage'
                                   when 'playbook_target' then 'stage'
                                   when 'target' then 'target'
                                   when 'zone' then 'zone_rule'
                                   when 'entry' then 'entry'
                                   when 'unplaced_contact' then 'entry'
                                   else regexp_replace(kept.relname, '_past$', '') || '_version'
                               end
         cross join lateral aclexplode(shown.relacl) as granted
          join pg_roles grantee on grantee.oid = granted.grantee
         where kept.relnamespace = 'served'::regnamespace
           and granted.privilege_type = 'SELECT'
           and granted.grantee <> shown.relowner
    loop
        execute format('grant usage on schema served to %I', told.role);
        execute format('grant select on served.%I to %I', told.name, told.role);
        execute format('grant execute on all functions in schema served to %I', told.role);
    end loop;
end
$$;
