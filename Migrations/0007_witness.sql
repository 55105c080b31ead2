-- What our witness has cosigned of other people's logs: for each, the newest checkpoint and nothing before it.
--
-- A witness that goes back vouches for two histories, so a row only grows: the service decides and writes under the
-- row's lock before it answers, and the trigger refuses whatever would still go back, by whatever way.

CREATE TABLE witnessed (
    origin text PRIMARY KEY,
    size bigint NOT NULL CONSTRAINT witnessed_size_counts_entries CHECK (size >= 0),
    root bytea NOT NULL CONSTRAINT witnessed_root_is_a_sha256 CHECK (octet_length(root) = 32),
    note text NOT NULL,
    cosigned_at timestamptz NOT NULL
);

CREATE FUNCTION refuse_witnessing_two_histories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.origin <> OLD.origin OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root) THEN
        RAISE EXCEPTION 'a witnessed log only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER witnessed_only_grows BEFORE UPDATE ON witnessed
    FOR EACH ROW EXECUTE FUNCTION refuse_witnessing_two_histories();
CREATE TRIGGER witnessed_stays BEFORE DELETE OR TRUNCATE ON witnessed
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT, UPDATE ON witnessed TO standing_service;
    END IF;
END
$$;
