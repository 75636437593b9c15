-- Packs of a flat fee (F24): lots of paid units, their use, what of a use each lot covers, notices
-- before units expire. A lot is a unit of work with its own held money: a period or a further pack.
ALTER TABLE unit DROP CONSTRAINT unit_kind;
ALTER TABLE unit ADD CONSTRAINT unit_kind CHECK (kind IN ('milestone', 'period', 'week', 'top_up'));

CREATE TABLE pack_lot (
    unit_id uuid PRIMARY KEY REFERENCES unit (id) ON DELETE RESTRICT,
    size int NOT NULL CONSTRAINT pack_lot_size CHECK (size > 0),
    rollover int NOT NULL CONSTRAINT pack_lot_rollover CHECK (rollover >= 0),
    covers_from date NOT NULL,
    usable_until date NOT NULL,
    used int NOT NULL DEFAULT 0 CONSTRAINT pack_lot_used CHECK (used >= 0),
    returned int NOT NULL DEFAULT 0 CONSTRAINT pack_lot_returned CHECK (returned >= 0),
    expired int NOT NULL DEFAULT 0 CONSTRAINT pack_lot_expired CHECK (expired >= 0),
    reviewed_at timestamptz,
    CONSTRAINT pack_lot_spent CHECK (used + returned + expired <= size)
);

CREATE TABLE pack_use (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    used_on date NOT NULL,
    quantity int NOT NULL CONSTRAINT pack_use_quantity CHECK (quantity > 0),
    note text NOT NULL CONSTRAINT pack_use_note CHECK (note <> ''),
    reason text NOT NULL DEFAULT '',
    outcome text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX pack_use_unit ON pack_use (unit_id, used_on);
CREATE INDEX pack_use_person ON pack_use (person_id);

CREATE TABLE pack_draw (
    id uuid PRIMARY KEY,
    use_id uuid NOT NULL REFERENCES pack_use (id) ON DELETE RESTRICT,
    lot_id uuid NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
    quantity int NOT NULL CONSTRAINT pack_draw_quantity CHECK (quantity > 0),
    created_at timestamptz NOT NULL
);
CREATE INDEX pack_draw_use ON pack_draw (use_id);
CREATE INDEX pack_draw_lot ON pack_draw (lot_id);

CREATE TABLE pack_notice (
    id uuid PRIMARY KEY,
    lot_id uuid NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
    lapses_on date NOT NULL,
    number int NOT NULL CONSTRAINT pack_notice_number CHECK (number IN (1, 2)),
    quantity int NOT NULL CONSTRAINT pack_notice_quantity CHECK (quantity > 0),
    created_at timestamptz NOT NULL,
    CONSTRAINT pack_notice_once UNIQUE (lot_id, lapses_on, number)
);

-- What a mail is about, where its sending has to be proven later (reminders, notices).
ALTER TABLE outgoing_mail ADD COLUMN about text NOT NULL DEFAULT '';
CREATE INDEX outgoing_mail_about ON outgoing_mail (about) WHERE about <> '';
