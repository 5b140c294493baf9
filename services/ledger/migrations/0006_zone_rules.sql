-- Where days are cut. PostgreSQL and the services have time zone databases of their own, which differ whenever one of
-- them was updated: so the ledger keeps the rules of its zone, and both sides read those.

create table ledger.zone_rule (
    zone text,
    from_at timestamptz,
    seconds_east integer not null check (abs(seconds_east) < 86400),
    primary key (zone, from_at)
);
comment on table ledger.zone_rule is
    'Rules of the ledger''s time zone, from the package tzdata: written by daybook init, also when the package says '
    'something else later.';
comment on column ledger.zone_rule.zone is 'The zone (IANA name).';
comment on column ledger.zone_rule.from_at is 'Since when the rule holds, inclusive, until the next one''s.';
comment on column ledger.zone_rule.seconds_east is 'What is added to UTC for the time of day in the zone, in seconds.';
