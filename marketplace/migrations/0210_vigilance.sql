-- Papers that the law makes a client ask of its assistant: handed in, checked, reminded of. Nothing of it is ever changed.
CREATE TABLE compliance_document (
    id uuid PRIMARY KEY,
    party_id uuid NOT NULL REFERENCES party ON DELETE RESTRICT,
    contract_id uuid NOT NULL REFERENCES contract ON DELETE RESTRICT,
    for_contract boolean NOT NULL,
    jurisdiction text NOT NULL,
    code text NOT NULL,
    number text NOT NULL,
    issued_on date NOT NULL,
    valid_until date,
    file_sha256 text NOT NULL,
    file_bytes int NOT NULL,
    media_type text NOT NULL,
    person_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
    created_at timestamptz NOT NULL,
    CONSTRAINT compliance_document_days CHECK (valid_until >= issued_on),
    CONSTRAINT compliance_document_media CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    CONSTRAINT compliance_document_bytes CHECK (file_bytes > 0)
);
CREATE INDEX compliance_document_party ON compliance_document (party_id, jurisdiction, code, created_at);
CREATE INDEX compliance_document_contract ON compliance_document (contract_id);
CREATE INDEX compliance_document_person ON compliance_document (person_id);

-- What a client said of a paper: checked at its issuer, not right; or that it goes on without one.
CREATE TABLE compliance_check (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract ON DELETE RESTRICT,
    document_id uuid REFERENCES compliance_document ON DELETE RESTRICT,
    jurisdiction text NOT NULL,
    code text NOT NULL,
    verdict text NOT NULL,
    note text NOT NULL DEFAULT '',
    person_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
    created_at timestamptz NOT NULL,
    CONSTRAINT compliance_check_verdict CHECK (verdict IN ('passed', 'failed', 'waived')),
    CONSTRAINT compliance_check_subject CHECK ((verdict = 'waived') = (document_id IS NULL))
);
CREATE INDEX compliance_check_contract ON compliance_check (contract_id, created_at);
CREATE INDEX compliance_check_document ON compliance_check (document_id);
CREATE INDEX compliance_check_person ON compliance_check (person_id);

-- Each reminder is sent once.
CREATE TABLE compliance_notice (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract ON DELETE RESTRICT,
    jurisdiction text NOT NULL,
    code text NOT NULL,
    stage text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT compliance_notice_once UNIQUE (contract_id, jurisdiction, code, stage)
);

CREATE FUNCTION compliance_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of papers is append-only' USING errcode = '23001';
END $$;
CREATE TRIGGER compliance_document_kept BEFORE UPDATE OR DELETE ON compliance_document
    FOR EACH ROW EXECUTE FUNCTION compliance_is_kept();
CREATE TRIGGER compliance_check_kept BEFORE UPDATE OR DELETE ON compliance_check
    FOR EACH ROW EXECUTE FUNCTION compliance_is_kept();
CREATE TRIGGER compliance_notice_kept BEFORE UPDATE OR DELETE ON compliance_notice
    FOR EACH ROW EXECUTE FUNCTION compliance_is_kept();
