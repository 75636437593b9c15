-- VAT radar: turnover declared outside, and of which limits people were told.
CREATE TABLE declared_turnover (
    id uuid PRIMARY KEY,
    party_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    year integer NOT NULL CONSTRAINT declared_turnover_year CHECK (year BETWEEN 2020 AND 2200),
    amount_minor bigint NOT NULL CONSTRAINT declared_turnover_amount CHECK (amount_minor >= 0),
    currency char(3) NOT NULL,
    declared_by_id uuid NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
    declared_at timestamptz NOT NULL,
    CONSTRAINT declared_turnover_once UNIQUE (party_id, year)
);
CREATE INDEX declared_turnover_declared_by ON declared_turnover (declared_by_id);

CREATE TABLE radar_notice (
    id uuid PRIMARY KEY,
    party_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    year integer NOT NULL,
    code varchar(80) NOT NULL,
    level integer NOT NULL CONSTRAINT radar_notice_level CHECK (level IN (80, 100)),
    used_minor bigint NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT radar_notice_once UNIQUE (party_id, year, code, level)
);
