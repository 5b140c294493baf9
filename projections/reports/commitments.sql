-- name: rows
with followed as (
    select stage_position.deal, stage_position.owner from stage_position order by stage_position.deal collate "C"
)
select commitment.commitment as entry, followed.deal, commitment.stage, commitment.contact, commitment.due_on,
       case when commitment.state = 'open' and moment.day > commitment.due_on then 'overdue'
            else commitment.state end as state,
       served.local_day(commitment.received_at, moment.zone) as received_on, followed.owner
  from followed
 cross join moment
 cross join lateral (
     -- Looked up deal by deal, in order: a page reads no more than it shows.
     select one.*
       from served.commitment_of(followed.deal, moment.as_of, moment.known_at) one
      order by one.commitment
 ) commitment
 order by followed.deal collate "C", commitment.commitment

-- name: totals
select round(avg((commitment.state = 'kept')::integer), 4) as kept_rate
  from stage_position
  join commitment on commitment.deal = stage_position.deal
 where commitment.state in ('kept', 'broken')
