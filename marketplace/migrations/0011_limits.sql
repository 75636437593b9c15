-- Rate limits and remembered answers. Limits are unlogged: losing them in a crash only forgives.
CREATE UNLOGGED TABLE rate_limit (
    key text PRIMARY KEY,
    free_at timestamptz NOT NULL
);
CREATE INDEX rate_limit_free_at ON rate_limit (free_at);

CREATE TABLE idempotent_request (
    caller text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    digest varchar(64) NOT NULL,
    claim uuid NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (caller, route, key),
    CONSTRAINT idempotent_request_whole
        CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL))
);
CREATE INDEX idempotent_request_created_at ON idempotent_request (created_at);
