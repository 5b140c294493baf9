-- Written by `make schemas` from projections/views/customer/rows.py; change that, not this.

-- name: tables
create table account_fact (
    account text not null,
    fact text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    value text not null,
    segment text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table account_fact is
    'Facts about accounts over time. One row for each while it holds.';
comment on column account_fact.account is
    'Id of the account.';
comment on column account_fact.fact is
    'Name of the fact: a field of account_registered or account_profiled.';
comment on column account_fact.from_at is
    'Since when it holds, inclusive.';
comment on column account_fact.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column account_fact.value is
    'The fact as text; a list as a JSON list of texts, which may be empty.';
comment on column account_fact.segment is
    'The value, where accounts can be grouped by it: a word, a line or a number; null for lists and long texts.';
comment on column account_fact.entry is
    'Sequence of the entry that said so first.';
comment on column account_fact.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column account_fact.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index account_fact_key on account_fact (account, fact, from_at)
    where known_to = 9223372036854775807;
create index account_fact_account on account_fact (account);

create table grade (
    account text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    grade text not null,
    potential bigint not null,
    standing bigint not null,
    strategic bigint not null,
    method text not null,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table grade is
    'Grades of accounts by importance over time.';
comment on column grade.account is
    'Id of the account.';
comment on column grade.from_at is
    'Since when it holds, inclusive.';
comment on column grade.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column grade.grade is
    'A to D, A being the most important.';
comment on column grade.potential is
    'Potential of its purchases, 1 to 5.';
comment on column grade.standing is
    'Standing in its industry, 1 to 5.';
comment on column grade.strategic is
    'Strategic value beyond its purchases, 1 to 5.';
comment on column grade.method is
    'Rule by which it was graded, and its version.';
comment on column grade.entry is
    'Sequence of the entry that graded it so first.';
comment on column grade.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column grade.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index grade_key on grade (account, from_at)
    where known_to = 9223372036854775807;
create index grade_account on grade (account);

create table contact (
    account text not null,
    contact text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    roles text[] not null,
    job_title text,
    department text,
    reports_to text,
    preferred_channel text,
    style text,
    birthday date,
    deal text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table contact is
    'People at accounts over time. The latest record of each counts, whole.';
comment on column contact.account is
    'Id of the account.';
comment on column contact.contact is
    'Id of the person.';
comment on column contact.from_at is
    'Since when it is so, inclusive.';
comment on column contact.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column contact.roles is
    'Parts that the person plays in a purchase: handler, decision_maker, influencer, user.';
comment on column contact.job_title is
    'Position of the person.';
comment on column contact.department is
    'The customer''s department in which the person works.';
comment on column contact.reports_to is
    'Id of the person''s superior, also a contact.';
comment on column contact.preferred_channel is
    'Way by which the person likes to be reached.';
comment on column contact.style is
    'Manner in which the person likes to be dealt with.';
comment on column contact.birthday is
    'Day of birth.';
comment on column contact.deal is
    'Id of the deal for which the roles hold, or null.';
comment on column contact.entry is
    'Sequence of the entry that said so first.';
comment on column contact.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column contact.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index contact_key on contact (account, contact, from_at)
    where known_to = 9223372036854775807;
create index contact_account on contact (account);

create table relationship (
    account text not null,
    contact text not null,
    level text not null,
    content text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    reached boolean not null,
    decision bigint,
    influence bigint,
    motivation text,
    stance text,
    deal text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table relationship is
    'Relationships with people at accounts over time. The latest judgement of each cell (contact, level and content) counts.';
comment on column relationship.account is
    'Id of the account.';
comment on column relationship.contact is
    'Id of the person.';
comment on column relationship.level is
    'Depth of the relationship: enterprise_need, personal_need or personal_bond.';
comment on column relationship.content is
    'Content of the relationship: product or company.';
comment on column relationship.from_at is
    'Since when it is so, inclusive.';
comment on column relationship.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column relationship.reached is
    'True: the cell is reached.';
comment on column relationship.decision is
    'The person''s weight in the decision, 0 to 3.';
comment on column relationship.influence is
    'The person''s weight with others, 0 to 3.';
comment on column relationship.motivation is
    'Motive of the person: organisational, personal or both.';
comment on column relationship.stance is
    'Attitude of the person to us: supporter, neutral or opponent.';
comment on column relationship.deal is
    'Id of the deal for which it was judged, or null.';
comment on column relationship.entry is
    'Sequence of the entry that judged so first.';
comment on column relationship.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column relationship.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index relationship_key on relationship (account, contact, level, content, from_at)
    where known_to = 9223372036854775807;
create index relationship_account on relationship (account);

create table touch (
    account text not null,
    at timestamptz not null,
    entry bigint not null,
    kind text not null,
    contacts text[] not null,
    channel text,
    deal text,
    actor text,
    department text,
    score bigint,
    case_number text,
    resolved boolean,
    message text,
    message_kind text,
    direction text,
    campaign text,
    purpose text,
    outcome text,
    plan text,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table touch is
    'Activities, care, feedback and messages about accounts. Visits to the account for a deal are among them; other activities for a deal are not.';
comment on column touch.account is
    'Id of the account.';
comment on column touch.at is
    'When it happened.';
comment on column touch.entry is
    'Sequence of the entry.';
comment on column touch.kind is
    'Name of the event; of care and feedback its kind.';
comment on column touch.contacts is
    'Ids of the customer''s people who took part.';
comment on column touch.channel is
    'Way by which a message or care went.';
comment on column touch.deal is
    'Id of the deal that it is about, or null.';
comment on column touch.actor is
    'Our person who did it.';
comment on column touch.department is
    'Our department for which the person acted.';
comment on column touch.score is
    'Satisfaction, 0 to 10; null for all else.';
comment on column touch.case_number is
    'Number of the objection or complaint that feedback names.';
comment on column touch.resolved is
    'True: the feedback says that the case is settled.';
comment on column touch.message is
    'Id of the message in the sending system.';
comment on column touch.message_kind is
    'Fate of the message.';
comment on column touch.direction is
    'Direction of a message or call, seen from us.';
comment on column touch.campaign is
    'The campaign to which a message belongs.';
comment on column touch.purpose is
    'Purpose of a visit.';
comment on column touch.outcome is
    'Outcome of a call.';
comment on column touch.plan is
    'The planned activity that it carries out.';
comment on column touch.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column touch.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index touch_key on touch (account, entry)
    where known_to = 9223372036854775807;
create index touch_account on touch (account);

create table feedback_case (
    account text not null,
    case_number text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    kind text not null,
    state text not null,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table feedback_case is
    'Objections and complaints of accounts over time.';
comment on column feedback_case.account is
    'Id of the account.';
comment on column feedback_case.case_number is
    'Number of the objection or complaint, as the first feedback about it writes it.';
comment on column feedback_case.from_at is
    'Since when it stands so, inclusive.';
comment on column feedback_case.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column feedback_case.kind is
    'objection or complaint.';
comment on column feedback_case.state is
    'open or closed.';
comment on column feedback_case.entry is
    'Sequence of the entry since which it stands so.';
comment on column feedback_case.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column feedback_case.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index feedback_case_key on feedback_case (account, case_number, from_at)
    where known_to = 9223372036854775807;
create index feedback_case_account on feedback_case (account);

create table referral (
    account text not null,
    at timestamptz not null,
    referral text not null,
    referred_name text not null,
    contact text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table referral is
    'Recommendations of us by accounts.';
comment on column referral.account is
    'Id of the account that recommends us.';
comment on column referral.at is
    'When we were recommended.';
comment on column referral.referral is
    'Name of the referral, which deal_opened names.';
comment on column referral.referred_name is
    'Name of the person or company to whom we were recommended.';
comment on column referral.contact is
    'Id of the person who recommends us.';
comment on column referral.entry is
    'Sequence of the entry.';
comment on column referral.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column referral.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index referral_key on referral (account, entry)
    where known_to = 9223372036854775807;
create index referral_account on referral (account);

create table account_plan (
    account text not null,
    period text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    plan text not null,
    status text,
    potential text,
    strategy text,
    resources text,
    owner text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table account_plan is
    'Plans for key accounts over time. The newest plan of a period counts.';
comment on column account_plan.account is
    'Id of the account.';
comment on column account_plan.period is
    'Year, quarter or month: 2026, 2026-Q1, 2026-03.';
comment on column account_plan.from_at is
    'Since when it holds, inclusive.';
comment on column account_plan.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column account_plan.plan is
    'Name of the plan.';
comment on column account_plan.status is
    'Present state of the business with the account.';
comment on column account_plan.potential is
    'Sales that could be made.';
comment on column account_plan.strategy is
    'Way to win them.';
comment on column account_plan.resources is
    'People and means that it takes.';
comment on column account_plan.owner is
    'The key-account manager.';
comment on column account_plan.entry is
    'Sequence of the entry that set it.';
comment on column account_plan.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column account_plan.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index account_plan_key on account_plan (account, period, from_at)
    where known_to = 9223372036854775807;
create index account_plan_account on account_plan (account);

create table account_todo (
    account text not null,
    todo text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    kind text not null,
    due_on date not null,
    owner text,
    contact text,
    agenda text,
    state text not null,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table account_todo is
    'Activities planned on accounts over time. Each is open, done or cancelled.';
comment on column account_todo.account is
    'Id of the account.';
comment on column account_todo.todo is
    'Name of the plan, as the first entry that names it writes it.';
comment on column account_todo.from_at is
    'Since when it stands so, inclusive.';
comment on column account_todo.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column account_todo.kind is
    'Kind of activity.';
comment on column account_todo.due_on is
    'The last day on which it is in time.';
comment on column account_todo.owner is
    'Our person who is to do it.';
comment on column account_todo.contact is
    'Id of the customer''s person with whom it is to be done.';
comment on column account_todo.agenda is
    'Subjects to speak about.';
comment on column account_todo.state is
    'open, done or cancelled.';
comment on column account_todo.entry is
    'Sequence of the entry that gave it its state, or that planned it so.';
comment on column account_todo.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column account_todo.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index account_todo_key on account_todo (account, todo, from_at)
    where known_to = 9223372036854775807;
create index account_todo_account on account_todo (account);

create table account_alias (
    account text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    into_account text not null,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table account_alias is
    'Accounts merged into another one over time. The latest merging of an account counts; accounts merged into each other are for reports to find.';
comment on column account_alias.account is
    'Id of the account merged away.';
comment on column account_alias.from_at is
    'Since when, inclusive.';
comment on column account_alias.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column account_alias.into_account is
    'Id of the account that goes on.';
comment on column account_alias.entry is
    'Sequence of the entry that merged it.';
comment on column account_alias.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column account_alias.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index account_alias_key on account_alias (account, from_at)
    where known_to = 9223372036854775807;
create index account_alias_account on account_alias (account);

-- name: indexes
do $$
begin
    if to_regclass('{generation}.account_fact_last') is null then
        create index account_fact_last on {generation}.account_fact (
            fact, account, segment, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.account_fact_ended') is null then
        create index account_fact_ended on {generation}.account_fact (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, fact, account, segment)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.account_fact_superseded') is null then
        create index account_fact_superseded on {generation}.account_fact (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, fact, account, segment)
        where known_to < 9223372036854775807;
    end if;
    if to_regclass('{generation}.account_fact_past') is null then
        create index account_fact_past on {generation}.account_fact (
            fact, account, from_at
        ) include (to_at, known_from)
        where known_to = 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.grade_last') is null then
        create index grade_last on {generation}.grade (
            account, grade, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.grade_ended') is null then
        create index grade_ended on {generation}.grade (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, account, grade)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.grade_superseded') is null then
        create index grade_superseded on {generation}.grade (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, account, grade)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.contact_last') is null then
        create index contact_last on {generation}.contact (
            account, contact, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.contact_ended') is null then
        create index contact_ended on {generation}.contact (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, account, contact)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.contact_superseded') is null then
        create index contact_superseded on {generation}.contact (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, account, contact)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.relationship_last') is null then
        create index relationship_last on {generation}.relationship (
            account, contact, level, content, reached, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.relationship_ended') is null then
        create index relationship_ended on {generation}.relationship (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, account, contact, level, content, reached)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.relationship_superseded') is null then
        create index relationship_superseded on {generation}.relationship (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, account, contact, level, content, reached)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.touch_standing') is null then
        create index touch_standing on {generation}.touch (
            account, kind, deal, department, at, known_from
        ) include (score)
        where known_to = 9223372036854775807;
    end if;
    if to_regclass('{generation}.touch_superseded') is null then
        create index touch_superseded on {generation}.touch (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (at, account, kind, deal, department, score)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.feedback_case_last') is null then
        create index feedback_case_last on {generation}.feedback_case (
            account, state, kind, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.feedback_case_ended') is null then
        create index feedback_case_ended on {generation}.feedback_case (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, account, state, kind)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.feedback_case_superseded') is null then
        create index feedback_case_superseded on {generation}.feedback_case (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, account, state, kind)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.referral_standing') is null then
        create index referral_standing on {generation}.referral (
            referral, account, at, known_from
        )
        where known_to = 9223372036854775807;
    end if;
    if to_regclass('{generation}.referral_superseded') is null then
        create index referral_superseded on {generation}.referral (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (at, referral, account)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.account_plan_last') is null then
        create index account_plan_last on {generation}.account_plan (
            from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.account_plan_ended') is null then
        create index account_plan_ended on {generation}.account_plan (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.account_plan_superseded') is null then
        create index account_plan_superseded on {generation}.account_plan (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.account_todo_last') is null then
        create index account_todo_last on {generation}.account_todo (
            state, due_on, account, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.account_todo_ended') is null then
        create index account_todo_ended on {generation}.account_todo (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, state, due_on, account)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.account_todo_superseded') is null then
        create index account_todo_superseded on {generation}.account_todo (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, state, due_on, account)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.account_alias_last') is null then
        create index account_alias_last on {generation}.account_alias (
            account, into_account, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.account_alias_ended') is null then
        create index account_alias_ended on {generation}.account_alias (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, account, into_account)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.account_alias_superseded') is null then
        create index account_alias_superseded on {generation}.account_alias (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, account, into_account)
        where known_to < 9223372036854775807;
    end if;
end
$$;

-- name: reporting
create or replace view reporting.customer_stale as
select substr(stale.subject, 9) as account, stale.sequence
  from reporting.stale where stale.view = 'customer';
comment on view reporting.customer_stale is
    'Accounts whose later entries could not be folded: their rows are those of before.';
comment on column reporting.customer_stale.account is 'Id of the account.';
comment on column reporting.customer_stale.sequence is 'The entry since which it cannot be folded.';

create or replace view served.account_fact as
select
    account, fact, from_at, to_at, value, segment, entry, known_from, known_to
  from {generation}.account_fact;
comment on view served.account_fact is 'The table of the served generation, as it is.';

create or replace view reporting.account_fact_version as
select
    version.account, version.fact, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.value,
    version.segment, version.entry, version.known_from, version.known_to
  from served.account_fact version;
comment on view reporting.account_fact_version is
    'Facts about accounts over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.account_fact_version.account is
    'Id of the account.';
comment on column reporting.account_fact_version.fact is
    'Name of the fact: a field of account_registered or account_profiled.';
comment on column reporting.account_fact_version.from_at is
    'Since when it holds, inclusive.';
comment on column reporting.account_fact_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.account_fact_version.value is
    'The fact as text; a list as a JSON list of texts, which may be empty.';
comment on column reporting.account_fact_version.segment is
    'The value, where accounts can be grouped by it: a word, a line or a number; null for lists and long texts.';
comment on column reporting.account_fact_version.entry is
    'Sequence of the entry that said so first.';
comment on column reporting.account_fact_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.account_fact_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.account_fact(as_of timestamptz, known_at bigint) returns setof served.account_fact
language sql stable parallel safe
begin atomic
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from served.account_fact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_fact.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(account_fact.as_of))
    union all
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.account_fact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_fact.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(account_fact.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(account_fact.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(account_fact.as_of))
    union all
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.account_fact version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(account_fact.known_at))
       and version.known_to <= coalesce(least((select reporting.known(account_fact.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(account_fact.known_at))
       and version.to_at > (select reporting.instant(account_fact.as_of))
       and version.from_at <= (select reporting.instant(account_fact.as_of));
end;
comment on function served.account_fact(timestamptz, bigint) is
    'Rows of account_fact that hold at as_of, as known at known_at.';

create or replace function served.account_fact_last(as_of timestamptz, known_at bigint) returns setof served.account_fact
language sql stable parallel safe
begin atomic
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from served.account_fact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_fact_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(account_fact_last.as_of));
end;
comment on function served.account_fact_last(timestamptz, bigint) is
    'Of the rows of account_fact that hold at as_of, as known at known_at those that last.';

create or replace function served.account_fact_others(as_of timestamptz, known_at bigint) returns setof served.account_fact
language sql stable parallel safe
begin atomic
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.account_fact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_fact_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(account_fact_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(account_fact_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(account_fact_others.as_of))
    union all
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.account_fact version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(account_fact_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(account_fact_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(account_fact_others.known_at))
       and version.to_at > (select reporting.instant(account_fact_others.as_of))
       and version.from_at <= (select reporting.instant(account_fact_others.as_of));
end;
comment on function served.account_fact_others(timestamptz, bigint) is
    'Of the rows of account_fact that hold at as_of, as known at known_at all but those that last.';

create or replace function served.account_fact_of(account text, as_of timestamptz, known_at bigint)
returns setof served.account_fact
language sql stable parallel safe
begin atomic
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from served.account_fact version
     where version.account = account_fact_of.account
       and version.known_from <= account_fact_of.known_at
       and version.known_to > account_fact_of.known_at
       and version.from_at <= account_fact_of.as_of
       and version.to_at > account_fact_of.as_of;
end;
comment on function served.account_fact_of(text, timestamptz, bigint) is
    'Rows of account_fact of one account that hold at as_of, as known at known_at; both are given.';

create or replace view served.account_fact_past as
    select * from served.account_fact;
comment on view served.account_fact_past is 'The table of the served generation, for reports over time.';
create or replace function served.account_fact_past(as_of timestamptz, known_at bigint) returns setof served.account_fact
language sql stable parallel safe
begin atomic
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from served.account_fact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_fact_past.known_at))
       and version.from_at <= (select reporting.instant(account_fact_past.as_of))
    union all
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.account_fact version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(account_fact_past.known_at))
       and version.known_to <= coalesce(least((select reporting.known(account_fact_past.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(account_fact_past.known_at))
       and version.from_at <= (select reporting.instant(account_fact_past.as_of));
end;
comment on function served.account_fact_past(timestamptz, bigint) is
    'Rows of account_fact that had begun by as_of, ended or not, as known at known_at.';

create or replace function served.account_fact_past_of(account text, as_of timestamptz, known_at bigint)
returns setof served.account_fact
language sql stable parallel safe
begin atomic
    select
            version.account, version.fact, version.from_at, version.to_at, version.value, version.segment,
            version.entry, version.known_from, version.known_to
      from served.account_fact version
     where version.account = account_fact_past_of.account
       and version.known_from <= account_fact_past_of.known_at
       and version.known_to > account_fact_past_of.known_at
       and version.from_at <= account_fact_past_of.as_of;
end;
comment on function served.account_fact_past_of(text, timestamptz, bigint) is
    'Rows of account_fact of one account that had begun by as_of, ended or not, as known at known_at; both are given.';

create or replace view reporting.account_fact as
select
    version.account, version.fact, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.value,
    version.segment, version.entry,
    exists (select from reporting.customer_stale stale where stale.account = version.account) as stale
  from served.account_fact version
 where version.known_to = 9223372036854775807;
comment on view reporting.account_fact is
    'Facts about accounts over time, by all that is known now.';
comment on column reporting.account_fact.account is
    'Id of the account.';
comment on column reporting.account_fact.fact is
    'Name of the fact: a field of account_registered or account_profiled.';
comment on column reporting.account_fact.from_at is
    'Since when it holds, inclusive.';
comment on column reporting.account_fact.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.account_fact.value is
    'The fact as text; a list as a JSON list of texts, which may be empty.';
comment on column reporting.account_fact.segment is
    'The value, where accounts can be grouped by it: a word, a line or a number; null for lists and long texts.';
comment on column reporting.account_fact.entry is
    'Sequence of the entry that said so first.';
comment on column reporting.account_fact.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.account_fact(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, fact text, from_at timestamptz, to_at timestamptz, value text, segment text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.fact, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.value,
            version.segment, version.entry
      from served.account_fact(account_fact.as_of, account_fact.known_at) version;
end;
comment on function reporting.account_fact(timestamptz, bigint) is
    'Facts about accounts at as_of, as known at the sequence known_at.';

create or replace view served.grade as
select
    account, from_at, to_at, grade, potential, standing, strategic, method, entry, known_from, known_to
  from {generation}.grade;
comment on view served.grade is 'The table of the served generation, as it is.';

create or replace view reporting.grade_version as
select
    version.account, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.grade, version.potential,
    version.standing, version.strategic, version.method, version.entry, version.known_from, version.known_to
  from served.grade version;
comment on view reporting.grade_version is
    'Grades of accounts by importance over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.grade_version.account is
    'Id of the account.';
comment on column reporting.grade_version.from_at is
    'Since when it holds, inclusive.';
comment on column reporting.grade_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.grade_version.grade is
    'A to D, A being the most important.';
comment on column reporting.grade_version.potential is
    'Potential of its purchases, 1 to 5.';
comment on column reporting.grade_version.standing is
    'Standing in its industry, 1 to 5.';
comment on column reporting.grade_version.strategic is
    'Strategic value beyond its purchases, 1 to 5.';
comment on column reporting.grade_version.method is
    'Rule by which it was graded, and its version.';
comment on column reporting.grade_version.entry is
    'Sequence of the entry that graded it so first.';
comment on column reporting.grade_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.grade_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.grade(as_of timestamptz, known_at bigint) returns setof served.grade
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, version.to_at, version.grade, version.potential, version.standing,
            version.strategic, version.method, version.entry, version.known_from, version.known_to
      from served.grade version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(grade.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(grade.as_of))
    union all
    select
            version.account, version.from_at, version.to_at, version.grade, version.potential, version.standing,
            version.strategic, version.method, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.grade version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(grade.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(grade.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(grade.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(grade.as_of))
    union all
    select
            version.account, version.from_at, version.to_at, version.grade, version.potential, version.standing,
            version.strategic, version.method, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.grade version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(grade.known_at))
       and version.known_to <= coalesce(least((select reporting.known(grade.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(grade.known_at))
       and version.to_at > (select reporting.instant(grade.as_of))
       and version.from_at <= (select reporting.instant(grade.as_of));
end;
comment on function served.grade(timestamptz, bigint) is
    'Rows of grade that hold at as_of, as known at known_at.';

create or replace function served.grade_last(as_of timestamptz, known_at bigint) returns setof served.grade
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, version.to_at, version.grade, version.potential, version.standing,
            version.strategic, version.method, version.entry, version.known_from, version.known_to
      from served.grade version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(grade_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(grade_last.as_of));
end;
comment on function served.grade_last(timestamptz, bigint) is
    'Of the rows of grade that hold at as_of, as known at known_at those that last.';

create or replace function served.grade_others(as_of timestamptz, known_at bigint) returns setof served.grade
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, version.to_at, version.grade, version.potential, version.standing,
            version.strategic, version.method, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.grade version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(grade_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(grade_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(grade_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(grade_others.as_of))
    union all
    select
            version.account, version.from_at, version.to_at, version.grade, version.potential, version.standing,
            version.strategic, version.method, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.grade version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(grade_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(grade_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(grade_others.known_at))
       and version.to_at > (select reporting.instant(grade_others.as_of))
       and version.from_at <= (select reporting.instant(grade_others.as_of));
end;
comment on function served.grade_others(timestamptz, bigint) is
    'Of the rows of grade that hold at as_of, as known at known_at all but those that last.';

create or replace function served.grade_of(account text, as_of timestamptz, known_at bigint)
returns setof served.grade
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, version.to_at, version.grade, version.potential, version.standing,
            version.strategic, version.method, version.entry, version.known_from, version.known_to
      from served.grade version
     where version.account = grade_of.account
       and version.known_from <= grade_of.known_at
       and version.known_to > grade_of.known_at
       and version.from_at <= grade_of.as_of
       and version.to_at > grade_of.as_of;
end;
comment on function served.grade_of(text, timestamptz, bigint) is
    'Rows of grade of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.grade as
select
    version.account, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.grade, version.potential,
    version.standing, version.strategic, version.method, version.entry,
    exists (select from reporting.customer_stale stale where stale.account = version.account) as stale
  from served.grade version
 where version.known_to = 9223372036854775807;
comment on view reporting.grade is
    'Grades of accounts by importance over time, by all that is known now.';
comment on column reporting.grade.account is
    'Id of the account.';
comment on column reporting.grade.from_at is
    'Since when it holds, inclusive.';
comment on column reporting.grade.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.grade.grade is
    'A to D, A being the most important.';
comment on column reporting.grade.potential is
    'Potential of its purchases, 1 to 5.';
comment on column reporting.grade.standing is
    'Standing in its industry, 1 to 5.';
comment on column reporting.grade.strategic is
    'Strategic value beyond its purchases, 1 to 5.';
comment on column reporting.grade.method is
    'Rule by which it was graded, and its version.';
comment on column reporting.grade.entry is
    'Sequence of the entry that graded it so first.';
comment on column reporting.grade.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.grade(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, from_at timestamptz, to_at timestamptz, grade text, potential bigint, standing bigint,
    strategic bigint, method text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.grade,
            version.potential, version.standing, version.strategic, version.method, version.entry
      from served.grade(grade.as_of, grade.known_at) version;
end;
comment on function reporting.grade(timestamptz, bigint) is
    'Grades of accounts by importance at as_of, as known at the sequence known_at.';

create or replace view served.contact as
select
    account, contact, from_at, to_at, roles, job_title, department, reports_to, preferred_channel, style, birthday,
    deal, entry, known_from, known_to
  from {generation}.contact;
comment on view served.contact is 'The table of the served generation, as it is.';

create or replace view reporting.contact_version as
select
    version.account, version.contact, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.roles,
    version.job_title, version.department, version.reports_to, version.preferred_channel, version.style,
    version.birthday, version.deal, version.entry, version.known_from, version.known_to
  from served.contact version;
comment on view reporting.contact_version is
    'People at accounts over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.contact_version.account is
    'Id of the account.';
comment on column reporting.contact_version.contact is
    'Id of the person.';
comment on column reporting.contact_version.from_at is
    'Since when it is so, inclusive.';
comment on column reporting.contact_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.contact_version.roles is
    'Parts that the person plays in a purchase: handler, decision_maker, influencer, user.';
comment on column reporting.contact_version.job_title is
    'Position of the person.';
comment on column reporting.contact_version.department is
    'The customer''s department in which the person works.';
comment on column reporting.contact_version.reports_to is
    'Id of the person''s superior, also a contact.';
comment on column reporting.contact_version.preferred_channel is
    'Way by which the person likes to be reached.';
comment on column reporting.contact_version.style is
    'Manner in which the person likes to be dealt with.';
comment on column reporting.contact_version.birthday is
    'Day of birth.';
comment on column reporting.contact_version.deal is
    'Id of the deal for which the roles hold, or null.';
comment on column reporting.contact_version.entry is
    'Sequence of the entry that said so first.';
comment on column reporting.contact_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.contact_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.contact(as_of timestamptz, known_at bigint) returns setof served.contact
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.deal, version.entry, version.known_from, version.known_to
      from served.contact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(contact.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(contact.as_of))
    union all
    select
            version.account, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.deal, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.contact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(contact.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(contact.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(contact.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(contact.as_of))
    union all
    select
            version.account, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.deal, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.contact version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(contact.known_at))
       and version.known_to <= coalesce(least((select reporting.known(contact.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(contact.known_at))
       and version.to_at > (select reporting.instant(contact.as_of))
       and version.from_at <= (select reporting.instant(contact.as_of));
end;
comment on function served.contact(timestamptz, bigint) is
    'Rows of contact that hold at as_of, as known at known_at.';

create or replace function served.contact_last(as_of timestamptz, known_at bigint) returns setof served.contact
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.deal, version.entry, version.known_from, version.known_to
      from served.contact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(contact_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(contact_last.as_of));
end;
comment on function served.contact_last(timestamptz, bigint) is
    'Of the rows of contact that hold at as_of, as known at known_at those that last.';

create or replace function served.contact_others(as_of timestamptz, known_at bigint) returns setof served.contact
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.deal, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.contact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(contact_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(contact_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(contact_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(contact_others.as_of))
    union all
    select
            version.account, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.deal, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.contact version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(contact_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(contact_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(contact_others.known_at))
       and version.to_at > (select reporting.instant(contact_others.as_of))
       and version.from_at <= (select reporting.instant(contact_others.as_of));
end;
comment on function served.contact_others(timestamptz, bigint) is
    'Of the rows of contact that hold at as_of, as known at known_at all but those that last.';

create or replace function served.contact_of(account text, as_of timestamptz, known_at bigint)
returns setof served.contact
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.deal, version.entry, version.known_from, version.known_to
      from served.contact version
     where version.account = contact_of.account
       and version.known_from <= contact_of.known_at
       and version.known_to > contact_of.known_at
       and version.from_at <= contact_of.as_of
       and version.to_at > contact_of.as_of;
end;
comment on function served.contact_of(text, timestamptz, bigint) is
    'Rows of contact of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.contact as
select
    version.account, version.contact, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.roles,
    version.job_title, version.department, version.reports_to, version.preferred_channel, version.style,
    version.birthday, version.deal, version.entry,
    exists (select from reporting.customer_stale stale where stale.account = version.account) as stale
  from served.contact version
 where version.known_to = 9223372036854775807;
comment on view reporting.contact is
    'People at accounts over time, by all that is known now.';
comment on column reporting.contact.account is
    'Id of the account.';
comment on column reporting.contact.contact is
    'Id of the person.';
comment on column reporting.contact.from_at is
    'Since when it is so, inclusive.';
comment on column reporting.contact.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.contact.roles is
    'Parts that the person plays in a purchase: handler, decision_maker, influencer, user.';
comment on column reporting.contact.job_title is
    'Position of the person.';
comment on column reporting.contact.department is
    'The customer''s department in which the person works.';
comment on column reporting.contact.reports_to is
    'Id of the person''s superior, also a contact.';
comment on column reporting.contact.preferred_channel is
    'Way by which the person likes to be reached.';
comment on column reporting.contact.style is
    'Manner in which the person likes to be dealt with.';
comment on column reporting.contact.birthday is
    'Day of birth.';
comment on column reporting.contact.deal is
    'Id of the deal for which the roles hold, or null.';
comment on column reporting.contact.entry is
    'Sequence of the entry that said so first.';
comment on column reporting.contact.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.contact(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, contact text, from_at timestamptz, to_at timestamptz, roles text[], job_title text, department text,
    reports_to text, preferred_channel text, style text, birthday date, deal text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.from_at, nullif(version.to_at, 'infinity') as to_at,
            version.roles, version.job_title, version.department, version.reports_to, version.preferred_channel,
            version.style, version.birthday, version.deal, version.entry
      from served.contact(contact.as_of, contact.known_at) version;
end;
comment on function reporting.contact(timestamptz, bigint) is
    'People at accounts at as_of, as known at the sequence known_at.';

create or replace view served.relationship as
select
    account, contact, level, content, from_at, to_at, reached, decision, influence, motivation, stance, deal, entry,
    known_from, known_to
  from {generation}.relationship;
comment on view served.relationship is 'The table of the served generation, as it is.';

create or replace view reporting.relationship_version as
select
    version.account, version.contact, version.level, version.content, version.from_at,
    nullif(version.to_at, 'infinity') as to_at, version.reached, version.decision, version.influence,
    version.motivation, version.stance, version.deal, version.entry, version.known_from, version.known_to
  from served.relationship version;
comment on view reporting.relationship_version is
    'Relationships with people at accounts over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.relationship_version.account is
    'Id of the account.';
comment on column reporting.relationship_version.contact is
    'Id of the person.';
comment on column reporting.relationship_version.level is
    'Depth of the relationship: enterprise_need, personal_need or personal_bond.';
comment on column reporting.relationship_version.content is
    'Content of the relationship: product or company.';
comment on column reporting.relationship_version.from_at is
    'Since when it is so, inclusive.';
comment on column reporting.relationship_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.relationship_version.reached is
    'True: the cell is reached.';
comment on column reporting.relationship_version.decision is
    'The person''s weight in the decision, 0 to 3.';
comment on column reporting.relationship_version.influence is
    'The person''s weight with others, 0 to 3.';
comment on column reporting.relationship_version.motivation is
    'Motive of the person: organisational, personal or both.';
comment on column reporting.relationship_version.stance is
    'Attitude of the person to us: supporter, neutral or opponent.';
comment on column reporting.relationship_version.deal is
    'Id of the deal for which it was judged, or null.';
comment on column reporting.relationship_version.entry is
    'Sequence of the entry that judged so first.';
comment on column reporting.relationship_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.relationship_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.relationship(as_of timestamptz, known_at bigint) returns setof served.relationship
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.deal,
            version.entry, version.known_from, version.known_to
      from served.relationship version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(relationship.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(relationship.as_of))
    union all
    select
            version.account, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.deal,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.relationship version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(relationship.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(relationship.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(relationship.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(relationship.as_of))
    union all
    select
            version.account, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.deal,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.relationship version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(relationship.known_at))
       and version.known_to <= coalesce(least((select reporting.known(relationship.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(relationship.known_at))
       and version.to_at > (select reporting.instant(relationship.as_of))
       and version.from_at <= (select reporting.instant(relationship.as_of));
end;
comment on function served.relationship(timestamptz, bigint) is
    'Rows of relationship that hold at as_of, as known at known_at.';

create or replace function served.relationship_last(as_of timestamptz, known_at bigint) returns setof served.relationship
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.deal,
            version.entry, version.known_from, version.known_to
      from served.relationship version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(relationship_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(relationship_last.as_of));
end;
comment on function served.relationship_last(timestamptz, bigint) is
    'Of the rows of relationship that hold at as_of, as known at known_at those that last.';

create or replace function served.relationship_others(as_of timestamptz, known_at bigint) returns setof served.relationship
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.deal,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.relationship version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(relationship_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(relationship_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(relationship_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(relationship_others.as_of))
    union all
    select
            version.account, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.deal,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.relationship version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(relationship_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(relationship_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(relationship_others.known_at))
       and version.to_at > (select reporting.instant(relationship_others.as_of))
       and version.from_at <= (select reporting.instant(relationship_others.as_of));
end;
comment on function served.relationship_others(timestamptz, bigint) is
    'Of the rows of relationship that hold at as_of, as known at known_at all but those that last.';

create or replace function served.relationship_of(account text, as_of timestamptz, known_at bigint)
returns setof served.relationship
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.deal,
            version.entry, version.known_from, version.known_to
      from served.relationship version
     where version.account = relationship_of.account
       and version.known_from <= relationship_of.known_at
       and version.known_to > relationship_of.known_at
       and version.from_at <= relationship_of.as_of
       and version.to_at > relationship_of.as_of;
end;
comment on function served.relationship_of(text, timestamptz, bigint) is
    'Rows of relationship of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.relationship as
select
    version.account, version.contact, version.level, version.content, version.from_at,
    nullif(version.to_at, 'infinity') as to_at, version.reached, version.decision, version.influence,
    version.motivation, version.stance, version.deal, version.entry,
    exists (select from reporting.customer_stale stale where stale.account = version.account) as stale
  from served.relationship version
 where version.known_to = 9223372036854775807;
comment on view reporting.relationship is
    'Relationships with people at accounts over time, by all that is known now.';
comment on column reporting.relationship.account is
    'Id of the account.';
comment on column reporting.relationship.contact is
    'Id of the person.';
comment on column reporting.relationship.level is
    'Depth of the relationship: enterprise_need, personal_need or personal_bond.';
comment on column reporting.relationship.content is
    'Content of the relationship: product or company.';
comment on column reporting.relationship.from_at is
    'Since when it is so, inclusive.';
comment on column reporting.relationship.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.relationship.reached is
    'True: the cell is reached.';
comment on column reporting.relationship.decision is
    'The person''s weight in the decision, 0 to 3.';
comment on column reporting.relationship.influence is
    'The person''s weight with others, 0 to 3.';
comment on column reporting.relationship.motivation is
    'Motive of the person: organisational, personal or both.';
comment on column reporting.relationship.stance is
    'Attitude of the person to us: supporter, neutral or opponent.';
comment on column reporting.relationship.deal is
    'Id of the deal for which it was judged, or null.';
comment on column reporting.relationship.entry is
    'Sequence of the entry that judged so first.';
comment on column reporting.relationship.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.relationship(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, contact text, level text, content text, from_at timestamptz, to_at timestamptz, reached boolean,
    decision bigint, influence bigint, motivation text, stance text, deal text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.contact, version.level, version.content, version.from_at,
            nullif(version.to_at, 'infinity') as to_at, version.reached, version.decision, version.influence,
            version.motivation, version.stance, version.deal, version.entry
      from served.relationship(relationship.as_of, relationship.known_at) version;
end;
comment on function reporting.relationship(timestamptz, bigint) is
    'Relationships with people at accounts at as_of, as known at the sequence known_at.';

create or replace view served.touch as
select
    account, at, entry, kind, contacts, channel, deal, actor, department, score, case_number, resolved, message,
    message_kind, direction, campaign, purpose, outcome, plan, known_from, known_to
  from {generation}.touch;
comment on view served.touch is 'The table of the served generation, as it is.';

create or replace view reporting.touch_version as
select
    version.account, version.at, version.entry, version.kind, version.contacts, version.channel, version.deal,
    version.actor, version.department, version.score, version.case_number, version.resolved, version.message,
    version.message_kind, version.direction, version.campaign, version.purpose, version.outcome, version.plan,
    version.known_from, version.known_to
  from served.touch version;
comment on view reporting.touch_version is
    'Activities, care, feedback and messages about accounts, in every state of knowledge: at as_of where at <= as_of, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.touch_version.account is
    'Id of the account.';
comment on column reporting.touch_version.at is
    'When it happened.';
comment on column reporting.touch_version.entry is
    'Sequence of the entry.';
comment on column reporting.touch_version.kind is
    'Name of the event; of care and feedback its kind.';
comment on column reporting.touch_version.contacts is
    'Ids of the customer''s people who took part.';
comment on column reporting.touch_version.channel is
    'Way by which a message or care went.';
comment on column reporting.touch_version.deal is
    'Id of the deal that it is about, or null.';
comment on column reporting.touch_version.actor is
    'Our person who did it.';
comment on column reporting.touch_version.department is
    'Our department for which the person acted.';
comment on column reporting.touch_version.score is
    'Satisfaction, 0 to 10; null for all else.';
comment on column reporting.touch_version.case_number is
    'Number of the objection or complaint that feedback names.';
comment on column reporting.touch_version.resolved is
    'True: the feedback says that the case is settled.';
comment on column reporting.touch_version.message is
    'Id of the message in the sending system.';
comment on column reporting.touch_version.message_kind is
    'Fate of the message.';
comment on column reporting.touch_version.direction is
    'Direction of a message or call, seen from us.';
comment on column reporting.touch_version.campaign is
    'The campaign to which a message belongs.';
comment on column reporting.touch_version.purpose is
    'Purpose of a visit.';
comment on column reporting.touch_version.outcome is
    'Outcome of a call.';
comment on column reporting.touch_version.plan is
    'The planned activity that it carries out.';
comment on column reporting.touch_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.touch_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.touch(as_of timestamptz, known_at bigint) returns setof served.touch
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.entry, version.kind, version.contacts, version.channel, version.deal,
            version.actor, version.department, version.score, version.case_number, version.resolved, version.message,
            version.message_kind, version.direction, version.campaign, version.purpose, version.outcome, version.plan,
            version.known_from, version.known_to
      from served.touch version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(touch.known_at))
       and version.at <= (select reporting.instant(touch.as_of))
    union all
    select
            version.account, version.at, version.entry, version.kind, version.contacts, version.channel, version.deal,
            version.actor, version.department, version.score, version.case_number, version.resolved, version.message,
            version.message_kind, version.direction, version.campaign, version.purpose, version.outcome, version.plan,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.touch version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(touch.known_at))
       and version.known_to <= coalesce(least((select reporting.known(touch.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(touch.known_at))
       and version.at <= (select reporting.instant(touch.as_of));
end;
comment on function served.touch(timestamptz, bigint) is
    'Rows of touch that hold at as_of, as known at known_at.';

create or replace function served.touch_last(as_of timestamptz, known_at bigint) returns setof served.touch
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.entry, version.kind, version.contacts, version.channel, version.deal,
            version.actor, version.department, version.score, version.case_number, version.resolved, version.message,
            version.message_kind, version.direction, version.campaign, version.purpose, version.outcome, version.plan,
            version.known_from, version.known_to
      from served.touch version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(touch_last.known_at))
       and version.at <= (select reporting.instant(touch_last.as_of));
end;
comment on function served.touch_last(timestamptz, bigint) is
    'Of the rows of touch that hold at as_of, as known at known_at those that last.';

create or replace function served.touch_others(as_of timestamptz, known_at bigint) returns setof served.touch
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.entry, version.kind, version.contacts, version.channel, version.deal,
            version.actor, version.department, version.score, version.case_number, version.resolved, version.message,
            version.message_kind, version.direction, version.campaign, version.purpose, version.outcome, version.plan,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.touch version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(touch_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(touch_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(touch_others.known_at))
       and version.at <= (select reporting.instant(touch_others.as_of));
end;
comment on function served.touch_others(timestamptz, bigint) is
    'Of the rows of touch that hold at as_of, as known at known_at all but those that last.';

create or replace function served.touch_of(account text, as_of timestamptz, known_at bigint)
returns setof served.touch
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.entry, version.kind, version.contacts, version.channel, version.deal,
            version.actor, version.department, version.score, version.case_number, version.resolved, version.message,
            version.message_kind, version.direction, version.campaign, version.purpose, version.outcome, version.plan,
            version.known_from, version.known_to
      from served.touch version
     where version.account = touch_of.account
       and version.known_from <= touch_of.known_at
       and version.known_to > touch_of.known_at
       and version.at <= touch_of.as_of;
end;
comment on function served.touch_of(text, timestamptz, bigint) is
    'Rows of touch of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.touch as
select
    version.account, version.at, version.entry, version.kind, version.contacts, version.channel, version.deal,
    version.actor, version.department, version.score, version.case_number, version.resolved, version.message,
    version.message_kind, version.direction, version.campaign, version.purpose, version.outcome, version.plan,
    exists (select from reporting.customer_stale stale where stale.account = version.account) as stale
  from served.touch version
 where version.known_to = 9223372036854775807;
comment on view reporting.touch is
    'Activities, care, feedback and messages about accounts, by all that is known now.';
comment on column reporting.touch.account is
    'Id of the account.';
comment on column reporting.touch.at is
    'When it happened.';
comment on column reporting.touch.entry is
    'Sequence of the entry.';
comment on column reporting.touch.kind is
    'Name of the event; of care and feedback its kind.';
comment on column reporting.touch.contacts is
    'Ids of the customer''s people who took part.';
comment on column reporting.touch.channel is
    'Way by which a message or care went.';
comment on column reporting.touch.deal is
    'Id of the deal that it is about, or null.';
comment on column reporting.touch.actor is
    'Our person who did it.';
comment on column reporting.touch.department is
    'Our department for which the person acted.';
comment on column reporting.touch.score is
    'Satisfaction, 0 to 10; null for all else.';
comment on column reporting.touch.case_number is
    'Number of the objection or complaint that feedback names.';
comment on column reporting.touch.resolved is
    'True: the feedback says that the case is settled.';
comment on column reporting.touch.message is
    'Id of the message in the sending system.';
comment on column reporting.touch.message_kind is
    'Fate of the message.';
comment on column reporting.touch.direction is
    'Direction of a message or call, seen from us.';
comment on column reporting.touch.campaign is
    'The campaign to which a message belongs.';
comment on column reporting.touch.purpose is
    'Purpose of a visit.';
comment on column reporting.touch.outcome is
    'Outcome of a call.';
comment on column reporting.touch.plan is
    'The planned activity that it carries out.';
comment on column reporting.touch.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.touch(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, at timestamptz, entry bigint, kind text, contacts text[], channel text, deal text, actor text,
    department text, score bigint, case_number text, resolved boolean, message text, message_kind text, direction text,
    campaign text, purpose text, outcome text, plan text
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.entry, version.kind, version.contacts, version.channel, version.deal,
            version.actor, version.department, version.score, version.case_number, version.resolved, version.message,
            version.message_kind, version.direction, version.campaign, version.purpose, version.outcome, version.plan
      from served.touch(touch.as_of, touch.known_at) version;
end;
comment on function reporting.touch(timestamptz, bigint) is
    'Activities, care, feedback and messages about accounts by as_of, as known at the sequence known_at.';

create or replace view served.feedback_case as
select
    account, case_number, from_at, to_at, kind, state, entry, known_from, known_to
  from {generation}.feedback_case;
comment on view served.feedback_case is 'The table of the served generation, as it is.';

create or replace view reporting.feedback_case_version as
select
    version.account, version.case_number, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
    version.state, version.entry, version.known_from, version.known_to
  from served.feedback_case version;
comment on view reporting.feedback_case_version is
    'Objections and complaints of accounts over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.feedback_case_version.account is
    'Id of the account.';
comment on column reporting.feedback_case_version.case_number is
    'Number of the objection or complaint, as the first feedback about it writes it.';
comment on column reporting.feedback_case_version.from_at is
    'Since when it stands so, inclusive.';
comment on column reporting.feedback_case_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.feedback_case_version.kind is
    'objection or complaint.';
comment on column reporting.feedback_case_version.state is
    'open or closed.';
comment on column reporting.feedback_case_version.entry is
    'Sequence of the entry since which it stands so.';
comment on column reporting.feedback_case_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.feedback_case_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.feedback_case(as_of timestamptz, known_at bigint) returns setof served.feedback_case
language sql stable parallel safe
begin atomic
    select
            version.account, version.case_number, version.from_at, version.to_at, version.kind, version.state,
            version.entry, version.known_from, version.known_to
      from served.feedback_case version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(feedback_case.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(feedback_case.as_of))
    union all
    select
            version.account, version.case_number, version.from_at, version.to_at, version.kind, version.state,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.feedback_case version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(feedback_case.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(feedback_case.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(feedback_case.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(feedback_case.as_of))
    union all
    select
            version.account, version.case_number, version.from_at, version.to_at, version.kind, version.state,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.feedback_case version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(feedback_case.known_at))
       and version.known_to <= coalesce(least((select reporting.known(feedback_case.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(feedback_case.known_at))
       and version.to_at > (select reporting.instant(feedback_case.as_of))
       and version.from_at <= (select reporting.instant(feedback_case.as_of));
end;
comment on function served.feedback_case(timestamptz, bigint) is
    'Rows of feedback_case that hold at as_of, as known at known_at.';

create or replace function served.feedback_case_last(as_of timestamptz, known_at bigint) returns setof served.feedback_case
language sql stable parallel safe
begin atomic
    select
            version.account, version.case_number, version.from_at, version.to_at, version.kind, version.state,
            version.entry, version.known_from, version.known_to
      from served.feedback_case version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(feedback_case_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(feedback_case_last.as_of));
end;
comment on function served.feedback_case_last(timestamptz, bigint) is
    'Of the rows of feedback_case that hold at as_of, as known at known_at those that last.';

create or replace function served.feedback_case_others(as_of timestamptz, known_at bigint) returns setof served.feedback_case
language sql stable parallel safe
begin atomic
    select
            version.account, version.case_number, version.from_at, version.to_at, version.kind, version.state,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.feedback_case version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(feedback_case_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(feedback_case_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(feedback_case_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(feedback_case_others.as_of))
    union all
    select
            version.account, version.case_number, version.from_at, version.to_at, version.kind, version.state,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.feedback_case version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(feedback_case_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(feedback_case_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(feedback_case_others.known_at))
       and version.to_at > (select reporting.instant(feedback_case_others.as_of))
       and version.from_at <= (select reporting.instant(feedback_case_others.as_of));
end;
comment on function served.feedback_case_others(timestamptz, bigint) is
    'Of the rows of feedback_case that hold at as_of, as known at known_at all but those that last.';

create or replace function served.feedback_case_of(account text, as_of timestamptz, known_at bigint)
returns setof served.feedback_case
language sql stable parallel safe
begin atomic
    select
            version.account, version.case_number, version.from_at, version.to_at, version.kind, version.state,
            version.entry, version.known_from, version.known_to
      from served.feedback_case version
     where version.account = feedback_case_of.account
       and version.known_from <= feedback_case_of.known_at
       and version.known_to > feedback_case_of.known_at
       and version.from_at <= feedback_case_of.as_of
       and version.to_at > feedback_case_of.as_of;
end;
comment on function served.feedback_case_of(text, timestamptz, bigint) is
    'Rows of feedback_case of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.feedback_case as
select
    version.account, version.case_number, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
    version.state, version.entry,
    exists (select from reporting.customer_stale stale where stale.account = version.account) as stale
  from served.feedback_case version
 where version.known_to = 9223372036854775807;
comment on view reporting.feedback_case is
    'Objections and complaints of accounts over time, by all that is known now.';
comment on column reporting.feedback_case.account is
    'Id of the account.';
comment on column reporting.feedback_case.case_number is
    'Number of the objection or complaint, as the first feedback about it writes it.';
comment on column reporting.feedback_case.from_at is
    'Since when it stands so, inclusive.';
comment on column reporting.feedback_case.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.feedback_case.kind is
    'objection or complaint.';
comment on column reporting.feedback_case.state is
    'open or closed.';
comment on column reporting.feedback_case.entry is
    'Sequence of the entry since which it stands so.';
comment on column reporting.feedback_case.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.feedback_case(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, case_number text, from_at timestamptz, to_at timestamptz, kind text, state text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.case_number, version.from_at, nullif(version.to_at, 'infinity') as to_at,
            version.kind, version.state, version.entry
      from served.feedback_case(feedback_case.as_of, feedback_case.known_at) version;
end;
comment on function reporting.feedback_case(timestamptz, bigint) is
    'Objections and complaints of accounts at as_of, as known at the sequence known_at.';

create or replace view served.referral as
select
    account, at, referral, referred_name, contact, entry, known_from, known_to
  from {generation}.referral;
comment on view served.referral is 'The table of the served generation, as it is.';

create or replace view reporting.referral_version as
select
    version.account, version.at, version.referral, version.referred_name, version.contact, version.entry,
    version.known_from, version.known_to
  from served.referral version;
comment on view reporting.referral_version is
    'Recommendations of us by accounts, in every state of knowledge: at as_of where at <= as_of, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.referral_version.account is
    'Id of the account that recommends us.';
comment on column reporting.referral_version.at is
    'When we were recommended.';
comment on column reporting.referral_version.referral is
    'Name of the referral, which deal_opened names.';
comment on column reporting.referral_version.referred_name is
    'Name of the person or company to whom we were recommended.';
comment on column reporting.referral_version.contact is
    'Id of the person who recommends us.';
comment on column reporting.referral_version.entry is
    'Sequence of the entry.';
comment on column reporting.referral_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.referral_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.referral(as_of timestamptz, known_at bigint) returns setof served.referral
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.referral, version.referred_name, version.contact, version.entry,
            version.known_from, version.known_to
      from served.referral version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(referral.known_at))
       and version.at <= (select reporting.instant(referral.as_of))
    union all
    select
            version.account, version.at, version.referral, version.referred_name, version.contact, version.entry,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.referral version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(referral.known_at))
       and version.known_to <= coalesce(least((select reporting.known(referral.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(referral.known_at))
       and version.at <= (select reporting.instant(referral.as_of));
end;
comment on function served.referral(timestamptz, bigint) is
    'Rows of referral that hold at as_of, as known at known_at.';

create or replace function served.referral_last(as_of timestamptz, known_at bigint) returns setof served.referral
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.referral, version.referred_name, version.contact, version.entry,
            version.known_from, version.known_to
      from served.referral version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(referral_last.known_at))
       and version.at <= (select reporting.instant(referral_last.as_of));
end;
comment on function served.referral_last(timestamptz, bigint) is
    'Of the rows of referral that hold at as_of, as known at known_at those that last.';

create or replace function served.referral_others(as_of timestamptz, known_at bigint) returns setof served.referral
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.referral, version.referred_name, version.contact, version.entry,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.referral version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(referral_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(referral_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(referral_others.known_at))
       and version.at <= (select reporting.instant(referral_others.as_of));
end;
comment on function served.referral_others(timestamptz, bigint) is
    'Of the rows of referral that hold at as_of, as known at known_at all but those that last.';

create or replace function served.referral_of(account text, as_of timestamptz, known_at bigint)
returns setof served.referral
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.referral, version.referred_name, version.contact, version.entry,
            version.known_from, version.known_to
      from served.referral version
     where version.account = referral_of.account
       and version.known_from <= referral_of.known_at
       and version.known_to > referral_of.known_at
       and version.at <= referral_of.as_of;
end;
comment on function served.referral_of(text, timestamptz, bigint) is
    'Rows of referral of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.referral as
select
    version.account, version.at, version.referral, version.referred_name, version.contact, version.entry,
    exists (select from reporting.customer_stale stale where stale.account = version.account) as stale
  from served.referral version
 where version.known_to = 9223372036854775807;
comment on view reporting.referral is
    'Recommendations of us by accounts, by all that is known now.';
comment on column reporting.referral.account is
    'Id of the account that recommends us.';
comment on column reporting.referral.at is
    'When we were recommended.';
comment on column reporting.referral.referral is
    'Name of the referral, which deal_opened names.';
comment on column reporting.referral.referred_name is
    'Name of the person or company to whom we were recommended.';
comment on column reporting.referral.contact is
    'Id of the person who recommends us.';
comment on column reporting.referral.entry is
    'Sequence of the entry.';
comment on column reporting.referral.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.referral(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, at timestamptz, referral text, referred_name text, contact text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.at, version.referral, version.referred_name, version.contact, version.entry
      from served.referral(referral.as_of, referral.known_at) version;
end;
comment on function reporting.referral(timestamptz, bigint) is
    'Recommendations of us by accounts by as_of, as known at the sequence known_at.';

create or replace view served.account_plan as
select
    account, period, from_at, to_at, plan, status, potential, strategy, resources, owner, entry, known_from, known_to
  from {generation}.account_plan;
comment on view served.account_plan is 'The table of the served generation, as it is.';

create or replace view reporting.account_plan_version as
select
    version.account, version.period, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.plan,
    version.status, version.potential, version.strategy, version.resources, version.owner, version.entry,
    version.known_from, version.known_to
  from served.account_plan version;
comment on view reporting.account_plan_version is
    'Plans for key accounts over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.account_plan_version.account is
    'Id of the account.';
comment on column reporting.account_plan_version.period is
    'Year, quarter or month: 2026, 2026-Q1, 2026-03.';
comment on column reporting.account_plan_version.from_at is
    'Since when it holds, inclusive.';
comment on column reporting.account_plan_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.account_plan_version.plan is
    'Name of the plan.';
comment on column reporting.account_plan_version.status is
    'Present state of the business with the account.';
comment on column reporting.account_plan_version.potential is
    'Sales that could be made.';
comment on column reporting.account_plan_version.strategy is
    'Way to win them.';
comment on column reporting.account_plan_version.resources is
    'People and means that it takes.';
comment on column reporting.account_plan_version.owner is
    'The key-account manager.';
comment on column reporting.account_plan_version.entry is
    'Sequence of the entry that set it.';
comment on column reporting.account_plan_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.account_plan_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.account_plan(as_of timestamptz, known_at bigint) returns setof served.account_plan
language sql stable parallel safe
begin atomic
    select
            version.account, version.period, version.from_at, version.to_at, version.plan, version.status,
            version.potential, version.strategy, version.resources, version.owner, version.entry, version.known_from,
            version.known_to
      from served.account_plan version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_plan.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(account_plan.as_of))
    union all
    select
            version.account, version.period, version.from_at, version.to_at, version.plan, version.status,
            version.potential, version.strategy, version.resources, version.owner, version.entry, version.known_from,
            version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.account_plan version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_plan.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(account_plan.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(account_plan.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(account_plan.as_of))
    union all
    select
            version.account, version.period, version.from_at, version.to_at, version.plan, version.status,
            version.potential, version.strategy, version.resources, version.owner, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.account_plan version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(account_plan.known_at))
       and version.known_to <= coalesce(least((select reporting.known(account_plan.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(account_plan.known_at))
       and version.to_at > (select reporting.instant(account_plan.as_of))
       and version.from_at <= (select reporting.instant(account_plan.as_of));
end;
comment on function served.account_plan(timestamptz, bigint) is
    'Rows of account_plan that hold at as_of, as known at known_at.';

create or replace function served.account_plan_last(as_of timestamptz, known_at bigint) returns setof served.account_plan
language sql stable parallel safe
begin atomic
    select
            version.account, version.period, version.from_at, version.to_at, version.plan, version.status,
            version.potential, version.strategy, version.resources, version.owner, version.entry, version.known_from,
            version.known_to
      from served.account_plan version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_plan_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(account_plan_last.as_of));
end;
comment on function served.account_plan_last(timestamptz, bigint) is
    'Of the rows of account_plan that hold at as_of, as known at known_at those that last.';

create or replace function served.account_plan_others(as_of timestamptz, known_at bigint) returns setof served.account_plan
language sql stable parallel safe
begin atomic
    select
            version.account, version.period, version.from_at, version.to_at, version.plan, version.status,
            version.potential, version.strategy, version.resources, version.owner, version.entry, version.known_from,
            version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.account_plan version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_plan_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(account_plan_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(account_plan_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(account_plan_others.as_of))
    union all
    select
            version.account, version.period, version.from_at, version.to_at, version.plan, version.status,
            version.potential, version.strategy, version.resources, version.owner, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.account_plan version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(account_plan_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(account_plan_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(account_plan_others.known_at))
       and version.to_at > (select reporting.instant(account_plan_others.as_of))
       and version.from_at <= (select reporting.instant(account_plan_others.as_of));
end;
comment on function served.account_plan_others(timestamptz, bigint) is
    'Of the rows of account_plan that hold at as_of, as known at known_at all but those that last.';

create or replace function served.account_plan_of(account text, as_of timestamptz, known_at bigint)
returns setof served.account_plan
language sql stable parallel safe
begin atomic
    select
            version.account, version.period, version.from_at, version.to_at, version.plan, version.status,
            version.potential, version.strategy, version.resources, version.owner, version.entry, version.known_from,
            version.known_to
      from served.account_plan version
     where version.account = account_plan_of.account
       and version.known_from <= account_plan_of.known_at
       and version.known_to > account_plan_of.known_at
       and version.from_at <= account_plan_of.as_of
       and version.to_at > account_plan_of.as_of;
end;
comment on function served.account_plan_of(text, timestamptz, bigint) is
    'Rows of account_plan of one account that hold at as_of, as known at known_at; both are given.';

create or replace view served.account_todo as
select
    account, todo, from_at, to_at, kind, due_on, owner, contact, agenda, state, entry, known_from, known_to
  from {generation}.account_todo;
comment on view served.account_todo is 'The table of the served generation, as it is.';

create or replace view reporting.account_todo_version as
select
    version.account, version.todo, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
    version.due_on, version.owner, version.contact, version.agenda, version.state, version.entry, version.known_from,
    version.known_to
  from served.account_todo version;
comment on view reporting.account_todo_version is
    'Activities planned on accounts over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.account_todo_version.account is
    'Id of the account.';
comment on column reporting.account_todo_version.todo is
    'Name of the plan, as the first entry that names it writes it.';
comment on column reporting.account_todo_version.from_at is
    'Since when it stands so, inclusive.';
comment on column reporting.account_todo_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.account_todo_version.kind is
    'Kind of activity.';
comment on column reporting.account_todo_version.due_on is
    'The last day on which it is in time.';
comment on column reporting.account_todo_version.owner is
    'Our person who is to do it.';
comment on column reporting.account_todo_version.contact is
    'Id of the customer''s person with whom it is to be done.';
comment on column reporting.account_todo_version.agenda is
    'Subjects to speak about.';
comment on column reporting.account_todo_version.state is
    'open, done or cancelled.';
comment on column reporting.account_todo_version.entry is
    'Sequence of the entry that gave it its state, or that planned it so.';
comment on column reporting.account_todo_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.account_todo_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.account_todo(as_of timestamptz, known_at bigint) returns setof served.account_todo
language sql stable parallel safe
begin atomic
    select
            version.account, version.todo, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from served.account_todo version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_todo.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(account_todo.as_of))
    union all
    select
            version.account, version.todo, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.account_todo version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_todo.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(account_todo.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(account_todo.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(account_todo.as_of))
    union all
    select
            version.account, version.todo, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.account_todo version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(account_todo.known_at))
       and version.known_to <= coalesce(least((select reporting.known(account_todo.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(account_todo.known_at))
       and version.to_at > (select reporting.instant(account_todo.as_of))
       and version.from_at <= (select reporting.instant(account_todo.as_of));
end;
comment on function served.account_todo(timestamptz, bigint) is
    'Rows of account_todo that hold at as_of, as known at known_at.';

create or replace function served.account_todo_last(as_of timestamptz, known_at bigint) returns setof served.account_todo
language sql stable parallel safe
begin atomic
    select
            version.account, version.todo, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from served.account_todo version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_todo_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(account_todo_last.as_of));
end;
comment on function served.account_todo_last(timestamptz, bigint) is
    'Of the rows of account_todo that hold at as_of, as known at known_at those that last.';

create or replace function served.account_todo_others(as_of timestamptz, known_at bigint) returns setof served.account_todo
language sql stable parallel safe
begin atomic
    select
            version.account, version.todo, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.account_todo version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_todo_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(account_todo_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(account_todo_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(account_todo_others.as_of))
    union all
    select
            version.account, version.todo, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.account_todo version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(account_todo_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(account_todo_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(account_todo_others.known_at))
       and version.to_at > (select reporting.instant(account_todo_others.as_of))
       and version.from_at <= (select reporting.instant(account_todo_others.as_of));
end;
comment on function served.account_todo_others(timestamptz, bigint) is
    'Of the rows of account_todo that hold at as_of, as known at known_at all but those that last.';

create or replace function served.account_todo_of(account text, as_of timestamptz, known_at bigint)
returns setof served.account_todo
language sql stable parallel safe
begin atomic
    select
            version.account, version.todo, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from served.account_todo version
     where version.account = account_todo_of.account
       and version.known_from <= account_todo_of.known_at
       and version.known_to > account_todo_of.known_at
       and version.from_at <= account_todo_of.as_of
       and version.to_at > account_todo_of.as_of;
end;
comment on function served.account_todo_of(text, timestamptz, bigint) is
    'Rows of account_todo of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.account_todo as
select
    version.account, version.todo, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
    version.due_on, version.owner, version.contact, version.agenda, version.state, version.entry,
    exists (select from reporting.customer_stale stale where stale.account = version.account) as stale
  from served.account_todo version
 where version.known_to = 9223372036854775807;
comment on view reporting.account_todo is
    'Activities planned on accounts over time, by all that is known now.';
comment on column reporting.account_todo.account is
    'Id of the account.';
comment on column reporting.account_todo.todo is
    'Name of the plan, as the first entry that names it writes it.';
comment on column reporting.account_todo.from_at is
    'Since when it stands so, inclusive.';
comment on column reporting.account_todo.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.account_todo.kind is
    'Kind of activity.';
comment on column reporting.account_todo.due_on is
    'The last day on which it is in time.';
comment on column reporting.account_todo.owner is
    'Our person who is to do it.';
comment on column reporting.account_todo.contact is
    'Id of the customer''s person with whom it is to be done.';
comment on column reporting.account_todo.agenda is
    'Subjects to speak about.';
comment on column reporting.account_todo.state is
    'open, done or cancelled.';
comment on column reporting.account_todo.entry is
    'Sequence of the entry that gave it its state, or that planned it so.';
comment on column reporting.account_todo.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.account_todo(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, todo text, from_at timestamptz, to_at timestamptz, kind text, due_on date, owner text, contact text,
    agenda text, state text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.todo, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
            version.due_on, version.owner, version.contact, version.agenda, version.state, version.entry
      from served.account_todo(account_todo.as_of, account_todo.known_at) version;
end;
comment on function reporting.account_todo(timestamptz, bigint) is
    'Activities planned on accounts at as_of, as known at the sequence known_at.';

create or replace view served.account_alias as
select
    account, from_at, to_at, into_account, entry, known_from, known_to
  from {generation}.account_alias;
comment on view served.account_alias is 'The table of the served generation, as it is.';

create or replace view reporting.account_alias_version as
select
    version.account, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.into_account, version.entry,
    version.known_from, version.known_to
  from served.account_alias version;
comment on view reporting.account_alias_version is
    'Accounts merged into another one over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.account_alias_version.account is
    'Id of the account merged away.';
comment on column reporting.account_alias_version.from_at is
    'Since when, inclusive.';
comment on column reporting.account_alias_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.account_alias_version.into_account is
    'Id of the account that goes on.';
comment on column reporting.account_alias_version.entry is
    'Sequence of the entry that merged it.';
comment on column reporting.account_alias_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.account_alias_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.account_alias(as_of timestamptz, known_at bigint) returns setof served.account_alias
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, version.to_at, version.into_account, version.entry, version.known_from,
            version.known_to
      from served.account_alias version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_alias.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(account_alias.as_of))
    union all
    select
            version.account, version.from_at, version.to_at, version.into_account, version.entry, version.known_from,
            version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.account_alias version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_alias.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(account_alias.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(account_alias.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(account_alias.as_of))
    union all
    select
            version.account, version.from_at, version.to_at, version.into_account, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.account_alias version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(account_alias.known_at))
       and version.known_to <= coalesce(least((select reporting.known(account_alias.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(account_alias.known_at))
       and version.to_at > (select reporting.instant(account_alias.as_of))
       and version.from_at <= (select reporting.instant(account_alias.as_of));
end;
comment on function served.account_alias(timestamptz, bigint) is
    'Rows of account_alias that hold at as_of, as known at known_at.';

create or replace function served.account_alias_last(as_of timestamptz, known_at bigint) returns setof served.account_alias
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, version.to_at, version.into_account, version.entry, version.known_from,
            version.known_to
      from served.account_alias version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_alias_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(account_alias_last.as_of));
end;
comment on function served.account_alias_last(timestamptz, bigint) is
    'Of the rows of account_alias that hold at as_of, as known at known_at those that last.';

create or replace function served.account_alias_others(as_of timestamptz, known_at bigint) returns setof served.account_alias
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, version.to_at, version.into_account, version.entry, version.known_from,
            version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.account_alias version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(account_alias_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(account_alias_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(account_alias_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(account_alias_others.as_of))
    union all
    select
            version.account, version.from_at, version.to_at, version.into_account, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.account_alias version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(account_alias_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(account_alias_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(account_alias_others.known_at))
       and version.to_at > (select reporting.instant(account_alias_others.as_of))
       and version.from_at <= (select reporting.instant(account_alias_others.as_of));
end;
comment on function served.account_alias_others(timestamptz, bigint) is
    'Of the rows of account_alias that hold at as_of, as known at known_at all but those that last.';

create or replace function served.account_alias_of(account text, as_of timestamptz, known_at bigint)
returns setof served.account_alias
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, version.to_at, version.into_account, version.entry, version.known_from,
            version.known_to
      from served.account_alias version
     where version.account = account_alias_of.account
       and version.known_from <= account_alias_of.known_at
       and version.known_to > account_alias_of.known_at
       and version.from_at <= account_alias_of.as_of
       and version.to_at > account_alias_of.as_of;
end;
comment on function served.account_alias_of(text, timestamptz, bigint) is
    'Rows of account_alias of one account that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.account_alias as
select
    version.account, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.into_account, version.entry,
    exists (select from reporting.customer_stale stale where stale.account = version.account) as stale
  from served.account_alias version
 where version.known_to = 9223372036854775807;
comment on view reporting.account_alias is
    'Accounts merged into another one over time, by all that is known now.';
comment on column reporting.account_alias.account is
    'Id of the account merged away.';
comment on column reporting.account_alias.from_at is
    'Since when, inclusive.';
comment on column reporting.account_alias.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.account_alias.into_account is
    'Id of the account that goes on.';
comment on column reporting.account_alias.entry is
    'Sequence of the entry that merged it.';
comment on column reporting.account_alias.stale is
    'Whether the account''s later entries could not be folded.';

create or replace function reporting.account_alias(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    account text, from_at timestamptz, to_at timestamptz, into_account text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.account, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.into_account,
            version.entry
      from served.account_alias(account_alias.as_of, account_alias.known_at) version;
end;
comment on function reporting.account_alias(timestamptz, bigint) is
    'Accounts merged into another one at as_of, as known at the sequence known_at.';
