-- Which credentials are of a whole profile: the newest of those is what its page is checked against and what is renewed.
-- A developer can have parts issued in the same form, and those say less than the page does.

ALTER TABLE credentials ADD COLUMN is_whole boolean NOT NULL DEFAULT true;
