-- Archives of everything about a person, asked for by that person; kept for a week, closed on disk.
CREATE TABLE data_export (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    locale char(2) NOT NULL,
    created_at timestamptz NOT NULL,
    ready_at timestamptz,
    file_sha256 text,
    file_bytes bigint,
    CONSTRAINT data_export_whole CHECK (num_nulls(ready_at, file_sha256, file_bytes) IN (0, 3))
);
CREATE INDEX data_export_person ON data_export (person_id, created_at);
