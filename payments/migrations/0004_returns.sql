-- Money that comes back after a release, tips, credits, and until when a payer's bank may take a payment back.

-- What was released of a holding and not taken back since, line by line.
ALTER TABLE payment_holding
    ADD COLUMN released_price_minor             bigint NOT NULL DEFAULT 0,
    ADD COLUMN released_price_vat_minor         bigint NOT NULL DEFAULT 0,
    ADD COLUMN released_client_fee_minor        bigint NOT NULL DEFAULT 0,
    ADD COLUMN released_client_fee_vat_minor    bigint NOT NULL DEFAULT 0,
    ADD COLUMN released_assistant_fee_minor     bigint NOT NULL DEFAULT 0,
    ADD COLUMN released_assistant_fee_vat_minor bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT payment_holding_released_not_negative CHECK (
        least(released_price_minor, released_price_vat_minor, released_client_fee_minor,
              released_client_fee_vat_minor, released_assistant_fee_minor,
              released_assistant_fee_vat_minor) >= 0);

-- `lent_minor`: transferred out of this charge, could not be taken back, and is now the payee's debt with us.
ALTER TABLE payment_funding
    ADD COLUMN purpose    text   NOT NULL DEFAULT 'hold',
    ADD COLUMN method     text,
    ADD COLUMN lent_minor bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT payment_funding_purpose CHECK (purpose IN ('hold', 'tip')),
    ADD CONSTRAINT payment_funding_lent CHECK (lent_minor >= 0);

CREATE TABLE payment_clawback (
    id                      text PRIMARY KEY,
    holding_id              text        NOT NULL REFERENCES payment_holding (id) ON DELETE RESTRICT,
    goes_to                 text        NOT NULL,
    decided_by              text        NOT NULL,
    reason                  text        NOT NULL,
    currency                char(3)     NOT NULL,
    price_minor             bigint      NOT NULL,
    created_at              timestamptz NOT NULL,
    CONSTRAINT payment_clawback_goes_to CHECK (goes_to IN ('payer', 'loss')),
    CONSTRAINT payment_clawback_price CHECK (price_minor > 0)
);
CREATE INDEX payment_clawback_holding ON payment_clawback (holding_id);

ALTER TABLE payment_movement
    DROP CONSTRAINT payment_movement_kind,
    DROP CONSTRAINT payment_movement_status,
    ADD COLUMN reversed_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN reverses_id    uuid REFERENCES payment_movement (id) ON DELETE RESTRICT,
    ADD CONSTRAINT payment_movement_kind CHECK (kind IN ('transfer', 'refund', 'reversal')),
    ADD CONSTRAINT payment_movement_status CHECK (
        status IN ('queued', 'waiting_payee', 'sending', 'sent', 'failed', 'parked', 'credit', 'withdrawn')),
    ADD CONSTRAINT payment_movement_reversed CHECK (reversed_minor BETWEEN 0 AND amount_minor),
    ADD CONSTRAINT payment_movement_reverses CHECK ((kind = 'reversal') = (reverses_id IS NOT NULL));
CREATE INDEX payment_movement_reverses ON payment_movement (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX payment_movement_credit ON payment_movement (payer) WHERE status = 'credit';
CREATE INDEX payment_movement_holding ON payment_movement (holding);
CREATE INDEX payment_movement_cause ON payment_movement (cause);

-- One reversal, or what was taken back without one; its lines sum with its siblings' to the clawback.
CREATE TABLE payment_clawback_part (
    id                      uuid PRIMARY KEY,
    clawback_id             text        NOT NULL REFERENCES payment_clawback (id) ON DELETE RESTRICT,
    movement_id             uuid REFERENCES payment_movement (id) ON DELETE RESTRICT,
    outcome                 text        NOT NULL,
    currency                char(3)     NOT NULL,
    price_minor             bigint      NOT NULL,
    price_vat_minor         bigint      NOT NULL,
    client_fee_minor        bigint      NOT NULL,
    client_fee_vat_minor    bigint      NOT NULL,
    assistant_fee_minor     bigint      NOT NULL,
    assistant_fee_vat_minor bigint      NOT NULL,
    created_at              timestamptz NOT NULL,
    CONSTRAINT payment_clawback_part_outcome CHECK (outcome IN ('open', 'reversed', 'withdrawn', 'debt')),
    CONSTRAINT payment_clawback_part_movement UNIQUE (movement_id),
    CONSTRAINT payment_clawback_part_lines CHECK (
        least(price_minor, price_vat_minor, client_fee_minor, client_fee_vat_minor, assistant_fee_minor,
              assistant_fee_vat_minor) >= 0)
);
CREATE INDEX payment_clawback_part_clawback ON payment_clawback_part (clawback_id);
