-- Which types of events the recorder knows, so that intake takes no event that would be unreadable to it.

create table ledger.event_type (
    type text primary key,
    announced_at timestamptz not null default now()
);
comment on table ledger.event_type is
    'Types of events that intake may take: each recorder announces those that it knows before it records, and one that '
    'lacks any of them does not record. Inserted once, never removed.';
comment on column ledger.event_type.type is 'CloudEvents type, for example daybook.call_made.v1.';
comment on column ledger.event_type.announced_at is 'When a recorder, or daybook init while none recorded, announced it.';
create trigger event_types_are_immutable before update or delete or truncate on ledger.event_type
    for each statement execute function ledger.refuse_change();
