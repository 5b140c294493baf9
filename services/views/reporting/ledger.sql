-- The schema `reporting`: the stable SQL face of the ledger. Names and columns stay; new columns come at the end.
-- {generation} stands for the served generation's schema; promoting another one runs this again, in one transaction.
-- Views read with their owner's rights; functions with their caller's, who needs rights on `served` too (grants.sql).

create schema if not exists served;
create schema if not exists reporting;
comment on schema reporting is
    'The stable SQL face of the ledger: views for the present, and functions of (as_of, known_at) for any other moment.';

create or replace view reporting.ledger as
select time_zone, stream_name as stream, made_at from ledger.identity;
comment on view reporting.ledger is 'Which ledger this is; one row.';
comment on column reporting.ledger.time_zone is 'Zone in which days are cut (IANA name).';
comment on column reporting.ledger.stream is 'Name of the stream.';
comment on column reporting.ledger.made_at is 'When the ledger was made.';

create or replace function reporting.timezone() returns text
language sql stable parallel safe
begin atomic
    select ledger.time_zone from reporting.ledger;
end;
comment on function reporting.timezone() is 'The zone in which days are cut (IANA name).';

create or replace view reporting.zone_rule as
select from_at, seconds_east
  from ledger.zone_rule
 where zone = (select ledger.time_zone from reporting.ledger);
comment on view reporting.zone_rule is
    'Rules of that zone as the ledger keeps them. Days are cut by these, not by what PostgreSQL knows of the zone.';
comment on column reporting.zone_rule.from_at is 'Since when the rule holds, inclusive, until the next one''s.';
comment on column reporting.zone_rule.seconds_east is 'What is added to UTC for the time of day, in seconds.';

create or replace function reporting.local_day(at timestamptz) returns date
language sql stable parallel safe
begin atomic
    select coalesce(
        (select ((local_day.at at time zone 'UTC') + make_interval(secs => rule.seconds_east))::date
           from reporting.zone_rule rule
          where rule.from_at <= local_day.at
          order by rule.from_at desc
          limit 1),
        (local_day.at at time zone reporting.timezone())::date -- a zone of which no rules are kept
    );
end;
comment on function reporting.local_day(timestamptz) is 'The day of an instant where the ledger is.';

-- The rules in one row, which a report fetches once to cut the days of many rows.
create or replace view served.zone as
select array_agg(rule.from_at order by rule.from_at) as begins,
       array_agg(rule.seconds_east order by rule.from_at) as seconds_east, reporting.timezone() as name
  from reporting.zone_rule rule;

create or replace function served.local_day(at timestamptz, zone served.zone) returns date
language sql immutable parallel safe
return coalesce(
    ((at at time zone 'UTC') + make_interval(secs => (zone).seconds_east[width_bucket(at, (zone).begins)]))::date,
    (at at time zone (zone).name)::date -- a zone of which no rules are kept
);

create or replace function reporting.day_end(day date) returns timestamptz
language sql stable parallel safe
begin atomic
    with midnight as (
        select ((day_end.day + 1)::timestamp at time zone 'UTC') as at
    ),
    near as ( -- the rules of which one says when the next day begins
        select rule.from_at, rule.seconds_east, lead(rule.from_at) over (order by rule.from_at) as until
          from midnight
         cross join lateral (
                select earlier.from_at, earlier.seconds_east
                  from reporting.zone_rule earlier
                 where earlier.from_at <= midnight.at + interval '2 days'
                 order by earlier.from_at desc
                 limit 4
               ) rule
    ),
    begins as (
        select greatest(near.from_at, midnight.at - make_interval(secs => near.seconds_east)) as at, near.until
          from near
         cross join midnight
    )
    select coalesce(
               (select min(begins.at) from begins where begins.until is null or begins.at < begins.until),
               (day_end.day + 1)::timestamp at time zone reporting.timezone() -- a zone of which no rules are kept
           ) - interval '1 microsecond';
end;
comment on function reporting.day_end(date) is
    'The last microsecond of a day where the ledger is: the day ends when the next one begins for the first time.';

-- Positions ----------------------------------------------------------------------------------------------------------

do $$
begin
    if not exists (select from pg_attribute
                    where attrelid = to_regclass('{generation}.lane') and attname = 'longest_subject') then
        alter table {generation}.lane -- of a generation that an older version made
            add column longest_subject text,
            add column longest_s double precision;
    end if;
end
$$;

create or replace view reporting.lane as
select lane, sequence as projected, longest_subject, longest_s from {generation}.lane;
comment on view reporting.lane is 'How far each of the 16 lanes is that the subjects are divided among.';
comment on column reporting.lane.lane is 'CRC-32 of the subject modulo 16.';
comment on column reporting.lane.projected is 'The lane''s rows include all entries up to this sequence.';
comment on column reporting.lane.longest_subject is
    'The subject that folding the lane''s last batch took longest for, where that was a second or more; null otherwise.';
comment on column reporting.lane.longest_s is 'How long that took, in seconds.';

create or replace view reporting.position as
select lowest.sequence,
       (select journal.recorded_at from ledger.journal where journal.sequence = lowest.sequence) as recorded_at,
       (select served.digest
          from ledger.generation served
         where served.promoted_at is not null
         order by served.promoted_at desc
         limit 1) as generation
  from (select min(lane.projected) as sequence from reporting.lane) lowest;
comment on view reporting.position is 'Up to where all views are; one row.';
comment on column reporting.position.sequence is
    'The lowest lane''s position: all rows include all entries up to it. It is the default of known_at.';
comment on column reporting.position.recorded_at is 'When that entry was recorded; null before the first.';
comment on column reporting.position.generation is 'Digest of the folds that made the rows.';

create or replace function reporting.sequence() returns bigint
language sql stable parallel safe
begin atomic
    select min(lane.projected) from reporting.lane;
end;
comment on function reporting.sequence() is 'The sequence up to which all views are: the default of known_at.';

create or replace function reporting.sequence_at(at timestamptz) returns bigint
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
begin atomic
    select case when sequence_at.at < now() then ledger.sequence_at(sequence_at.at) else reporting.sequence() end;
end;
comment on function reporting.sequence_at(timestamptz) is
    'The highest sequence recorded at or before an instant, 0 before any: what was known then. From now on, and for null, it is the one up to which all views are. Whether the recorder has still to record what was taken before the instant, HTTP tells and SQL cannot.';

-- The two times of a report, as every function of them reads them ------------------------------------------------------

create or replace function reporting.instant(as_of timestamptz) returns timestamptz
language plpgsql stable parallel safe as $$
begin
    if as_of is null then
        return now();
    end if;
    if as_of < timestamptz '0002-01-01 00:00:00+00' or as_of >= timestamptz '9999-01-01 00:00:00+00' then
        raise invalid_parameter_value using
            message = format('as_of: %s is no moment at which a report can be made.', as_of),
            hint = 'Give a time of the years 2 to 9998, or leave as_of out for now.';
    end if;
    return as_of;
end
$$;
comment on function reporting.instant(timestamptz) is
    'The as_of of a report: the time given, or now for null. Times that HTTP refuses, infinity among them, are refused.';

create or replace function reporting.known(known_at bigint) returns bigint
language plpgsql stable parallel safe as $$
declare
    lowest bigint := reporting.sequence();
begin
    if known_at is null then
        return lowest;
    end if;
    if known_at < 0 then
        raise invalid_parameter_value using
            message = format('known_at: %s is no sequence.', known_at),
            hint = 'Sequences begin at 0, before the first entry; leave known_at out for all that is in the views.';
    end if;
    if known_at > lowest then
        raise invalid_parameter_value using
            message = format('known_at: sequence %s is not in the views yet; they include everything up to %s.',
                             known_at, lowest),
            hint = format('Ask for %s or less, or wait until it is there.', lowest);
    end if;
    return known_at;
end
$$;
comment on function reporting.known(bigint) is
    'The known_at of a report: the sequence given, or for null the one up to which all views are. Later ones are refused.';

-- Entries ------------------------------------------------------------------------------------------------------------

create or replace view reporting.entry as
select journal.sequence, journal.id, journal.source, journal.type, journal.subject, journal.occurred_at,
       journal.recorded_at, journal.actor, convert_from(journal.message, 'UTF8')::jsonb -> 'data' as data,
       journal.target_source, journal.target_id
  from ledger.journal
 where journal.disposition = 'entry';
comment on view reporting.entry is 'Every event that counts, as it was recorded.';
comment on column reporting.entry.sequence is 'Its place in the ledger.';
comment on column reporting.entry.id is 'CloudEvents id, unique for its source.';
comment on column reporting.entry.source is 'The emitting system.';
comment on column reporting.entry.type is 'CloudEvents type, such as daybook.call_made.v1.';
comment on column reporting.entry.subject is 'What it is about: deal/<id>, account/<id> or playbook/<key>.';
comment on column reporting.entry.occurred_at is 'When it happened.';
comment on column reporting.entry.recorded_at is 'When the ledger took it.';
comment on column reporting.entry.actor is 'Who did it, as the source says.';
comment on column reporting.entry.data is 'What was said, as it was said.';
comment on column reporting.entry.target_source is 'For a correction or void: the source of the event that it names.';
comment on column reporting.entry.target_id is 'For a correction or void: the id of the event that it names.';

create or replace view reporting.concern as
select subject, sequence, since from ledger.concerns;
comment on view reporting.concern is
    'Which entries concern which subjects: all that their data names, what their corrections name, and for a payment every account that it was transferred to.';
comment on column reporting.concern.subject is 'deal/<id>, account/<id> or playbook/<key>.';
comment on column reporting.concern.sequence is 'The entry.';
comment on column reporting.concern.since is
    'Sequence of the later entry by which it became known that the entry concerns the subject; null: its own.';

-- Stale subjects --------------------------------------------------------------------------------------------------

create or replace view reporting.stale as
select subject, view, sequence, error from {generation}.stale;
comment on view reporting.stale is
    'Subjects whose later entries could not be folded, which is a fault of Daybook: their rows are those of before.';
comment on column reporting.stale.subject is 'deal/<id> or account/<id>.';
comment on column reporting.stale.view is 'The view concerned.';
comment on column reporting.stale.sequence is 'The entry whose arrival showed it first.';
comment on column reporting.stale.error is 'What went wrong, and at which entry.';

-- Playbooks ----------------------------------------------------------------------------------------------------------

create or replace view reporting.playbook as
with said as materialized (
    select concerns.subject, journal.sequence, journal.recorded_at, journal.type,
           convert_from(journal.message, 'UTF8')::jsonb -> 'data' as data
      from ledger.concerns
      join ledger.journal using (sequence)
     where concerns.lane = -1),
published as materialized (
    select distinct on (said.subject, (said.data #>> '{playbook,version}')::integer)
           said.subject, said.sequence, said.recorded_at, said.data -> 'playbook' as playbook,
           (said.data #>> '{playbook,version}')::integer as version
      from said
     where said.type = 'daybook.playbook_published.v1'
     order by said.subject, (said.data #>> '{playbook,version}')::integer, said.sequence)
select published.playbook ->> 'key' as playbook,
       published.version,
       published.playbook #>> '{names,zh}' as name_zh,
       published.playbook #>> '{names,en}' as name_en,
       coalesce(published.playbook ->> 'position', 'evidence') as position,
       jsonb_array_length(published.playbook -> 'stages') as stages,
       published.sequence as published,
       published.recorded_at as published_at,
       published.playbook as content,
       (select min(said.sequence)
          from said
         where said.type = 'daybook.playbook_withdrawn.v1'
           and said.subject = published.subject
           and (said.data ->> 'playbook_version')::integer = published.version
           and said.sequence > published.sequence) as withdrawn,
       published.version > 1
       and not exists (select
                         from published before
                        where before.subject = published.subject
                          and before.version = published.version - 1
                          and before.sequence < published.sequence) as skips
  from published
 order by published.playbook ->> 'key', published.version;
comment on view reporting.playbook is 'Every published version of every sales process. A version never changes.';
comment on column reporting.playbook.playbook is 'Key of the sales process.';
comment on column reporting.playbook.version is 'Its version.';
comment on column reporting.playbook.name_zh is 'Its name in Chinese.';
comment on column reporting.playbook.name_en is 'Its name in English.';
comment on column reporting.playbook.position is 'evidence or claim: what says where a deal stands.';
comment on column reporting.playbook.stages is 'How many stages it has.';
comment on column reporting.playbook.published is 'Sequence of its publication.';
comment on column reporting.playbook.published_at is 'When it was published.';
comment on column reporting.playbook.content is 'The whole playbook.';
comment on column reporting.playbook.withdrawn is
    'Sequence from which on no new deal uses the version unless it names it; null while it is not withdrawn.';
comment on column reporting.playbook.skips is
    'Whether the version before it was not published when it was; intake refuses that.';

create or replace view reporting.stage as
select playbook.playbook, playbook.version, stage.number::integer as stage,
       stage.content ->> 'key' as key,
       stage.content #>> '{names,zh}' as name_zh,
       stage.content #>> '{names,en}' as name_en,
       stage.content ->> 'band' as band,
       (stage.content ->> 'probability')::numeric as probability,
       (stage.content ->> 'expected_days')::integer as expected_days,
       (stage.content #>> '{customer_stage,number}')::integer as customer_stage,
       playbook.published
  from reporting.playbook
 cross join jsonb_array_elements(playbook.content -> 'stages') with ordinality as stage (content, number);
comment on view reporting.stage is 'The stages of every published version.';
comment on column reporting.stage.playbook is 'Key of the sales process.';
comment on column reporting.stage.version is 'Its version.';
comment on column reporting.stage.stage is 'The stage''s place, from 1.';
comment on column reporting.stage.key is 'Key of the stage.';
comment on column reporting.stage.name_zh is 'Its name in Chinese.';
comment on column reporting.stage.name_en is 'Its name in English.';
comment on column reporting.stage.band is 'Funnel band: potential, intent, negotiation or closing.';
comment on column reporting.stage.probability is 'Win probability once it is completed.';
comment on column reporting.stage.expected_days is 'Days after which a deal at this stage is rotting; null for none.';
comment on column reporting.stage.customer_stage is 'The customer''s purchasing stage beside it, 1 to 8; null for none.';
comment on column reporting.stage.published is 'Sequence of the version''s publication.';

-- A stage of a version of a playbook in one value, by which deals are joined with what their playbooks say. By three
-- columns the planner takes the rows that match for one, and compares each deal with each.
create or replace function served.stage_key(playbook text, version integer, stage integer) returns text
language sql immutable parallel safe
return playbook || '/' || version::text || '/' || stage::text;

-- The stages as reports read them: known from the publication on.
create or replace view served.playbook_stage as
select playbook, version, stage, key, name_zh, name_en, band, probability, expected_days, customer_stage,
       published as known_from, 9223372036854775807 as known_to,
       served.stage_key(playbook, version, stage) as stage_key
  from reporting.stage;

create or replace function served.playbook_stage(as_of timestamptz, known_at bigint)
returns setof served.playbook_stage
language sql stable parallel safe
begin atomic
    select stage.* from served.playbook_stage stage
     where stage.known_from <= (select reporting.known(playbook_stage.known_at));
end;

-- The items of the stages as reports read them.
create or replace view served.playbook_item as
select playbook.playbook, playbook.version, stage.number::integer as stage,
       coalesce(item.content ->> 'key', 'commitment') as item, grouped.kind, item.content ->> 'kind' as condition,
       (item.content ->> 'weight')::integer as weight,
       coalesce(item.content #>> '{names,zh}', item.content ->> 'zh') as name_zh,
       coalesce(item.content #>> '{names,en}', item.content ->> 'en') as name_en,
       row_number() over (
           partition by playbook.playbook, playbook.version order by stage.number, grouped.place, item.place
       )::integer as place,
       playbook.position,
       playbook.published as known_from, 9223372036854775807 as known_to,
       served.stage_key(playbook.playbook, playbook.version, stage.number::integer) as stage_key
  from reporting.playbook
 cross join jsonb_array_elements(playbook.content -> 'stages') with ordinality as stage (content, number)
 cross join (values ('milestones', 'milestone', 1), ('criteria', 'criterion', 2), ('commitment', 'commitment', 3),
                    ('conditions', 'condition', 4), ('appraisal', 'appraisal', 5)) as grouped (name, kind, place)
 cross join lateral jsonb_array_elements(case jsonb_typeof(stage.content -> grouped.name)
                                             when 'array' then stage.content -> grouped.name
                                             when 'object' then jsonb_build_array(stage.content -> grouped.name)
                                             else '[]'
                                         end) with ordinality as item (content, place);

create or replace function served.playbook_item(as_of timestamptz, known_at bigint)
returns setof served.playbook_item
language sql stable parallel safe
begin atomic
    select item.* from served.playbook_item item
     where item.known_from <= (select reporting.known(playbook_item.known_at));
end;

-- What the stages ask for that evidence decides, as lists in the playbook's order.
create or replace view served.playbook_need as
select item.playbook, item.version, item.stage,
       coalesce(array_agg(item.item order by item.place) filter (where item.kind = 'milestone'), '{}') as milestones,
       coalesce(array_agg(item.item order by item.place) filter (where item.kind in ('criterion', 'commitment')), '{}')
           as others,
       item.known_from, item.known_to, item.stage_key
  from served.playbook_item item
 where item.position = 'evidence'
 group by item.playbook, item.version, item.stage, item.known_from, item.known_to, item.stage_key;

create or replace function served.playbook_need(as_of timestamptz, known_at bigint)
returns setof served.playbook_need
language sql stable parallel safe
begin atomic
    select need.* from served.playbook_need need
     where need.known_from <= (select reporting.known(playbook_need.known_at));
end;

-- The measured targets of the stages as reports read them: known from the publication until the withdrawal. A version
-- without any has a row without target.
create or replace view served.playbook_target as
select playbook.playbook, playbook.version, aim.stage, aim.content ->> 'key' as target, aim.content ->> 'metric' as metric,
       (aim.content ->> 'at_least')::numeric as at_least, (aim.content ->> 'at_most')::numeric as at_most,
       aim.content ->> 'per' as per, playbook.published as known_from,
       coalesce(playbook.withdrawn, 9223372036854775807) as known_to
  from reporting.playbook
  left join lateral (
        select stage.content ->> 'key' as stage, one.content
          from jsonb_array_elements(playbook.content -> 'stages') as stage (content)
         cross join lateral jsonb_array_elements(stage.content -> 'targets') as one (content)
         where one.content ->> 'metric' is not null
       ) aim on true;

create or replace function served.playbook_target(as_of timestamptz, known_at bigint)
returns setof served.playbook_target
language sql stable parallel safe
begin atomic
    select one.* from served.playbook_target one
     where one.known_from <= (select reporting.known(playbook_target.known_at))
       and (select reporting.known(playbook_target.known_at)) < one.known_to;
end;

-- Entries as reports read them ---------------------------------------------------------------------------------------

create or replace view served.entry as
select journal.subject, journal.sequence as entry, journal.actor, journal.occurred_at, journal.recorded_at,
       journal.sequence as known_from, 9223372036854775807 as known_to
  from ledger.journal
 where journal.disposition = 'entry';

create or replace function served.entry(as_of timestamptz, known_at bigint)
returns setof served.entry
language sql stable parallel safe
begin atomic
    select one.* from served.entry one
     where one.known_from <= (select reporting.known(entry.known_at))
       and one.occurred_at <= (select reporting.instant(entry.as_of));
end;

-- Contacts recorded on a deal without an account, until they are voided: `contact` has none of them. A correction cannot
-- name an account that its target does not name.
create or replace view served.unplaced_contact as
select recorded.subject, recorded.sequence as entry, told.data ->> 'contact_id' as contact, recorded.occurred_at as at,
       recorded.sequence as known_from, coalesce(voided.sequence, 9223372036854775807) as known_to
  from ledger.journal recorded
 cross join lateral (select convert_from(recorded.message, 'UTF8')::jsonb -> 'data' as data) told
  left join lateral (
        select min(change.sequence) as sequence
          from ledger.journal change
         where change.target_source = recorded.source and change.target_id = recorded.id
           and change.subject = recorded.subject and change.disposition = 'entry'
           and change.type = 'daybook.event_voided.v1'
       ) voided on true
 where recorded.disposition = 'entry' and recorded.subject like 'deal/%'
   and recorded.type in ('daybook.contact_recorded.v1', 'daybook.contact_recorded.v2')
   and told.data ->> 'account_id' is null
   and recorded.sequence < coalesce(voided.sequence, 9223372036854775807);

create or replace function served.unplaced_contact(as_of timestamptz, known_at bigint)
returns setof served.unplaced_contact
language sql stable parallel safe
begin atomic
    select one.* from served.unplaced_contact one
     where one.known_from <= (select reporting.known(unplaced_contact.known_at))
       and (select reporting.known(unplaced_contact.known_at)) < one.known_to
       and one.at <= (select reporting.instant(unplaced_contact.as_of));
end;

-- Targets ------------------------------------------------------------------------------------------------------------

create or replace view reporting.target as
select concerns.subject, said.data ->> 'target' as target, said.data ->> 'metric' as metric,
       said.data ->> 'period' as period, (said.data ->> 'value')::numeric as value, said.data ->> 'currency' as currency,
       said.data ->> 'stage' as stage, said.data ->> 'owner' as owner, said.data ->> 'region' as region,
       concerns.sequence, journal.occurred_at as set_at
  from ledger.concerns
  join ledger.journal on journal.sequence = concerns.sequence and journal.subject = concerns.subject
 cross join lateral (select convert_from(journal.message, 'UTF8')::jsonb -> 'data' as data) said
 where journal.type = 'daybook.target_set.v1' and journal.disposition = 'entry';
comment on view reporting.target is
    'Every target that was set. Of those that are equal but for target and value the later counts.';
comment on column reporting.target.subject is 'The sales process or account that it is for: playbook/<key> or account/<id>.';
comment on column reporting.target.target is 'Its name, as sales operations know it.';
comment on column reporting.target.metric is 'The figure that is measured.';
comment on column reporting.target.period is 'Year, quarter or month: 2026, 2026-Q1, 2026-03.';
comment on column reporting.target.value is 'The aim: a count, days, a rate from 0 to 1, a score, or an amount.';
comment on column reporting.target.currency is 'ISO 4217 currency of an amount; null for other figures.';
comment on column reporting.target.stage is 'Key of the stage that it is for; null for the whole process or account.';
comment on column reporting.target.owner is 'The salesperson whom it is for; null for everybody.';
comment on column reporting.target.region is 'The region that it is for; null for all of them.';
comment on column reporting.target.sequence is 'The entry that set it.';
comment on column reporting.target.set_at is 'Since when it holds.';

-- All that a target is for, in words; targets of one metric that are for the same replace each other.
create or replace function served.target_scope(
    subject text, stage text, owner text, region text, currency text, period text
)
returns text
language sql stable parallel safe
return concat_ws(' · ', subject, 'stage ' || stage, 'owner ' || owner, 'region ' || region, currency, period);

-- The targets as reports read them: known from the entry on, until it is voided.
create or replace view served.target as
select target.*, target.sequence as known_from, coalesce(voided.sequence, 9223372036854775807) as known_to,
       served.target_scope(target.subject, target.stage, target.owner, target.region, target.currency, target.period) as scope
  from reporting.target
  join ledger.journal recorded on recorded.sequence = target.sequence
  left join lateral (
         select min(change.sequence) as sequence
           from ledger.journal change
          where change.target_source = recorded.source and change.target_id = recorded.id
            and change.subject = recorded.subject and change.disposition = 'entry'
            and change.type = 'daybook.event_voided.v1'
       ) voided on true
 where target.sequence < coalesce(voided.sequence, 9223372036854775807);

create or replace function served.target(as_of timestamptz, known_at bigint)
returns setof served.target
language sql stable parallel safe
begin atomic
    select one.* from served.target one
     where one.known_from <= (select reporting.known(target.known_at))
       and (select reporting.known(target.known_at)) < one.known_to
       and one.set_at <= (select reporting.instant(target.as_of));
end;
