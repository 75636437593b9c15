-- How often a payer opened the page that saves a means of payment: each visit's call has its own key.
ALTER TABLE payment_payer ADD COLUMN setups integer NOT NULL DEFAULT 0;
