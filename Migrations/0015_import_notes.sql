-- What an import of a live source leaves for the next one: the tags of lists it has read (`If-None-Match`), and until when.
--
-- A cursor says where an import that was cut off goes on, and is gone once it ended. These stay, and are stored in the
-- transaction of the facts they follow from: what is answered with "not modified" is in the ledger.

CREATE TABLE import_notes (
    import bigint NOT NULL REFERENCES imports (id),
    name text NOT NULL,
    value text NOT NULL,
    CONSTRAINT note_is_kept_once PRIMARY KEY (import, name)
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT ON import_notes TO standing_service;
        GRANT UPDATE (value) ON import_notes TO standing_service;
    END IF;
END
$$;
