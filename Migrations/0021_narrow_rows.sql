-- Narrower rows where facts are appended: what a batch costs is the pages it fills, in the tables, in the log and in memory.
--
-- * Entries are found by the first 8 bytes of their leaf hash, as a number, which whoever appends gives along: computing it
--   here cost as much as the rest of the row. `standingd check` computes every one again; whoever asks compares the hash.
-- * An entry's commitment is not kept once more with the evidence that opens it.
-- * The keyed hash that tells a known fact is a uuid: 16 bytes that need no length.
--
-- Contract: a service from before this migration has to be stopped first; it writes and asks for columns that go. Both
-- tables are written anew once, the evidence into a table of its own: a column that goes stays in every row as a null.

CREATE FUNCTION leaf_key(kind text, commitment text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ('x' || encode(
        substr(sha256('\x00'::bytea || ('{"c":"' || commitment || '","k":"' || kind || '","v":1}')::bytea), 1, 8), 'hex'
    ))::bit(64)::bigint
$$;

ALTER TABLE entries DROP COLUMN leaf_prefix;
ALTER TABLE entries ADD COLUMN leaf_key bigint NOT NULL GENERATED ALWAYS AS (leaf_key(kind, commitment)) STORED
    CONSTRAINT entry_is_appended_once UNIQUE;
ALTER TABLE entries ALTER COLUMN leaf_key DROP EXPRESSION;

ALTER TABLE evidence RENAME TO evidence_before;
CREATE TABLE evidence (
    entry_index bigint NOT NULL,
    account bigint NOT NULL,
    project bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    identity_hash uuid NOT NULL,
    type text NOT NULL,
    salt bytea NOT NULL CONSTRAINT salt_is_128_bits_or_more CHECK (octet_length(salt) >= 16),
    document text NOT NULL
);
INSERT INTO evidence (entry_index, account, project, occurred_at, identity_hash, type, salt, document)
SELECT entry_index, account, project, occurred_at, encode(identity_hash, 'hex')::uuid, type, salt, document
FROM evidence_before ORDER BY entry_index;
DROP TABLE evidence_before;
ALTER TABLE evidence
    ADD CONSTRAINT evidence_pkey PRIMARY KEY (entry_index),
    ADD CONSTRAINT evidence_is_kept_once UNIQUE (identity_hash);
CREATE TRIGGER evidence_stays BEFORE TRUNCATE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER deletion_is_accounted_for BEFORE DELETE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_deleting_unaccounted();
CREATE TRIGGER briefs_go_with_their_evidence AFTER DELETE ON evidence
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_briefs();
CREATE TRIGGER turns_go_with_their_evidence AFTER DELETE ON evidence
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_turns();

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT, DELETE ON evidence TO standing_service;
    END IF;
END
$$;
