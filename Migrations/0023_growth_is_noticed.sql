-- A plan that is kept is for tables as large as they were when it was made.
--
-- An empty table is searched most cheaply by reading it from its start. A plan made for a partition that is known to be empty
-- (whoever runs VACUUM ANALYZE every night makes it known) was kept while hundreds of thousands of facts came in, and until
-- autovacuum had come by, a minute or more, looking up any entry by its hash read them all: proofs took 20 s beside an import.
--
-- So whoever moves the head has the newest partition analyzed once, by the batch that brings it to 8,192 entries (one that begins
-- between two multiples of 4,096: to a little over 4,096), and with the first of them the evidence, which has no partitions.
-- Whoever has a plan of them then makes it anew. A sample of three hundred rows is enough, for what counts is that plans are made
-- anew; a better look is autovacuum's, and where that is looking already nobody waits for it.

CREATE FUNCTION note_growth() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET default_statistics_target = 1 AS $$
DECLARE
    step CONSTANT int := 12;
    start CONSTANT bigint := (SELECT max(first) FROM ledger_partitions WHERE first < NEW.size);
    enough CONSTANT bigint := (start >> step) + 2;
    grown record;
BEGIN
    IF OLD.size >> step < enough AND NEW.size >> step >= enough THEN
        FOR grown IN
            SELECT * FROM (VALUES
                ('entries_' || start, 'index'), ('briefs_' || start, 'entry_index'), ('evidence', 'entry_index')
            ) AS tables (name, key)
            -- Where the head goes before the rows, a table that has none yet would be known to be empty from now on.
            WHERE pg_relation_size(quote_ident(name)::regclass) > 0 AND (name <> 'evidence' OR start >> step = 0)
        LOOP
            EXECUTE format('ANALYZE (SKIP_LOCKED) %I (%I)', grown.name, grown.key);
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER head_tells_of_growth AFTER UPDATE ON ledger_head FOR EACH ROW
    WHEN (OLD.size >> 12 <> NEW.size >> 12) EXECUTE FUNCTION note_growth();

-- As with everything that runs as the owner: temporary tables are looked for last, and the service's role puts it on nothing.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION note_growth() SET search_path = %I, pg_temp', current_schema());
    REVOKE EXECUTE ON FUNCTION note_growth() FROM PUBLIC;
END
$$;
