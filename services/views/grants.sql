-- Who may do what with a generation's tables. {generation} stands for its quoted schema.

revoke all on schema {generation} from public;
grant usage on schema {generation} to daybook_projector, daybook_query;
grant select, insert, update, delete on all tables in schema {generation} to daybook_projector;
grant select on all tables in schema {generation} to daybook_query;
