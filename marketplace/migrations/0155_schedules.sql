-- What a contract's schedules declare: personal data (GDPR article 28) and service targets.
ALTER TABLE contract
    ADD COLUMN personal_data jsonb,
    ADD COLUMN kpis jsonb NOT NULL DEFAULT '[]';
