-- Webhooks: which deliveries were taken, so that none is taken twice.
--
-- The signature covers the body alone, not the headers, so a captured delivery could come again under another id: the
-- body's digest is kept beside the id, and each alone makes a delivery a repetition. What is older than the window in
-- which a delivery may arrive is refused for its age, so rows need to live little longer than that.

CREATE TABLE webhook_deliveries (
    forge text NOT NULL,
    delivery text NOT NULL,
    digest bytea NOT NULL CONSTRAINT delivery_digest_is_a_sha256 CHECK (octet_length(digest) = 32),
    received_at timestamptz NOT NULL,
    CONSTRAINT delivery_is_taken_once PRIMARY KEY (forge, delivery),
    CONSTRAINT delivery_is_taken_once_by_any_name UNIQUE (forge, digest)
);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (received_at);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT, DELETE ON webhook_deliveries TO standing_service;
    END IF;
END
$$;
