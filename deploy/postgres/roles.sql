-- The logins of one ledger on a PostgreSQL of your own: the owner, and for each service one that can take on its own
-- role and no other. Run by a superuser in the ledger's database, before `daybook init`; run it again after an update
-- of Daybook (roles may have been added), or with other passwords to change them. Idempotent. PostgreSQL 15 and later.
--
--   createdb daybook
--   OWNER_PASSWORD=… INTAKE_PASSWORD=… RECORDER_PASSWORD=… PROJECTOR_PASSWORD=… QUERY_PASSWORD=… NOTARY_PASSWORD=… \
--   BACKUP_PASSWORD=… READER_PASSWORD=… psql -X -v ON_ERROR_STOP=1 -d daybook -f roles.sql
--
-- What runs, and its DAYBOOK_DATABASE_URL:
--   daybook init, restore, reconcile, rebuild, source, reader, quarantine    postgresql://daybook:…@host/daybook
--   daybook serve intake                                           postgresql://daybook_intake_login:…@host/daybook
--   … and so on: recorder, projector, query (verify, status and reports too), notary, backup
--   dashboards, by SQL                                             postgresql://daybook_reader_login:…@host/daybook

\getenv owner_password OWNER_PASSWORD
\getenv intake_password INTAKE_PASSWORD
\getenv recorder_password RECORDER_PASSWORD
\getenv projector_password PROJECTOR_PASSWORD
\getenv query_password QUERY_PASSWORD
\getenv notary_password NOTARY_PASSWORD
\getenv backup_password BACKUP_PASSWORD
\getenv reader_password READER_PASSWORD

begin;
set local password_encryption = 'scram-sha-256';
set local log_statement = 'none';               -- passwords are no matter of the server's log
set local log_min_error_statement = 'panic';
set local log_min_duration_statement = -1;

-- The owner makes the tables. He may act as each service, which rebuilding and restoring need, but makes no roles.
select 'create role daybook' where not exists (select from pg_roles where rolname = 'daybook') \gexec
alter role daybook login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'owner_password';

-- For each service its role, which has the rights (`daybook init` grants them), and a login, which has none of its own.
select format('create role %I nologin', name)
  from unnest(array['daybook_intake', 'daybook_recorder', 'daybook_projector', 'daybook_query', 'daybook_notary',
                    'daybook_backup', 'daybook_reader']) as wanted (name)
 where not exists (select from pg_roles where rolname = name) \gexec
grant daybook_intake, daybook_recorder, daybook_projector, daybook_query, daybook_notary, daybook_backup, daybook_reader
   to daybook;

select format('create role %I noinherit', name || '_login')
  from unnest(array['daybook_intake', 'daybook_recorder', 'daybook_projector', 'daybook_query', 'daybook_notary',
                    'daybook_backup']) as wanted (name)
 where not exists (select from pg_roles where rolname = name || '_login') \gexec
select 'create role daybook_reader_login' where not exists (select from pg_roles where rolname = 'daybook_reader_login')
\gexec
alter role daybook_intake_login login password :'intake_password';
alter role daybook_recorder_login login password :'recorder_password';
alter role daybook_projector_login login password :'projector_password';
alter role daybook_query_login login password :'query_password';
alter role daybook_notary_login login password :'notary_password';
alter role daybook_backup_login login password :'backup_password';
alter role daybook_reader_login login password :'reader_password';
grant daybook_intake to daybook_intake_login;
grant daybook_recorder to daybook_recorder_login;
grant daybook_projector to daybook_projector_login;
grant daybook_query to daybook_query_login;
grant daybook_notary to daybook_notary_login;
grant daybook_backup to daybook_backup_login;
grant daybook_reader to daybook_reader_login;

-- A dashboard that asks for too much, or stays in a transaction for ever, does not hold up the ledger.
-- The first two no reader can lift; the others he can, for a session of his own.
alter role daybook_reader_login connection limit 20;
alter role daybook_reader_login set temp_file_limit = '1GB';
alter role daybook_reader_login set idle_session_timeout = '1h';
alter role daybook_reader_login set statement_timeout = '60s';
alter role daybook_reader_login set idle_in_transaction_session_timeout = '60s';
alter role daybook_reader_login set default_transaction_read_only = on;

-- Connections that are reserved for services: `reserved_connections = 40` in postgresql.conf (PostgreSQL 16 and later).
-- Whoever else fills up the rest keeps no service from coming back. Logins inherit nothing but this.
select format('grant pg_use_reserved_connections to %I with inherit true', name)
  from unnest(array['daybook', 'daybook_intake_login', 'daybook_recorder_login', 'daybook_projector_login',
                    'daybook_query_login', 'daybook_notary_login', 'daybook_backup_login']) as wanted (name)
 where exists (select from pg_roles where rolname = 'pg_use_reserved_connections') \gexec

-- Nobody else gets into the database, and nobody makes anything in it but its owner.
select format('alter database %I owner to daybook', current_database()) \gexec
select format('revoke all on database %I from public', current_database()) \gexec
select format('grant connect on database %I to daybook_intake_login, daybook_recorder_login, daybook_projector_login,'
              ' daybook_query_login, daybook_notary_login, daybook_backup_login, daybook_reader_login',
              current_database()) \gexec
revoke all on schema public from public;
commit;

-- What PostgreSQL lets everybody do: hold the locks by which services agree, make large objects. After `daybook init`
-- the same is done by services/ledger/confine.sql, which it names; run here, it is done before anybody gets in.
\ir ../../services/ledger/confine.sql
