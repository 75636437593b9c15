-- Sealed contracts, the pages shown before signing, and the public heads of the evidence.

-- Where the two signatures are drawn on the paper; empty for versions frozen before.
ALTER TABLE contract_version ADD COLUMN boxes jsonb NOT NULL DEFAULT '[]';
ALTER TABLE contract_signature ADD COLUMN capacity text NOT NULL DEFAULT '';

-- The final file of a version that both sides signed: made once, recorded once.
CREATE TABLE contract_seal (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
    version_id uuid NOT NULL REFERENCES contract_version (id) ON DELETE RESTRICT,
    file_sha256 char(64) NOT NULL,
    file_bytes integer NOT NULL,
    level text NOT NULL,
    test boolean NOT NULL,
    certificate_sha256 char(64) NOT NULL,
    chain_seq integer NOT NULL,
    chain_head char(64) NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT contract_seal_once UNIQUE (version_id),
    CONSTRAINT contract_seal_file_unique UNIQUE (file_sha256),
    CONSTRAINT contract_seal_sha256 CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT contract_seal_level_known CHECK (level IN ('B-B', 'B-T', 'B-LTA'))
);
CREATE INDEX contract_seal_contract ON contract_seal (contract_id);

-- Which pages of a version a person was shown, and when first.
CREATE TABLE page_shown (
    id uuid PRIMARY KEY,
    version_id uuid NOT NULL REFERENCES contract_version (id) ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    page integer NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT page_shown_once UNIQUE (version_id, person_id, page),
    CONSTRAINT page_shown_positive CHECK (page > 0)
);
CREATE INDEX page_shown_person ON page_shown (person_id);

-- One public hash a day over all evidence of that day and the hash of the day before.
CREATE TABLE evidence_head (
    day date PRIMARY KEY,
    events integer NOT NULL,
    prev char(64) NOT NULL,
    head char(64) NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX evidence_event_at ON evidence_event (at);

-- An event joins its contract's chain at its end, whoever writes it.
CREATE FUNCTION evidence_event_joins() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE last record;
BEGIN
    SELECT seq, hash INTO last FROM evidence_event WHERE contract_id = new.contract_id ORDER BY seq DESC LIMIT 1;
    IF (new.seq, new.prev_hash) IS DISTINCT FROM (coalesce(last.seq, 0) + 1, coalesce(last.hash, repeat('0', 64))) THEN
        RAISE EXCEPTION 'event % does not continue the chain of its contract', new.seq
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER evidence_event_joins BEFORE INSERT ON evidence_event
    FOR EACH ROW EXECUTE FUNCTION evidence_event_joins();

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['contract_seal', 'page_shown', 'evidence_head'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW
            EXECUTE FUNCTION contracts_append_only()', name || '_append_only', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT
            EXECUTE FUNCTION contracts_append_only()', name || '_no_truncate', name);
    END LOOP;
    -- session_replication_role does not switch them off either.
    FOREACH name IN ARRAY ARRAY['contract_version', 'contract_signature', 'evidence_event', 'contract_seal',
                                'page_shown', 'evidence_head'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_append_only');
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_no_truncate');
    END LOOP;
END $$;
ALTER TABLE evidence_event ENABLE ALWAYS TRIGGER evidence_event_joins;
