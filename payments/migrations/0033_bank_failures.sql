-- The payee's own bank sent a payout back: since when, why (Stripe's code), which payout. Empty again once one arrives.
ALTER TABLE payment_payee
    ADD COLUMN bank_failed_at timestamptz,
    ADD COLUMN bank_failure   text,
    ADD COLUMN bank_payout    text;
