-- The start-up phase: business days, hours of paid work at most, and what comes after it.
ALTER TABLE contract
    ADD COLUMN trial_minutes integer NOT NULL DEFAULT 0,
    ADD COLUMN trial_then text NOT NULL DEFAULT 'continue',
    ADD COLUMN trial_until date,
    ADD CONSTRAINT contract_trial_minutes_sane CHECK (trial_minutes BETWEEN 0 AND 3600),
    ADD CONSTRAINT contract_trial_then_known CHECK (trial_then IN ('continue', 'end'));
UPDATE contract SET trial_days = 10 WHERE trial_days > 10 AND status = 'draft';
CREATE INDEX contract_trial_over ON contract (trial_until)
    WHERE status = 'active' AND trial_then = 'end';

-- The whole phase may be one unit: prefunded hours, handed in once.
ALTER TABLE unit ADD COLUMN trial boolean NOT NULL DEFAULT false;
