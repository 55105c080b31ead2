-- One index less where facts are appended: whose facts there are is told by the briefs.
--
-- Every fact has a brief from the transaction that appends it on, and loses it with itself; an index of the evidence by
-- account said the same once more, and took a seventh of what PostgreSQL spends on a batch.
--
-- Contract: a service from before this migration finds an account's facts without the index by reading them all.

DROP INDEX evidence_by_account;
