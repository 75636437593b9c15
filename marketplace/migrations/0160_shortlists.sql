-- Shortlists: profiles kept by a browser (hash of its secret), a person or a business; private notes,
-- a read-only link (hash of its token), and reviews that were scored before any identity was shown.
CREATE TABLE shortlist (
    id uuid PRIMARY KEY,
    party_id uuid REFERENCES party (id) ON DELETE RESTRICT,
    person_id uuid REFERENCES person (id) ON DELETE RESTRICT,
    visitor text,
    name varchar(80) NOT NULL CONSTRAINT shortlist_named CHECK (btrim(name) <> ''),
    link_hash text,
    link_notes boolean NOT NULL DEFAULT false,
    criteria jsonb NOT NULL DEFAULT '[]',
    blind_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT shortlist_one_keeper CHECK (num_nonnulls(party_id, person_id, visitor) = 1),
    CONSTRAINT shortlist_visitor_once UNIQUE (visitor),
    CONSTRAINT shortlist_link_unique UNIQUE (link_hash),
    CONSTRAINT shortlist_criteria_listed CHECK (jsonb_typeof(criteria) = 'array'),
    CONSTRAINT shortlist_blind_needs_criteria
        CHECK (blind_at IS NULL OR jsonb_array_length(criteria) > 0)
);
CREATE INDEX shortlist_party ON shortlist (party_id);
CREATE INDEX shortlist_person ON shortlist (person_id);

CREATE TABLE shortlist_entry (
    id uuid PRIMARY KEY,
    shortlist_id uuid NOT NULL REFERENCES shortlist (id) ON DELETE RESTRICT,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE RESTRICT,
    position int NOT NULL,
    note text NOT NULL DEFAULT '',
    letter varchar(1) NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    CONSTRAINT shortlist_entry_once UNIQUE (shortlist_id, profile_id)
);
CREATE INDEX shortlist_entry_profile ON shortlist_entry (profile_id);

CREATE TABLE shortlist_review (
    id uuid PRIMARY KEY,
    shortlist_id uuid NOT NULL REFERENCES shortlist (id) ON DELETE RESTRICT,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    scores jsonb NOT NULL CONSTRAINT shortlist_review_scores
        CHECK (jsonb_typeof(scores) = 'object'),
    saved_at timestamptz NOT NULL,
    CONSTRAINT shortlist_review_once UNIQUE (shortlist_id, person_id)
);
CREATE INDEX shortlist_review_person ON shortlist_review (person_id);
