-- Reports as of a day: each function of (…, as_of timestamptz, known_at bigint) gets a second form, with as_of as a
-- date, which means the day's end where the ledger is. Without it PostgreSQL would take a date for its beginning, in
-- the session's zone.

create or replace function reporting.sequence_at(day date) returns bigint
language sql stable parallel safe
begin atomic
    select reporting.sequence_at(reporting.day_end(sequence_at.day));
end;
comment on function reporting.sequence_at(date) is
    'The highest sequence recorded by the end of a day where the ledger is; for null the one up to which all views are.';

do $$
declare
    report record;
    before text;
begin
    for report in
        select proname as name, proargnames as names, pronargs as given,
               case when pronargdefaults > 0 then ' default reporting.sequence()' else '' end as otherwise,
               obj_description(pg_proc.oid) as description,
               pg_get_function_result(pg_proc.oid) as result
          from pg_proc
         where pronamespace = 'reporting'::regnamespace
           and proargnames[pronargs - 1:pronargs] = '{as_of,known_at}'
           and proargtypes[pronargs - 2] = 'timestamptz'::regtype
    loop
        before := case when report.given > 2 then format('%I text, ', report.names[1]) else '' end;
        execute format(
            $form$create or replace function reporting.%1$I(%2$sas_of date, known_at bigint%5$s)
            returns %3$s language sql stable parallel safe
            begin atomic
                select * from reporting.%1$I(%4$sreporting.day_end(%1$I.as_of), %1$I.known_at);
            end$form$,
            report.name, before, report.result,
            case when report.given > 2 then format('%I.%I, ', report.name, report.names[1]) else '' end,
            report.otherwise
        );
        execute format('comment on function reporting.%I(%s) is %L', report.name,
                       case when report.given > 2 then 'text, ' else '' end || 'date, bigint',
                       report.description || ' With a date for as_of: at its end where the ledger is.');
    end loop;
end
$$;
