-- Entries are found by their leaf hash, which is what other people's tools know them by, and facts are appended fast.
--
-- The hash is computed here, from the row, so it cannot say anything else than the entry does. Its index replaces the one
-- on the commitment: an entry's text is a function of kind and commitment, so each commitment has few leaf hashes and is
-- looked up by them. An index that takes hashes takes them at random places, and each more costs as much as a row.
--
-- The references of `evidence` are checked by `standingd check` instead of at every append, where they took half the
-- database's time: the writer resolves accounts and projects, and appends the entries, in the same transaction, and the
-- service's role can delete none of them.

ALTER TABLE entries DROP CONSTRAINT entry_is_appended_once;
ALTER TABLE entries ADD COLUMN leaf_hash bytea NOT NULL GENERATED ALWAYS AS
    (sha256('\x00'::bytea || ('{"c":"' || commitment || '","k":"' || kind || '","v":1}')::bytea)) STORED
    CONSTRAINT entry_is_appended_once UNIQUE;

ALTER TABLE evidence
    DROP CONSTRAINT evidence_is_committed_once,
    DROP CONSTRAINT evidence_entry_index_fkey,
    DROP CONSTRAINT evidence_account_fkey,
    DROP CONSTRAINT evidence_project_fkey;
