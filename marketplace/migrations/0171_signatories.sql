-- Who may sign for a party without owning it: granted by an owner, taken back, never rewritten.
CREATE TABLE signing_delegation (
    id uuid PRIMARY KEY,
    party_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    granted_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    capacity text NOT NULL,
    granted_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT signing_delegation_capacity_given CHECK (capacity <> ''),
    CONSTRAINT signing_delegation_not_oneself CHECK (person_id <> granted_by_id)
);
CREATE UNIQUE INDEX signing_delegation_one_open ON signing_delegation (party_id, person_id)
    WHERE revoked_at IS NULL;
CREATE INDEX signing_delegation_party ON signing_delegation (party_id);
CREATE INDEX signing_delegation_person ON signing_delegation (person_id);
CREATE INDEX signing_delegation_granted_by ON signing_delegation (granted_by_id);

CREATE FUNCTION signing_delegation_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'UPDATE' AND old.revoked_at IS NULL AND new.revoked_at IS NOT NULL
       AND (to_jsonb(new) - 'revoked_at') = (to_jsonb(old) - 'revoked_at') THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'a delegation is granted and taken back, nothing else' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER signing_delegation_keep BEFORE UPDATE OR DELETE ON signing_delegation
    FOR EACH ROW EXECUTE FUNCTION signing_delegation_keep();
ALTER TABLE signing_delegation ENABLE ALWAYS TRIGGER signing_delegation_keep;
