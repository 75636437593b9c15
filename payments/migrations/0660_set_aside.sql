-- A transfer that cannot leave is taken out of the queue by a named person, since when, and may have been paid another way.
ALTER TABLE payment_movement
    ADD COLUMN set_aside_at timestamptz,
    DROP CONSTRAINT payment_movement_status,
    ADD CONSTRAINT payment_movement_status CHECK (
        status IN ('queued', 'waiting_payee', 'sending', 'sent', 'failed', 'parked', 'credit', 'withdrawn',
                   'set_aside', 'paid_by_hand')),
    ADD CONSTRAINT payment_movement_set_aside CHECK (
        status NOT IN ('set_aside', 'paid_by_hand')
        OR kind = 'transfer' AND set_aside_at IS NOT NULL AND stripe_id IS NULL);
CREATE INDEX payment_movement_aside ON payment_movement (payee) WHERE status = 'set_aside';
