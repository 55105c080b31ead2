-- Quarantine that can be worked off: when a record was put aside, and when it could be taken after all.
--
-- A replay reads the record from its source again, because no text of other people's is kept here. A row stays when its
-- record was taken: that something was once missing is part of what an import covered.

ALTER TABLE quarantine ADD COLUMN noted_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE quarantine ADD COLUMN replayed_at timestamptz;

-- The last record of an import that reached the end: a history that no longer has it was rewritten.
ALTER TABLE imports ADD COLUMN tip text NOT NULL DEFAULT '';

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT UPDATE (reason, digest, replayed_at) ON quarantine TO standing_service;
        GRANT UPDATE (tip) ON imports TO standing_service;
    END IF;
END
$$;
