-- Functions whose columns are others than before: PostgreSQL replaces a function only by one of the same columns. All that
-- give rows, which depend on one another, are dropped at once; the files that follow make them again, in the same
-- transaction. What somebody else has built on them is not dropped with them: then nothing is.

do $$
declare
    functions text := (select string_agg(oid::regprocedure::text, ', ')
                         from pg_proc
                        where pronamespace in (to_regnamespace('reporting'), to_regnamespace('served')) and proretset);
begin
    if functions is not null then
        execute 'drop function ' || functions;
    end if;
end
$$;
