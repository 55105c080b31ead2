-- What has been shown to the world, apart from what has been stored.
--
-- `ledger_head` moves with every batch. A checkpoint is published when enough witnesses have signed it and the size is
-- on disk outside this database; only then may a stranger see it, because from then on the ledger must never be smaller.
-- One row: the signatures of older checkpoints prove nothing that a consistency proof from them does not.
--
-- A log is begun at size 0, so that there is a checkpoint from the first start on; until the first entry it may still be
-- given another name.

CREATE TABLE published_checkpoint (
    one boolean PRIMARY KEY DEFAULT true CONSTRAINT one_checkpoint_is_published CHECK (one),
    origin text NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL,
    observed_at timestamptz NOT NULL,
    published_at timestamptz NOT NULL
);

CREATE OR REPLACE FUNCTION refuse_shrinking_the_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size < OLD.size OR (NEW.origin <> OLD.origin AND OLD.size > 0) THEN
        RAISE EXCEPTION 'the ledger only grows, under one origin' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER published_only_grows BEFORE UPDATE ON published_checkpoint
    FOR EACH ROW EXECUTE FUNCTION refuse_shrinking_the_ledger();
CREATE TRIGGER published_stays BEFORE DELETE OR TRUNCATE ON published_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT, UPDATE ON published_checkpoint TO standing_service;
    END IF;
END
$$;
