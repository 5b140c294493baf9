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
    arguments text;
    given text;
begin
    for report in
        select pg_proc.oid, proname as name, proargnames[1:pronargs] as names,
               pg_get_function_arguments(pg_proc.oid) as arguments,
               pg_get_function_identity_arguments(pg_proc.oid) as identity,
               obj_description(pg_proc.oid) as description,
               pg_get_function_result(pg_proc.oid) as result
          from pg_proc
         where pronamespace = 'reporting'::regnamespace
           and proretset
           and proargnames[1:pronargs] @> '{as_of,known_at}'
           and proargtypes[array_position(proargnames, 'as_of') - 1] = 'timestamptz'::regtype
    loop
        arguments := regexp_replace(report.arguments, '\mas_of timestamp with time zone( DEFAULT now\(\))?', 'as_of date');
        given := (select string_agg(format(case name when 'as_of' then 'reporting.day_end(%1$I.%2$I)' else '%1$I.%2$I' end,
                                           report.name, name), ', ' order by place)
                    from unnest(report.names) with ordinality as listed (name, place));
        execute format(
            $form$create or replace function reporting.%1$I(%2$s)
            returns %3$s language sql stable parallel safe
            begin atomic
                select * from reporting.%1$I(%4$s);
            end$form$,
            report.name, arguments, report.result, given
        );
        execute format('comment on function reporting.%I(%s) is %L', report.name,
                       replace(report.identity, 'as_of timestamp with time zone', 'as_of date'),
                       report.description || ' With a date for as_of: at its end where the ledger is.');
    end loop;
end
$$;
