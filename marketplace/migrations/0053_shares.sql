-- An early end may say how much of each held part the assistant keeps; parts of a unit paid early.
ALTER TABLE ending ADD COLUMN shares jsonb NOT NULL DEFAULT '[]';

CREATE TABLE part_payment (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
    price_minor bigint NOT NULL CONSTRAINT part_payment_price CHECK (price_minor > 0),
    note text NOT NULL DEFAULT '',
    asked_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    asked_at timestamptz NOT NULL,
    paid_at timestamptz,
    refused_at timestamptz,
    CONSTRAINT part_payment_once CHECK (paid_at IS NULL OR refused_at IS NULL)
);
CREATE UNIQUE INDEX part_payment_one_open ON part_payment (unit_id)
    WHERE paid_at IS NULL AND refused_at IS NULL;
CREATE INDEX part_payment_unit ON part_payment (unit_id);
CREATE INDEX part_payment_asked_by ON part_payment (asked_by_id);
