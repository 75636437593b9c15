-- Tax facts: registers' answers as evidence, VAT decisions with what they rest on, and from when a
-- small business owes VAT.
CREATE TABLE register_answer (
    id uuid PRIMARY KEY,
    register varchar(10) NOT NULL,
    number varchar(40) NOT NULL,
    state varchar(10) NOT NULL,
    name text NOT NULL,
    reference varchar(80) NOT NULL,
    said jsonb NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT register_answer_register_known CHECK (register IN ('vies', 'sirene')),
    CONSTRAINT register_answer_state_known CHECK (
        state IN ('valid', 'invalid', 'inactive', 'unknown'))
);
CREATE INDEX register_answer_newest ON register_answer (register, number, asked_at DESC, id DESC);

CREATE TABLE tax_decision (
    id uuid PRIMARY KEY,
    subject varchar(60) NOT NULL,
    purpose varchar(20) NOT NULL,
    seller_id uuid REFERENCES party (id) ON DELETE RESTRICT,
    buyer_id uuid REFERENCES party (id) ON DELETE RESTRICT,
    on_day date NOT NULL,
    inputs jsonb NOT NULL,
    outputs jsonb NOT NULL,
    rule varchar(8) NOT NULL,
    data_version varchar(40) NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT tax_decision_purpose_known CHECK (
        purpose IN ('supply', 'client_fee', 'assistant_fee')),
    CONSTRAINT tax_decision_of_somebody CHECK (seller_id IS NOT NULL OR buyer_id IS NOT NULL)
);
CREATE INDEX tax_decision_subject ON tax_decision (subject, decided_at);
CREATE INDEX tax_decision_seller ON tax_decision (seller_id);
CREATE INDEX tax_decision_buyer ON tax_decision (buyer_id);

CREATE TABLE tax_standing (
    party_id uuid PRIMARY KEY REFERENCES party (id) ON DELETE RESTRICT,
    left_on date NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE FUNCTION taxes_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER register_answer_append_only BEFORE UPDATE OR DELETE ON register_answer
    FOR EACH ROW EXECUTE FUNCTION taxes_append_only();
CREATE TRIGGER register_answer_no_truncate BEFORE TRUNCATE ON register_answer
    FOR EACH STATEMENT EXECUTE FUNCTION taxes_append_only();
CREATE TRIGGER tax_decision_append_only BEFORE UPDATE OR DELETE ON tax_decision
    FOR EACH ROW EXECUTE FUNCTION taxes_append_only();
CREATE TRIGGER tax_decision_no_truncate BEFORE TRUNCATE ON tax_decision
    FOR EACH STATEMENT EXECUTE FUNCTION taxes_append_only();

-- The overseas departments have VAT rates of their own: the postcode says which.
UPDATE party SET subdivision = 'FR-' || left(postcode, 3)
 WHERE jurisdiction = 'FR' AND subdivision = '' AND postcode ~ '^97[12346][0-9]{2}$'
   AND postcode NOT IN ('97133', '97150');
