-- A plan that is kept is for a partition as large as it was when the plan was made.
--
-- Into an empty table it is cheapest to look by reading it from its start. A plan made for a partition that is known to be empty
-- (whoever runs VACUUM ANALYZE every night makes it known) was kept while hundreds of thousands of facts came in, and until
-- autovacuum had come by, a minute or more, every entry asked for by its hash had them all read: proofs took 20 s beside an import.
--
-- So whoever moves the head has the newest partition analyzed once, when it has 4,096 to 8,192 entries, and with the first one
-- the evidence, which is in none. Whoever has a plan of them then makes it anew. Three hundred rows are looked at, for what
-- counts is that plans are made anew; a better look is autovacuum's, and where that is looking already nobody waits for it.

CREATE FUNCTION note_growth() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET default_statistics_target = 1 AS $$
DECLARE
    step CONSTANT int := 12;
    start CONSTANT bigint := (SELECT max(first) FROM ledger_partitions WHERE first < NEW.size);
    enough CONSTANT bigint := (start >> step) + 2;
BEGIN
    IF OLD.size >> step < enough AND NEW.size >> step >= enough THEN
        EXECUTE format(
            'ANALYZE (SKIP_LOCKED) %I (index), %I (entry_index)', 'entries_' || start, 'briefs_' || start);
        IF start = 0 THEN
            ANALYZE (SKIP_LOCKED) evidence (entry_index);
        END IF;
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
