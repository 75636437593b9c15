-- What waits may be issued by its seller outside; then its number is the seller's own, and nothing is made here.
ALTER TABLE invoice ADD COLUMN own_number text;
ALTER TABLE invoice DROP CONSTRAINT invoice_status,
    ADD CONSTRAINT invoice_status CHECK (status IN ('due', 'waiting', 'parked', 'issued', 'by_seller')),
    ADD CONSTRAINT invoice_own CHECK ((status = 'by_seller') = (own_number IS NOT NULL)),
    ADD CONSTRAINT invoice_own_day CHECK (status <> 'by_seller' OR (seller_id IS NOT NULL AND issued_on IS NOT NULL));
