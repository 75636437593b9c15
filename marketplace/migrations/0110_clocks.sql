-- The clocks a contract promises are data, fixed with each version. Old contracts keep the defaults.
ALTER TABLE contract ADD COLUMN clocks jsonb NOT NULL DEFAULT '{}';

-- A release may wait for the security hold: when its transfer leaves.
ALTER TABLE unit ADD COLUMN pays_at timestamptz;
CREATE INDEX payment_movement_payee ON payment_movement (payee) WHERE kind = 'transfer';
