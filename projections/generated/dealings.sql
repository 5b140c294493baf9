-- Written by `make schemas` from projections/views/dealings/rows.py; change that, not this.

-- name: tables
create table deal_file (
    deal text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    name text,
    opened_at timestamptz not null,
    source_channel text,
    referral text,
    tender_ref text,
    partner text,
    product text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table deal_file is
    'Origin and name of every deal over time: one row while nothing shown changes, none before its opening.';
comment on column deal_file.deal is
    'Id of the deal.';
comment on column deal_file.from_at is
    'Since when it stood so, inclusive.';
comment on column deal_file.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column deal_file.name is
    'Name by which people call the deal.';
comment on column deal_file.opened_at is
    'When the deal was opened.';
comment on column deal_file.source_channel is
    'Channel by which the opportunity was found.';
comment on column deal_file.referral is
    'Referral that led to the deal, as `referral_received` names it.';
comment on column deal_file.tender_ref is
    'Number of the call for tenders or of the entry in a procurement plan.';
comment on column deal_file.partner is
    'Account of the channel partner through whom we sell.';
comment on column deal_file.product is
    'Product that is being sold.';
comment on column deal_file.entry is
    'Sequence of the entry that began the interval.';
comment on column deal_file.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column deal_file.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index deal_file_key on deal_file (deal, from_at)
    where known_to = 9223372036854775807;
create index deal_file_deal on deal_file (deal);

create table activity (
    deal text not null,
    at timestamptz not null,
    entry bigint not null,
    kind text not null,
    actor text,
    department text,
    owner text,
    contact text,
    channel text,
    direction text,
    purpose text,
    outcome text,
    plan text,
    booked boolean,
    message text,
    message_kind text,
    campaign text,
    proposal_kind text,
    amount numeric,
    currency text,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table activity is
    'Activities of deals: calls, visits, demos, messages, appointments, proposals and quotes, one row for each.';
comment on column activity.deal is
    'Id of the deal.';
comment on column activity.at is
    'When it happened, before the deal''s opening too.';
comment on column activity.entry is
    'Sequence of the activity''s entry.';
comment on column activity.kind is
    'Name of the event.';
comment on column activity.actor is
    'Person who did it, as the source says.';
comment on column activity.department is
    'Department that the actor acted for.';
comment on column activity.owner is
    'Salesperson who answered for the deal then.';
comment on column activity.contact is
    'The customer''s person; of a visit the first of those named.';
comment on column activity.channel is
    'Way by which a message went.';
comment on column activity.direction is
    'Direction of a call or message, seen from us.';
comment on column activity.purpose is
    'Purpose of a visit.';
comment on column activity.outcome is
    'Outcome of a call.';
comment on column activity.plan is
    'Plan that the activity carries out, as it names it.';
comment on column activity.booked is
    'Whether a visit used up an appointment that was made before, the earliest first; null where it is no visit.';
comment on column activity.message is
    'Id of a message in the sending system.';
comment on column activity.message_kind is
    'Fate of a message.';
comment on column activity.campaign is
    'Campaign that a message belongs to.';
comment on column activity.proposal_kind is
    'Kind of a proposal: how binding it is.';
comment on column activity.amount is
    'Price offered by a proposal or quote.';
comment on column activity.currency is
    'ISO 4217 currency of the amount.';
comment on column activity.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column activity.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index activity_key on activity (deal, entry)
    where known_to = 9223372036854775807;
create index activity_deal on activity (deal);

create table appointment (
    deal text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    scheduled_at timestamptz not null,
    contact text,
    topic text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table appointment is
    'Appointments that no visit had used over time: one row from when each was made until a visit used it or it was cancelled.';
comment on column appointment.deal is
    'Id of the deal.';
comment on column appointment.from_at is
    'When it was made.';
comment on column appointment.to_at is
    'When it was used or cancelled; infinity while neither is known.';
comment on column appointment.scheduled_at is
    'When the meeting is to begin.';
comment on column appointment.contact is
    'Person of the customer who agreed.';
comment on column appointment.topic is
    'Subject of the meeting.';
comment on column appointment.entry is
    'Sequence of the entry by which it was made.';
comment on column appointment.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column appointment.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index appointment_key on appointment (deal, entry)
    where known_to = 9223372036854775807;
create index appointment_deal on appointment (deal);

create table plan (
    deal text not null,
    plan text not null,
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
comment on table plan is
    'Planned activities of deals over time: one row while a plan''s state and values stay the same.';
comment on column plan.deal is
    'Id of the deal.';
comment on column plan.plan is
    'Name of the plan, unique within the deal.';
comment on column plan.from_at is
    'Since when it stood so, inclusive.';
comment on column plan.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column plan.kind is
    'Kind of activity.';
comment on column plan.due_on is
    'The last day on which it is in time.';
comment on column plan.owner is
    'Person of ours who is to do it.';
comment on column plan.contact is
    'Person of the customer with whom it is to be done.';
comment on column plan.agenda is
    'Subjects to speak about.';
comment on column plan.state is
    'open, done by the first activity that names it, or cancelled.';
comment on column plan.entry is
    'Sequence of the entry that gave the state: plan, activity or cancellation.';
comment on column plan.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column plan.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index plan_key on plan (deal, plan, from_at)
    where known_to = 9223372036854775807;
create index plan_deal on plan (deal);

create table commitment (
    deal text not null,
    commitment bigint not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    received_at timestamptz not null,
    stage integer not null,
    contact text,
    due_on date,
    owner text,
    state text not null,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table commitment is
    'Commitments that customers gave, over time: one row while the state of a commitment stays the same.';
comment on column commitment.deal is
    'Id of the deal.';
comment on column commitment.commitment is
    'Sequence of the entry by which it was received.';
comment on column commitment.from_at is
    'Since when it stood so, inclusive.';
comment on column commitment.to_at is
    'Until when, exclusive; infinity while nothing later is known.';
comment on column commitment.received_at is
    'When the customer gave it.';
comment on column commitment.stage is
    'Number of the stage that it completes, in the playbook that the deal follows.';
comment on column commitment.contact is
    'Person who gave it.';
comment on column commitment.due_on is
    'The last day on which the customer keeps it in time; null when none was named.';
comment on column commitment.owner is
    'Salesperson who answered for the deal when it was received.';
comment on column commitment.state is
    'open, kept, broken or withdrawn. Of kept and broken the one said last counts.';
comment on column commitment.entry is
    'Sequence of the entry that gave the state.';
comment on column commitment.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column commitment.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index commitment_key on commitment (deal, commitment, from_at)
    where known_to = 9223372036854775807;
create index commitment_deal on commitment (deal);

create table purchase_stage (
    deal text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    number integer not null,
    confidence text not null,
    contact text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table purchase_stage is
    'Stages of their own purchasing at which customers were seen over time: the latest observation stands.';
comment on column purchase_stage.deal is
    'Id of the deal.';
comment on column purchase_stage.from_at is
    'When it was observed.';
comment on column purchase_stage.to_at is
    'When the next observation was made; infinity while there is none.';
comment on column purchase_stage.number is
    'Number of the purchasing stage, 1 to 8 as in the playbook `project`.';
comment on column purchase_stage.confidence is
    'stated by the customer, or inferred by us.';
comment on column purchase_stage.contact is
    'Person who told us.';
comment on column purchase_stage.entry is
    'Sequence of the entry that observed it.';
comment on column purchase_stage.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column purchase_stage.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index purchase_stage_key on purchase_stage (deal, from_at)
    where known_to = 9223372036854775807;
create index purchase_stage_deal on purchase_stage (deal);

create table need (
    deal text not null,
    need text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    kind text not null,
    budget numeric,
    currency text,
    needed_by date,
    motive text,
    priority text,
    follow_on boolean not null,
    contact text,
    project_size text,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table need is
    'Needs of customers over time: the latest record of each need stands, whole.';
comment on column need.deal is
    'Id of the deal.';
comment on column need.need is
    'Name of the need, unique within the deal.';
comment on column need.from_at is
    'When it was recorded so.';
comment on column need.to_at is
    'When it was recorded anew; infinity while it was not.';
comment on column need.kind is
    'explicit: said by the customer; hidden: found out by us.';
comment on column need.budget is
    'Amount that the customer may spend.';
comment on column need.currency is
    'ISO 4217 currency of the budget.';
comment on column need.needed_by is
    'The day by which the customer needs the solution.';
comment on column need.motive is
    'Owner of the need: the organisation or a person.';
comment on column need.priority is
    'Importance of the project to the customer.';
comment on column need.follow_on is
    'Whether the need goes beyond this deal and is a reason for the next one.';
comment on column need.contact is
    'Person who told us.';
comment on column need.project_size is
    'Size of the customer''s project, in its own measure.';
comment on column need.entry is
    'Sequence of the entry that recorded it so.';
comment on column need.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column need.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index need_key on need (deal, need, from_at)
    where known_to = 9223372036854775807;
create index need_deal on need (deal);

create table deal_contact (
    deal text not null,
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
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table deal_contact is
    'People recorded on deals without an account over time. The latest record of each stands, whole; those recorded with an account are in `contact`.';
comment on column deal_contact.deal is
    'Id of the deal.';
comment on column deal_contact.contact is
    'Id of the person.';
comment on column deal_contact.from_at is
    'When it was recorded so.';
comment on column deal_contact.to_at is
    'When it was recorded anew; infinity while it was not.';
comment on column deal_contact.roles is
    'Parts that the person plays in the purchase: handler, decision_maker, influencer, user.';
comment on column deal_contact.job_title is
    'Position of the person.';
comment on column deal_contact.department is
    'The customer''s department in which the person works.';
comment on column deal_contact.reports_to is
    'Id of the person''s superior, also a contact.';
comment on column deal_contact.preferred_channel is
    'Way by which the person likes to be reached.';
comment on column deal_contact.style is
    'Manner in which the person likes to be dealt with.';
comment on column deal_contact.birthday is
    'Day of birth.';
comment on column deal_contact.entry is
    'Sequence of the entry that recorded it so.';
comment on column deal_contact.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column deal_contact.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index deal_contact_key on deal_contact (deal, contact, from_at)
    where known_to = 9223372036854775807;
create index deal_contact_deal on deal_contact (deal);

create table deal_relationship (
    deal text not null,
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
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table deal_relationship is
    'Relationships with people, judged on deals without an account, over time. The latest judgement of each cell (contact, level and content) stands; those judged with an account are in `relationship`.';
comment on column deal_relationship.deal is
    'Id of the deal.';
comment on column deal_relationship.contact is
    'Id of the person.';
comment on column deal_relationship.level is
    'Depth of the relationship: enterprise_need, personal_need or personal_bond.';
comment on column deal_relationship.content is
    'Content of the relationship: product or company.';
comment on column deal_relationship.from_at is
    'When it was judged so.';
comment on column deal_relationship.to_at is
    'When it was judged anew; infinity while it was not.';
comment on column deal_relationship.reached is
    'True: the cell is reached.';
comment on column deal_relationship.decision is
    'The person''s weight in the decision, 0 to 3.';
comment on column deal_relationship.influence is
    'The person''s weight with others, 0 to 3.';
comment on column deal_relationship.motivation is
    'Motive of the person: organisational, personal or both.';
comment on column deal_relationship.stance is
    'Attitude of the person to us: supporter, neutral or opponent.';
comment on column deal_relationship.entry is
    'Sequence of the entry that judged it so.';
comment on column deal_relationship.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column deal_relationship.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index deal_relationship_key on deal_relationship (deal, contact, level, content, from_at)
    where known_to = 9223372036854775807;
create index deal_relationship_deal on deal_relationship (deal);

-- name: indexes
do $$
begin
    if to_regclass('{generation}.deal_file_last') is null then
        create index deal_file_last on {generation}.deal_file (
            from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.deal_file_ended') is null then
        create index deal_file_ended on {generation}.deal_file (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.deal_file_superseded') is null then
        create index deal_file_superseded on {generation}.deal_file (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.activity_standing') is null then
        create index activity_standing on {generation}.activity (
            deal, kind, department, at, known_from
        )
        where known_to = 9223372036854775807;
    end if;
    if to_regclass('{generation}.activity_superseded') is null then
        create index activity_superseded on {generation}.activity (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (at, deal, kind, department)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.appointment_last') is null then
        create index appointment_last on {generation}.appointment (
            scheduled_at, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.appointment_ended') is null then
        create index appointment_ended on {generation}.appointment (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, scheduled_at)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.appointment_superseded') is null then
        create index appointment_superseded on {generation}.appointment (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, scheduled_at)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.plan_last') is null then
        create index plan_last on {generation}.plan (
            state, due_on, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.plan_ended') is null then
        create index plan_ended on {generation}.plan (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, state, due_on)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.plan_superseded') is null then
        create index plan_superseded on {generation}.plan (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, state, due_on)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.commitment_last') is null then
        create index commitment_last on {generation}.commitment (
            deal, state, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.commitment_ended') is null then
        create index commitment_ended on {generation}.commitment (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, deal, state)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.commitment_superseded') is null then
        create index commitment_superseded on {generation}.commitment (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, deal, state)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.purchase_stage_last') is null then
        create index purchase_stage_last on {generation}.purchase_stage (
            deal, number, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.purchase_stage_ended') is null then
        create index purchase_stage_ended on {generation}.purchase_stage (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, deal, number)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.purchase_stage_superseded') is null then
        create index purchase_stage_superseded on {generation}.purchase_stage (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, deal, number)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.need_last') is null then
        create index need_last on {generation}.need (
            deal, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.need_ended') is null then
        create index need_ended on {generation}.need (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, deal)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.need_superseded') is null then
        create index need_superseded on {generation}.need (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, deal)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.deal_contact_last') is null then
        create index deal_contact_last on {generation}.deal_contact (
            deal, contact, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.deal_contact_ended') is null then
        create index deal_contact_ended on {generation}.deal_contact (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, deal, contact)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.deal_contact_superseded') is null then
        create index deal_contact_superseded on {generation}.deal_contact (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, deal, contact)
        where known_to < 9223372036854775807;
    end if;
end
$$;

do $$
begin
    if to_regclass('{generation}.deal_relationship_last') is null then
        create index deal_relationship_last on {generation}.deal_relationship (
            deal, contact, level, content, reached, from_at, known_from
        )
        where known_to = 9223372036854775807 and to_at = 'infinity';
    end if;
    if to_regclass('{generation}.deal_relationship_ended') is null then
        create index deal_relationship_ended on {generation}.deal_relationship (
            width_bucket(least(to_at, timestamptz '9999-12-31 00:00:00+00') - from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]),
            to_at, from_at
        ) include (known_from, deal, contact, level, content, reached)
        where known_to = 9223372036854775807 and to_at < 'infinity';
    end if;
    if to_regclass('{generation}.deal_relationship_superseded') is null then
        create index deal_relationship_superseded on {generation}.deal_relationship (
            width_bucket(known_to - known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]), known_to,
            known_from
        ) include (from_at, to_at, deal, contact, level, content, reached)
        where known_to < 9223372036854775807;
    end if;
end
$$;

-- name: reporting
create or replace view reporting.dealings_stale as
select substr(stale.subject, 6) as deal, stale.sequence
  from reporting.stale where stale.view = 'dealings';
comment on view reporting.dealings_stale is
    'Deals whose later entries could not be folded: their rows are those of before.';
comment on column reporting.dealings_stale.deal is 'Id of the deal.';
comment on column reporting.dealings_stale.sequence is 'The entry since which it cannot be folded.';

create or replace view served.deal_file as
select
    deal, from_at, to_at, name, opened_at, source_channel, referral, tender_ref, partner, product, entry, known_from,
    known_to
  from {generation}.deal_file;
comment on view served.deal_file is 'The table of the served generation, as it is.';

create or replace view reporting.deal_file_version as
select
    version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.name, version.opened_at,
    version.source_channel, version.referral, version.tender_ref, version.partner, version.product, version.entry,
    version.known_from, version.known_to
  from served.deal_file version;
comment on view reporting.deal_file_version is
    'Origin and name of every deal over time: one row while nothing shown changes, none before its opening, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.deal_file_version.deal is
    'Id of the deal.';
comment on column reporting.deal_file_version.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.deal_file_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.deal_file_version.name is
    'Name by which people call the deal.';
comment on column reporting.deal_file_version.opened_at is
    'When the deal was opened.';
comment on column reporting.deal_file_version.source_channel is
    'Channel by which the opportunity was found.';
comment on column reporting.deal_file_version.referral is
    'Referral that led to the deal, as `referral_received` names it.';
comment on column reporting.deal_file_version.tender_ref is
    'Number of the call for tenders or of the entry in a procurement plan.';
comment on column reporting.deal_file_version.partner is
    'Account of the channel partner through whom we sell.';
comment on column reporting.deal_file_version.product is
    'Product that is being sold.';
comment on column reporting.deal_file_version.entry is
    'Sequence of the entry that began the interval.';
comment on column reporting.deal_file_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.deal_file_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.deal_file(as_of timestamptz, known_at bigint) returns setof served.deal_file
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.name, version.opened_at, version.source_channel,
            version.referral, version.tender_ref, version.partner, version.product, version.entry, version.known_from,
            version.known_to
      from served.deal_file version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_file.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(deal_file.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.name, version.opened_at, version.source_channel,
            version.referral, version.tender_ref, version.partner, version.product, version.entry, version.known_from,
            version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.deal_file version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_file.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(deal_file.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(deal_file.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(deal_file.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.name, version.opened_at, version.source_channel,
            version.referral, version.tender_ref, version.partner, version.product, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.deal_file version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(deal_file.known_at))
       and version.known_to <= coalesce(least((select reporting.known(deal_file.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(deal_file.known_at))
       and version.to_at > (select reporting.instant(deal_file.as_of))
       and version.from_at <= (select reporting.instant(deal_file.as_of));
end;
comment on function served.deal_file(timestamptz, bigint) is
    'Rows of deal_file that hold at as_of, as known at known_at.';

create or replace function served.deal_file_last(as_of timestamptz, known_at bigint) returns setof served.deal_file
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.name, version.opened_at, version.source_channel,
            version.referral, version.tender_ref, version.partner, version.product, version.entry, version.known_from,
            version.known_to
      from served.deal_file version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_file_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(deal_file_last.as_of));
end;
comment on function served.deal_file_last(timestamptz, bigint) is
    'Of the rows of deal_file that hold at as_of, as known at known_at those that last.';

create or replace function served.deal_file_others(as_of timestamptz, known_at bigint) returns setof served.deal_file
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.name, version.opened_at, version.source_channel,
            version.referral, version.tender_ref, version.partner, version.product, version.entry, version.known_from,
            version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.deal_file version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_file_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(deal_file_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(deal_file_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(deal_file_others.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.name, version.opened_at, version.source_channel,
            version.referral, version.tender_ref, version.partner, version.product, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.deal_file version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(deal_file_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(deal_file_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(deal_file_others.known_at))
       and version.to_at > (select reporting.instant(deal_file_others.as_of))
       and version.from_at <= (select reporting.instant(deal_file_others.as_of));
end;
comment on function served.deal_file_others(timestamptz, bigint) is
    'Of the rows of deal_file that hold at as_of, as known at known_at all but those that last.';

create or replace function served.deal_file_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.deal_file
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.name, version.opened_at, version.source_channel,
            version.referral, version.tender_ref, version.partner, version.product, version.entry, version.known_from,
            version.known_to
      from served.deal_file version
     where version.deal = deal_file_of.deal
       and version.known_from <= deal_file_of.known_at
       and version.known_to > deal_file_of.known_at
       and version.from_at <= deal_file_of.as_of
       and version.to_at > deal_file_of.as_of;
end;
comment on function served.deal_file_of(text, timestamptz, bigint) is
    'Rows of deal_file of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.deal_file as
select
    version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.name, version.opened_at,
    version.source_channel, version.referral, version.tender_ref, version.partner, version.product, version.entry,
    exists (select from reporting.dealings_stale stale where stale.deal = version.deal) as stale
  from served.deal_file version
 where version.known_to = 9223372036854775807;
comment on view reporting.deal_file is
    'Origin and name of every deal over time: one row while nothing shown changes, none before its opening, by all that is known now.';
comment on column reporting.deal_file.deal is
    'Id of the deal.';
comment on column reporting.deal_file.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.deal_file.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.deal_file.name is
    'Name by which people call the deal.';
comment on column reporting.deal_file.opened_at is
    'When the deal was opened.';
comment on column reporting.deal_file.source_channel is
    'Channel by which the opportunity was found.';
comment on column reporting.deal_file.referral is
    'Referral that led to the deal, as `referral_received` names it.';
comment on column reporting.deal_file.tender_ref is
    'Number of the call for tenders or of the entry in a procurement plan.';
comment on column reporting.deal_file.partner is
    'Account of the channel partner through whom we sell.';
comment on column reporting.deal_file.product is
    'Product that is being sold.';
comment on column reporting.deal_file.entry is
    'Sequence of the entry that began the interval.';
comment on column reporting.deal_file.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.deal_file(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, from_at timestamptz, to_at timestamptz, name text, opened_at timestamptz, source_channel text,
    referral text, tender_ref text, partner text, product text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.name, version.opened_at,
            version.source_channel, version.referral, version.tender_ref, version.partner, version.product,
            version.entry
      from served.deal_file(deal_file.as_of, deal_file.known_at) version;
end;
comment on function reporting.deal_file(timestamptz, bigint) is
    'Origin and name of every deal over time: one row while nothing shown changes, none before its opening at as_of, as known at the sequence known_at.';

create or replace view served.activity as
select
    deal, at, entry, kind, actor, department, owner, contact, channel, direction, purpose, outcome, plan, booked,
    message, message_kind, campaign, proposal_kind, amount, currency, known_from, known_to
  from {generation}.activity;
comment on view served.activity is 'The table of the served generation, as it is.';

create or replace view reporting.activity_version as
select
    version.deal, version.at, version.entry, version.kind, version.actor, version.department, version.owner,
    version.contact, version.channel, version.direction, version.purpose, version.outcome, version.plan, version.booked,
    version.message, version.message_kind, version.campaign, version.proposal_kind, version.amount, version.currency,
    version.known_from, version.known_to
  from served.activity version;
comment on view reporting.activity_version is
    'Activities of deals: calls, visits, demos, messages, appointments, proposals and quotes, one row for each, in every state of knowledge: at as_of where at <= as_of, as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.activity_version.deal is
    'Id of the deal.';
comment on column reporting.activity_version.at is
    'When it happened, before the deal''s opening too.';
comment on column reporting.activity_version.entry is
    'Sequence of the activity''s entry.';
comment on column reporting.activity_version.kind is
    'Name of the event.';
comment on column reporting.activity_version.actor is
    'Person who did it, as the source says.';
comment on column reporting.activity_version.department is
    'Department that the actor acted for.';
comment on column reporting.activity_version.owner is
    'Salesperson who answered for the deal then.';
comment on column reporting.activity_version.contact is
    'The customer''s person; of a visit the first of those named.';
comment on column reporting.activity_version.channel is
    'Way by which a message went.';
comment on column reporting.activity_version.direction is
    'Direction of a call or message, seen from us.';
comment on column reporting.activity_version.purpose is
    'Purpose of a visit.';
comment on column reporting.activity_version.outcome is
    'Outcome of a call.';
comment on column reporting.activity_version.plan is
    'Plan that the activity carries out, as it names it.';
comment on column reporting.activity_version.booked is
    'Whether a visit used up an appointment that was made before, the earliest first; null where it is no visit.';
comment on column reporting.activity_version.message is
    'Id of a message in the sending system.';
comment on column reporting.activity_version.message_kind is
    'Fate of a message.';
comment on column reporting.activity_version.campaign is
    'Campaign that a message belongs to.';
comment on column reporting.activity_version.proposal_kind is
    'Kind of a proposal: how binding it is.';
comment on column reporting.activity_version.amount is
    'Price offered by a proposal or quote.';
comment on column reporting.activity_version.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.activity_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.activity_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.activity(as_of timestamptz, known_at bigint) returns setof served.activity
language sql stable parallel safe
begin atomic
    select
            version.deal, version.at, version.entry, version.kind, version.actor, version.department, version.owner,
            version.contact, version.channel, version.direction, version.purpose, version.outcome, version.plan,
            version.booked, version.message, version.message_kind, version.campaign, version.proposal_kind,
            version.amount, version.currency, version.known_from, version.known_to
      from served.activity version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(activity.known_at))
       and version.at <= (select reporting.instant(activity.as_of))
    union all
    select
            version.deal, version.at, version.entry, version.kind, version.actor, version.department, version.owner,
            version.contact, version.channel, version.direction, version.purpose, version.outcome, version.plan,
            version.booked, version.message, version.message_kind, version.campaign, version.proposal_kind,
            version.amount, version.currency, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.activity version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(activity.known_at))
       and version.known_to <= coalesce(least((select reporting.known(activity.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(activity.known_at))
       and version.at <= (select reporting.instant(activity.as_of));
end;
comment on function served.activity(timestamptz, bigint) is
    'Rows of activity that hold at as_of, as known at known_at.';

create or replace function served.activity_last(as_of timestamptz, known_at bigint) returns setof served.activity
language sql stable parallel safe
begin atomic
    select
            version.deal, version.at, version.entry, version.kind, version.actor, version.department, version.owner,
            version.contact, version.channel, version.direction, version.purpose, version.outcome, version.plan,
            version.booked, version.message, version.message_kind, version.campaign, version.proposal_kind,
            version.amount, version.currency, version.known_from, version.known_to
      from served.activity version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(activity_last.known_at))
       and version.at <= (select reporting.instant(activity_last.as_of));
end;
comment on function served.activity_last(timestamptz, bigint) is
    'Of the rows of activity that hold at as_of, as known at known_at those that last.';

create or replace function served.activity_others(as_of timestamptz, known_at bigint) returns setof served.activity
language sql stable parallel safe
begin atomic
    select
            version.deal, version.at, version.entry, version.kind, version.actor, version.department, version.owner,
            version.contact, version.channel, version.direction, version.purpose, version.outcome, version.plan,
            version.booked, version.message, version.message_kind, version.campaign, version.proposal_kind,
            version.amount, version.currency, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.activity version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(activity_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(activity_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(activity_others.known_at))
       and version.at <= (select reporting.instant(activity_others.as_of));
end;
comment on function served.activity_others(timestamptz, bigint) is
    'Of the rows of activity that hold at as_of, as known at known_at all but those that last.';

create or replace function served.activity_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.activity
language sql stable parallel safe
begin atomic
    select
            version.deal, version.at, version.entry, version.kind, version.actor, version.department, version.owner,
            version.contact, version.channel, version.direction, version.purpose, version.outcome, version.plan,
            version.booked, version.message, version.message_kind, version.campaign, version.proposal_kind,
            version.amount, version.currency, version.known_from, version.known_to
      from served.activity version
     where version.deal = activity_of.deal
       and version.known_from <= activity_of.known_at
       and version.known_to > activity_of.known_at
       and version.at <= activity_of.as_of;
end;
comment on function served.activity_of(text, timestamptz, bigint) is
    'Rows of activity of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.activity as
select
    version.deal, version.at, version.entry, version.kind, version.actor, version.department, version.owner,
    version.contact, version.channel, version.direction, version.purpose, version.outcome, version.plan, version.booked,
    version.message, version.message_kind, version.campaign, version.proposal_kind, version.amount, version.currency,
    exists (select from reporting.dealings_stale stale where stale.deal = version.deal) as stale
  from served.activity version
 where version.known_to = 9223372036854775807;
comment on view reporting.activity is
    'Activities of deals: calls, visits, demos, messages, appointments, proposals and quotes, one row for each, by all that is known now.';
comment on column reporting.activity.deal is
    'Id of the deal.';
comment on column reporting.activity.at is
    'When it happened, before the deal''s opening too.';
comment on column reporting.activity.entry is
    'Sequence of the activity''s entry.';
comment on column reporting.activity.kind is
    'Name of the event.';
comment on column reporting.activity.actor is
    'Person who did it, as the source says.';
comment on column reporting.activity.department is
    'Department that the actor acted for.';
comment on column reporting.activity.owner is
    'Salesperson who answered for the deal then.';
comment on column reporting.activity.contact is
    'The customer''s person; of a visit the first of those named.';
comment on column reporting.activity.channel is
    'Way by which a message went.';
comment on column reporting.activity.direction is
    'Direction of a call or message, seen from us.';
comment on column reporting.activity.purpose is
    'Purpose of a visit.';
comment on column reporting.activity.outcome is
    'Outcome of a call.';
comment on column reporting.activity.plan is
    'Plan that the activity carries out, as it names it.';
comment on column reporting.activity.booked is
    'Whether a visit used up an appointment that was made before, the earliest first; null where it is no visit.';
comment on column reporting.activity.message is
    'Id of a message in the sending system.';
comment on column reporting.activity.message_kind is
    'Fate of a message.';
comment on column reporting.activity.campaign is
    'Campaign that a message belongs to.';
comment on column reporting.activity.proposal_kind is
    'Kind of a proposal: how binding it is.';
comment on column reporting.activity.amount is
    'Price offered by a proposal or quote.';
comment on column reporting.activity.currency is
    'ISO 4217 currency of the amount.';
comment on column reporting.activity.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.activity(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, at timestamptz, entry bigint, kind text, actor text, department text, owner text, contact text,
    channel text, direction text, purpose text, outcome text, plan text, booked boolean, message text,
    message_kind text, campaign text, proposal_kind text, amount numeric, currency text
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.at, version.entry, version.kind, version.actor, version.department, version.owner,
            version.contact, version.channel, version.direction, version.purpose, version.outcome, version.plan,
            version.booked, version.message, version.message_kind, version.campaign, version.proposal_kind,
            version.amount, version.currency
      from served.activity(activity.as_of, activity.known_at) version;
end;
comment on function reporting.activity(timestamptz, bigint) is
    'Activities of deals: calls, visits, demos, messages, appointments, proposals and quotes, one row for each by as_of, as known at the sequence known_at.';

create or replace view served.appointment as
select
    deal, from_at, to_at, scheduled_at, contact, topic, entry, known_from, known_to
  from {generation}.appointment;
comment on view served.appointment is 'The table of the served generation, as it is.';

create or replace view reporting.appointment_version as
select
    version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.scheduled_at, version.contact,
    version.topic, version.entry, version.known_from, version.known_to
  from served.appointment version;
comment on view reporting.appointment_version is
    'Appointments that no visit had used over time: one row from when each was made until a visit used it or it was cancelled, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.appointment_version.deal is
    'Id of the deal.';
comment on column reporting.appointment_version.from_at is
    'When it was made.';
comment on column reporting.appointment_version.to_at is
    'When it was used or cancelled; null while neither is known.';
comment on column reporting.appointment_version.scheduled_at is
    'When the meeting is to begin.';
comment on column reporting.appointment_version.contact is
    'Person of the customer who agreed.';
comment on column reporting.appointment_version.topic is
    'Subject of the meeting.';
comment on column reporting.appointment_version.entry is
    'Sequence of the entry by which it was made.';
comment on column reporting.appointment_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.appointment_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.appointment(as_of timestamptz, known_at bigint) returns setof served.appointment
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.scheduled_at, version.contact, version.topic,
            version.entry, version.known_from, version.known_to
      from served.appointment version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(appointment.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(appointment.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.scheduled_at, version.contact, version.topic,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.appointment version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(appointment.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(appointment.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(appointment.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(appointment.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.scheduled_at, version.contact, version.topic,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.appointment version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(appointment.known_at))
       and version.known_to <= coalesce(least((select reporting.known(appointment.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(appointment.known_at))
       and version.to_at > (select reporting.instant(appointment.as_of))
       and version.from_at <= (select reporting.instant(appointment.as_of));
end;
comment on function served.appointment(timestamptz, bigint) is
    'Rows of appointment that hold at as_of, as known at known_at.';

create or replace function served.appointment_last(as_of timestamptz, known_at bigint) returns setof served.appointment
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.scheduled_at, version.contact, version.topic,
            version.entry, version.known_from, version.known_to
      from served.appointment version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(appointment_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(appointment_last.as_of));
end;
comment on function served.appointment_last(timestamptz, bigint) is
    'Of the rows of appointment that hold at as_of, as known at known_at those that last.';

create or replace function served.appointment_others(as_of timestamptz, known_at bigint) returns setof served.appointment
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.scheduled_at, version.contact, version.topic,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.appointment version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(appointment_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(appointment_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(appointment_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(appointment_others.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.scheduled_at, version.contact, version.topic,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.appointment version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(appointment_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(appointment_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(appointment_others.known_at))
       and version.to_at > (select reporting.instant(appointment_others.as_of))
       and version.from_at <= (select reporting.instant(appointment_others.as_of));
end;
comment on function served.appointment_others(timestamptz, bigint) is
    'Of the rows of appointment that hold at as_of, as known at known_at all but those that last.';

create or replace function served.appointment_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.appointment
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.scheduled_at, version.contact, version.topic,
            version.entry, version.known_from, version.known_to
      from served.appointment version
     where version.deal = appointment_of.deal
       and version.known_from <= appointment_of.known_at
       and version.known_to > appointment_of.known_at
       and version.from_at <= appointment_of.as_of
       and version.to_at > appointment_of.as_of;
end;
comment on function served.appointment_of(text, timestamptz, bigint) is
    'Rows of appointment of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.appointment as
select
    version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.scheduled_at, version.contact,
    version.topic, version.entry,
    exists (select from reporting.dealings_stale stale where stale.deal = version.deal) as stale
  from served.appointment version
 where version.known_to = 9223372036854775807;
comment on view reporting.appointment is
    'Appointments that no visit had used over time: one row from when each was made until a visit used it or it was cancelled, by all that is known now.';
comment on column reporting.appointment.deal is
    'Id of the deal.';
comment on column reporting.appointment.from_at is
    'When it was made.';
comment on column reporting.appointment.to_at is
    'When it was used or cancelled; null while neither is known.';
comment on column reporting.appointment.scheduled_at is
    'When the meeting is to begin.';
comment on column reporting.appointment.contact is
    'Person of the customer who agreed.';
comment on column reporting.appointment.topic is
    'Subject of the meeting.';
comment on column reporting.appointment.entry is
    'Sequence of the entry by which it was made.';
comment on column reporting.appointment.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.appointment(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, from_at timestamptz, to_at timestamptz, scheduled_at timestamptz, contact text, topic text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.scheduled_at,
            version.contact, version.topic, version.entry
      from served.appointment(appointment.as_of, appointment.known_at) version;
end;
comment on function reporting.appointment(timestamptz, bigint) is
    'Appointments that no visit had used over time: one row from when each was made until a visit used it or it was cancelled at as_of, as known at the sequence known_at.';

create or replace view served.plan as
select
    deal, plan, from_at, to_at, kind, due_on, owner, contact, agenda, state, entry, known_from, known_to
  from {generation}.plan;
comment on view served.plan is 'The table of the served generation, as it is.';

create or replace view reporting.plan_version as
select
    version.deal, version.plan, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
    version.due_on, version.owner, version.contact, version.agenda, version.state, version.entry, version.known_from,
    version.known_to
  from served.plan version;
comment on view reporting.plan_version is
    'Planned activities of deals over time: one row while a plan''s state and values stay the same, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.plan_version.deal is
    'Id of the deal.';
comment on column reporting.plan_version.plan is
    'Name of the plan, unique within the deal.';
comment on column reporting.plan_version.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.plan_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.plan_version.kind is
    'Kind of activity.';
comment on column reporting.plan_version.due_on is
    'The last day on which it is in time.';
comment on column reporting.plan_version.owner is
    'Person of ours who is to do it.';
comment on column reporting.plan_version.contact is
    'Person of the customer with whom it is to be done.';
comment on column reporting.plan_version.agenda is
    'Subjects to speak about.';
comment on column reporting.plan_version.state is
    'open, done by the first activity that names it, or cancelled.';
comment on column reporting.plan_version.entry is
    'Sequence of the entry that gave the state: plan, activity or cancellation.';
comment on column reporting.plan_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.plan_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.plan(as_of timestamptz, known_at bigint) returns setof served.plan
language sql stable parallel safe
begin atomic
    select
            version.deal, version.plan, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from served.plan version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(plan.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(plan.as_of))
    union all
    select
            version.deal, version.plan, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.plan version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(plan.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(plan.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(plan.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(plan.as_of))
    union all
    select
            version.deal, version.plan, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.plan version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(plan.known_at))
       and version.known_to <= coalesce(least((select reporting.known(plan.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(plan.known_at))
       and version.to_at > (select reporting.instant(plan.as_of))
       and version.from_at <= (select reporting.instant(plan.as_of));
end;
comment on function served.plan(timestamptz, bigint) is
    'Rows of plan that hold at as_of, as known at known_at.';

create or replace function served.plan_last(as_of timestamptz, known_at bigint) returns setof served.plan
language sql stable parallel safe
begin atomic
    select
            version.deal, version.plan, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from served.plan version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(plan_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(plan_last.as_of));
end;
comment on function served.plan_last(timestamptz, bigint) is
    'Of the rows of plan that hold at as_of, as known at known_at those that last.';

create or replace function served.plan_others(as_of timestamptz, known_at bigint) returns setof served.plan
language sql stable parallel safe
begin atomic
    select
            version.deal, version.plan, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.plan version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(plan_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(plan_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(plan_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(plan_others.as_of))
    union all
    select
            version.deal, version.plan, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.plan version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(plan_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(plan_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(plan_others.known_at))
       and version.to_at > (select reporting.instant(plan_others.as_of))
       and version.from_at <= (select reporting.instant(plan_others.as_of));
end;
comment on function served.plan_others(timestamptz, bigint) is
    'Of the rows of plan that hold at as_of, as known at known_at all but those that last.';

create or replace function served.plan_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.plan
language sql stable parallel safe
begin atomic
    select
            version.deal, version.plan, version.from_at, version.to_at, version.kind, version.due_on, version.owner,
            version.contact, version.agenda, version.state, version.entry, version.known_from, version.known_to
      from served.plan version
     where version.deal = plan_of.deal
       and version.known_from <= plan_of.known_at
       and version.known_to > plan_of.known_at
       and version.from_at <= plan_of.as_of
       and version.to_at > plan_of.as_of;
end;
comment on function served.plan_of(text, timestamptz, bigint) is
    'Rows of plan of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.plan as
select
    version.deal, version.plan, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
    version.due_on, version.owner, version.contact, version.agenda, version.state, version.entry,
    exists (select from reporting.dealings_stale stale where stale.deal = version.deal) as stale
  from served.plan version
 where version.known_to = 9223372036854775807;
comment on view reporting.plan is
    'Planned activities of deals over time: one row while a plan''s state and values stay the same, by all that is known now.';
comment on column reporting.plan.deal is
    'Id of the deal.';
comment on column reporting.plan.plan is
    'Name of the plan, unique within the deal.';
comment on column reporting.plan.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.plan.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.plan.kind is
    'Kind of activity.';
comment on column reporting.plan.due_on is
    'The last day on which it is in time.';
comment on column reporting.plan.owner is
    'Person of ours who is to do it.';
comment on column reporting.plan.contact is
    'Person of the customer with whom it is to be done.';
comment on column reporting.plan.agenda is
    'Subjects to speak about.';
comment on column reporting.plan.state is
    'open, done by the first activity that names it, or cancelled.';
comment on column reporting.plan.entry is
    'Sequence of the entry that gave the state: plan, activity or cancellation.';
comment on column reporting.plan.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.plan(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, plan text, from_at timestamptz, to_at timestamptz, kind text, due_on date, owner text, contact text,
    agenda text, state text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.plan, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
            version.due_on, version.owner, version.contact, version.agenda, version.state, version.entry
      from served.plan(plan.as_of, plan.known_at) version;
end;
comment on function reporting.plan(timestamptz, bigint) is
    'Planned activities of deals over time: one row while a plan''s state and values stay the same at as_of, as known at the sequence known_at.';

create or replace view served.commitment as
select
    deal, commitment, from_at, to_at, received_at, stage, contact, due_on, owner, state, entry, known_from, known_to
  from {generation}.commitment;
comment on view served.commitment is 'The table of the served generation, as it is.';

create or replace view reporting.commitment_version as
select
    version.deal, version.commitment, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.received_at,
    version.stage, version.contact, version.due_on, version.owner, version.state, version.entry, version.known_from,
    version.known_to
  from served.commitment version;
comment on view reporting.commitment_version is
    'Commitments that customers gave, over time: one row while the state of a commitment stays the same, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.commitment_version.deal is
    'Id of the deal.';
comment on column reporting.commitment_version.commitment is
    'Sequence of the entry by which it was received.';
comment on column reporting.commitment_version.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.commitment_version.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.commitment_version.received_at is
    'When the customer gave it.';
comment on column reporting.commitment_version.stage is
    'Number of the stage that it completes, in the playbook that the deal follows.';
comment on column reporting.commitment_version.contact is
    'Person who gave it.';
comment on column reporting.commitment_version.due_on is
    'The last day on which the customer keeps it in time; null when none was named.';
comment on column reporting.commitment_version.owner is
    'Salesperson who answered for the deal when it was received.';
comment on column reporting.commitment_version.state is
    'open, kept, broken or withdrawn. Of kept and broken the one said last counts.';
comment on column reporting.commitment_version.entry is
    'Sequence of the entry that gave the state.';
comment on column reporting.commitment_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.commitment_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.commitment(as_of timestamptz, known_at bigint) returns setof served.commitment
language sql stable parallel safe
begin atomic
    select
            version.deal, version.commitment, version.from_at, version.to_at, version.received_at, version.stage,
            version.contact, version.due_on, version.owner, version.state, version.entry, version.known_from,
            version.known_to
      from served.commitment version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(commitment.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(commitment.as_of))
    union all
    select
            version.deal, version.commitment, version.from_at, version.to_at, version.received_at, version.stage,
            version.contact, version.due_on, version.owner, version.state, version.entry, version.known_from,
            version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.commitment version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(commitment.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(commitment.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(commitment.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(commitment.as_of))
    union all
    select
            version.deal, version.commitment, version.from_at, version.to_at, version.received_at, version.stage,
            version.contact, version.due_on, version.owner, version.state, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.commitment version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(commitment.known_at))
       and version.known_to <= coalesce(least((select reporting.known(commitment.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(commitment.known_at))
       and version.to_at > (select reporting.instant(commitment.as_of))
       and version.from_at <= (select reporting.instant(commitment.as_of));
end;
comment on function served.commitment(timestamptz, bigint) is
    'Rows of commitment that hold at as_of, as known at known_at.';

create or replace function served.commitment_last(as_of timestamptz, known_at bigint) returns setof served.commitment
language sql stable parallel safe
begin atomic
    select
            version.deal, version.commitment, version.from_at, version.to_at, version.received_at, version.stage,
            version.contact, version.due_on, version.owner, version.state, version.entry, version.known_from,
            version.known_to
      from served.commitment version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(commitment_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(commitment_last.as_of));
end;
comment on function served.commitment_last(timestamptz, bigint) is
    'Of the rows of commitment that hold at as_of, as known at known_at those that last.';

create or replace function served.commitment_others(as_of timestamptz, known_at bigint) returns setof served.commitment
language sql stable parallel safe
begin atomic
    select
            version.deal, version.commitment, version.from_at, version.to_at, version.received_at, version.stage,
            version.contact, version.due_on, version.owner, version.state, version.entry, version.known_from,
            version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.commitment version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(commitment_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(commitment_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(commitment_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(commitment_others.as_of))
    union all
    select
            version.deal, version.commitment, version.from_at, version.to_at, version.received_at, version.stage,
            version.contact, version.due_on, version.owner, version.state, version.entry, version.known_from,
            version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.commitment version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(commitment_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(commitment_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(commitment_others.known_at))
       and version.to_at > (select reporting.instant(commitment_others.as_of))
       and version.from_at <= (select reporting.instant(commitment_others.as_of));
end;
comment on function served.commitment_others(timestamptz, bigint) is
    'Of the rows of commitment that hold at as_of, as known at known_at all but those that last.';

create or replace function served.commitment_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.commitment
language sql stable parallel safe
begin atomic
    select
            version.deal, version.commitment, version.from_at, version.to_at, version.received_at, version.stage,
            version.contact, version.due_on, version.owner, version.state, version.entry, version.known_from,
            version.known_to
      from served.commitment version
     where version.deal = commitment_of.deal
       and version.known_from <= commitment_of.known_at
       and version.known_to > commitment_of.known_at
       and version.from_at <= commitment_of.as_of
       and version.to_at > commitment_of.as_of;
end;
comment on function served.commitment_of(text, timestamptz, bigint) is
    'Rows of commitment of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.commitment as
select
    version.deal, version.commitment, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.received_at,
    version.stage, version.contact, version.due_on, version.owner, version.state, version.entry,
    exists (select from reporting.dealings_stale stale where stale.deal = version.deal) as stale
  from served.commitment version
 where version.known_to = 9223372036854775807;
comment on view reporting.commitment is
    'Commitments that customers gave, over time: one row while the state of a commitment stays the same, by all that is known now.';
comment on column reporting.commitment.deal is
    'Id of the deal.';
comment on column reporting.commitment.commitment is
    'Sequence of the entry by which it was received.';
comment on column reporting.commitment.from_at is
    'Since when it stood so, inclusive.';
comment on column reporting.commitment.to_at is
    'Until when, exclusive; null while nothing later is known.';
comment on column reporting.commitment.received_at is
    'When the customer gave it.';
comment on column reporting.commitment.stage is
    'Number of the stage that it completes, in the playbook that the deal follows.';
comment on column reporting.commitment.contact is
    'Person who gave it.';
comment on column reporting.commitment.due_on is
    'The last day on which the customer keeps it in time; null when none was named.';
comment on column reporting.commitment.owner is
    'Salesperson who answered for the deal when it was received.';
comment on column reporting.commitment.state is
    'open, kept, broken or withdrawn. Of kept and broken the one said last counts.';
comment on column reporting.commitment.entry is
    'Sequence of the entry that gave the state.';
comment on column reporting.commitment.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.commitment(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, commitment bigint, from_at timestamptz, to_at timestamptz, received_at timestamptz, stage integer,
    contact text, due_on date, owner text, state text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.commitment, version.from_at, nullif(version.to_at, 'infinity') as to_at,
            version.received_at, version.stage, version.contact, version.due_on, version.owner, version.state,
            version.entry
      from served.commitment(commitment.as_of, commitment.known_at) version;
end;
comment on function reporting.commitment(timestamptz, bigint) is
    'Commitments that customers gave, over time: one row while the state of a commitment stays the same at as_of, as known at the sequence known_at.';

create or replace view served.purchase_stage as
select
    deal, from_at, to_at, number, confidence, contact, entry, known_from, known_to
  from {generation}.purchase_stage;
comment on view served.purchase_stage is 'The table of the served generation, as it is.';

create or replace view reporting.purchase_stage_version as
select
    version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.number, version.confidence,
    version.contact, version.entry, version.known_from, version.known_to
  from served.purchase_stage version;
comment on view reporting.purchase_stage_version is
    'Stages of their own purchasing at which customers were seen over time: the latest observation stands, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.purchase_stage_version.deal is
    'Id of the deal.';
comment on column reporting.purchase_stage_version.from_at is
    'When it was observed.';
comment on column reporting.purchase_stage_version.to_at is
    'When the next observation was made; null while there is none.';
comment on column reporting.purchase_stage_version.number is
    'Number of the purchasing stage, 1 to 8 as in the playbook `project`.';
comment on column reporting.purchase_stage_version.confidence is
    'stated by the customer, or inferred by us.';
comment on column reporting.purchase_stage_version.contact is
    'Person who told us.';
comment on column reporting.purchase_stage_version.entry is
    'Sequence of the entry that observed it.';
comment on column reporting.purchase_stage_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.purchase_stage_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.purchase_stage(as_of timestamptz, known_at bigint) returns setof served.purchase_stage
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.number, version.confidence, version.contact,
            version.entry, version.known_from, version.known_to
      from served.purchase_stage version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(purchase_stage.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(purchase_stage.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.number, version.confidence, version.contact,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.purchase_stage version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(purchase_stage.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(purchase_stage.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(purchase_stage.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(purchase_stage.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.number, version.confidence, version.contact,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.purchase_stage version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(purchase_stage.known_at))
       and version.known_to <= coalesce(least((select reporting.known(purchase_stage.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(purchase_stage.known_at))
       and version.to_at > (select reporting.instant(purchase_stage.as_of))
       and version.from_at <= (select reporting.instant(purchase_stage.as_of));
end;
comment on function served.purchase_stage(timestamptz, bigint) is
    'Rows of purchase_stage that hold at as_of, as known at known_at.';

create or replace function served.purchase_stage_last(as_of timestamptz, known_at bigint) returns setof served.purchase_stage
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.number, version.confidence, version.contact,
            version.entry, version.known_from, version.known_to
      from served.purchase_stage version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(purchase_stage_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(purchase_stage_last.as_of));
end;
comment on function served.purchase_stage_last(timestamptz, bigint) is
    'Of the rows of purchase_stage that hold at as_of, as known at known_at those that last.';

create or replace function served.purchase_stage_others(as_of timestamptz, known_at bigint) returns setof served.purchase_stage
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.number, version.confidence, version.contact,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.purchase_stage version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(purchase_stage_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(purchase_stage_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(purchase_stage_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(purchase_stage_others.as_of))
    union all
    select
            version.deal, version.from_at, version.to_at, version.number, version.confidence, version.contact,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.purchase_stage version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(purchase_stage_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(purchase_stage_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(purchase_stage_others.known_at))
       and version.to_at > (select reporting.instant(purchase_stage_others.as_of))
       and version.from_at <= (select reporting.instant(purchase_stage_others.as_of));
end;
comment on function served.purchase_stage_others(timestamptz, bigint) is
    'Of the rows of purchase_stage that hold at as_of, as known at known_at all but those that last.';

create or replace function served.purchase_stage_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.purchase_stage
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, version.to_at, version.number, version.confidence, version.contact,
            version.entry, version.known_from, version.known_to
      from served.purchase_stage version
     where version.deal = purchase_stage_of.deal
       and version.known_from <= purchase_stage_of.known_at
       and version.known_to > purchase_stage_of.known_at
       and version.from_at <= purchase_stage_of.as_of
       and version.to_at > purchase_stage_of.as_of;
end;
comment on function served.purchase_stage_of(text, timestamptz, bigint) is
    'Rows of purchase_stage of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.purchase_stage as
select
    version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.number, version.confidence,
    version.contact, version.entry,
    exists (select from reporting.dealings_stale stale where stale.deal = version.deal) as stale
  from served.purchase_stage version
 where version.known_to = 9223372036854775807;
comment on view reporting.purchase_stage is
    'Stages of their own purchasing at which customers were seen over time: the latest observation stands, by all that is known now.';
comment on column reporting.purchase_stage.deal is
    'Id of the deal.';
comment on column reporting.purchase_stage.from_at is
    'When it was observed.';
comment on column reporting.purchase_stage.to_at is
    'When the next observation was made; null while there is none.';
comment on column reporting.purchase_stage.number is
    'Number of the purchasing stage, 1 to 8 as in the playbook `project`.';
comment on column reporting.purchase_stage.confidence is
    'stated by the customer, or inferred by us.';
comment on column reporting.purchase_stage.contact is
    'Person who told us.';
comment on column reporting.purchase_stage.entry is
    'Sequence of the entry that observed it.';
comment on column reporting.purchase_stage.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.purchase_stage(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, from_at timestamptz, to_at timestamptz, number integer, confidence text, contact text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.number,
            version.confidence, version.contact, version.entry
      from served.purchase_stage(purchase_stage.as_of, purchase_stage.known_at) version;
end;
comment on function reporting.purchase_stage(timestamptz, bigint) is
    'Stages of their own purchasing at which customers were seen over time: the latest observation stands at as_of, as known at the sequence known_at.';

create or replace view served.need as
select
    deal, need, from_at, to_at, kind, budget, currency, needed_by, motive, priority, follow_on, contact, project_size,
    entry, known_from, known_to
  from {generation}.need;
comment on view served.need is 'The table of the served generation, as it is.';

create or replace view reporting.need_version as
select
    version.deal, version.need, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
    version.budget, version.currency, version.needed_by, version.motive, version.priority, version.follow_on,
    version.contact, version.project_size, version.entry, version.known_from, version.known_to
  from served.need version;
comment on view reporting.need_version is
    'Needs of customers over time: the latest record of each need stands, whole, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.need_version.deal is
    'Id of the deal.';
comment on column reporting.need_version.need is
    'Name of the need, unique within the deal.';
comment on column reporting.need_version.from_at is
    'When it was recorded so.';
comment on column reporting.need_version.to_at is
    'When it was recorded anew; null while it was not.';
comment on column reporting.need_version.kind is
    'explicit: said by the customer; hidden: found out by us.';
comment on column reporting.need_version.budget is
    'Amount that the customer may spend.';
comment on column reporting.need_version.currency is
    'ISO 4217 currency of the budget.';
comment on column reporting.need_version.needed_by is
    'The day by which the customer needs the solution.';
comment on column reporting.need_version.motive is
    'Owner of the need: the organisation or a person.';
comment on column reporting.need_version.priority is
    'Importance of the project to the customer.';
comment on column reporting.need_version.follow_on is
    'Whether the need goes beyond this deal and is a reason for the next one.';
comment on column reporting.need_version.contact is
    'Person who told us.';
comment on column reporting.need_version.project_size is
    'Size of the customer''s project, in its own measure.';
comment on column reporting.need_version.entry is
    'Sequence of the entry that recorded it so.';
comment on column reporting.need_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.need_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.need(as_of timestamptz, known_at bigint) returns setof served.need
language sql stable parallel safe
begin atomic
    select
            version.deal, version.need, version.from_at, version.to_at, version.kind, version.budget, version.currency,
            version.needed_by, version.motive, version.priority, version.follow_on, version.contact,
            version.project_size, version.entry, version.known_from, version.known_to
      from served.need version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(need.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(need.as_of))
    union all
    select
            version.deal, version.need, version.from_at, version.to_at, version.kind, version.budget, version.currency,
            version.needed_by, version.motive, version.priority, version.follow_on, version.contact,
            version.project_size, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.need version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(need.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(need.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(need.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(need.as_of))
    union all
    select
            version.deal, version.need, version.from_at, version.to_at, version.kind, version.budget, version.currency,
            version.needed_by, version.motive, version.priority, version.follow_on, version.contact,
            version.project_size, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.need version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(need.known_at))
       and version.known_to <= coalesce(least((select reporting.known(need.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(need.known_at))
       and version.to_at > (select reporting.instant(need.as_of))
       and version.from_at <= (select reporting.instant(need.as_of));
end;
comment on function served.need(timestamptz, bigint) is
    'Rows of need that hold at as_of, as known at known_at.';

create or replace function served.need_last(as_of timestamptz, known_at bigint) returns setof served.need
language sql stable parallel safe
begin atomic
    select
            version.deal, version.need, version.from_at, version.to_at, version.kind, version.budget, version.currency,
            version.needed_by, version.motive, version.priority, version.follow_on, version.contact,
            version.project_size, version.entry, version.known_from, version.known_to
      from served.need version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(need_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(need_last.as_of));
end;
comment on function served.need_last(timestamptz, bigint) is
    'Of the rows of need that hold at as_of, as known at known_at those that last.';

create or replace function served.need_others(as_of timestamptz, known_at bigint) returns setof served.need
language sql stable parallel safe
begin atomic
    select
            version.deal, version.need, version.from_at, version.to_at, version.kind, version.budget, version.currency,
            version.needed_by, version.motive, version.priority, version.follow_on, version.contact,
            version.project_size, version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.need version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(need_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(need_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(need_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(need_others.as_of))
    union all
    select
            version.deal, version.need, version.from_at, version.to_at, version.kind, version.budget, version.currency,
            version.needed_by, version.motive, version.priority, version.follow_on, version.contact,
            version.project_size, version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.need version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(need_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(need_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(need_others.known_at))
       and version.to_at > (select reporting.instant(need_others.as_of))
       and version.from_at <= (select reporting.instant(need_others.as_of));
end;
comment on function served.need_others(timestamptz, bigint) is
    'Of the rows of need that hold at as_of, as known at known_at all but those that last.';

create or replace function served.need_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.need
language sql stable parallel safe
begin atomic
    select
            version.deal, version.need, version.from_at, version.to_at, version.kind, version.budget, version.currency,
            version.needed_by, version.motive, version.priority, version.follow_on, version.contact,
            version.project_size, version.entry, version.known_from, version.known_to
      from served.need version
     where version.deal = need_of.deal
       and version.known_from <= need_of.known_at
       and version.known_to > need_of.known_at
       and version.from_at <= need_of.as_of
       and version.to_at > need_of.as_of;
end;
comment on function served.need_of(text, timestamptz, bigint) is
    'Rows of need of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.need as
select
    version.deal, version.need, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
    version.budget, version.currency, version.needed_by, version.motive, version.priority, version.follow_on,
    version.contact, version.project_size, version.entry,
    exists (select from reporting.dealings_stale stale where stale.deal = version.deal) as stale
  from served.need version
 where version.known_to = 9223372036854775807;
comment on view reporting.need is
    'Needs of customers over time: the latest record of each need stands, whole, by all that is known now.';
comment on column reporting.need.deal is
    'Id of the deal.';
comment on column reporting.need.need is
    'Name of the need, unique within the deal.';
comment on column reporting.need.from_at is
    'When it was recorded so.';
comment on column reporting.need.to_at is
    'When it was recorded anew; null while it was not.';
comment on column reporting.need.kind is
    'explicit: said by the customer; hidden: found out by us.';
comment on column reporting.need.budget is
    'Amount that the customer may spend.';
comment on column reporting.need.currency is
    'ISO 4217 currency of the budget.';
comment on column reporting.need.needed_by is
    'The day by which the customer needs the solution.';
comment on column reporting.need.motive is
    'Owner of the need: the organisation or a person.';
comment on column reporting.need.priority is
    'Importance of the project to the customer.';
comment on column reporting.need.follow_on is
    'Whether the need goes beyond this deal and is a reason for the next one.';
comment on column reporting.need.contact is
    'Person who told us.';
comment on column reporting.need.project_size is
    'Size of the customer''s project, in its own measure.';
comment on column reporting.need.entry is
    'Sequence of the entry that recorded it so.';
comment on column reporting.need.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.need(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, need text, from_at timestamptz, to_at timestamptz, kind text, budget numeric, currency text,
    needed_by date, motive text, priority text, follow_on boolean, contact text, project_size text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.need, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.kind,
            version.budget, version.currency, version.needed_by, version.motive, version.priority, version.follow_on,
            version.contact, version.project_size, version.entry
      from served.need(need.as_of, need.known_at) version;
end;
comment on function reporting.need(timestamptz, bigint) is
    'Needs of customers over time: the latest record of each need stands, whole at as_of, as known at the sequence known_at.';

create or replace view served.deal_contact as
select
    deal, contact, from_at, to_at, roles, job_title, department, reports_to, preferred_channel, style, birthday, entry,
    known_from, known_to
  from {generation}.deal_contact;
comment on view served.deal_contact is 'The table of the served generation, as it is.';

create or replace view reporting.deal_contact_version as
select
    version.deal, version.contact, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.roles,
    version.job_title, version.department, version.reports_to, version.preferred_channel, version.style,
    version.birthday, version.entry, version.known_from, version.known_to
  from served.deal_contact version;
comment on view reporting.deal_contact_version is
    'People recorded on deals without an account over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.deal_contact_version.deal is
    'Id of the deal.';
comment on column reporting.deal_contact_version.contact is
    'Id of the person.';
comment on column reporting.deal_contact_version.from_at is
    'When it was recorded so.';
comment on column reporting.deal_contact_version.to_at is
    'When it was recorded anew; null while it was not.';
comment on column reporting.deal_contact_version.roles is
    'Parts that the person plays in the purchase: handler, decision_maker, influencer, user.';
comment on column reporting.deal_contact_version.job_title is
    'Position of the person.';
comment on column reporting.deal_contact_version.department is
    'The customer''s department in which the person works.';
comment on column reporting.deal_contact_version.reports_to is
    'Id of the person''s superior, also a contact.';
comment on column reporting.deal_contact_version.preferred_channel is
    'Way by which the person likes to be reached.';
comment on column reporting.deal_contact_version.style is
    'Manner in which the person likes to be dealt with.';
comment on column reporting.deal_contact_version.birthday is
    'Day of birth.';
comment on column reporting.deal_contact_version.entry is
    'Sequence of the entry that recorded it so.';
comment on column reporting.deal_contact_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.deal_contact_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.deal_contact(as_of timestamptz, known_at bigint) returns setof served.deal_contact
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.entry, version.known_from, version.known_to
      from served.deal_contact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_contact.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(deal_contact.as_of))
    union all
    select
            version.deal, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.deal_contact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_contact.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(deal_contact.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(deal_contact.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(deal_contact.as_of))
    union all
    select
            version.deal, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.deal_contact version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(deal_contact.known_at))
       and version.known_to <= coalesce(least((select reporting.known(deal_contact.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(deal_contact.known_at))
       and version.to_at > (select reporting.instant(deal_contact.as_of))
       and version.from_at <= (select reporting.instant(deal_contact.as_of));
end;
comment on function served.deal_contact(timestamptz, bigint) is
    'Rows of deal_contact that hold at as_of, as known at known_at.';

create or replace function served.deal_contact_last(as_of timestamptz, known_at bigint) returns setof served.deal_contact
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.entry, version.known_from, version.known_to
      from served.deal_contact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_contact_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(deal_contact_last.as_of));
end;
comment on function served.deal_contact_last(timestamptz, bigint) is
    'Of the rows of deal_contact that hold at as_of, as known at known_at those that last.';

create or replace function served.deal_contact_others(as_of timestamptz, known_at bigint) returns setof served.deal_contact
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.entry, version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.deal_contact version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_contact_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(deal_contact_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(deal_contact_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(deal_contact_others.as_of))
    union all
    select
            version.deal, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.entry, version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.deal_contact version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(deal_contact_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(deal_contact_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(deal_contact_others.known_at))
       and version.to_at > (select reporting.instant(deal_contact_others.as_of))
       and version.from_at <= (select reporting.instant(deal_contact_others.as_of));
end;
comment on function served.deal_contact_others(timestamptz, bigint) is
    'Of the rows of deal_contact that hold at as_of, as known at known_at all but those that last.';

create or replace function served.deal_contact_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.deal_contact
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.from_at, version.to_at, version.roles, version.job_title,
            version.department, version.reports_to, version.preferred_channel, version.style, version.birthday,
            version.entry, version.known_from, version.known_to
      from served.deal_contact version
     where version.deal = deal_contact_of.deal
       and version.known_from <= deal_contact_of.known_at
       and version.known_to > deal_contact_of.known_at
       and version.from_at <= deal_contact_of.as_of
       and version.to_at > deal_contact_of.as_of;
end;
comment on function served.deal_contact_of(text, timestamptz, bigint) is
    'Rows of deal_contact of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.deal_contact as
select
    version.deal, version.contact, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.roles,
    version.job_title, version.department, version.reports_to, version.preferred_channel, version.style,
    version.birthday, version.entry,
    exists (select from reporting.dealings_stale stale where stale.deal = version.deal) as stale
  from served.deal_contact version
 where version.known_to = 9223372036854775807;
comment on view reporting.deal_contact is
    'People recorded on deals without an account over time, by all that is known now.';
comment on column reporting.deal_contact.deal is
    'Id of the deal.';
comment on column reporting.deal_contact.contact is
    'Id of the person.';
comment on column reporting.deal_contact.from_at is
    'When it was recorded so.';
comment on column reporting.deal_contact.to_at is
    'When it was recorded anew; null while it was not.';
comment on column reporting.deal_contact.roles is
    'Parts that the person plays in the purchase: handler, decision_maker, influencer, user.';
comment on column reporting.deal_contact.job_title is
    'Position of the person.';
comment on column reporting.deal_contact.department is
    'The customer''s department in which the person works.';
comment on column reporting.deal_contact.reports_to is
    'Id of the person''s superior, also a contact.';
comment on column reporting.deal_contact.preferred_channel is
    'Way by which the person likes to be reached.';
comment on column reporting.deal_contact.style is
    'Manner in which the person likes to be dealt with.';
comment on column reporting.deal_contact.birthday is
    'Day of birth.';
comment on column reporting.deal_contact.entry is
    'Sequence of the entry that recorded it so.';
comment on column reporting.deal_contact.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.deal_contact(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, contact text, from_at timestamptz, to_at timestamptz, roles text[], job_title text, department text,
    reports_to text, preferred_channel text, style text, birthday date, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.from_at, nullif(version.to_at, 'infinity') as to_at, version.roles,
            version.job_title, version.department, version.reports_to, version.preferred_channel, version.style,
            version.birthday, version.entry
      from served.deal_contact(deal_contact.as_of, deal_contact.known_at) version;
end;
comment on function reporting.deal_contact(timestamptz, bigint) is
    'People recorded on deals without an account at as_of, as known at the sequence known_at.';

create or replace view served.deal_relationship as
select
    deal, contact, level, content, from_at, to_at, reached, decision, influence, motivation, stance, entry, known_from,
    known_to
  from {generation}.deal_relationship;
comment on view served.deal_relationship is 'The table of the served generation, as it is.';

create or replace view reporting.deal_relationship_version as
select
    version.deal, version.contact, version.level, version.content, version.from_at,
    nullif(version.to_at, 'infinity') as to_at, version.reached, version.decision, version.influence,
    version.motivation, version.stance, version.entry, version.known_from, version.known_to
  from served.deal_relationship version;
comment on view reporting.deal_relationship_version is
    'Relationships with people, judged on deals without an account, over time, in every state of knowledge: at as_of where from_at <= as_of and (to_at is null or as_of < to_at), as known at known_at where known_from <= known_at < known_to.';
comment on column reporting.deal_relationship_version.deal is
    'Id of the deal.';
comment on column reporting.deal_relationship_version.contact is
    'Id of the person.';
comment on column reporting.deal_relationship_version.level is
    'Depth of the relationship: enterprise_need, personal_need or personal_bond.';
comment on column reporting.deal_relationship_version.content is
    'Content of the relationship: product or company.';
comment on column reporting.deal_relationship_version.from_at is
    'When it was judged so.';
comment on column reporting.deal_relationship_version.to_at is
    'When it was judged anew; null while it was not.';
comment on column reporting.deal_relationship_version.reached is
    'True: the cell is reached.';
comment on column reporting.deal_relationship_version.decision is
    'The person''s weight in the decision, 0 to 3.';
comment on column reporting.deal_relationship_version.influence is
    'The person''s weight with others, 0 to 3.';
comment on column reporting.deal_relationship_version.motivation is
    'Motive of the person: organisational, personal or both.';
comment on column reporting.deal_relationship_version.stance is
    'Attitude of the person to us: supporter, neutral or opponent.';
comment on column reporting.deal_relationship_version.entry is
    'Sequence of the entry that judged it so.';
comment on column reporting.deal_relationship_version.known_from is
    'Sequence of the entry whose arrival made this version.';
comment on column reporting.deal_relationship_version.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create or replace function served.deal_relationship(as_of timestamptz, known_at bigint) returns setof served.deal_relationship
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.entry,
            version.known_from, version.known_to
      from served.deal_relationship version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_relationship.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(deal_relationship.as_of))
    union all
    select
            version.deal, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.entry,
            version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.deal_relationship version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_relationship.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(deal_relationship.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(deal_relationship.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(deal_relationship.as_of))
    union all
    select
            version.deal, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.entry,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.deal_relationship version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(deal_relationship.known_at))
       and version.known_to <= coalesce(least((select reporting.known(deal_relationship.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(deal_relationship.known_at))
       and version.to_at > (select reporting.instant(deal_relationship.as_of))
       and version.from_at <= (select reporting.instant(deal_relationship.as_of));
end;
comment on function served.deal_relationship(timestamptz, bigint) is
    'Rows of deal_relationship that hold at as_of, as known at known_at.';

create or replace function served.deal_relationship_last(as_of timestamptz, known_at bigint) returns setof served.deal_relationship
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.entry,
            version.known_from, version.known_to
      from served.deal_relationship version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_relationship_last.known_at))
       and version.to_at = 'infinity'
       and version.from_at <= (select reporting.instant(deal_relationship_last.as_of));
end;
comment on function served.deal_relationship_last(timestamptz, bigint) is
    'Of the rows of deal_relationship that hold at as_of, as known at known_at those that last.';

create or replace function served.deal_relationship_others(as_of timestamptz, known_at bigint) returns setof served.deal_relationship
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.entry,
            version.known_from, version.known_to
      from (values (0, interval '24 hours'), (1, interval '96 hours'), (2, interval '384 hours'), (3, interval '1536 hours'), (4, interval '6144 hours'), (5, interval '24576 hours'), (6, null))
           as class (number, longest)
     cross join served.deal_relationship version
     where version.known_to = 9223372036854775807
       and version.known_from <= (select reporting.known(deal_relationship_others.known_at))
       and version.to_at < 'infinity'
       and width_bucket(least(version.to_at, timestamptz '9999-12-31 00:00:00+00') - version.from_at, '{24 hours,96 hours,384 hours,1536 hours,6144 hours,24576 hours}'::interval[]) = class.number
       and version.to_at > (select reporting.instant(deal_relationship_others.as_of))
       and version.to_at <= coalesce(least((select reporting.instant(deal_relationship_others.as_of)), timestamptz '9999-12-31 00:00:00+00') + class.longest, 'infinity')
       and version.from_at <= (select reporting.instant(deal_relationship_others.as_of))
    union all
    select
            version.deal, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.entry,
            version.known_from, version.known_to
      from (values (0, 64), (1, 1024), (2, 16384), (3, 262144), (4, 4194304), (5, 67108864), (6, 1073741824), (7, null))
           as class (number, longest)
     cross join served.deal_relationship version
     where version.known_to < 9223372036854775807
       and width_bucket(version.known_to - version.known_from, '{64,1024,16384,262144,4194304,67108864,1073741824}'::bigint[]) = class.number
       and version.known_to > (select reporting.known(deal_relationship_others.known_at))
       and version.known_to <= coalesce(least((select reporting.known(deal_relationship_others.known_at)), 4611686018427387903) + class.longest, 9223372036854775807)
       and version.known_from <= (select reporting.known(deal_relationship_others.known_at))
       and version.to_at > (select reporting.instant(deal_relationship_others.as_of))
       and version.from_at <= (select reporting.instant(deal_relationship_others.as_of));
end;
comment on function served.deal_relationship_others(timestamptz, bigint) is
    'Of the rows of deal_relationship that hold at as_of, as known at known_at all but those that last.';

create or replace function served.deal_relationship_of(deal text, as_of timestamptz, known_at bigint)
returns setof served.deal_relationship
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.level, version.content, version.from_at, version.to_at,
            version.reached, version.decision, version.influence, version.motivation, version.stance, version.entry,
            version.known_from, version.known_to
      from served.deal_relationship version
     where version.deal = deal_relationship_of.deal
       and version.known_from <= deal_relationship_of.known_at
       and version.known_to > deal_relationship_of.known_at
       and version.from_at <= deal_relationship_of.as_of
       and version.to_at > deal_relationship_of.as_of;
end;
comment on function served.deal_relationship_of(text, timestamptz, bigint) is
    'Rows of deal_relationship of one deal that hold at as_of, as known at known_at; both are given.';

create or replace view reporting.deal_relationship as
select
    version.deal, version.contact, version.level, version.content, version.from_at,
    nullif(version.to_at, 'infinity') as to_at, version.reached, version.decision, version.influence,
    version.motivation, version.stance, version.entry,
    exists (select from reporting.dealings_stale stale where stale.deal = version.deal) as stale
  from served.deal_relationship version
 where version.known_to = 9223372036854775807;
comment on view reporting.deal_relationship is
    'Relationships with people, judged on deals without an account, over time, by all that is known now.';
comment on column reporting.deal_relationship.deal is
    'Id of the deal.';
comment on column reporting.deal_relationship.contact is
    'Id of the person.';
comment on column reporting.deal_relationship.level is
    'Depth of the relationship: enterprise_need, personal_need or personal_bond.';
comment on column reporting.deal_relationship.content is
    'Content of the relationship: product or company.';
comment on column reporting.deal_relationship.from_at is
    'When it was judged so.';
comment on column reporting.deal_relationship.to_at is
    'When it was judged anew; null while it was not.';
comment on column reporting.deal_relationship.reached is
    'True: the cell is reached.';
comment on column reporting.deal_relationship.decision is
    'The person''s weight in the decision, 0 to 3.';
comment on column reporting.deal_relationship.influence is
    'The person''s weight with others, 0 to 3.';
comment on column reporting.deal_relationship.motivation is
    'Motive of the person: organisational, personal or both.';
comment on column reporting.deal_relationship.stance is
    'Attitude of the person to us: supporter, neutral or opponent.';
comment on column reporting.deal_relationship.entry is
    'Sequence of the entry that judged it so.';
comment on column reporting.deal_relationship.stale is
    'Whether the deal''s later entries could not be folded.';

create or replace function reporting.deal_relationship(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, contact text, level text, content text, from_at timestamptz, to_at timestamptz, reached boolean,
    decision bigint, influence bigint, motivation text, stance text, entry bigint
)
language sql stable parallel safe
begin atomic
    select
            version.deal, version.contact, version.level, version.content, version.from_at,
            nullif(version.to_at, 'infinity') as to_at, version.reached, version.decision, version.influence,
            version.motivation, version.stance, version.entry
      from served.deal_relationship(deal_relationship.as_of, deal_relationship.known_at) version;
end;
comment on function reporting.deal_relationship(timestamptz, bigint) is
    'Relationships with people, judged on deals without an account, at as_of, as known at the sequence known_at.';
