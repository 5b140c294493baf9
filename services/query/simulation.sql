-- name: deals
-- Where the deals of a playbook stand, in any version, whatever their status.
select position.deal, position.version, position.stage, position.phase, position.status, position.probability,
       position.amount, position.currency, position.owner,
       position.deal in (
           select stale.deal from reporting.stage_position_stale stale where stale.sequence <= $2
       ) as stale
  from reporting.stage_position($1, $2) as position
 where position.playbook = $3
 order by position.deal collate "C";
