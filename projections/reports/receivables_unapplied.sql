-- name: rows
select receivables_unapplied.account, receivables_unapplied.document, receivables_unapplied.kind,
       receivables_unapplied.currency, receivables_unapplied.amount, receivables_unapplied.from_at as since,
       receivables_unapplied.entry, nullif(receivables_unapplied.series, '') as series
  from receivables_unapplied
