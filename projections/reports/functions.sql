-- What statements of reports call.

-- How values are written in JSON: ISO 8601 in the session's zone, which is UTC for Daybook's own; decimals as many as the
-- currency has, and none lost. No more volatile than what they call, or they are not inlined and take ten times as long.
create or replace function served.written(at timestamptz) returns text
language sql stable parallel safe
return case length(to_json(at)::text)
    when 27 then btrim(to_json(at)::text, '"')
    else rpad(substr(to_json(at)::text, 2, length(to_json(at)::text) - 8), 26, '0') || '+00:00'
end;

create or replace function served.written(amount numeric, currency text) returns text
language sql immutable parallel safe
return case
    when round(amount, served.minor_units(currency)) = amount then round(amount, served.minor_units(currency))::text
    else trim_scale(amount)::text
end;

-- Amounts by currency, as an object of decimal strings; none of a currency without any.
create or replace function served.add_amount(sums jsonb, currency text, amount numeric) returns jsonb
language sql immutable parallel safe
return case
    when currency is null or amount is null then sums
    else sums || jsonb_build_object(currency, coalesce((sums ->> currency)::numeric, 0) + amount)
end;

create or replace function served.written_amounts(sums jsonb) returns jsonb
language sql immutable parallel safe
return coalesce(
    (select jsonb_object_agg(key, served.written(value::numeric, key)) from jsonb_each_text(sums)), '{}'
);

create or replace aggregate served.amounts(currency text, amount numeric) (
    sfunc = served.add_amount, stype = jsonb, initcond = '{}', finalfunc = served.written_amounts
);

create or replace function reporting.ageing_bucket(due_on date, day date) returns text
language sql immutable parallel safe
return case
    when day is null or due_on is null then null
    when day - due_on <= 0 then 'not_due'
    when day - due_on <= 30 then '1-30'
    when day - due_on <= 60 then '31-60'
    when day - due_on <= 90 then '61-90'
    else 'over_90'
end;
comment on function reporting.ageing_bucket(date, date) is
    'Days past due on a day are the day minus due_on. An invoice is not due up to and on its due_on; then 1-30, 31-60, 61-90 and over_90 days past due, both ends included.';

create or replace function reporting.refuse_playbook(playbook text, known_at bigint) returns boolean
language plpgsql stable parallel safe as $$
begin
    raise no_data_found using
        message = format('There was no playbook %L and no deal on it, as known at sequence %s.',
                         left(refuse_playbook.playbook, 80), refuse_playbook.known_at),
        hint = 'reporting.playbook lists which there are.';
end
$$;
comment on function reporting.refuse_playbook(text, bigint) is
    'Refuses a playbook that nobody had published or named by then: an empty report would look like a playbook without deals.';

-- A parameter's value that is one of a few.
create or replace function served.one_of(name text, value text, words text[]) returns text
language plpgsql immutable parallel safe as $$
begin
    if value = any(words) then
        return value;
    end if;
    raise invalid_parameter_value using
        message = format('%s: %L is none of its values; there are %s.', name, left(value, 80), array_to_string(words, ', '));
end
$$;

-- What a stage still lacks: of its milestones; where none is missing, of what completes it.
create or replace function served.lacking(milestones text[], others text[], met text[]) returns text[]
language sql immutable parallel safe
return case
    when milestones <@ met
        then array(select item from unnest(others) with ordinality as one (item, place) where item <> all (met) order by place)
    else array(select item from unnest(milestones) with ordinality as one (item, place) where item <> all (met) order by place)
end;
