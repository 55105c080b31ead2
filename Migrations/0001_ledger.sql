-- The transparency log: one head, its entries, and the tiles strangers read.
--
-- An entry's text is a function of its kind and commitment, so only those are kept; `standingd check` rebuilds every
-- text and hash from here. Rows are appended and never touched again: the triggers refuse it to everybody, the owner
-- included, because a log that can be edited proves nothing. Tiles grow at the right edge until they are full.

CREATE TABLE ledger_head (
    one boolean PRIMARY KEY DEFAULT true CONSTRAINT ledger_has_one_head CHECK (one),
    origin text NOT NULL,
    size bigint NOT NULL CONSTRAINT size_counts_entries CHECK (size >= 0),
    root bytea NOT NULL CONSTRAINT root_is_a_sha256 CHECK (octet_length(root) = 32),
    note text NOT NULL,
    observed_at timestamptz NOT NULL
);

CREATE TABLE entries (
    index bigint PRIMARY KEY CONSTRAINT index_counts_from_zero CHECK (index >= 0),
    kind text NOT NULL CONSTRAINT entry_is_of_a_known_kind
        CHECK (kind IN ('evidence', 'identity', 'credential', 'status', 'erasure', 'issuer-key')),
    commitment text NOT NULL CONSTRAINT entry_is_appended_once UNIQUE
        CONSTRAINT commitment_is_43_characters CHECK (length(commitment) = 43)
);

CREATE TABLE tiles (
    level smallint NOT NULL CONSTRAINT level_is_within_a_tree CHECK (level BETWEEN 0 AND 7),
    index bigint NOT NULL CHECK (index >= 0),
    hashes bytea NOT NULL CONSTRAINT tile_holds_1_to_256_hashes
        CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (level, index)
);
-- Hashes do not compress; looking for a pattern in them only costs.
ALTER TABLE tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history cannot be rewritten: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER entries_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

CREATE FUNCTION refuse_shrinking_the_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size < OLD.size OR NEW.origin <> OLD.origin THEN
        RAISE EXCEPTION 'the ledger only grows, under one origin' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER ledger_only_grows BEFORE UPDATE ON ledger_head
    FOR EACH ROW EXECUTE FUNCTION refuse_shrinking_the_ledger();

CREATE FUNCTION refuse_changing_tiles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF substring(NEW.hashes FROM 1 FOR octet_length(OLD.hashes)) <> OLD.hashes THEN
        RAISE EXCEPTION 'a tile only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER tiles_only_grow BEFORE UPDATE ON tiles FOR EACH ROW EXECUTE FUNCTION refuse_changing_tiles();
CREATE TRIGGER tiles_and_head_stay BEFORE DELETE OR TRUNCATE ON tiles
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER head_stays BEFORE DELETE OR TRUNCATE ON ledger_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();
