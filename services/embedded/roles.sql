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
    alter role daybook_reader login connection limit 20; -- what else limits it is in readers.py
    grant pg_use_reserved_connections to daybook;
end
$$;
revoke connect, temporary on database postgres, template1 from public;
