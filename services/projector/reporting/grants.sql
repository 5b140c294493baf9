-- Who may read `reporting`, and `served` of which it is made: readers of views by SQL, and the query service.

revoke all on schema reporting from public;
revoke execute on all functions in schema reporting from public;
grant usage on schema reporting to daybook_reader, daybook_query;
grant select on all tables in schema reporting to daybook_reader, daybook_query;
grant execute on all functions in schema reporting to daybook_reader, daybook_query;
revoke all on schema served from public;
revoke execute on all functions in schema served from public;
grant usage on schema served to daybook_reader, daybook_query;
grant select on all tables in schema served to daybook_reader, daybook_query;
grant execute on all functions in schema served to daybook_reader, daybook_query;
