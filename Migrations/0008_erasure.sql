-- Erasure: what is known of a person leaves the database for good, and the ledger stays whole.
--
-- An `evidence` entry commits to a salted text. When text and salt are deleted nobody can say any more what the entry was
-- about; the entry stays, because a log without it would be another log. How many texts were deleted is an entry itself,
-- and `erasures` opens it: counts and a day, no index and no name. A disclosure can be deleted only in a transaction that
-- appends such an entry.
--
-- So that the same facts do not come back with the next import, the keyed hash of each erased account stays
-- (`suppressed_accounts`); the key is not in this database. `erasure_events` says which lines of the journal outside the
-- database were carried out here: a restored backup lacks some, and they are carried out again.

CREATE TABLE erasures (
    entry_index bigint PRIMARY KEY REFERENCES entries (index),
    salt bytea NOT NULL CHECK (octet_length(salt) >= 16),
    document text NOT NULL
);
CREATE TRIGGER erasures_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON erasures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

CREATE TABLE erasure_events (
    id text PRIMARY KEY,
    entry_index bigint NOT NULL REFERENCES erasures (entry_index)
);

CREATE TABLE suppressed_accounts (
    hash bytea PRIMARY KEY CONSTRAINT hash_is_an_hmac CHECK (octet_length(hash) = 32)
);

-- A link that was given away must not lead to a stranger while a credential that names it is still valid.
CREATE TABLE withheld_handles (
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    accounts bytea[] NOT NULL,
    until timestamptz NOT NULL
);

CREATE FUNCTION refuse_deleting_unaccounted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM erasures WHERE xmin = pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION 'a disclosure is deleted only with an erasure entry in the same transaction'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'deletion_is_accounted_for';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER deletion_is_accounted_for BEFORE DELETE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_deleting_unaccounted();
CREATE TRIGGER evidence_stays BEFORE TRUNCATE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

ALTER TABLE developers ADD CONSTRAINT erased_developer_keeps_nothing CHECK (
    state <> 'erased' OR (handle IS NULL AND document IS NULL AND document_digest IS NULL
        AND weightiest = '{}' AND NOT discoverable));

CREATE FUNCTION refuse_changing_the_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an erased developer stays erased'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erased_developer_stays_erased';
END
$$;
CREATE TRIGGER erased_developer_stays_erased BEFORE UPDATE ON developers
    FOR EACH ROW WHEN (OLD.state = 'erased') EXECUTE FUNCTION refuse_changing_the_erased();

-- The lock makes whoever adds something to a developer wait for an erasure that is under way, and then see it.
CREATE FUNCTION refuse_adding_to_the_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM developers WHERE id = NEW.developer AND state <> 'erased' FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an erased developer stays erased'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erased_developer_stays_erased';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER nothing_for_the_erased BEFORE INSERT ON facets
    FOR EACH ROW EXECUTE FUNCTION refuse_adding_to_the_erased();
CREATE TRIGGER nothing_for_the_erased BEFORE INSERT ON linked_accounts
    FOR EACH ROW EXECUTE FUNCTION refuse_adding_to_the_erased();
CREATE TRIGGER nothing_for_the_erased BEFORE INSERT ON challenges
    FOR EACH ROW WHEN (NEW.developer IS NOT NULL) EXECUTE FUNCTION refuse_adding_to_the_erased();
CREATE TRIGGER nothing_for_the_erased BEFORE INSERT ON proofs
    FOR EACH ROW EXECUTE FUNCTION refuse_adding_to_the_erased();
CREATE TRIGGER nothing_for_the_erased BEFORE INSERT ON sessions
    FOR EACH ROW EXECUTE FUNCTION refuse_adding_to_the_erased();
CREATE TRIGGER nothing_for_the_erased BEFORE INSERT ON grants
    FOR EACH ROW EXECUTE FUNCTION refuse_adding_to_the_erased();
CREATE TRIGGER nothing_for_the_erased BEFORE INSERT ON access_log
    FOR EACH ROW EXECUTE FUNCTION refuse_adding_to_the_erased();
CREATE TRIGGER nothing_for_the_erased BEFORE INSERT ON credentials
    FOR EACH ROW EXECUTE FUNCTION refuse_adding_to_the_erased();

-- No grant here reaches `entries`, `tiles`, the heads or `erasures`: those only grow, whoever asks.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT ON erasures, erasure_events TO standing_service;
        GRANT SELECT, INSERT, DELETE ON suppressed_accounts, withheld_handles TO standing_service;
        GRANT DELETE ON evidence, proofs, credentials, grants, access_log, linked_accounts, accounts
            TO standing_service;
        GRANT UPDATE (name) ON projects TO standing_service;
        GRANT UPDATE (query) ON access_log TO standing_service;
    END IF;
END
$$;
