-- The embedded server's roles; run as its superuser at every start. The ledger's owner is no superuser, and whoever
-- runs `daybook up` may also log in as a reader of the views: in the ledger's database, and in no other.

do $$
begin
    if not exists (select from pg_roles where rolname = 'daybook') then
        create role daybook login createrole;
    end if;
    if not exists (select from pg_roles where rolname = 'daybook_reader') then
        create role daybook_reader;
        grant daybook_reader to daybook with admin option;
    end if;
    -- A dashboard that asks for too much does not hold up the ledger. The first two no reader can lift; the others he can
    -- for a session of his own, and is ended by readers.sql.
    alter role daybook_reader login connection limit 20;
    alter role daybook_reader set temp_file_limit = '1GB';
    alter role daybook_reader set statement_timeout = '60s';
    alter role daybook_reader set transaction_timeout = '15min';
    alter role daybook_reader set idle_in_transaction_session_timeout = '60s';
    alter role daybook_reader set idle_session_timeout = '1h';
    alter role daybook_reader set default_transaction_read_only = on;
    grant pg_use_reserved_connections to daybook;
end
$$;
revoke connect, temporary on database postgres, template1 from public;
