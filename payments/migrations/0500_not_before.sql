-- The day before which a transfer does not leave (the security hold): the end of a bank's dispute, which makes it wait
-- longer, must not cut that short.
ALTER TABLE payment_movement ADD COLUMN not_before timestamptz;
UPDATE payment_movement SET not_before = next_attempt_at
 WHERE kind = 'transfer' AND status IN ('queued', 'waiting_payee') AND first_sent_at IS NULL
   AND charge NOT IN (SELECT d.charge FROM payment_dispute d WHERE d.status = 'open');
