-- Whether the notice of a contract is counted in calendar days, as all were, or in business days.
ALTER TABLE contract
    ADD COLUMN notice_in text NOT NULL DEFAULT 'days',
    ADD CONSTRAINT contract_notice_in_known CHECK (notice_in IN ('days', 'business_days'));
