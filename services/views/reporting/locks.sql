-- Locks all views before the first is replaced, those that read others first: as queries lock them. Who comes later waits
-- at its first view, with nothing in hand that is wanted here. Resetting an option that is not set locks, and does no more.
do $$
declare
    shown record;
begin
    for shown in
        select oid::regclass::text as name from pg_class
         where relkind = 'v' and relnamespace in (to_regnamespace('reporting'), to_regnamespace('served'))
         order by oid desc
    loop
        execute format('alter view %s reset (security_barrier)', shown.name);
    end loop;
end
$$;
