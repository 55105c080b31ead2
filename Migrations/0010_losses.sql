-- What was lost for good and not erased: entries whose disclosures nobody has any more.
--
-- After a restore the entries come back from any copy of the log, what they commit to does not; and a damaged row
-- without a backup is deleted so that nothing false is shown. `standingd check` accepts an entry that cannot be opened
-- only if an erasure accounts for it or it is named here, so a loss is always somebody's word.

CREATE TABLE losses (
    first bigint NOT NULL CHECK (first >= 0),
    beyond bigint NOT NULL,
    reason text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT loss_is_of_an_entry_or_more PRIMARY KEY (first, beyond),
    CONSTRAINT loss_ends_after_it_begins CHECK (beyond > first)
);

CREATE TRIGGER losses_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON losses
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT ON losses TO standing_service;
    END IF;
END
$$;
