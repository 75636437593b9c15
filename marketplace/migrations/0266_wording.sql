-- The clauses as a version was frozen with them. Earlier versions have none: theirs are read from
-- the file that was signed.
ALTER TABLE contract_version ADD COLUMN clauses jsonb;
