-- A form that was sent by somebody who was not logged in (any more), for an hour. Its content is
-- encrypted under a secret that the browser alone holds. person_id: whose session had ended there.
CREATE TABLE unsent_form (
    secret_hash varchar(64) PRIMARY KEY,
    person_id uuid,
    content bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX unsent_form_expires_at ON unsent_form (expires_at);
