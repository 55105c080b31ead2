-- What was said of the keys that sign: which began, which sign along until when, which ended. From the first rotation on.
--
-- Each row opens an `issuer-key` entry and is never taken back: whoever was shown a key can find out here what became of it,
-- and whoever finds a signature by a key that is not here knows that it was not ours. The document is public, and salted
-- only because every entry is. `key` is a verifier key (C2SP signed-note) or a thumbprint (RFC 7638).

CREATE TABLE issuer_keys (
    entry_index bigint PRIMARY KEY REFERENCES entries (index),
    use text NOT NULL CONSTRAINT key_is_used_for_ledger_or_credentials CHECK (use IN ('ledger', 'credentials')),
    key text NOT NULL,
    state text NOT NULL CONSTRAINT key_is_in_a_known_state CHECK (state IN ('signing', 'overlap', 'retired')),
    until timestamptz,
    salt bytea NOT NULL CHECK (octet_length(salt) >= 16),
    document text NOT NULL
);

CREATE TRIGGER issuer_keys_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON issuer_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT ON issuer_keys TO standing_service;
    END IF;
END
$$;
