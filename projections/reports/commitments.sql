-- name: rows
select commitment.commitment as entry, commitment.deal, commitment.stage, commitment.contact, commitment.due_on,
       case when commitment.state = 'open' and moment.day > commitment.due_on then 'overdue'
            else commitment.state end as state,
       served.local_day(commitment.received_at, moment.zone) as received_on, stage_position.owner
  from stage_position
  join commitment on commitment.deal = stage_position.deal
 cross join moment
 order by commitment.deal collate "C", commitment.commitment

-- name: totals
select round(avg((state = 'kept')::integer) filter (where state in ('kept', 'broken')), 4) as kept_rate
  from report
