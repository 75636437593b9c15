-- Stripe refuses to pay somebody out, or has closed their account: nothing they could send changes it.
ALTER TABLE payment_payee ADD COLUMN refused boolean NOT NULL DEFAULT false;
