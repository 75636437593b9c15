-- Refunds that the payer's bank returned and nobody has sent again: the payer's credit with us.
CREATE INDEX payment_movement_failed ON payment_movement (payer) WHERE kind = 'refund' AND status = 'failed';
CREATE VIEW payment_returned AS
SELECT m.id, m.payer FROM payment_movement m
 WHERE m.kind = 'refund' AND m.status = 'failed'
   AND NOT EXISTS (SELECT FROM payment_movement again WHERE again.cause = 'resend:' || m.id);
-- What was transferred to a payee and came back, for the account that the payee reads.
CREATE INDEX payment_movement_reversed ON payment_movement (payee) WHERE kind = 'reversal';
