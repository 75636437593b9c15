-- A person whom an operator has suspended: since when, and the reason they were told.
ALTER TABLE person ADD COLUMN suspended_at timestamptz;
ALTER TABLE person ADD COLUMN suspended_for text NOT NULL DEFAULT '';
