-- name: rows
select stage_position.deal, stage_position.playbook, stage_position.version, stage_position.stage, stage_position.phase,
       stage_position.status, stage_position.probability, stage_position.amount, stage_position.currency,
       stage_position.owner, stage_position.account, stage_position.since,
       exists (select from reporting.stage_position_stale stale
                where stale.deal = stage_position.deal and stale.sequence <= moment.known_at) as stale
  from stage_position
 cross join moment
 where stage_position.status in ('open', 'on_hold')
 order by stage_position.deal collate "C"
