-- Signs of disguised employment in the life of a contract: since when, and when it was over. They block nothing.
CREATE TABLE life_sign (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract ON DELETE RESTRICT,
    code text NOT NULL,
    facts jsonb NOT NULL,
    found_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    gone_at timestamptz,
    CONSTRAINT life_sign_order CHECK (seen_at >= found_at AND gone_at >= found_at)
);
CREATE UNIQUE INDEX life_sign_open ON life_sign (contract_id, code) WHERE gone_at IS NULL;
CREATE INDEX life_sign_contract ON life_sign (contract_id, code, found_at);
