-- Which saved card pays the weeks to come, of which card's end its payer was told, and since when a
-- direct debit is under way.
ALTER TABLE payment_payer
    ADD COLUMN default_method text,
    ADD COLUMN expiry_told    text;

ALTER TABLE payment_funding
    ADD COLUMN processing_at timestamptz;
