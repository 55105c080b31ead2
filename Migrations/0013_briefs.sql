-- Briefs: what the models need of each fact, in some 70 bytes, so that a profile is reckoned without reading any text.
--
-- Everything in a brief follows from the row of `evidence` with its entry: the marks in it are hashes of what the
-- platforms never change. So a table of its own, narrow enough to be read whole, and nothing that could not be written
-- anew (`standingd rebuild --briefs`). Rows come with their evidence and go with it; an older service that knows nothing
-- of briefs leaves gaps, which the next `migrate` or `rebuild --briefs` fills.
--
-- `ledger_days` says how large the ledger was before each day's first entry: which day a size belongs to.

CREATE TABLE briefs (
    entry_index bigint PRIMARY KEY,
    account bigint NOT NULL,
    brief bytea NOT NULL CONSTRAINT brief_is_whole CHECK (octet_length(brief) > 40)
);
CREATE INDEX briefs_by_account ON briefs (account, entry_index);
-- They hardly compress, and are read by the million.
ALTER TABLE briefs ALTER COLUMN brief SET STORAGE PLAIN;

CREATE FUNCTION delete_briefs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM briefs b USING gone WHERE b.entry_index = gone.entry_index;
    RETURN NULL;
END
$$;
CREATE TRIGGER briefs_go_with_their_evidence AFTER DELETE ON evidence
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_briefs();

CREATE TABLE ledger_days (
    day date PRIMARY KEY,
    size_before bigint NOT NULL CHECK (size_before >= 0)
);
INSERT INTO ledger_days (day, size_before)
SELECT (observed_at AT TIME ZONE 'UTC')::date, 0 FROM ledger_head WHERE size > 0;

CREATE FUNCTION note_ledger_day() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO ledger_days (day, size_before)
    VALUES ((NEW.observed_at AT TIME ZONE 'UTC')::date, CASE TG_OP WHEN 'INSERT' THEN 0 ELSE OLD.size END)
    ON CONFLICT (day) DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER first_ledger_day_is_noted AFTER INSERT ON ledger_head FOR EACH ROW
    WHEN (NEW.size > 0) EXECUTE FUNCTION note_ledger_day();
CREATE TRIGGER ledger_days_are_noted AFTER UPDATE ON ledger_head FOR EACH ROW
    WHEN (OLD.size = 0 OR (OLD.observed_at AT TIME ZONE 'UTC')::date <> (NEW.observed_at AT TIME ZONE 'UTC')::date)
    EXECUTE FUNCTION note_ledger_day();

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT, DELETE ON briefs TO standing_service;
        GRANT SELECT ON ledger_days TO standing_service;
    END IF;
END
$$;
