-- A request to a former client for a reference, and what they answered.
CREATE TABLE client_reference (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id),
    party_id uuid NOT NULL REFERENCES party (id),
    asked_by_id uuid REFERENCES person (id),
    email varchar(320) NOT NULL,
    mark varchar(64) NOT NULL,
    domain varchar(255) NOT NULL,
    at_company boolean NOT NULL,
    name varchar(80) NOT NULL,
    company varchar(80) NOT NULL,
    relation varchar(10) NOT NULL CHECK (relation IN ('client', 'contact', 'employer')),
    worked_from date NOT NULL,
    worked_to date CHECK (worked_to >= worked_from),
    locale varchar(2) NOT NULL,
    status varchar(10) NOT NULL CHECK (status IN (
        'asked', 'confirmed', 'declined', 'disowned', 'expired', 'withdrawn', 'removed', 'ended')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    next_at timestamptz,
    reminded smallint NOT NULL DEFAULT 0 CHECK (reminded BETWEEN 0 AND 2),
    closed_at timestamptz,
    answered_on date,
    counts_until date CHECK (counts_until > answered_on),
    skills jsonb NOT NULL DEFAULT '[]',
    again boolean,
    text text NOT NULL DEFAULT '',
    language varchar(8) NOT NULL DEFAULT '',
    show_company boolean NOT NULL DEFAULT false,
    hidden_at timestamptz,
    CHECK ((status = 'asked') = (closed_at IS NULL)),
    CHECK ((status = 'asked') = (next_at IS NOT NULL)),
    CHECK (status <> 'confirmed' OR (answered_on IS NOT NULL AND counts_until IS NOT NULL
        AND again IS NOT NULL AND email <> ''))
);
CREATE INDEX client_reference_profile ON client_reference (profile_id);
CREATE INDEX client_reference_party ON client_reference (party_id);
CREATE INDEX client_reference_person ON client_reference (asked_by_id);
CREATE INDEX client_reference_mark ON client_reference (mark);
CREATE INDEX client_reference_email ON client_reference (email) WHERE email <> '';
CREATE INDEX client_reference_due ON client_reference (next_at) WHERE status = 'asked';
CREATE INDEX client_reference_ends ON client_reference (counts_until) WHERE status = 'confirmed';

-- Addresses, by a keyed hash, that want no such request from anybody.
CREATE TABLE reference_stop (
    mark varchar(64) PRIMARY KEY,
    stopped_at timestamptz NOT NULL
);

-- Former clients prove something, too.
ALTER TABLE profile_proof DROP CONSTRAINT profile_proof_known,
    ADD CONSTRAINT profile_proof_known CHECK (proof IN ('identity', 'insurance', 'references'));
