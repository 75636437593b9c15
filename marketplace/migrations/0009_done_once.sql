-- What is done once per database and must be resumed when it was interrupted, such as the demo.
CREATE TABLE done_once (
    name text PRIMARY KEY,
    done_at timestamptz NOT NULL
);
