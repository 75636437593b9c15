-- How quickly an assistant usually answers offers, measured by marketplace/contracts.
ALTER TABLE profile
  ADD COLUMN response_minutes integer,
  ADD COLUMN response_answers integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT profile_response_minutes_positive CHECK (response_minutes > 0),
  ADD CONSTRAINT profile_response_answers_counted CHECK (response_answers >= 0);
