-- Triage by what it was done to: whether an issue was opened again is in somebody else's fact, which may come before or
-- after the one it undoes. Facts stay as they are; what they come to is worked out from all of them.

CREATE INDEX evidence_triage_by_issue ON evidence (project, (document::jsonb -> 'object' ->> 'unit'))
    WHERE type = 'issue_triaged';
