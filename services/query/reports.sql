-- name: pipeline
-- Deals that are open or on hold.
select deal, playbook, version, stage, phase, status, probability, amount, currency, owner, account, since, stale
  from reporting.pipeline($1, $2)
 order by deal collate "C";

-- name: ageing
-- Ten lines for every currency.
select currency, line, items, amount from reporting.ageing($1, $2);

-- name: receivables_open
-- Open invoices.
select account, invoice, deal, currency, amount, open_amount, due_on, days_past_due, bucket, disputed, since, entry,
       stale, series
  from reporting.receivables_open($1, $2)
 order by account collate "C", invoice collate "C", entry;

-- name: deal
-- One deal, whatever its status.
select position.deal, position.playbook, position.version, position.stage, position.phase, position.status,
       position.probability, position.amount, position.currency, position.owner, position.account, position.since,
       exists (select from reporting.stage_position_stale stale
                where stale.deal = position.deal and stale.sequence <= $3) as stale
  from reporting.stage_position($2, $3) position
 where position.deal = $1;

-- name: funnel
-- The stages of a playbook, the first row without one; in each row how the deals of the playbook ended.
select stage, open, entered, completed, amounts::text as amounts, all_open, won, lost, abandoned,
       all_open + won + lost + abandoned as deals, won_amounts::text as won_amounts, win_rate
  from reporting.funnel_and_outcome($1, $2, $3);

-- name: stage_names
-- What the stages of a playbook are called in the highest version that has them.
select distinct on (stage) stage, name_zh, name_en
  from reporting.stage
 where playbook = $1
   and published <= $2
 order by stage, version desc;

-- name: playbooks
-- All published versions.
select playbook, version, name_zh, name_en, position, stages, published, published_at, withdrawn, skips
  from reporting.playbook
 order by playbook collate "C", version;
