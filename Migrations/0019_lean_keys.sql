-- Narrower keys where facts are appended: indexes that take hashes take them at random places, and what they hold of each
-- is what an append costs.
--
-- * Entries are found by the first 16 bytes of their leaf hash, computed here from the row as the whole hash was; whoever
--   asks compares the rest.
-- * Of the keyed hash that tells a known fact, 128 bits are kept: by chance, or by whoever has not got the key, no two
--   facts share them.
-- * What is listed of an account in the order of the ledger is found through its briefs; the evidence itself is found by
--   its account for an erasure, which needs no order, and equal keys share their place in an index.
--
-- Contract: a service from before this migration has to be stopped first; it writes the longer hash and asks for the
-- column that goes. The tables are written anew once.

ALTER TABLE entries DROP COLUMN leaf_hash;
ALTER TABLE entries ADD COLUMN leaf_prefix bytea NOT NULL GENERATED ALWAYS AS
    (substr(sha256('\x00'::bytea || ('{"c":"' || commitment || '","k":"' || kind || '","v":1}')::bytea), 1, 16)) STORED
    CONSTRAINT entry_is_appended_once UNIQUE;

ALTER TABLE evidence
    DROP CONSTRAINT identity_is_a_sha256,
    ALTER COLUMN identity_hash TYPE bytea USING substr(identity_hash, 1, 16),
    ADD CONSTRAINT identity_is_128_bits CHECK (octet_length(identity_hash) = 16);
DROP INDEX evidence_by_account;
CREATE INDEX evidence_by_account ON evidence (account);
