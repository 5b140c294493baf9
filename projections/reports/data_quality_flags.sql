-- name: rows
select flag.subject, flag.view, flag.flag, flag.entry, flag.detail, entry.id, entry.source, entry.type, entry.occurred_at,
       entry.recorded_at, flag.flag as check, flag.detail as what, case flag.flag when 'unknown_playbook' then flag.flag end as rule
  from flag
  join reporting.entry on entry.sequence = flag.entry
 where $from_day is null or entry.occurred_at > (select reporting.day_end($from_day - 1))
