-- Saved searches with mail alerts: who wants which news how often, what of a profile last changed in a
-- way that matters, and what each search has told already. Mails may say how to be stopped in one click.
CREATE TABLE saved_search (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    name varchar(80) NOT NULL CONSTRAINT saved_search_named CHECK (btrim(name) <> ''),
    query text NOT NULL,
    locale varchar(2) NOT NULL,
    rhythm text NOT NULL CONSTRAINT saved_search_rhythm
        CHECK (rhythm IN ('at_once', 'daily', 'weekly')),
    begins_at timestamptz NOT NULL,
    looked_until timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    paused_at timestamptz,
    last_sent_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX saved_search_person ON saved_search (person_id);
CREATE INDEX saved_search_due ON saved_search (next_at) WHERE paused_at IS NULL;

CREATE TABLE saved_search_told (
    id uuid PRIMARY KEY,
    saved_search_id uuid NOT NULL REFERENCES saved_search (id) ON DELETE RESTRICT,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE RESTRICT,
    mark text NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT saved_search_told_once UNIQUE (saved_search_id, profile_id)
);
CREATE INDEX saved_search_told_profile ON saved_search_told (profile_id);

CREATE TABLE profile_mark (
    profile_id uuid PRIMARY KEY REFERENCES profile (id) ON DELETE RESTRICT,
    mark text NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX profile_mark_changed ON profile_mark (changed_at);

ALTER TABLE outgoing_mail ADD COLUMN unsubscribe text NOT NULL DEFAULT '';
