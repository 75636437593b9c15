-- What a side of a contract told about a bank's dispute; goes to the bank with the evidence, so nothing is changed later.
CREATE TABLE dispute_account (
    id uuid PRIMARY KEY,
    dispute text NOT NULL,
    contract_id uuid NOT NULL REFERENCES contract ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
    side text NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT dispute_account_side CHECK (side IN ('business', 'assistant')),
    CONSTRAINT dispute_account_text CHECK (length(btrim(text)) >= 3)
);
CREATE INDEX dispute_account_dispute ON dispute_account (dispute, created_at);
CREATE INDEX dispute_account_contract ON dispute_account (contract_id);
CREATE INDEX dispute_account_person ON dispute_account (person_id);
