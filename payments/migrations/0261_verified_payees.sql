-- Whether Stripe knows who a payee is: it may pay them out while it still asks for a document or looks at one.
ALTER TABLE payment_payee ADD COLUMN verified boolean NOT NULL DEFAULT false;
UPDATE payment_payee SET verified = true WHERE status = 'active' AND requirements = '[]';
