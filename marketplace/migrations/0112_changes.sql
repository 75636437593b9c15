-- A running contract is changed by a new version that both sides sign; the old one holds until then.
CREATE TABLE contract_change (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
    version_id uuid NOT NULL REFERENCES contract_version (id) ON DELETE RESTRICT,
    side text NOT NULL CONSTRAINT contract_change_side CHECK (side IN ('business', 'assistant')),
    proposed_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    reason text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'open' CONSTRAINT contract_change_status
        CHECK (status IN ('open', 'agreed', 'declined', 'withdrawn', 'expired', 'void')),
    proposed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT contract_change_version_once UNIQUE (version_id)
);
CREATE UNIQUE INDEX contract_change_one_open ON contract_change (contract_id) WHERE status = 'open';
CREATE INDEX contract_change_contract ON contract_change (contract_id);
CREATE INDEX contract_change_proposed_by ON contract_change (proposed_by_id);
CREATE INDEX contract_change_running_out ON contract_change (expires_at) WHERE status = 'open';

-- What a week's money pays for, and a signed higher cap whose difference is not held yet.
ALTER TABLE unit
    ADD COLUMN cap_minutes int,
    ADD COLUMN raised_minutes int,
    ADD CONSTRAINT unit_raised CHECK (raised_minutes > cap_minutes);
