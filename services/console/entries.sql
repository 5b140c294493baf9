-- name: entry
-- One message of the journal as it was recorded.
select sequence, disposition, reason, original, source, id, type, subject, occurred_at, recorded_at, actor,
       target_source, target_id, message, leaf_hash
  from ledger.journal
 where sequence = $1 and sequence <= $2;

-- name: naming
-- Corrections and voids that name an event, as known at a sequence.
select sequence, type
  from ledger.journal
 where disposition = 'entry' and target_source = $1 and target_id = $2 and sequence <= $3
 order by sequence;

-- name: named
-- The entry of a source and id.
select sequence from ledger.journal where disposition = 'entry' and source = $1 and id = $2 and sequence <= $3;

-- name: head
-- The first signed head that covers a sequence.
select size, signed_at from ledger.tree_head where size >= $1 order by size limit 1;

-- name: first
-- First instant of what the journal tells of deals and accounts.
select min(occurred_at) from ledger.journal where disposition = 'entry' and subject not like 'playbook/%';

-- name: playbooks
-- Playbooks that deals follow, the most used first.
select stage_position.playbook
  from served.stage_position($1, $2) stage_position
 group by stage_position.playbook
 order by count(*) desc, stage_position.playbook collate "C";
