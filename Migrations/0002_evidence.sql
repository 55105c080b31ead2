-- Evidence: what each `evidence` entry of the ledger commits to, and how it came in.
--
-- `document` is the fact itself, the text that is hashed and disclosed; the other columns only find it. The salt and the
-- document can be deleted for a person's erasure while the entry stays, which is why they are not in `entries`.
-- `identity_hash` is keyed, so the table cannot be searched for a guessed fact by somebody who has only the table.

CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform text NOT NULL,
    platform_id text NOT NULL,
    login text NOT NULL,
    login_seen timestamptz NOT NULL,
    kind text NOT NULL CONSTRAINT account_is_of_a_known_kind CHECK (kind IN ('user', 'bot', 'agent', 'organization')),
    CONSTRAINT account_is_kept_once UNIQUE (platform, platform_id)
);
CREATE INDEX accounts_by_login ON accounts (platform, lower(login)) WHERE login <> '';

CREATE TABLE projects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform text NOT NULL,
    platform_id text NOT NULL,
    name text NOT NULL,
    CONSTRAINT project_is_kept_once UNIQUE (platform, platform_id)
);

CREATE TABLE evidence (
    entry_index bigint PRIMARY KEY REFERENCES entries (index),
    commitment text NOT NULL CONSTRAINT evidence_is_committed_once UNIQUE,
    identity_hash bytea NOT NULL CONSTRAINT evidence_is_kept_once UNIQUE
        CONSTRAINT identity_is_a_sha256 CHECK (octet_length(identity_hash) = 32),
    type text NOT NULL,
    account bigint NOT NULL REFERENCES accounts (id),
    project bigint NOT NULL REFERENCES projects (id),
    occurred_at timestamptz NOT NULL,
    salt bytea NOT NULL CONSTRAINT salt_is_128_bits_or_more CHECK (octet_length(salt) >= 16),
    document text NOT NULL
);
CREATE INDEX evidence_by_account ON evidence (account, occurred_at, entry_index);

CREATE TABLE imports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    adapter text NOT NULL,
    locator text NOT NULL,
    cursor text NOT NULL DEFAULT '',
    records bigint NOT NULL DEFAULT 0,
    first_at timestamptz,
    last_at timestamptz,
    complete boolean NOT NULL DEFAULT false,
    reason text,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT source_is_listed_once UNIQUE (adapter, locator)
);

CREATE TABLE quarantine (
    import bigint NOT NULL REFERENCES imports (id),
    position text NOT NULL,
    reason text NOT NULL,
    digest text NOT NULL,
    CONSTRAINT record_is_quarantined_once PRIMARY KEY (import, position)
);
