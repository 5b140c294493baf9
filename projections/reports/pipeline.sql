-- name: rows
select stage_position.deal, stage_position.playbook, stage_position.version, stage_position.stage, stage_position.phase,
       stage_position.status, stage_position.probability, stage_position.amount, stage_position.currency,
       stage_position.owner, stage_position.account, stage_position.since,
       stage_position.deal in (
           select stale.deal from reporting.stage_position_stale stale cross join moment
            where stale.sequence <= moment.known_at
       ) as stale,
       playbook_stage.stage as working_on, stage_position.expected_close_on,
       round(stage_position.amount * stage_position.probability, served.minor_units(stage_position.currency)) as weighted,
       case when playbook_need.milestones is null then '{}'
            else served.lacking(playbook_need.milestones, playbook_need.others, array(
                -- Looked up deal by deal, by the index: a page asks for few of them.
                select version.item
                  from served.stage_item version
                 cross join moment
                 where version.deal = stage_position.deal and version.stage = playbook_need.stage
                   and version.known_from <= moment.known_at and moment.known_at < version.known_to
                   and version.from_at <= moment.as_of and moment.as_of < version.to_at
            )) end as missing
  from stage_position
  left join playbook_stage on playbook_stage.playbook = stage_position.playbook
                          and playbook_stage.version = stage_position.version
                          and playbook_stage.stage = stage_position.completed + 1
  left join playbook_need on playbook_need.playbook = stage_position.playbook
                         and playbook_need.version = stage_position.version
                         and playbook_need.stage = stage_position.completed + 1
 where stage_position.status in ('open', 'on_hold')
 order by stage_position.deal collate "C"
