-- The French version of a paper in another language, handed over first where a party is in Quebec
-- (Charter of the French language, section 55).
ALTER TABLE contract_version
    ADD COLUMN french_sha256 char(64)
        CONSTRAINT contract_version_french_sha256 CHECK (french_sha256 ~ '^[0-9a-f]{64}$');
