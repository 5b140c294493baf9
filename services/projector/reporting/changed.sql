-- Functions whose columns are not all there yet. PostgreSQL replaces a function only by one of the same columns, so all
-- that give rows, which depend on one another, are dropped at once; the files that follow make them again, in the same
-- transaction. What somebody else has built on them is not dropped with them: then nothing is.

do $$
begin
    if exists (
        select from (values ('receivables_open', 'series'), ('receivables_unapplied', 'series'),
                            ('receivables_movement', 'series')) as added (name, column_name)
          join pg_proc on proname = added.name
                      and pronamespace = to_regnamespace('reporting')
                      and added.column_name <> all (proargnames)
    ) then
        execute (select 'drop function ' || string_agg(oid::regprocedure::text, ', ')
                   from pg_proc
                  where pronamespace = to_regnamespace('reporting') and proretset);
    end if;
end
$$;
