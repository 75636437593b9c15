-- Somebody holds that a reference is unlawful. The address goes once they were told what was decided.
CREATE TABLE reference_report (
    id uuid PRIMARY KEY,
    reference_id uuid NOT NULL REFERENCES client_reference ON DELETE RESTRICT,
    ground text NOT NULL,
    said text NOT NULL,
    email text NOT NULL DEFAULT '',
    locale text NOT NULL,
    created_at timestamptz NOT NULL,
    taken_down boolean,
    decided_at timestamptz,
    CONSTRAINT reference_report_decided CHECK ((taken_down IS NULL) = (decided_at IS NULL))
);
CREATE INDEX reference_report_reference ON reference_report (reference_id);
CREATE INDEX reference_report_open ON reference_report (created_at, id) WHERE decided_at IS NULL;
