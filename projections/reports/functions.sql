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

-- Values of a parameter that names several of a few, comma separated; all of them for `all`.
create or replace function served.some_of(name text, value text, words text[]) returns text[]
language plpgsql immutable parallel safe as $$
declare
    given text[] := string_to_array(replace(value, ' ', ''), ',');
begin
    if given = array['all'] then
        return words;
    end if;
    if given <@ words and given <> '{}' then
        return given;
    end if;
    raise invalid_parameter_value using
        message = format('%s: %L is none of its values; there are %s, and all.', name, left(value, 80),
                         array_to_string(words, ', '));
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

create or replace function served.one_given(names text, given integer) returns boolean
language plpgsql immutable parallel safe as $$
begin
    if given = 1 then
        return true;
    end if;
    raise invalid_parameter_value using message = format('%s: give exactly one of them.', names);
end
$$;

-- First and last day of a year, quarter or month: 2026, 2026-Q1, 2026-03.
create or replace function served.period_days(period text, out first_on date, out last_on date)
language plpgsql immutable parallel safe as $$
declare
    parts text[] := regexp_match(period, '^([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$');
begin
    if parts is null or parts[1] < '0002' or parts[1] > '9998' then
        raise invalid_parameter_value using
            message = format('period: %L is none; give a year, quarter or month, such as 2026, 2026-Q1 or 2026-03.',
                             left(period, 80));
    end if;
    first_on := make_date(parts[1]::integer, coalesce(parts[3]::integer, 3 * parts[2]::integer - 2, 1), 1);
    last_on := (first_on + case when parts[3] is not null then interval '1 month'
                                when parts[2] is not null then interval '3 months'
                                else interval '1 year' end)::date - 1;
end
$$;

-- The last moment of a day, or of a period; null for none. A moment, which has a time and its offset, ends by itself.
create or replace function served.ends(day date) returns timestamptz
language sql stable parallel safe
return reporting.day_end(ends.day);

create or replace function served.ends(period text) returns timestamptz
language sql stable parallel safe
return case when ends.period ~ '^\d{4}-\d{2}-\d{2}$' then reporting.day_end(ends.period::date)
            when ends.period ~ '^\d{4}-\d{2}-\d{2}[T ]' then ends.period::timestamptz
            when ends.period is not null
            then reporting.day_end((select days.last_on from served.period_days(ends.period) days)) end;

-- Merged accounts, each with the account under which it counts: that at the end of the chain. Of mergings that make a
-- circle the last has no effect, so that its account is the end.
create or replace function served.account_merged(as_of timestamptz, known_at bigint)
returns table (member text, account text)
language sql stable parallel safe
begin atomic
    with recursive alias as materialized (
        select one.account, one.into_account, one.from_at, one.entry
          from served.account_alias(account_merged.as_of, account_merged.known_at) one
    ),
    walk as (
        select alias.account as member, alias.into_account as place, array[alias.account] as path
          from alias
        union all
        select walk.member, alias.into_account, walk.path || walk.place
          from walk
          join alias on alias.account = walk.place
         where walk.place <> all (walk.path)
    )
    select walk.member, ends.account
      from walk
     cross join lateral (
            select coalesce((select circle.account
                               from alias circle
                              where circle.account = any (walk.path[array_position(walk.path, walk.place):])
                              order by circle.from_at desc, circle.entry desc
                              limit 1), walk.place) as account
           ) ends
     where (walk.place = any (walk.path) or not exists (select from alias where alias.account = walk.place))
       and ends.account <> walk.member;
end;

-- All accounts that were known, each with the account under which it counts: itself, unless it was merged.
create or replace function served.account_group(as_of timestamptz, known_at bigint)
returns table (member text, account text)
language sql stable parallel safe
begin atomic
    select known.account as member, coalesce(merged.account, known.account) as account
      from (select one.account from served.account_fact(account_group.as_of, account_group.known_at) one
            union
            select one.account from served.grade(account_group.as_of, account_group.known_at) one
            union
            select one.account from served.contact(account_group.as_of, account_group.known_at) one
            union
            select one.account from served.relationship(account_group.as_of, account_group.known_at) one
            union
            select one.account from served.touch(account_group.as_of, account_group.known_at) one
            union
            select one.account from served.referral(account_group.as_of, account_group.known_at) one
            union
            select one.account from served.account_plan(account_group.as_of, account_group.known_at) one
            union
            select one.account from served.account_todo(account_group.as_of, account_group.known_at) one
            union
            select one.account from served.stage_position(account_group.as_of, account_group.known_at) one
             where one.account is not null
            union
            select one.account from served.receivables_movement(account_group.as_of, account_group.known_at) one
            union
            select one.member from served.account_merged(account_group.as_of, account_group.known_at) one
            union
            select one.account from served.account_merged(account_group.as_of, account_group.known_at) one) known
      left join served.account_merged(account_group.as_of, account_group.known_at) merged
        on merged.member = known.account;
end;

-- Stages that deals had reached by as_of: completed, or where claims decide entered, since claims complete none; when each
-- was reached (at), and when the deal first stood at just that one (stood_at).
create or replace function served.stage_reached(as_of timestamptz, known_at bigint)
returns table (deal text, playbook text, stage integer, at timestamptz, stood_at timestamptz)
language sql stable parallel safe
begin atomic
    select stay.deal, stay.playbook, stay.stage, stay.from_at,
           case when stay.stood_at <= (select reporting.instant(stage_reached.as_of)) then stay.stood_at end
      from served.stage_stay_past(stage_reached.as_of, stage_reached.known_at) stay
    union all
    select past.deal, past.playbook, past.completed + 1, past.from_at, past.from_at
      from served.stage_position_past(stage_reached.as_of, stage_reached.known_at) past
     where past.phase is not null
       and past.playbook = any(array(select book.playbook from reporting.playbook book where book.position = 'claim'))
       and (past.playbook, past.version) in (select book.playbook, book.version
                                               from reporting.playbook book
                                              where book.position = 'claim');
end;

-- Microseconds as days with two decimals, rounded half up.
create or replace function served.in_days(microseconds double precision) returns numeric
language sql immutable parallel safe
return round(microseconds::numeric / 86400000000, 2);

create or replace function served.in_days(microseconds numeric) returns numeric
language sql immutable parallel safe
return round(microseconds / 86400000000, 2);

-- Accounts of a region, with those that were merged into them: they have its region, not their own.
create or replace function served.account_in_region(region text, as_of timestamptz, known_at bigint)
returns table (account text)
language sql stable parallel safe
begin atomic
    with merged as materialized (
        select one.member, one.account from served.account_merged(account_in_region.as_of, account_in_region.known_at) one
    ),
    placed as materialized (
        select fact.account
          from served.account_fact(account_in_region.as_of, account_in_region.known_at) fact
         where fact.fact = 'region' and fact.segment = account_in_region.region
    )
    select placed.account from placed where placed.account not in (select merged.member from merged)
    union all
    select merged.member from placed join merged on merged.account = placed.account;
end;

-- Collection of a period by account and currency, as it stood at its end; a period that is not over ends at as_of. What fell
-- due in it (less credits and write-offs) and the cash that this has had; the cash applied in the period and not taken back
-- by its end, and that cash times the days since the invoice and since the due day. It is strict, so that it is not inlined: within a lateral join its
-- moments would be worked out for every row.
create or replace function served.collected(as_of timestamptz, known_at bigint, first_on date, last_on date)
returns table (
    account text, currency text, due numeric, collected_of_due numeric, cash numeric, cash_days numeric, late_days numeric
)
language sql stable strict parallel safe
begin atomic
    with zone as materialized (
        select one as rules from served.zone one
    ),
    span as materialized (
        select reporting.day_end(collected.first_on - 1) as begins,
               least(collected.last_on, reporting.local_day(reporting.instant(collected.as_of))) as last_on
    ),
    applied as materialized (
        select one.*
          from served.application(
                   least(reporting.instant(collected.as_of), reporting.day_end(collected.last_on)), collected.known_at
               ) one
    ),
    stacked as (
        -- Cash of payments of which an invoice had some taken back: the latest goes first. What is left of an application is
        -- the lowest sum from it on, less the sum before it.
        select summed.account, summed.entry, summed.place, summed.upto - summed.amount as before,
               min(summed.upto) over (partition by summed.account, summed.invoice, summed.series, summed.document,
                                                   summed.document_series
                                          order by summed.at, summed.entry, summed.place
                                      rows between current row and unbounded following) as lowest
          from (select applied.*,
                       sum(applied.amount) over (partition by applied.account, applied.invoice, applied.series,
                                                              applied.document, applied.document_series
                                                     order by applied.at, applied.entry, applied.place) as upto
                  from applied
                 where applied.kind = 'cash'
                   and (applied.account, applied.invoice, applied.series, applied.document, applied.document_series) in (
                       select one.account, one.invoice, one.series, one.document, one.document_series
                         from applied one
                        where one.kind = 'cash' and one.amount < 0
                   )) summed
    ),
    counted as (
        select issued.account, issued.currency, issued.amount as due, 0 as collected_of_due, 0 as cash, 0 as cash_days,
               0 as late_days
          from served.invoice(
                   least(reporting.instant(collected.as_of), reporting.day_end(collected.last_on)), collected.known_at
               ) issued
         where issued.due_on between collected.first_on and (select span.last_on from span)
        union all
        select applied.account, applied.currency,
               case when falls.due and applied.kind <> 'cash' then -applied.amount else 0 end,
               case when falls.due and applied.kind = 'cash' then applied.amount else 0 end,
               case when falls.within then kept.amount else 0 end,
               case when falls.within then kept.amount
                    * (served.local_day(applied.at, zone.rules) - served.local_day(applied.issued_at, zone.rules)) else 0 end,
               case when falls.within then kept.amount
                    * greatest(served.local_day(applied.at, zone.rules) - applied.due_on, 0) else 0 end
          from applied
         cross join zone
          left join stacked on stacked.account = applied.account and stacked.entry = applied.entry
                           and stacked.place = applied.place
         cross join lateral (
                select case when stacked.entry is null then applied.amount
                            else greatest(stacked.lowest - stacked.before, 0) end as amount
               ) kept
         cross join lateral (
                select applied.due_on between collected.first_on and (select span.last_on from span) as due,
                       applied.kind = 'cash' and applied.amount > 0
                       and applied.at > (select span.begins from span) as within
               ) falls
         where falls.due or falls.within
    )
    select counted.account, counted.currency, sum(counted.due), sum(counted.collected_of_due), sum(counted.cash),
           sum(counted.cash_days), sum(counted.late_days)
      from counted
     group by counted.account, counted.currency;
end;

-- A text names a document if its number stands there by itself, neither within a longer number nor before the rest of one.
create or replace function served.names(said text, number text) returns boolean
language sql immutable parallel safe
return upper(normalize(names.said, nfkc)) ~ (
    '(?<![0-9A-Z]|[0-9A-Z][-._])'
    || regexp_replace(upper(normalize(names.number, nfkc)), '([][(){}.*+?^$|\\-])', '\\\1', 'g')
    || '(?![0-9A-Z]|[-._][0-9A-Z])'
);

-- Invoices that payments may be for, by their places: payments in order of receipt, invoices by due day. Each payment goes by
-- one rule: the invoices that the payer names; if none, the only one of exactly its amount; if there is no such one, the
-- oldest due. Nothing beyond what is left of a payment or an invoice.
create or replace function served.suggested(
    paid numeric[], remittances text[], owed numeric[], numbers text[],
    out payment integer, out invoice integer, out amount numeric, out reason text
) returns setof record
language plpgsql immutable parallel safe as $$
declare
    open numeric[] := owed;
    cash numeric;
    places integer[];
begin
    for place in 1 .. cardinality(paid) loop
        payment := place;
        cash := paid[payment];
        reason := 'named';
        places := array(
            select one.place from unnest(numbers) with ordinality as one (number, place)
             where served.names(remittances[payment], one.number)
             order by one.place
        );
        if cardinality(places) = 0 then
            reason := 'exact';
            places := array(
                select one.place from unnest(open) with ordinality as one (amount, place) where one.amount = cash
            );
            if cardinality(places) <> 1 then
                reason := 'oldest';
                places := array(select generate_series(1, cardinality(open)));
            end if;
        end if;
        foreach invoice in array places loop
            exit when cash = 0;
            amount := least(cash, open[invoice]);
            continue when amount = 0;
            cash := cash - amount;
            open[invoice] := open[invoice] - amount;
            return next;
        end loop;
    end loop;
end
$$;

-- Observed rates of won deals by where a deal stands: playbook, version, stage and phase, as a forecast may weigh it by.
-- Nothing, and no time, where they are not wanted; hence no SQL function, which would be planned with every forecast.
create or replace function served.observed_rates(
    wanted boolean, as_of timestamptz, known_at bigint, playbook text
)
returns table (place text[], rate numeric)
language plpgsql stable parallel safe rows 100 as $$
begin
    if wanted then
        return query
        select array[book.playbook, book.version::text,
                     (one.stage + (phase.name = 'entered' and book.position is distinct from 'claim')::integer)::text,
                     phase.name],
               one.won::numeric / (one.won + one.lost)
          from reporting.calibration(observed_rates.as_of, observed_rates.known_at, observed_rates.playbook) one
          join reporting.playbook book on book.playbook = one.playbook
         cross join (values ('entered'), ('completed')) as phase (name)
         where one.observed is not null;
    end if;
end
$$;

-- Refuses a value of a parameter for which another report answers, with columns of its own.
create or replace function served.answered_by(report text, asked boolean) returns boolean
language plpgsql immutable parallel safe as $$
begin
    if asked then
        raise invalid_parameter_value using
            message = format('With this the answer has other columns: ask reporting.%s.', report);
    end if;
    return true;
end
$$;
