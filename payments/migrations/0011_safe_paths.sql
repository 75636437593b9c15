-- ledger_post runs with its owner's rights. Whoever calls it may not choose which tables its names mean: temporary
-- tables are searched last, and nothing but the schema the books live in before them.
DO $$
DECLARE f regprocedure;
BEGIN
    FOR f IN SELECT oid FROM pg_proc
              WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'ledger\_%'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', f, current_schema());
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION ledger_lane() FROM PUBLIC;
