-- What becomes of credentials after they were issued, and more than one form of them.
--
-- Each credential has a place of its own in a list, drawn at random and never given again, so that a place tells neither
-- whose it is nor when it was issued. The places outlive the credentials: who is erased leaves a revoked place behind and
-- nothing that leads from it to a person. Revoked is for good. A publication is the lists as they were signed and shown;
-- its entry in the ledger commits to all three texts, so a list that was shown to one reader alone can be told.
--
-- Contract: credentials issued before have no place; they end within 90 days.

ALTER TABLE credentials
    ADD COLUMN format text NOT NULL DEFAULT 'vc+jwt'
        CONSTRAINT credential_is_of_a_known_format
            CHECK (format IN ('vc+jwt', 'openbadge', 'eddsa-jcs-2022', 'dc+sd-jwt', 'threshold'));

CREATE TABLE status_lists (
    number bigint PRIMARY KEY CHECK (number > 0),
    issued bigint NOT NULL DEFAULT 0 CONSTRAINT list_keeps_places_free CHECK (issued <= 65536),
    opened_at timestamptz NOT NULL
);

CREATE TABLE credential_status (
    list bigint NOT NULL REFERENCES status_lists (number),
    place bigint NOT NULL CHECK (place BETWEEN 0 AND 131071),
    credential text NOT NULL CONSTRAINT credential_has_one_place UNIQUE,
    state smallint NOT NULL DEFAULT 0 CONSTRAINT status_is_known CHECK (state BETWEEN 0 AND 2),
    changed_at timestamptz NOT NULL,
    CONSTRAINT place_is_given_once PRIMARY KEY (list, place)
);
CREATE INDEX credential_status_set ON credential_status (list) WHERE state <> 0;

CREATE FUNCTION refuse_reinstating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 1 AND NEW.state <> 1 THEN
        RAISE EXCEPTION 'a revoked credential stays revoked'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'revoked_credential_stays_revoked';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER revoked_credential_stays_revoked BEFORE UPDATE ON credential_status
    FOR EACH ROW EXECUTE FUNCTION refuse_reinstating();

CREATE TABLE status_publications (
    entry_index bigint PRIMARY KEY REFERENCES entries (index),
    list bigint NOT NULL REFERENCES status_lists (number),
    salt bytea NOT NULL CHECK (octet_length(salt) >= 16),
    document text NOT NULL,
    token text NOT NULL,
    revocation text NOT NULL,
    suspension text NOT NULL,
    published_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX status_publications_by_list ON status_publications (list, entry_index);
CREATE TRIGGER status_publications_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON status_publications
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

ALTER TABLE issuer_keys DROP CONSTRAINT key_is_used_for_ledger_or_credentials;
ALTER TABLE issuer_keys ADD CONSTRAINT key_is_of_a_known_use
    CHECK (use IN ('ledger', 'credentials', 'badges', 'proofs'));

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT ON status_lists, credential_status, status_publications TO standing_service;
        GRANT UPDATE (issued) ON status_lists TO standing_service;
        GRANT UPDATE (state, changed_at) ON credential_status TO standing_service;
    END IF;
END
$$;
