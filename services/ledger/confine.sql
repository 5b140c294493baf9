-- What PostgreSQL lets everybody do who may log in, and what could stop or flood the ledger: hold the locks by which
-- its services agree, make large objects, write to the log of changes. Run by a superuser in the ledger's database;
-- idempotent. Who needs locks keeps them; the owner may pass them on to roles made later (roles.sql).
-- To let go of locks stays with everybody: pools of connections do it each time that one is given back.

do $$
declare
    called record;
    keeper text;
begin
    for called in
        select oid::regprocedure as name, proname ~ '^pg_(try_)?advisory_(xact_)?lock' as locks
          from pg_proc
         where pronamespace = 'pg_catalog'::regnamespace
           and proname ~ '^(pg_(try_)?advisory_(xact_)?lock|lo_|loread$|lowrite$|pg_logical_emit_message$)'
    loop
        execute format('revoke execute on function %s from public', called.name);
        continue when not called.locks;
        for keeper in
            select rolname from pg_roles join pg_database on datdba = pg_roles.oid where datname = current_database()
            union
            select rolname from pg_roles join pg_namespace on nspowner = pg_roles.oid where nspname = 'ledger'
        loop
            execute format('grant execute on function %s to %I with grant option', called.name, keeper);
        end loop;
        for keeper in
            select rolname from pg_roles where rolname in ('daybook_recorder', 'daybook_projector', 'daybook_notary')
        loop
            execute format('grant execute on function %s to %I', called.name, keeper);
        end loop;
    end loop;
end
$$;
