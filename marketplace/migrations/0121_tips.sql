-- Tips and bonuses: the business's gift on a contract of which something was released.
CREATE TABLE tip (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
    given_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    funding_id uuid NOT NULL UNIQUE,
    amount_minor bigint NOT NULL CONSTRAINT tip_amount CHECK (amount_minor > 0),
    currency char(3) NOT NULL,
    note text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL,
    paid_at timestamptz
);
CREATE INDEX tip_contract ON tip (contract_id, asked_at);
CREATE INDEX tip_given_by ON tip (given_by_id);
