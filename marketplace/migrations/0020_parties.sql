-- Parties: the legal identity behind a business or an assistant, who acts for it, who is invited.
CREATE TABLE party (
    id uuid PRIMARY KEY,
    kind varchar(10) NOT NULL,
    display_name varchar(120) NOT NULL,
    legal_name varchar(200) NOT NULL,
    jurisdiction varchar(8) NOT NULL,
    subdivision varchar(8) NOT NULL,
    legal_form varchar(40) NOT NULL,
    registration_number varchar(40) NOT NULL,
    tax_status varchar(40) NOT NULL,
    vat_number varchar(24) NOT NULL,
    address_line1 varchar(160) NOT NULL,
    address_line2 varchar(160) NOT NULL,
    postcode varchar(16) NOT NULL,
    town varchar(100) NOT NULL,
    country varchar(2) NOT NULL,
    representative_name varchar(120) NOT NULL,
    representative_title varchar(120) NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT party_kind_known CHECK (kind IN ('business', 'assistant')),
    CONSTRAINT party_named CHECK (display_name <> '' AND legal_name <> ''),
    CONSTRAINT party_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT party_jurisdiction_code CHECK (jurisdiction ~ '^[A-Z]{2}(-[A-Z]{2,3})?$')
);
CREATE INDEX party_registration_number ON party (registration_number)
    WHERE registration_number <> '';

CREATE TABLE membership (
    id uuid PRIMARY KEY,
    party_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    role varchar(10) NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT membership_once UNIQUE (party_id, person_id),
    CONSTRAINT membership_role_known CHECK (role IN ('owner', 'member'))
);
CREATE INDEX membership_person ON membership (person_id);

CREATE TABLE party_invitation (
    id uuid PRIMARY KEY,
    party_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    invited_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    accepted_by_id uuid REFERENCES person (id) ON DELETE RESTRICT,
    email varchar(320) NOT NULL,
    role varchar(10) NOT NULL,
    token_hash varchar(64) NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT party_invitation_token_unique UNIQUE (token_hash),
    CONSTRAINT party_invitation_role_known CHECK (role IN ('owner', 'member')),
    CONSTRAINT party_invitation_email_normal CHECK (email = lower(email)),
    CONSTRAINT party_invitation_accepted_by_someone
        CHECK ((accepted_at IS NULL) = (accepted_by_id IS NULL)),
    CONSTRAINT party_invitation_one_end CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
CREATE INDEX party_invitation_party ON party_invitation (party_id);
CREATE INDEX party_invitation_invited_by ON party_invitation (invited_by_id);
CREATE INDEX party_invitation_accepted_by ON party_invitation (accepted_by_id);
CREATE UNIQUE INDEX party_invitation_one_open ON party_invitation (party_id, email)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
