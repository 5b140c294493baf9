-- Roles and grants; run at every `daybook init`, idempotent. One role per service, each with what it needs and no more.

do $$
declare
    wanted text;
begin
    foreach wanted in array array['daybook_intake', 'daybook_recorder', 'daybook_projector', 'daybook_query',
                                  'daybook_reader', 'daybook_notary', 'daybook_backup'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception when duplicate_object or unique_violation then
                null; -- another database of this cluster made it at the same moment
            end;
        end if;
        -- The services log in as this user and then take on their role; since 16 its creator may not by itself.
        if not pg_has_role(current_user, wanted, case when current_setting('server_version_num')::int >= 160000
                                                      then 'set' else 'member' end) then
            execute format('grant %I to current_user', wanted);
        end if;
    end loop;
end
$$;

do $$
begin
    execute format('revoke create, temporary on database %I from public', current_database());
end
$$;
-- Where a superuser has taken the locks from everybody (confine.sql), the owner grants them to those who need them.
do $$
declare
    lock regprocedure;
begin
    for lock in select oid from pg_proc
                 where pronamespace = 'pg_catalog'::regnamespace
                   and proname ~ '^pg_(try_)?advisory_(xact_)?lock'
                   and has_function_privilege(current_user, oid, 'execute with grant option') loop
        execute format('grant execute on function %s to daybook_recorder, daybook_projector, daybook_notary', lock);
    end loop;
end
$$;
revoke all on schema ledger from public;
grant usage on schema ledger to daybook_intake, daybook_recorder, daybook_projector, daybook_query, daybook_notary;

grant select on ledger.journal, ledger.identity, ledger.source, ledger.concerns, ledger.document_number
    to daybook_intake;

grant select, insert on ledger.journal, ledger.concerns, ledger.payment_link to daybook_recorder;
grant insert on ledger.document_number to daybook_recorder;
grant select on ledger.identity to daybook_recorder;

grant select on ledger.journal, ledger.concerns, ledger.identity, ledger.generation to daybook_projector;

grant select on ledger.journal, ledger.concerns, ledger.payment_link, ledger.identity, ledger.generation,
    ledger.quarantine_decision, ledger.reader to daybook_query;

grant select on ledger.journal, ledger.identity, ledger.notary to daybook_notary;
grant select, insert on ledger.tree_node, ledger.tree_head to daybook_notary;
grant insert, update on ledger.notary to daybook_notary;
grant select on ledger.tree_node, ledger.tree_head, ledger.notary to daybook_query;

grant select on ledger.stream, ledger.event_type to daybook_intake, daybook_recorder, daybook_query;
grant insert on ledger.event_type to daybook_recorder;
grant select on ledger.zone_rule to daybook_query;
grant select on ledger.reconciliation, ledger.reconciliation_message, ledger.reconciliation_end to daybook_query;

-- Who takes backups reads everything durable, whichever migration made it.
grant usage on schema ledger to daybook_backup;
grant select on all tables in schema ledger to daybook_backup;
