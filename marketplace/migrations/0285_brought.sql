-- A contract signed elsewhere that an assistant brings, until its client takes it up or declines it.
CREATE TABLE brought_paper (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id),
    party_id uuid NOT NULL REFERENCES party (id),
    brought_by_id uuid NOT NULL REFERENCES person (id),
    email varchar(320) NOT NULL,
    kind varchar(20) NOT NULL,
    paper jsonb NOT NULL,
    outcome text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'taken', 'declined', 'withdrawn')),
    contract_id uuid REFERENCES contract (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    closed_at timestamptz,
    CHECK ((outcome = '') = (closed_at IS NULL)),
    CHECK (contract_id IS NULL OR outcome = 'taken')
);
CREATE INDEX brought_paper_party ON brought_paper (party_id);
CREATE INDEX brought_paper_waiting ON brought_paper (email) WHERE outcome = '';
CREATE INDEX brought_paper_profile ON brought_paper (profile_id);
CREATE INDEX brought_paper_person ON brought_paper (brought_by_id);
CREATE INDEX brought_paper_contract ON brought_paper (contract_id) WHERE contract_id IS NOT NULL;
