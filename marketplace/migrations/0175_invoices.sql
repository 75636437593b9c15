-- Invoices in the name of assistants under their mandate, the platform's own fee invoices, and credit notes.
CREATE TABLE billing_mandate (
    id uuid PRIMARY KEY,
    party_id uuid NOT NULL REFERENCES party ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
    version int NOT NULL,
    language char(2) NOT NULL,
    text text NOT NULL,
    text_sha256 text NOT NULL,
    consent text NOT NULL,
    ip text,
    user_agent text,
    signed_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by_id uuid REFERENCES person ON DELETE RESTRICT,
    CONSTRAINT billing_mandate_revoked CHECK ((revoked_at IS NULL) = (revoked_by_id IS NULL))
);
CREATE UNIQUE INDEX billing_mandate_party ON billing_mandate (party_id) WHERE revoked_at IS NULL;
CREATE INDEX billing_mandate_of_party ON billing_mandate (party_id, signed_at);
CREATE INDEX billing_mandate_person ON billing_mandate (person_id);
CREATE INDEX billing_mandate_revoked_by ON billing_mandate (revoked_by_id);

-- One gapless series an issuer: 'platform' or an assistant's party. Its row is locked to take a number.
CREATE TABLE invoice_series (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issuer text NOT NULL UNIQUE,
    last_number int NOT NULL DEFAULT 0 CONSTRAINT invoice_series_number CHECK (last_number >= 0)
);

-- One row for each document that the ledger calls for. It has a number if and only if it is issued.
CREATE TABLE invoice (
    id uuid PRIMARY KEY,
    cause text NOT NULL,
    kind text NOT NULL,
    paper text NOT NULL,
    status text NOT NULL,
    code text NOT NULL DEFAULT '',
    findings jsonb NOT NULL DEFAULT '[]',
    contract_id uuid NOT NULL REFERENCES contract ON DELETE RESTRICT,
    holding text NOT NULL,
    seller_id uuid REFERENCES party ON DELETE RESTRICT,
    buyer_id uuid NOT NULL REFERENCES party ON DELETE RESTRICT,
    currency char(3) NOT NULL,
    net_minor bigint NOT NULL,
    vat_minor bigint NOT NULL,
    earned_at timestamptz NOT NULL,
    corrects_id uuid REFERENCES invoice ON DELETE RESTRICT,
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    series_id int REFERENCES invoice_series ON DELETE RESTRICT,
    serial int,
    number text UNIQUE,
    issued_on date,
    issued_at timestamptz,
    document jsonb,
    decision jsonb,
    mandate_id uuid REFERENCES billing_mandate ON DELETE RESTRICT,
    report jsonb,
    xml_sha256 text,
    ubl_sha256 text,
    pdf_sha256 text,
    told_code text NOT NULL DEFAULT '',
    contested_at timestamptz,
    contested_by_id uuid REFERENCES person ON DELETE RESTRICT,
    handed_over_at timestamptz,
    CONSTRAINT invoice_cause UNIQUE (cause, kind),
    CONSTRAINT invoice_serial UNIQUE (series_id, serial),
    CONSTRAINT invoice_kind CHECK (kind IN ('work', 'client_fee', 'assistant_fee')),
    CONSTRAINT invoice_paper CHECK (paper IN ('380', '381', '389')),
    CONSTRAINT invoice_status CHECK (status IN ('due', 'waiting', 'parked', 'issued')),
    CONSTRAINT invoice_amounts CHECK (net_minor >= 0 AND vat_minor >= 0 AND net_minor + vat_minor > 0),
    CONSTRAINT invoice_numbered CHECK ((status = 'issued') = (number IS NOT NULL)),
    CONSTRAINT invoice_whole CHECK (status <> 'issued' OR (serial IS NOT NULL AND series_id IS NOT NULL
        AND issued_on IS NOT NULL AND issued_at IS NOT NULL AND document IS NOT NULL AND decision IS NOT NULL)),
    CONSTRAINT invoice_number_form CHECK (length(number) <= 35 AND number !~ '\s')
);
CREATE INDEX invoice_contract ON invoice (contract_id, id);
CREATE INDEX invoice_holding ON invoice (holding, kind);
CREATE INDEX invoice_seller ON invoice (seller_id, id);
CREATE INDEX invoice_buyer ON invoice (buyer_id, id);
CREATE INDEX invoice_corrects ON invoice (corrects_id);
CREATE INDEX invoice_mandate ON invoice (mandate_id);
CREATE INDEX invoice_contested_by ON invoice (contested_by_id);
CREATE INDEX invoice_open ON invoice (status, id) WHERE status <> 'issued';

-- What is issued is never changed or deleted: corrections are credit notes. Only what happens to it later is added.
CREATE FUNCTION invoice_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := ARRAY['pdf_sha256', 'told_code', 'contested_at', 'contested_by_id', 'handed_over_at'];
BEGIN
    IF old.status <> 'issued' THEN
        RETURN CASE tg_op WHEN 'DELETE' THEN old ELSE new END;
    END IF;
    IF tg_op = 'DELETE' OR (to_jsonb(new) - later) IS DISTINCT FROM (to_jsonb(old) - later)
       OR (old.pdf_sha256 IS NOT NULL AND new.pdf_sha256 IS DISTINCT FROM old.pdf_sha256) THEN
        RAISE EXCEPTION 'an issued invoice is final: write a credit note' USING errcode = '23001';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER invoice_final BEFORE UPDATE OR DELETE ON invoice
    FOR EACH ROW EXECUTE FUNCTION invoice_is_final();

-- A mandate is kept as it was signed; it can only be revoked, once.
CREATE FUNCTION billing_mandate_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := ARRAY['revoked_at', 'revoked_by_id'];
BEGIN
    IF tg_op = 'DELETE' OR (to_jsonb(new) - later) IS DISTINCT FROM (to_jsonb(old) - later)
       OR old.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'a mandate is kept as it was signed' USING errcode = '23001';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER billing_mandate_final BEFORE UPDATE OR DELETE ON billing_mandate
    FOR EACH ROW EXECUTE FUNCTION billing_mandate_is_final();

-- A series only ever goes on by one.
CREATE FUNCTION invoice_series_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' OR new.issuer <> old.issuer OR new.last_number <> old.last_number + 1 THEN
        RAISE EXCEPTION 'a series of invoice numbers goes on by one' USING errcode = '23001';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER invoice_series_gapless BEFORE UPDATE OR DELETE ON invoice_series
    FOR EACH ROW EXECUTE FUNCTION invoice_series_goes_on();
