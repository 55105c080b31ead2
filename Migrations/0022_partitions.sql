-- Entries and briefs in partitions along the ledger: a fact costs a large ledger little more than it costs a small one.
--
-- Leaf keys and accounts come at random places of their indexes. One index over ten million entries has each new one at a
-- page that nothing else changed since the last checkpoint, and that the log has to take whole; a partition has indexes of
-- its own, and an append changes those of the newest alone. It holds a million entries, or a sixteenth to an eighth of a
-- ledger of sixteen million or more, so that they stay few and whoever looks a key up asks some dozens at most. The index of
-- what tells a known fact stays one over all facts, for it keeps each once.
--
-- What is stored stays where it is, as the first partition; that it lies within its bounds is looked up once, entry by entry.
-- From then on the head makes room: whoever moves it past a million entries makes the next partition in the same transaction,
-- while there is room for a million more, and whoever brings more at once moves the head first. That happens under the head's
-- lock, which everybody who writes to the tables that refer to entries takes before that, so nobody waits in a circle.
--
-- Each partition refuses a leaf key that it has; across them the index of an entry and what tells a fact are unique.

-- Whoever appends holds the head: first this, so that nobody waits in a circle here either.
LOCK TABLE ledger_head IN EXCLUSIVE MODE;

CREATE TABLE ledger_partitions (
    first bigint PRIMARY KEY,
    beyond bigint NOT NULL UNIQUE,
    CONSTRAINT partition_has_entries CHECK (first >= 0 AND first < beyond)
);

ALTER TABLE proofs DROP CONSTRAINT proofs_entry_index_fkey;
ALTER TABLE credentials DROP CONSTRAINT credentials_entry_index_fkey;
ALTER TABLE erasures DROP CONSTRAINT erasures_entry_index_fkey;
ALTER TABLE issuer_keys DROP CONSTRAINT issuer_keys_entry_index_fkey;
ALTER TABLE status_publications DROP CONSTRAINT status_publications_entry_index_fkey;

ALTER TABLE entries RENAME TO entries_0;
ALTER TABLE entries_0 RENAME CONSTRAINT entry_is_appended_once TO entry_is_appended_once_0;
ALTER TABLE entries_0 RENAME CONSTRAINT entries_pkey TO entries_0_pkey;
CREATE TABLE entries (LIKE entries_0 INCLUDING CONSTRAINTS, PRIMARY KEY (index)) PARTITION BY RANGE (index);
CREATE TRIGGER entries_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

ALTER TABLE briefs RENAME TO briefs_0;
ALTER TABLE briefs_0 RENAME CONSTRAINT briefs_pkey TO briefs_0_pkey;
ALTER INDEX briefs_by_account RENAME TO briefs_0_by_account;
CREATE TABLE briefs (LIKE briefs_0 INCLUDING CONSTRAINTS INCLUDING STORAGE, PRIMARY KEY (entry_index))
    PARTITION BY RANGE (entry_index);
CREATE INDEX briefs_by_account ON briefs (account, entry_index);

CREATE FUNCTION make_partitions(size bigint) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    least CONSTANT bigint := 1 << 20;
    start bigint := coalesce((SELECT max(beyond) FROM ledger_partitions), 0);
    width bigint;
    stop bigint;
BEGIN
    WHILE start < (size / least + 2) * least LOOP
        width := least;
        WHILE start >= width * 16 LOOP width := width * 2; END LOOP;
        stop := (start / width + 1) * width;
        -- Made apart and then attached: so whoever reads or writes the others goes on.
        EXECUTE format(
            $sql$
            CREATE TABLE %1$I (LIKE entries INCLUDING ALL, CONSTRAINT %2$I UNIQUE (leaf_key));
            CREATE TRIGGER entries_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %1$I
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();
            ALTER TABLE entries ATTACH PARTITION %1$I FOR VALUES FROM (%4$s) TO (%5$s);
            CREATE TABLE %3$I (LIKE briefs INCLUDING ALL);
            ALTER TABLE briefs ATTACH PARTITION %3$I FOR VALUES FROM (%4$s) TO (%5$s)
            $sql$,
            'entries_' || start, 'entry_is_appended_once_' || start, 'briefs_' || start, start, stop);
        INSERT INTO ledger_partitions (first, beyond) VALUES (start, stop);
        start := stop;
    END LOOP;
END
$$;

CREATE FUNCTION make_room() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM make_partitions(NEW.size);
    RETURN NULL;
END
$$;
CREATE TRIGGER first_head_makes_room AFTER INSERT ON ledger_head FOR EACH ROW EXECUTE FUNCTION make_room();
CREATE TRIGGER head_makes_room AFTER UPDATE ON ledger_head FOR EACH ROW
    WHEN (OLD.size >> 20 <> NEW.size >> 20) EXECUTE FUNCTION make_room();

DO $$
DECLARE
    -- The greatest of what should be the same, for a damaged ledger is to be found as it is and repaired.
    size CONSTANT bigint := greatest(
        0, (SELECT max(index) + 1 FROM entries_0), (SELECT max(entry_index) + 1 FROM briefs_0),
        (SELECT ledger_head.size FROM ledger_head));
BEGIN
    IF size > 0 THEN
        EXECUTE format('ALTER TABLE entries ATTACH PARTITION entries_0 FOR VALUES FROM (0) TO (%s)', size);
        EXECUTE format('ALTER TABLE briefs ATTACH PARTITION briefs_0 FOR VALUES FROM (0) TO (%s)', size);
        INSERT INTO ledger_partitions (first, beyond) VALUES (0, size);
    ELSE
        DROP TABLE entries_0, briefs_0;
    END IF;
    PERFORM make_partitions(size);
END
$$;

ALTER TABLE proofs ADD FOREIGN KEY (entry_index) REFERENCES entries (index);
ALTER TABLE credentials ADD FOREIGN KEY (entry_index) REFERENCES entries (index);
ALTER TABLE erasures ADD FOREIGN KEY (entry_index) REFERENCES entries (index);
ALTER TABLE issuer_keys ADD FOREIGN KEY (entry_index) REFERENCES entries (index);
ALTER TABLE status_publications ADD FOREIGN KEY (entry_index) REFERENCES entries (index);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT ON entries TO standing_service;
        GRANT SELECT, INSERT, DELETE ON briefs TO standing_service;
        GRANT SELECT ON ledger_partitions TO standing_service;
    END IF;
END
$$;

-- Many facts at once go by their places, not by a join, of which the planner reckons with a look into every partition.
CREATE OR REPLACE FUNCTION delete_briefs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM briefs WHERE entry_index = ANY (ARRAY(SELECT entry_index FROM gone));
    RETURN NULL;
END
$$;

-- What runs as the owner, or keeps watch, looks for temporary tables last: the service's role may make some, of any name.
-- Nor may that role put what runs as the owner on tables of its own; a trigger that is there needs no leave to run.
DO $$
DECLARE
    function text;
BEGIN
    FOREACH function IN ARRAY ARRAY[
        'make_partitions(bigint)', 'make_room()', 'delete_briefs()', 'delete_turns()', 'note_ledger_day()',
        'refuse_deleting_unaccounted()', 'refuse_adding_to_the_erased()']
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', function, current_schema());
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', function);
    END LOOP;
END
$$;
