-- What the running service may do, where a role of its own exists: append and read, never rewrite.
--
-- The embedded cluster makes the role `standing_service`; on your own server make it before migrating, or the service
-- runs as the owner and only the triggers of 0001 stand between it and history.

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO standing_service;
        GRANT INSERT ON entries, evidence, accounts, projects, imports, quarantine, tiles, ledger_head, developers,
            facets, linked_accounts, challenges, proofs, sessions, grants, access_log, credentials, api_keys
            TO standing_service;
        GRANT UPDATE ON ledger_head, tiles TO standing_service;
        GRANT UPDATE (login, login_seen) ON accounts TO standing_service;
        GRANT UPDATE (cursor, records, first_at, last_at, complete, reason, updated_at) ON imports TO standing_service;
        GRANT UPDATE (handle, state, discoverable, document, document_digest, weightiest) ON developers TO standing_service;
        GRANT UPDATE (used_at) ON challenges TO standing_service;
        GRANT UPDATE (shown) ON linked_accounts TO standing_service;
        GRANT UPDATE (uses, revoked_at) ON grants TO standing_service;
        GRANT UPDATE (last_used_at, revoked_at) ON api_keys TO standing_service;
        GRANT DELETE ON facets, sessions, challenges TO standing_service;
    END IF;
END
$$;
