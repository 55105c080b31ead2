-- What facts of several people are about together, so that a later one finds what it turns, and an earlier one what turned
-- it: a reopening and the closing it undoes, a revert and the change, a review and the push after it. Facts stay as they
-- are, whichever comes first; what they come to is worked out from all of them.
--
-- Like a brief, a row follows from its evidence and could be written anew (`standingd rebuild --briefs`): `matter` is a
-- hash of project and object, `turn` the part the fact has in it. Rows go with their evidence. The briefs of triage and
-- commits are taken away here, because writing them again writes these.
--
-- Contract: this takes the place of the index over triage documents.

CREATE TABLE turns (
    matter bigint NOT NULL,
    turn smallint NOT NULL CONSTRAINT turn_is_known CHECK (turn BETWEEN 1 AND 5),
    account bigint NOT NULL,
    entry_index bigint NOT NULL
);
CREATE INDEX turns_by_matter ON turns (matter);

CREATE FUNCTION delete_turns() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM turns t USING gone WHERE t.entry_index = gone.entry_index;
    RETURN NULL;
END
$$;
CREATE TRIGGER turns_go_with_their_evidence AFTER DELETE ON evidence
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_turns();

DROP INDEX IF EXISTS evidence_triage_by_issue;
DELETE FROM briefs b USING evidence e
    WHERE e.entry_index = b.entry_index AND e.type IN ('issue_triaged', 'commit_authored');

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'standing_service') THEN
        GRANT SELECT, INSERT, DELETE ON turns TO standing_service;
    END IF;
END
$$;
