-- Single lines of a week can be contested while the others are paid.
ALTER TABLE unit DROP CONSTRAINT unit_status;
ALTER TABLE unit ADD CONSTRAINT unit_status CHECK (status IN
    ('planned', 'funding', 'funded', 'submitted', 'changes_requested', 'contested', 'approved',
     'cancelled'));

ALTER TABLE time_entry
    ADD COLUMN state text NOT NULL DEFAULT 'counted' CONSTRAINT time_entry_state CHECK (state IN
        ('counted', 'contested', 'accepted', 'reduced', 'withdrawn')),
    ADD COLUMN contest_reason text NOT NULL DEFAULT '',
    ADD COLUMN proposed_minutes int,
    ADD COLUMN proposed_by text NOT NULL DEFAULT '' CONSTRAINT time_entry_proposed_by
        CHECK (proposed_by IN ('', 'business', 'assistant')),
    ADD COLUMN answer_until timestamptz,
    ADD COLUMN agreed_minutes int CONSTRAINT time_entry_agreed
        CHECK (agreed_minutes BETWEEN 0 AND minutes),
    ADD COLUMN settled_at timestamptz,
    ADD CONSTRAINT time_entry_proposal CHECK (proposed_minutes BETWEEN 0 AND minutes),
    ADD CONSTRAINT time_entry_open CHECK (state <> 'contested' OR
        (proposed_minutes IS NOT NULL AND answer_until IS NOT NULL AND proposed_by <> ''));
CREATE INDEX time_entry_answer ON time_entry (answer_until) WHERE state = 'contested';

-- One running timer a person; stopping it makes lines of hours.
CREATE TABLE work_timer (
    person_id uuid PRIMARY KEY REFERENCES person (id) ON DELETE RESTRICT,
    unit_id uuid NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
    task text NOT NULL CONSTRAINT work_timer_task CHECK (task <> ''),
    started_at timestamptz NOT NULL
);
CREATE INDEX work_timer_unit ON work_timer (unit_id);
