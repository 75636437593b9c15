-- When our evidence reached the bank, if it did.
ALTER TABLE payment_dispute ADD COLUMN answered_at timestamptz;
