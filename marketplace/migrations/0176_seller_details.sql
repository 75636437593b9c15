-- What tax offices want to know of a seller beyond its identity; asked of assistants alone.
CREATE TABLE seller_details (
    party_id uuid PRIMARY KEY REFERENCES party ON DELETE RESTRICT,
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    birth_date date,
    birth_town text NOT NULL DEFAULT '',
    birth_country text NOT NULL DEFAULT '',
    tin text NOT NULL,
    tin_country text NOT NULL,
    updated_by_id uuid NOT NULL REFERENCES person ON DELETE RESTRICT,
    updated_at timestamptz NOT NULL
);
CREATE INDEX seller_details_updated_by ON seller_details (updated_by_id);
