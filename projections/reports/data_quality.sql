-- name: rows
select flag.subject, flag.view, flag.flag, flag.entry, flag.detail, entry.id, entry.source, entry.type, entry.occurred_at,
       entry.recorded_at
  from flag
  join reporting.entry on entry.sequence = flag.entry
