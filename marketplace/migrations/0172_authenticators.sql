-- Apps that make one-time codes (RFC 6238), the second factor of signatures.
CREATE TABLE authenticator (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    secret text NOT NULL,
    last_step bigint NOT NULL DEFAULT 0,
    recovery jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    CONSTRAINT authenticator_one_each UNIQUE (person_id)
);
