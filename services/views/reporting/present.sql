-- The present by view: no function, so that every tool can read it. And functions of older versions, made of reports.

create or replace view reporting.deal as
select position.deal, position.playbook, position.version, position.stage, position.phase, position.status,
       position.probability, position.amount, position.currency, position.owner, position.account, position.since,
       position.entry,
       exists (select from reporting.stage_position_stale stale where stale.deal = position.deal) as stale
  from served.stage_position position
 where position.known_to = 9223372036854775807
   and position.to_at = 'infinity';
comment on view reporting.deal is 'Where every deal stands, whatever its status, by all that is known now.';
comment on column reporting.deal.deal is 'Id of the deal.';
comment on column reporting.deal.playbook is 'Key of the playbook that it follows.';
comment on column reporting.deal.version is 'Version of the playbook; null while none is published.';
comment on column reporting.deal.stage is 'Number of the last stage reached, from 1; null before the first.';
comment on column reporting.deal.phase is 'entered or completed; null when stage is.';
comment on column reporting.deal.status is 'open, on_hold, won, lost or abandoned.';
comment on column reporting.deal.probability is 'Win probability, 0 to 1.';
comment on column reporting.deal.amount is 'Expected value, and once won the final one; null when unknown.';
comment on column reporting.deal.currency is 'ISO 4217 currency of the amount.';
comment on column reporting.deal.owner is 'The salesperson who answers for it.';
comment on column reporting.deal.account is 'Id of the customer''s account.';
comment on column reporting.deal.since is 'When it came to this stage and phase.';
comment on column reporting.deal.entry is 'Sequence of the entry since which it stands so.';
comment on column reporting.deal.stale is 'Whether its later entries could not be folded.';

create or replace view reporting.receivables_open as
select item.account, item.invoice, item.deal, item.currency, item.amount, item.open_amount, item.due_on,
       item.disputed, item.from_at as since, item.entry,
       exists (select from reporting.receivables_stale stale where stale.account = item.account) as stale,
       nullif(item.series, '') as series
  from served.receivables_item item
 where item.known_to = 9223372036854775807
   and item.to_at = 'infinity';
comment on view reporting.receivables_open is 'Invoices that are open, by all that is known now.';
comment on column reporting.receivables_open.account is 'Id of the account that owes.';
comment on column reporting.receivables_open.invoice is 'Invoice number, unique per account and series.';
comment on column reporting.receivables_open.deal is 'Id of the deal that the invoice names, or null.';
comment on column reporting.receivables_open.currency is 'ISO 4217 currency of the amounts.';
comment on column reporting.receivables_open.amount is 'What was invoiced.';
comment on column reporting.receivables_open.open_amount is 'What is still owed.';
comment on column reporting.receivables_open.due_on is 'The last day on which payment is in time.';
comment on column reporting.receivables_open.disputed is 'Whether the customer contests it.';
comment on column reporting.receivables_open.since is 'Since when it stands so.';
comment on column reporting.receivables_open.entry is 'Sequence of the entry since which it stands so.';
comment on column reporting.receivables_open.stale is 'Whether the account''s later entries could not be folded.';
comment on column reporting.receivables_open.series is 'Series of the number, or null.';

create or replace view reporting.receivables_unapplied as
select part.account, part.document, part.kind, part.currency, part.amount, part.from_at as since, part.entry,
       exists (select from reporting.receivables_stale stale where stale.account = part.account) as stale,
       nullif(part.series, '') as series
  from served.receivables_unapplied part
 where part.known_to = 9223372036854775807
   and part.to_at = 'infinity';
comment on view reporting.receivables_unapplied is
    'Payments and credit notes, as far as they pay no invoice, by all that is known now.';
comment on column reporting.receivables_unapplied.account is 'Id of the account it is booked on.';
comment on column reporting.receivables_unapplied.document is 'Number of the payment or credit note.';
comment on column reporting.receivables_unapplied.kind is 'cash: a payment; credit: a credit note.';
comment on column reporting.receivables_unapplied.currency is 'ISO 4217 currency of the amount.';
comment on column reporting.receivables_unapplied.amount is 'What is not applied.';
comment on column reporting.receivables_unapplied.since is 'Since when it stands so.';
comment on column reporting.receivables_unapplied.entry is 'Sequence of the entry since which it stands so.';
comment on column reporting.receivables_unapplied.stale is 'Whether the account''s later entries could not be folded.';
comment on column reporting.receivables_unapplied.series is 'Series of the number, or null.';

create or replace view reporting.receivables_balance as
select movement.account, movement.currency, sum(movement.amount) as balance,
       exists (select from reporting.receivables_stale stale where stale.account = movement.account) as stale
  from served.receivables_movement movement
 where movement.known_to = 9223372036854775807
 group by movement.account, movement.currency;
comment on view reporting.receivables_balance is
    'Ledger balance of each account and currency, by all that is known now: what it owes, less what it has unapplied.';
comment on column reporting.receivables_balance.account is 'Id of the account.';
comment on column reporting.receivables_balance.currency is 'ISO 4217 currency of the balance.';
comment on column reporting.receivables_balance.balance is 'Sum of the movements; below zero we owe the account.';
comment on column reporting.receivables_balance.stale is 'Whether the account''s later entries could not be folded.';

create or replace function reporting.stage_position_changed(
    as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    deal text, from_at timestamptz, to_at timestamptz, playbook text, version integer, stage integer, phase text,
    status text, probability numeric, amount numeric, currency text, owner text, account text, since timestamptz,
    entry bigint
)
language sql stable parallel safe
begin atomic
    select position.deal, position.from_at, nullif(position.to_at, 'infinity'), position.playbook, position.version,
           position.stage, position.phase, position.status, position.probability, position.amount, position.currency,
           position.owner, position.account, position.since, position.entry
      from served.stage_position(stage_position_changed.as_of, stage_position_changed.known_at) position
     where position.known_to < 9223372036854775807 or position.to_at < 'infinity';
end;
comment on function reporting.stage_position_changed(timestamptz, bigint) is
    'A part of stage_position(as_of, known_at), for other reports to be made of: what no longer is so, because the deal stood elsewhere later or something else is known since.';

create or replace function reporting.funnel_and_outcome(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (
    stage integer, open bigint, entered bigint, completed bigint, amounts jsonb, key text, name_zh text, name_en text,
    all_open bigint, won bigint, lost bigint, abandoned bigint, won_amounts jsonb, win_rate numeric
)
language sql stable parallel safe
begin atomic
    select found.stage, found.open, found.entered, found.completed, found.amounts, found.key, found.name_zh,
           found.name_en, totals.open, totals.won, totals.lost, totals.abandoned, totals.won_amounts, totals.win_rate
      from reporting.funnel(funnel_and_outcome.playbook, funnel_and_outcome.as_of, funnel_and_outcome.known_at) found
     cross join reporting.funnel_totals(
               funnel_and_outcome.playbook, funnel_and_outcome.as_of, funnel_and_outcome.known_at) totals
     order by found.stage nulls first;
end;
comment on function reporting.funnel_and_outcome(text, timestamptz, bigint) is
    'What funnel and funnel_outcome say, in one reading: the stages of the funnel, and in each row the outcome of the whole playbook; all_open is the outcome''s open.';

create or replace function reporting.funnel_outcome(
    playbook text, as_of timestamptz default now(), known_at bigint default reporting.sequence()
)
returns table (open bigint, won bigint, lost bigint, abandoned bigint, won_amounts jsonb, win_rate numeric)
language sql stable parallel safe
begin atomic
    select totals.open, totals.won, totals.lost, totals.abandoned, totals.won_amounts, totals.win_rate
      from reporting.funnel_totals(funnel_outcome.playbook, funnel_outcome.as_of, funnel_outcome.known_at) totals;
end;
comment on function reporting.funnel_outcome(text, timestamptz, bigint) is
    'The deals of a playbook by status at as_of, as known at the sequence known_at; one row. won_amounts: value of the won ones by currency. win_rate: won / (won + lost), null before any.';
