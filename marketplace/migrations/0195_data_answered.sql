-- Whether the business has said if the work touches personal data: "no" is an answer to keep.
ALTER TABLE contract ADD COLUMN data_answered boolean NOT NULL DEFAULT false;
UPDATE contract SET data_answered = true WHERE version > 0;
