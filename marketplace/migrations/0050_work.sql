-- Units of work: what is funded, delivered, approved and paid; hours; early endings.
CREATE TABLE unit (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
    kind text NOT NULL CONSTRAINT unit_kind CHECK (kind IN ('milestone', 'period', 'week')),
    position int NOT NULL CONSTRAINT unit_position CHECK (position > 0),
    title text NOT NULL DEFAULT '',
    criteria jsonb NOT NULL DEFAULT '[]',
    price_minor bigint NOT NULL CONSTRAINT unit_price CHECK (price_minor > 0),
    currency char(3) NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    status text NOT NULL CONSTRAINT unit_status CHECK (status IN
        ('planned', 'funding', 'funded', 'submitted', 'changes_requested', 'approved', 'cancelled')),
    funded_at timestamptz,
    submitted_at timestamptz,
    review_until timestamptz,
    decided_at timestamptz,
    paid_minor bigint NOT NULL DEFAULT 0,
    reminders_sent int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT unit_one_a_position UNIQUE (contract_id, position),
    CONSTRAINT unit_days CHECK (ends_on >= starts_on),
    CONSTRAINT unit_paid CHECK (paid_minor BETWEEN 0 AND price_minor),
    CONSTRAINT unit_review CHECK (status <> 'submitted' OR review_until IS NOT NULL)
);
CREATE INDEX unit_review_due ON unit (review_until) WHERE status = 'submitted';
CREATE INDEX unit_ends_on ON unit (ends_on) WHERE status = 'funded';

CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
    number int NOT NULL,
    note text NOT NULL,
    links jsonb NOT NULL DEFAULT '[]',
    submitted_by_id uuid REFERENCES person (id) ON DELETE RESTRICT,
    submitted_at timestamptz NOT NULL,
    decision text NOT NULL DEFAULT '' CONSTRAINT delivery_decision
        CHECK (decision IN ('', 'approved', 'changes', 'silence')),
    decision_note text NOT NULL DEFAULT '',
    criteria_cited jsonb NOT NULL DEFAULT '[]',
    decided_by_id uuid REFERENCES person (id) ON DELETE RESTRICT,
    decided_at timestamptz,
    CONSTRAINT delivery_one_a_number UNIQUE (unit_id, number)
);
CREATE INDEX delivery_submitted_by ON delivery (submitted_by_id);
CREATE INDEX delivery_decided_by ON delivery (decided_by_id);

CREATE TABLE time_entry (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    worked_on date NOT NULL,
    minutes int NOT NULL CONSTRAINT time_entry_minutes CHECK (minutes BETWEEN 1 AND 1440),
    task text NOT NULL CONSTRAINT time_entry_task CHECK (task <> ''),
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX time_entry_unit ON time_entry (unit_id, worked_on);
CREATE INDEX time_entry_person ON time_entry (person_id);

CREATE TABLE ending (
    contract_id uuid PRIMARY KEY REFERENCES contract (id) ON DELETE RESTRICT,
    side text NOT NULL CONSTRAINT ending_side CHECK (side IN ('business', 'assistant')),
    reason text NOT NULL DEFAULT '',
    proposed_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    proposed_at timestamptz NOT NULL,
    effective_at timestamptz NOT NULL,
    done_at timestamptz
);
CREATE INDEX ending_due ON ending (effective_at) WHERE done_at IS NULL;
CREATE INDEX ending_proposed_by ON ending (proposed_by_id);
