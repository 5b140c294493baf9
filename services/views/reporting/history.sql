-- What is made of entries and flags together. Run behind the relations of the views (projections/generated).

-- Flags --------------------------------------------------------------------------------------------------------------

create or replace view reporting.flag as
select flag.subject, flag.view, flag.flag, flag.entry, flag.detail,
       nullif(flag.from_at, timestamptz '0001-01-01 00:00:00+00') as from_at -- which an older version's rows lack
  from served.flag
 where flag.known_to = 9223372036854775807
   and flag.to_at = 'infinity';
comment on view reporting.flag is 'What is surprising in entries, by all that is known now.';
comment on column reporting.flag.subject is 'deal/<id> or account/<id>.';
comment on column reporting.flag.view is 'The view that found it; history for corrections and voids.';
comment on column reporting.flag.flag is 'What was found, in one word.';
comment on column reporting.flag.entry is 'Sequence of the surprising entry.';
comment on column reporting.flag.detail is 'What is surprising about it.';
comment on column reporting.flag.from_at is 'Since when it is surprising.';

create or replace view reporting.data_quality as
select flag.subject, flag.view, flag.flag, flag.entry, flag.detail,
       entry.id, entry.source, entry.type, entry.occurred_at, entry.recorded_at
  from reporting.flag
  join reporting.entry on entry.sequence = flag.entry;
comment on view reporting.data_quality is
    'What to look at: entries of which something is surprising, by all that is known now, with who sent them and when.';
comment on column reporting.data_quality.subject is 'deal/<id> or account/<id>.';
comment on column reporting.data_quality.view is 'The view that found it; history for corrections and voids.';
comment on column reporting.data_quality.flag is 'What was found, in one word, such as invoice_twice.';
comment on column reporting.data_quality.entry is 'Sequence of the surprising entry.';
comment on column reporting.data_quality.detail is 'What is surprising about it, and what became of it.';
comment on column reporting.data_quality.id is 'CloudEvents id of the entry, unique for its source.';
comment on column reporting.data_quality.source is 'The system that sent the entry, and can correct or void it.';
comment on column reporting.data_quality.type is 'CloudEvents type of the entry.';
comment on column reporting.data_quality.occurred_at is 'When it happened, as it was sent.';
comment on column reporting.data_quality.recorded_at is 'When the ledger took it.';

-- One argument alone means known_at; with as_of it is a report of the list.
create or replace function reporting.data_quality(known_at bigint default reporting.sequence())
returns table (
    subject text, view text, flag text, entry bigint, detail text, id text, source text, type text,
    occurred_at timestamptz, recorded_at timestamptz
)
language sql stable parallel safe
begin atomic
    select flag.subject, flag.view, flag.flag, flag.entry, flag.detail,
           entry.id, entry.source, entry.type, entry.occurred_at, entry.recorded_at
      from served.flag
      join reporting.entry on entry.sequence = flag.entry
     where flag.known_from <= (select reporting.known(data_quality.known_at))
       and flag.known_to > (select reporting.known(data_quality.known_at))
       and flag.to_at = 'infinity';
end;
comment on function reporting.data_quality(bigint) is
    'What there was to look at, as known at the sequence known_at: entries of which something was surprising.';

-- History ------------------------------------------------------------------------------------------------------------

create or replace function reporting.refuse_subject(subject text, known_at bigint) returns boolean
language plpgsql stable parallel safe as $$
begin
    raise no_data_found using
        message = format('Nothing is known of %L, as known at sequence %s.', left(refuse_subject.subject, 280),
                         refuse_subject.known_at),
        hint = 'A subject is deal/<id> or account/<id>, as it was sent.';
end
$$;
comment on function reporting.refuse_subject(text, bigint) is
    'Refuses a subject of which nothing was known by then: an empty history would look like one of which everything is gone.';

create or replace function reporting.history(subject text, known_at bigint default reporting.sequence())
returns table (
    sequence bigint, id text, source text, type text, subject text, occurred_at timestamptz, recorded_at timestamptz,
    actor text, data jsonb, voided_by bigint, corrected_by bigint
)
language sql stable parallel safe
begin atomic
    with known as materialized (
        select reporting.known(history.known_at) as at
    ),
    found as (
        select entry.sequence, entry.id, entry.source, entry.type, entry.subject, entry.occurred_at, entry.recorded_at,
               entry.actor, entry.data,
               case when decision.type = 'daybook.event_voided.v1' then decision.sequence end as voided_by,
               case when decision.type = 'daybook.event_corrected.v1' then decision.sequence end as corrected_by
          from known
         cross join reporting.concern
          join reporting.entry on entry.sequence = concern.sequence
          left join lateral (
                -- Of all corrections and voids that have an effect the latest counts; flags name those that have none.
                select correction.sequence, correction.type
                  from reporting.entry correction
                 where correction.target_source = entry.source
                   and correction.target_id = entry.id
                   and correction.subject = entry.subject
                   and correction.sequence <= known.at
                   and not exists (
                        select from reporting.flag_version flag
                         where flag.subject = correction.subject
                           and flag.view = 'history'
                           and flag.flag = 'correction_without_effect'
                           and flag.entry = correction.sequence
                           and flag.known_from <= known.at
                           and flag.known_to > known.at)
                 order by correction.sequence desc
                 limit 1) decision on true
         where concern.subject = history.subject
           and concern.sequence <= known.at
           and (concern.since is null or concern.since <= known.at)
           -- A correction that concerns the subject through its target alone is not its history before that is known.
           and (entry.target_source is null
                or entry.subject = history.subject
                or exists (
                    select from reporting.entry target
                     where target.source = entry.target_source
                       and target.id = entry.target_id
                       and target.sequence <= known.at))
    )
    select found.* from found
    union all
    select null, null, null, null, null, null, null, null, null, null, null
     where not exists (select from found)
       and reporting.refuse_subject(history.subject, (select known.at from known))
     order by sequence;
end;
comment on function reporting.history(text, bigint) is
    'All that concerns a subject (deal/<id> or account/<id>), up to the sequence known_at, in the order in which it was recorded; data is the original, whatever corrected it.';

create or replace function reporting.deal_history(deal text, known_at bigint default reporting.sequence())
returns table (
    sequence bigint, id text, source text, type text, subject text, occurred_at timestamptz, recorded_at timestamptz,
    actor text, data jsonb, voided_by bigint, corrected_by bigint
)
language sql stable parallel safe
begin atomic
    select history.* from reporting.history('deal/' || deal_history.deal, deal_history.known_at) history;
end;
comment on function reporting.deal_history(text, bigint) is
    'All that concerns a deal, its payments included, up to the sequence known_at, in the order in which it was recorded.';
