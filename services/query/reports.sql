-- name: stage_names
-- What the stages of a playbook are called in the highest version that has them.
select distinct on (stage) stage, name_zh, name_en
  from reporting.stage
 where playbook = $1
   and published <= $2
 order by stage, version desc;

-- name: playbooks
-- All published versions.
select playbook, version, name_zh, name_en, position, stages, published, published_at, withdrawn, skips
  from reporting.playbook
 order by playbook collate "C", version;

-- name: entries
-- Entries by sequence.
select sequence, source, id, type, subject, occurred_at, recorded_at, actor
  from ledger.journal where sequence = any($1::bigint[]);

-- name: digest
-- Which subjects are stale, since which entry, and which columns the reports have.
select md5(coalesce((select string_agg(stale.subject || ' ' || stale.view || ' ' || stale.sequence, ';'
                                       order by stale.subject, stale.view)
                       from reporting.stale), '')
           || coalesce((select string_agg(catalog.name || catalog.columns::text || catalog.definition, ';'
                                          order by catalog.name)
                          from reporting.catalog), ''));
