-- The kernel: what happened, and mail on its way out.
CREATE TABLE domain_event (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX domain_event_created_at ON domain_event (created_at);

CREATE TABLE outgoing_mail (
    id uuid PRIMARY KEY,
    recipient text NOT NULL,
    locale char(2) NOT NULL,
    template text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    CONSTRAINT outgoing_mail_wiped_once_sent CHECK (sent_at IS NULL OR (text = '' AND html = ''))
);
CREATE INDEX outgoing_mail_waiting ON outgoing_mail (created_at) WHERE sent_at IS NULL;

CREATE TABLE worker_heartbeat (
    name text PRIMARY KEY,
    seen_at timestamptz NOT NULL
);
