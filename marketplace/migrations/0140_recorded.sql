-- How the price reaches the assistant: through held funds, or paid directly and only recorded here (F26).
ALTER TABLE contract
    ADD COLUMN rail text NOT NULL DEFAULT 'held',
    ADD CONSTRAINT contract_rail CHECK (rail IN ('held', 'recorded'));

-- `open`: under way by the signed agreement without held money. `paid_at`: both sides say so.
ALTER TABLE unit
    DROP CONSTRAINT unit_status,
    ADD CONSTRAINT unit_status CHECK (status IN
        ('planned', 'funding', 'funded', 'open', 'submitted', 'changes_requested', 'contested',
         'approved', 'cancelled')),
    ADD COLUMN paid_at timestamptz,
    ADD COLUMN pay_reminders int NOT NULL DEFAULT 0;

-- A payment made outside: the business says so, the assistant confirms or disputes it.
CREATE TABLE recorded_payment (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
    state text NOT NULL CONSTRAINT recorded_payment_state
        CHECK (state IN ('recorded', 'confirmed', 'disputed', 'withdrawn')),
    amount_minor bigint NOT NULL CONSTRAINT recorded_payment_amount CHECK (amount_minor > 0),
    currency char(3) NOT NULL,
    paid_on date NOT NULL,
    method text NOT NULL CONSTRAINT recorded_payment_method
        CHECK (method IN ('bank_transfer', 'mobile_money', 'card', 'cash', 'other')),
    reference text NOT NULL DEFAULT '',
    recorded_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    recorded_at timestamptz NOT NULL,
    answered_by_id uuid REFERENCES person (id) ON DELETE RESTRICT,
    answered_at timestamptz,
    note text NOT NULL DEFAULT '',
    reminders_sent int NOT NULL DEFAULT 0,
    CONSTRAINT recorded_payment_answer CHECK ((state = 'recorded') = (answered_at IS NULL)),
    CONSTRAINT recorded_payment_reason CHECK (state <> 'disputed' OR note <> '')
);
CREATE INDEX recorded_payment_unit ON recorded_payment (unit_id);
CREATE INDEX recorded_payment_recorded_by ON recorded_payment (recorded_by_id);
CREATE INDEX recorded_payment_answered_by ON recorded_payment (answered_by_id);
CREATE INDEX recorded_payment_waiting ON recorded_payment (recorded_at) WHERE state = 'recorded';
