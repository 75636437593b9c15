-- The signed higher cap for whose difference the saved card was tried; until it equals raised_minutes a tick tries.
ALTER TABLE unit ADD COLUMN raise_tried integer;
CREATE INDEX unit_raised ON unit (id) WHERE raised_minutes IS NOT NULL;
