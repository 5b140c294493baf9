-- The face of `reporting`: relations with their columns, functions with their parameters, and what is said of each.
select line from (
    select relation.relname as name, 0 as kind, 0 as place,
           format('view %s: %s', relation.relname, obj_description(relation.oid, 'pg_class')) as line
      from pg_class relation
     where relation.relnamespace = 'reporting'::regnamespace and relation.relkind in ('v', 'r', 'm', 'f', 'p')
    union all
    select relation.relname, 0, attribute.attnum,
           format('    %s %s: %s', attribute.attname, format_type(attribute.atttypid, attribute.atttypmod),
                  col_description(relation.oid, attribute.attnum))
      from pg_class relation
      join pg_attribute attribute on attribute.attrelid = relation.oid
     where relation.relnamespace = 'reporting'::regnamespace and relation.relkind in ('v', 'r', 'm', 'f', 'p')
       and attribute.attnum > 0 and not attribute.attisdropped
    union all
    select proname || pg_get_function_identity_arguments(oid), 1, 0,
           format('function %s(%s) returns %s: %s', proname, pg_get_function_arguments(oid),
                  pg_get_function_result(oid), obj_description(oid, 'pg_proc'))
      from pg_proc
     where pronamespace = 'reporting'::regnamespace
) face
order by kind, name collate "C", place;
