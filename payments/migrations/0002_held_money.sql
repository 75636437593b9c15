-- Holdings, the charges that fund them, the movements that leave them, and the news Stripe sends.
-- payer, payee, contract and holding are opaque references of the caller.

CREATE TABLE payment_holding (
    id                      text PRIMARY KEY,
    contract                text        NOT NULL,
    payer                   text        NOT NULL,
    payee                   text        NOT NULL,
    currency                char(3)     NOT NULL,
    price_minor             bigint      NOT NULL DEFAULT 0,
    price_vat_minor         bigint      NOT NULL DEFAULT 0,
    client_fee_minor        bigint      NOT NULL DEFAULT 0,
    client_fee_vat_minor    bigint      NOT NULL DEFAULT 0,
    assistant_fee_minor     bigint      NOT NULL DEFAULT 0,
    assistant_fee_vat_minor bigint      NOT NULL DEFAULT 0,
    frozen_at               timestamptz,
    created_at              timestamptz NOT NULL,
    CONSTRAINT payment_holding_not_negative CHECK (
        least(price_minor, price_vat_minor, client_fee_minor, client_fee_vat_minor, assistant_fee_minor,
              assistant_fee_vat_minor) >= 0
        AND assistant_fee_minor + assistant_fee_vat_minor <= price_minor + price_vat_minor)
);
CREATE INDEX payment_holding_contract ON payment_holding (contract);
CREATE INDEX payment_holding_payee ON payment_holding (payee);

CREATE TABLE payment_funding (
    id                      uuid PRIMARY KEY,
    holding_id              text        NOT NULL REFERENCES payment_holding (id) ON DELETE RESTRICT,
    status                  text        NOT NULL,
    currency                char(3)     NOT NULL,
    price_minor             bigint      NOT NULL,
    price_vat_minor         bigint      NOT NULL,
    client_fee_minor        bigint      NOT NULL,
    client_fee_vat_minor    bigint      NOT NULL,
    assistant_fee_minor     bigint      NOT NULL,
    assistant_fee_vat_minor bigint      NOT NULL,
    description             text        NOT NULL,
    locale                  text        NOT NULL,
    attempt                 integer     NOT NULL DEFAULT 1,
    session                 text,
    session_url             text,
    intent                  text,
    charge                  text,
    captured_minor          bigint      NOT NULL DEFAULT 0,
    transferred_minor       bigint      NOT NULL DEFAULT 0,
    refunded_minor          bigint      NOT NULL DEFAULT 0,
    stripe_fee_minor        bigint      NOT NULL DEFAULT 0,
    failure                 text,
    created_at              timestamptz NOT NULL,
    funded_at               timestamptz,
    CONSTRAINT payment_funding_status CHECK (
        status IN ('requested', 'checkout', 'processing', 'failed', 'funded', 'cancelled')),
    CONSTRAINT payment_funding_session UNIQUE (session),
    CONSTRAINT payment_funding_charge UNIQUE (charge),
    CONSTRAINT payment_funding_lines CHECK (
        price_minor > 0 AND least(price_vat_minor, client_fee_minor, client_fee_vat_minor, assistant_fee_minor,
                                  assistant_fee_vat_minor) >= 0),
    CONSTRAINT payment_funding_never_more_than_captured CHECK (
        transferred_minor >= 0 AND refunded_minor >= 0 AND transferred_minor + refunded_minor <= captured_minor)
);
CREATE INDEX payment_funding_holding ON payment_funding (holding_id);
CREATE INDEX payment_funding_intent ON payment_funding (intent);

-- Which charge stands behind the money of which holding: transfers and refunds leave from here, oldest charge first.
CREATE TABLE payment_lot (
    id           uuid PRIMARY KEY,
    holding_id   text        NOT NULL REFERENCES payment_holding (id) ON DELETE RESTRICT,
    funding_id   uuid        NOT NULL REFERENCES payment_funding (id) ON DELETE RESTRICT,
    left_minor   bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT payment_lot_once UNIQUE (holding_id, funding_id),
    CONSTRAINT payment_lot_not_negative CHECK (left_minor >= 0)
);
CREATE INDEX payment_lot_funding ON payment_lot (funding_id);

CREATE TABLE payment_movement (
    id              uuid PRIMARY KEY,
    kind            text        NOT NULL,
    status          text        NOT NULL,
    funding_id      uuid REFERENCES payment_funding (id) ON DELETE RESTRICT,
    contract        text        NOT NULL,
    holding         text        NOT NULL,
    payer           text        NOT NULL,
    payee           text        NOT NULL,
    amount_minor    bigint      NOT NULL,
    currency        char(3)     NOT NULL,
    charge          text        NOT NULL,
    cause           text        NOT NULL,
    generation      integer     NOT NULL DEFAULT 0,
    attempts        integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    first_sent_at   timestamptz,
    claimed_at      timestamptz,
    stripe_id       text,
    settled_at      timestamptz,
    failure         text,
    created_at      timestamptz NOT NULL,
    CONSTRAINT payment_movement_kind CHECK (kind IN ('transfer', 'refund')),
    CONSTRAINT payment_movement_status CHECK (
        status IN ('queued', 'waiting_payee', 'sending', 'sent', 'failed', 'parked')),
    CONSTRAINT payment_movement_stripe_id UNIQUE (stripe_id),
    CONSTRAINT payment_movement_amount CHECK (amount_minor > 0),
    CONSTRAINT payment_movement_sent CHECK (status <> 'sent' OR stripe_id IS NOT NULL)
);
CREATE INDEX payment_movement_funding ON payment_movement (funding_id);
CREATE INDEX payment_movement_contract ON payment_movement (contract);
CREATE INDEX payment_movement_due ON payment_movement (next_attempt_at) WHERE status IN ('queued', 'sending');
CREATE INDEX payment_movement_waiting ON payment_movement (payee) WHERE status = 'waiting_payee';

CREATE TABLE payment_payer (
    id         text PRIMARY KEY,
    customer   text        NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT payment_payer_customer UNIQUE (customer)
);

CREATE TABLE payment_payee (
    id           text PRIMARY KEY,
    account      text,
    status       text        NOT NULL,
    requirements jsonb       NOT NULL DEFAULT '[]',
    email        text        NOT NULL,
    name         text        NOT NULL,
    country      char(2)     NOT NULL,
    locale       text        NOT NULL,
    created_at   timestamptz NOT NULL,
    checked_at   timestamptz,
    CONSTRAINT payment_payee_status CHECK (status IN ('none', 'onboarding', 'restricted', 'active')),
    CONSTRAINT payment_payee_account UNIQUE (account)
);

CREATE TABLE payment_dispute (
    id           text PRIMARY KEY,
    funding_id   uuid        NOT NULL REFERENCES payment_funding (id) ON DELETE RESTRICT,
    status       text        NOT NULL,
    amount_minor bigint      NOT NULL,
    currency     char(3)     NOT NULL,
    reason       text        NOT NULL,
    due_by       timestamptz,
    opened_at    timestamptz NOT NULL,
    closed_at    timestamptz,
    CONSTRAINT payment_dispute_status CHECK (status IN ('open', 'won', 'lost')),
    CONSTRAINT payment_dispute_amount CHECK (amount_minor > 0)
);
CREATE INDEX payment_dispute_funding ON payment_dispute (funding_id);

-- What Stripe told us, stored before anything else happens; applied later, once, from a fresh copy of the object.
CREATE TABLE stripe_event (
    id              uuid PRIMARY KEY,
    event           text        NOT NULL,
    type            text        NOT NULL,
    object          text,
    account         text,
    status          text        NOT NULL,
    attempts        integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    failure         text,
    received_at     timestamptz NOT NULL,
    applied_at      timestamptz,
    CONSTRAINT stripe_event_once UNIQUE (event),
    CONSTRAINT stripe_event_status CHECK (status IN ('received', 'waiting', 'applied', 'ignored', 'parked'))
);
CREATE INDEX stripe_event_pending ON stripe_event (next_attempt_at) WHERE status IN ('received', 'waiting');
