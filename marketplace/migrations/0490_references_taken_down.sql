-- An operator takes down a reference that is unlawful, or puts one back; its giver and asker are told.
ALTER TABLE client_reference
  ADD COLUMN taken_down_at timestamptz,
  ADD COLUMN taken_down_for varchar(20) NOT NULL DEFAULT '',
  ADD CONSTRAINT client_reference_taken_down CHECK ((taken_down_at IS NULL) = (taken_down_for = ''));
CREATE INDEX client_reference_taken ON client_reference (taken_down_at) WHERE taken_down_at IS NOT NULL;
