-- Whether readers may do none of what confine.sql takes from everybody.

select not exists (
    select from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace
       and proname ~ '^(pg_(try_)?advisory_(xact_)?lock|lo_|loread$|lowrite$|pg_logical_emit_message$)'
       and has_function_privilege('daybook_reader', oid, 'execute')
);
