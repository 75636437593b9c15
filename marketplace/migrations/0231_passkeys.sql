-- Passkeys (W3C WebAuthn) as a second factor beside the app; recovery codes belong to the person, whichever there is.
CREATE TABLE passkey (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    name text NOT NULL,
    credential_id varchar(2000) NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX passkey_person ON passkey (person_id);

-- What a device is asked to answer: once, soon, by this session, for this purpose.
CREATE TABLE passkey_challenge (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    session_hash char(64) NOT NULL,
    purpose text NOT NULL,
    about text NOT NULL DEFAULT '',
    challenge varchar(64) NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenge_person ON passkey_challenge (person_id);
CREATE INDEX passkey_challenge_expiry ON passkey_challenge (expires_at);

ALTER TABLE person ADD COLUMN recovery_codes jsonb NOT NULL DEFAULT '[]';
UPDATE person SET recovery_codes = app.recovery FROM authenticator app
 WHERE app.person_id = person.id AND app.confirmed_at IS NOT NULL;
ALTER TABLE authenticator DROP COLUMN recovery;
