-- What was paid beyond (or short of) the price and its tax, by rounding; and invoices for what is paid in advance.
ALTER TABLE invoice ADD COLUMN rounding_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE invoice DROP CONSTRAINT invoice_paper,
    ADD CONSTRAINT invoice_paper CHECK (paper IN ('380', '381', '386', '389'));
