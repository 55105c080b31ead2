-- Developers, how they proved their accounts, and who may read what.
--
-- A developer exists from the first proved account. `document` is the profile as it is served; it is read by handle
-- and state in one SELECT, so a hidden profile is gone with the statement that hides it. Tokens and keys are kept as
-- hashes only. `weightiest` are the commitments of the facts behind the profile, for the page that lists them; the
-- document names only the first few of each facet, because most readers want the numbers.

CREATE TABLE developers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handle text CONSTRAINT handle_is_taken UNIQUE
        CONSTRAINT handle_is_lower_case_letters_digits_and_hyphens CHECK (handle ~ '^[a-z0-9](-?[a-z0-9]){0,38}$'),
    state text NOT NULL DEFAULT 'claimed'
        CONSTRAINT developer_is_in_a_known_state CHECK (state IN ('claimed', 'published', 'hidden', 'erased')),
    discoverable boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    document text,
    document_digest text,
    weightiest text[] NOT NULL DEFAULT '{}',
    CONSTRAINT published_profile_has_a_document
        CHECK (state <> 'published' OR (handle IS NOT NULL AND document IS NOT NULL AND document_digest IS NOT NULL))
);

CREATE TABLE facets (
    developer bigint NOT NULL REFERENCES developers (id),
    name text NOT NULL,
    state text NOT NULL,
    level integer NOT NULL,
    n integer NOT NULL,
    quarters integer NOT NULL,
    PRIMARY KEY (developer, name)
);
CREATE INDEX facets_for_search ON facets (name, level DESC) WHERE state = 'measured';

CREATE TABLE linked_accounts (
    account bigint PRIMARY KEY REFERENCES accounts (id),
    developer bigint NOT NULL REFERENCES developers (id),
    linked_at timestamptz NOT NULL,
    shown boolean NOT NULL DEFAULT true
);
CREATE INDEX linked_accounts_by_developer ON linked_accounts (developer);

CREATE TABLE challenges (
    id text PRIMARY KEY,
    platform text NOT NULL,
    login text NOT NULL,
    text text NOT NULL,
    developer bigint REFERENCES developers (id),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

-- What a binding rests on, kept so that anyone with it can verify it again: the key list as the forge gave it, then.
CREATE TABLE proofs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL REFERENCES accounts (id),
    developer bigint NOT NULL REFERENCES developers (id),
    method text NOT NULL,
    challenge text NOT NULL,
    signature text NOT NULL,
    key_fingerprint text NOT NULL,
    keys_listed text NOT NULL,
    fetched_at timestamptz NOT NULL,
    salt bytea NOT NULL,
    entry_index bigint NOT NULL REFERENCES entries (index)
);

CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    developer bigint NOT NULL REFERENCES developers (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE api_keys (
    id text PRIMARY KEY,
    key_hash bytea NOT NULL CONSTRAINT key_is_made_once UNIQUE,
    scope text NOT NULL
        CONSTRAINT scope_is_known CHECK (scope IN ('maintainer', 'recruiter', 'subject', 'ingest', 'admin')),
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz
);

CREATE TABLE grants (
    id text PRIMARY KEY,
    token_hash bytea NOT NULL CONSTRAINT grant_token_is_made_once UNIQUE,
    developer bigint NOT NULL REFERENCES developers (id),
    facets text[] NOT NULL,
    audience text NOT NULL,
    expires_at timestamptz NOT NULL,
    max_uses integer NOT NULL CHECK (max_uses > 0),
    uses integer NOT NULL DEFAULT 0 CONSTRAINT grant_is_used_within_its_bound CHECK (uses <= max_uses),
    revoked_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX grants_by_developer ON grants (developer, created_at);

CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    developer bigint NOT NULL REFERENCES developers (id),
    at timestamptz NOT NULL,
    reader text NOT NULL,
    act text NOT NULL CONSTRAINT act_is_known CHECK (act IN ('search', 'grant', 'evaluate')),
    query text NOT NULL
);
CREATE INDEX access_log_by_developer ON access_log (developer, id);

CREATE TABLE credentials (
    id text PRIMARY KEY,
    developer bigint NOT NULL REFERENCES developers (id),
    token text NOT NULL,
    digest text NOT NULL,
    salt bytea NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    entry_index bigint NOT NULL REFERENCES entries (index)
);
CREATE INDEX credentials_by_developer ON credentials (developer, issued_at);
