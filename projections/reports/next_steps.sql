-- name: rows
with asked as materialized (
    -- What each stage asks for, as lists in the playbook's order. What is met is looked up deal by deal, by the index of
    -- the deal: a page asks for few of them.
    select playbook_item.playbook, playbook_item.version, playbook_item.stage,
           array_agg(playbook_item.item order by playbook_item.place)
               filter (where playbook_item.kind = 'milestone') as milestones,
           array_agg(playbook_item.item order by playbook_item.place)
               filter (where playbook_item.kind in ('criterion', 'commitment')) as others
      from playbook_item
     where playbook_item.position = 'evidence'
     group by playbook_item.playbook, playbook_item.version, playbook_item.stage
)
select stage_position.deal, asked.stage as working_on,
       served.lacking(asked.milestones, asked.others, array(
           select version.item
            from served.stage_item version
           cross join moment
           where version.deal = stage_position.deal and version.stage = asked.stage
             and version.known_from <= moment.known_at and moment.known_at < version.known_to
             and version.from_at <= moment.as_of and moment.as_of < version.to_at
       )) as missing,
       reporting.local_day(stage_position.working_since) as since, stage_position.owner
  from stage_position
  join asked on asked.playbook = stage_position.playbook and asked.version = stage_position.version
            and asked.stage = stage_position.completed + 1
 where stage_position.status = 'open'
 order by stage_position.deal collate "C"
