-- Puts a row into each table of the cases' schemas that has none, where values of the plainest kind will do; triggers and
-- foreign keys do not fire.
SET session_replication_role = replica;
SET client_min_messages = error;
DO $do$
DECLARE
    t record;
    has_rows boolean;
    statement text;
BEGIN
    FOR t IN
        SELECT c.oid, c.oid::regclass AS name,
               string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns,
               string_agg(CASE
                   WHEN y.typcategory = 'N' THEN '1'
                   WHEN y.typcategory = 'B' THEN 'true'
                   WHEN y.typcategory = 'D' AND y.typname LIKE 'time%' AND y.typname NOT LIKE 'timestamp%' THEN '''12:00'''
                   WHEN y.typcategory = 'D' THEN '''2026-01-15'''
                   WHEN y.typcategory = 'T' THEN '''1 day'''
                   WHEN y.typcategory = 'I' THEN '''10.0.0.1'''
                   WHEN y.typcategory = 'A' THEN '''{}'''
                   WHEN y.typcategory = 'R' THEN '''empty'''
                   WHEN y.typcategory = 'E' THEN (SELECT quote_literal(e.enumlabel) FROM pg_enum e
                                                  WHERE e.enumtypid = y.oid ORDER BY e.enumsortorder LIMIT 1)
                   WHEN y.typname = 'uuid' THEN '''00000000-0000-0000-0000-000000000001'''
                   WHEN y.typname IN ('json', 'jsonb') THEN '''{}'''
                   WHEN y.typcategory IN ('S', 'V') OR y.typname = 'bytea' THEN '''1'''
                   ELSE 'NULL' END, ', ' ORDER BY a.attnum) AS literals
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname LIKE 'case\_%'
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                                AND a.attidentity = ''
        LEFT JOIN pg_type y ON y.oid = a.atttypid
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
        GROUP BY c.oid
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t.name) INTO has_rows;
        CONTINUE WHEN has_rows;
        FOREACH statement IN ARRAY ARRAY[format('INSERT INTO %s (%s) VALUES (%s)', t.name, t.columns, t.literals),
                                         format('INSERT INTO %s DEFAULT VALUES', t.name)] LOOP
            BEGIN
                CONTINUE WHEN statement IS NULL;
                EXECUTE statement;
                EXIT;
            EXCEPTION WHEN others THEN
                NULL;
            END;
        END LOOP;
    END LOOP;
END
$do$;
