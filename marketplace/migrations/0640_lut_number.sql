-- An Indian export under a letter of undertaking names its number (ARN) and the code of the service.
ALTER TABLE party
    ADD COLUMN lut_number text NOT NULL DEFAULT '',
    ADD COLUMN sac_code text NOT NULL DEFAULT '';
