-- Weeks are paid ahead by the saved card; idle contracts pause themselves.
ALTER TABLE unit
    ADD COLUMN prefund_id uuid,
    ADD COLUMN prefund_tried_at timestamptz;
CREATE INDEX unit_prefund_due ON unit (starts_on)
    WHERE kind = 'week' AND prefund_tried_at IS NULL AND status IN ('planned', 'funding');

CREATE TABLE work_pause (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    resumed_by_id uuid REFERENCES person (id) ON DELETE RESTRICT,
    CONSTRAINT work_pause_order CHECK (ended_at >= began_at)
);
CREATE UNIQUE INDEX work_pause_one_open ON work_pause (contract_id) WHERE ended_at IS NULL;
CREATE INDEX work_pause_contract ON work_pause (contract_id);
CREATE INDEX work_pause_resumed_by ON work_pause (resumed_by_id);
