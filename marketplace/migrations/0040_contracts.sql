-- Contracts: agreements, frozen versions, signatures, one-time codes and the evidence chain.

CREATE SEQUENCE contract_number_seq;

CREATE TABLE contract (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    business_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    assistant_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    created_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    title text NOT NULL DEFAULT '',
    scope text NOT NULL DEFAULT '',
    currency char(3) NOT NULL,
    language char(2) NOT NULL,
    starts_on date,
    ends_on date,
    notice_days integer NOT NULL,
    trial_days integer NOT NULL,
    review_days integer NOT NULL,
    time_zone text NOT NULL,
    signing_order text NOT NULL DEFAULT 'any',
    terms jsonb NOT NULL DEFAULT '{}',
    fees jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 0,
    lock_version integer NOT NULL DEFAULT 0,
    expires_at timestamptz,
    signed_at timestamptz,
    active_at timestamptz,
    ended_at timestamptz,
    ended_reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT contract_number_unique UNIQUE (number),
    CONSTRAINT contract_kind_known CHECK (kind IN ('hourly', 'flat_fee', 'project')),
    CONSTRAINT contract_status_known CHECK (status IN (
        'draft', 'sent', 'countered', 'signed_by_business', 'signed_by_assistant', 'signed',
        'active', 'completed', 'cancelled', 'declined', 'expired')),
    CONSTRAINT contract_two_parties CHECK (business_id <> assistant_id),
    CONSTRAINT contract_currency_payable CHECK (currency IN ('EUR', 'GBP', 'CHF', 'USD', 'CAD')),
    CONSTRAINT contract_language_known CHECK (language IN ('fr', 'en')),
    CONSTRAINT contract_order_known CHECK (
        signing_order IN ('any', 'business_first', 'assistant_first')),
    CONSTRAINT contract_dates_ordered CHECK (ends_on IS NULL OR ends_on >= starts_on),
    CONSTRAINT contract_days_sane CHECK (
        notice_days BETWEEN 0 AND 180 AND trial_days BETWEEN 0 AND 90
        AND review_days BETWEEN 3 AND 14),
    CONSTRAINT contract_complete_once_sent CHECK (
        version = 0 OR (title <> '' AND scope <> '' AND starts_on IS NOT NULL
                        AND terms <> '{}' AND fees <> '{}')),
    CONSTRAINT contract_offer_expires CHECK (
        status NOT IN ('sent', 'countered', 'signed_by_business', 'signed_by_assistant')
        OR expires_at IS NOT NULL),
    CONSTRAINT contract_signed_has_date CHECK (
        status NOT IN ('signed', 'active', 'completed') OR signed_at IS NOT NULL)
);
CREATE INDEX contract_business ON contract (business_id, id DESC);
CREATE INDEX contract_assistant ON contract (assistant_id, id DESC);
CREATE INDEX contract_created_by ON contract (created_by_id);
CREATE INDEX contract_offers_running_out ON contract (expires_at)
    WHERE status IN ('sent', 'countered', 'signed_by_business', 'signed_by_assistant');

CREATE TABLE contract_version (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
    made_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    number integer NOT NULL,
    side text NOT NULL,
    agreement jsonb NOT NULL,
    parties jsonb NOT NULL,
    file_sha256 char(64) NOT NULL,
    file_bytes integer NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT contract_version_number_unique UNIQUE (contract_id, number),
    CONSTRAINT contract_version_file_unique UNIQUE (file_sha256),
    CONSTRAINT contract_version_number_positive CHECK (number > 0),
    CONSTRAINT contract_version_side_known CHECK (side IN ('business', 'assistant')),
    CONSTRAINT contract_version_sha256 CHECK (file_sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX contract_version_made_by ON contract_version (made_by_id);

CREATE TABLE contract_signature (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
    version_id uuid NOT NULL REFERENCES contract_version (id) ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    party_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    side text NOT NULL,
    typed_name text NOT NULL,
    consent text NOT NULL,
    consent_sha256 char(64) NOT NULL,
    locale char(2) NOT NULL,
    file_sha256 char(64) NOT NULL,
    ip text,
    user_agent text,
    signed_at timestamptz NOT NULL,
    CONSTRAINT contract_signature_once_a_side UNIQUE (version_id, side),
    CONSTRAINT contract_signature_two_people UNIQUE (version_id, person_id),
    CONSTRAINT contract_signature_side_known CHECK (side IN ('business', 'assistant'))
);
CREATE INDEX contract_signature_contract ON contract_signature (contract_id);
CREATE INDEX contract_signature_person ON contract_signature (person_id);
CREATE INDEX contract_signature_party ON contract_signature (party_id);

CREATE TABLE signing_code (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    party_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    file_sha256 char(64) NOT NULL,
    code_hash char(64) NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT signing_code_tries_limited CHECK (tries BETWEEN 0 AND 5)
);
CREATE INDEX signing_code_contract ON signing_code (contract_id, person_id, created_at DESC);
CREATE INDEX signing_code_person ON signing_code (person_id);
CREATE INDEX signing_code_party ON signing_code (party_id);

CREATE TABLE evidence_event (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
    person_id uuid REFERENCES person (id) ON DELETE RESTRICT,
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    event text NOT NULL,
    file_sha256 char(64),
    ip text,
    user_agent text,
    session text,
    details jsonb NOT NULL DEFAULT '{}',
    prev_hash char(64) NOT NULL,
    hash char(64) NOT NULL,
    CONSTRAINT evidence_event_seq_unique UNIQUE (contract_id, seq),
    CONSTRAINT evidence_event_seq_positive CHECK (seq > 0),
    CONSTRAINT evidence_event_actor_known CHECK (actor IN ('business', 'assistant', 'system'))
);
CREATE INDEX evidence_event_person ON evidence_event (person_id);

-- What was agreed, signed and recorded is never changed or removed, not even by our own code.
CREATE FUNCTION contracts_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER contract_version_append_only BEFORE UPDATE OR DELETE ON contract_version
    FOR EACH ROW EXECUTE FUNCTION contracts_append_only();
CREATE TRIGGER contract_version_no_truncate BEFORE TRUNCATE ON contract_version
    FOR EACH STATEMENT EXECUTE FUNCTION contracts_append_only();
CREATE TRIGGER contract_signature_append_only BEFORE UPDATE OR DELETE ON contract_signature
    FOR EACH ROW EXECUTE FUNCTION contracts_append_only();
CREATE TRIGGER contract_signature_no_truncate BEFORE TRUNCATE ON contract_signature
    FOR EACH STATEMENT EXECUTE FUNCTION contracts_append_only();
CREATE TRIGGER evidence_event_append_only BEFORE UPDATE OR DELETE ON evidence_event
    FOR EACH ROW EXECUTE FUNCTION contracts_append_only();
CREATE TRIGGER evidence_event_no_truncate BEFORE TRUNCATE ON evidence_event
    FOR EACH STATEMENT EXECUTE FUNCTION contracts_append_only();
