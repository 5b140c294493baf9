-- The table of the view stage_position, made in the schema of a generation (the search path says which).
-- Every row is a version: known from the entry that made it until the entry that unmade it.

create table stage_position (
    deal text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    playbook text not null,
    version integer,
    stage integer,
    phase text,
    status text not null,
    probability numeric not null,
    amount numeric,
    currency text,
    owner text,
    account text,
    since timestamptz not null,
    entry bigint not null,
    known_from bigint not null,
    known_to bigint not null default 9223372036854775807
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
comment on table stage_position is
    'Where every deal stood over time: one row per interval in which nothing shown here changed. A deal without deal_opened has no row.';
comment on column stage_position.deal is 'Id of the deal.';
comment on column stage_position.from_at is 'Since when it stood so, inclusive.';
comment on column stage_position.to_at is 'Until when it stood so, exclusive; infinity while nothing later is known.';
comment on column stage_position.playbook is 'Key of the playbook that the deal follows.';
comment on column stage_position.version is
    'Version of the playbook; null while none is published and the deal names none.';
comment on column stage_position.stage is
    'Number of the last stage reached, from 1; null before the first, and while the playbook is not published.';
comment on column stage_position.phase is
    'entered: all milestones of the stage are done. completed: its criteria are met too, and the customer has committed to move on. Null when stage is.';
comment on column stage_position.status is 'open, on_hold, won, lost or abandoned; independent of the stage.';
comment on column stage_position.probability is
    'Win probability of the last completed stage, 0 before the first completion; 1 when won, 0 when lost or abandoned.';
comment on column stage_position.amount is 'Expected value, and once won the final one; null when unknown.';
comment on column stage_position.currency is 'ISO 4217 currency of the amount.';
comment on column stage_position.owner is 'The salesperson who answers for the deal.';
comment on column stage_position.account is 'Id of the customer''s account.';
comment on column stage_position.since is
    'When the deal came to this stage and phase; may lie before from_at, as other things change too.';
comment on column stage_position.entry is 'Sequence of the entry that began the interval.';
comment on column stage_position.known_from is 'Sequence of the entry whose arrival made this version.';
comment on column stage_position.known_to is
    'Sequence of the entry whose arrival unmade it; 9223372036854775807 while it stands.';

create unique index stage_position_key on stage_position (deal, from_at)
    where known_to = 9223372036854775807;
create index stage_position_deal on stage_position (deal);
