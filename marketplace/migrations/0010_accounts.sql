-- People, their ways in, sessions, mailed links and API tokens.
CREATE TABLE person (
    id uuid PRIMARY KEY,
    email varchar(320) NOT NULL,
    name varchar(120) NOT NULL,
    locale char(2) NOT NULL,
    password_hash text,
    email_verified_at timestamptz,
    is_operator boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    CONSTRAINT person_email_unique UNIQUE (email),
    CONSTRAINT person_email_normal CHECK (email = lower(email) AND email LIKE '%_@_%'),
    CONSTRAINT person_locale_known CHECK (locale IN ('fr', 'en')),
    CONSTRAINT person_name_given CHECK (name <> '')
);
CREATE INDEX person_unverified ON person (created_at) WHERE email_verified_at IS NULL;

CREATE TABLE login_session (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
    token_hash varchar(64) NOT NULL,
    ip text NOT NULL,
    agent text NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT login_session_token_unique UNIQUE (token_hash)
);
CREATE INDEX login_session_person ON login_session (person_id);
CREATE INDEX login_session_expires ON login_session (expires_at);

CREATE TABLE email_token (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
    purpose varchar(10) NOT NULL,
    email varchar(320) NOT NULL,
    token_hash varchar(64) NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT email_token_token_unique UNIQUE (token_hash),
    CONSTRAINT email_token_purpose_known CHECK (purpose IN ('verify', 'reset', 'change'))
);
CREATE INDEX email_token_person ON email_token (person_id);
CREATE INDEX email_token_expires ON email_token (expires_at);

CREATE TABLE api_token (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
    name varchar(120) NOT NULL,
    token_hash varchar(64) NOT NULL,
    ending varchar(4) NOT NULL,
    scopes jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_token_token_unique UNIQUE (token_hash),
    CONSTRAINT api_token_scopes_listed CHECK (jsonb_typeof(scopes) = 'array')
);
CREATE INDEX api_token_person ON api_token (person_id);

CREATE TABLE identity (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
    issuer text NOT NULL,
    subject text NOT NULL,
    provider varchar(32) NOT NULL,
    email varchar(320),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT identity_issuer_subject_unique UNIQUE (issuer, subject)
);
CREATE INDEX identity_person ON identity (person_id);

CREATE TABLE sign_in_attempt (
    id uuid PRIMARY KEY,
    state_hash varchar(64) NOT NULL,
    browser_hash varchar(64) NOT NULL,
    provider varchar(32) NOT NULL,
    nonce text NOT NULL,
    code_verifier text NOT NULL,
    locale char(2) NOT NULL,
    next_path text NOT NULL,
    person_id uuid REFERENCES person ON DELETE RESTRICT,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT sign_in_attempt_state_unique UNIQUE (state_hash)
);
CREATE INDEX sign_in_attempt_person ON sign_in_attempt (person_id);
CREATE INDEX sign_in_attempt_expires ON sign_in_attempt (expires_at);
