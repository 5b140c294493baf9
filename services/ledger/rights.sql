-- What provisioning must be allowed to do; one row of truths about the user who is connected.

select
    current_user as "user",
    current_database() as "database",
    has_database_privilege(current_database(), 'create') as may_create_schemas,
    has_function_privilege('pg_advisory_lock(bigint)', 'execute') as may_lock,
    (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as may_create_roles,
    array(
        select wanted from unnest($1::text[]) wanted
        where not exists (select from pg_roles where rolname = wanted)
    ) as absent_roles,
    array(
        select theirs.rolname::text from pg_roles theirs
        where theirs.rolname = any ($1::text[])
            and not case when current_setting('server_version_num')::int >= 160000
                then pg_has_role(current_user, theirs.oid, 'set')
                    or pg_has_role(current_user, theirs.oid, 'member with admin option')
                else pg_has_role(current_user, theirs.oid, 'member')
                    or (select ours.rolcreaterole from pg_roles ours where ours.rolname = current_user)
            end
        order by array_position($1::text[], theirs.rolname::text)
    ) as foreign_roles,
    array(
        select nspname::text from pg_namespace
        where nspname in ('ledger', 'reporting') and not pg_has_role(current_user, nspowner, 'usage')
    ) as foreign_schemas
