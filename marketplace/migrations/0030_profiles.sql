-- Profiles: what an assistant offers. One profile for each party of kind assistant.
CREATE TABLE profile (
    id uuid PRIMARY KEY,
    party_id uuid NOT NULL REFERENCES party (id) ON DELETE RESTRICT,
    slug varchar(80) NOT NULL,
    status varchar(10) NOT NULL,
    version integer NOT NULL,
    headline_fr varchar(120) NOT NULL,
    headline_en varchar(120) NOT NULL,
    text_fr text NOT NULL,
    text_en text NOT NULL,
    country varchar(2) NOT NULL,
    region varchar(8) NOT NULL,
    city varchar(80) NOT NULL,
    lat double precision,
    lng double precision,
    time_zone varchar(64) NOT NULL,
    currency varchar(3) NOT NULL,
    hourly_rate_minor bigint,
    project_minimum_minor bigint,
    engagement jsonb NOT NULL,
    hours_week smallint,
    available_from date,
    photo varchar(64) NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz,
    CONSTRAINT profile_party_once UNIQUE (party_id),
    CONSTRAINT profile_slug_unique UNIQUE (slug),
    CONSTRAINT profile_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT profile_status_known CHECK (status IN ('draft', 'published', 'paused')),
    CONSTRAINT profile_version_positive CHECK (version > 0),
    CONSTRAINT profile_published_at_known CHECK (status = 'draft' OR published_at IS NOT NULL),
    CONSTRAINT profile_place_whole CHECK ((lat IS NULL) = (lng IS NULL)),
    CONSTRAINT profile_rate_positive CHECK (hourly_rate_minor > 0),
    CONSTRAINT profile_minimum_positive CHECK (project_minimum_minor > 0),
    CONSTRAINT profile_hours_week CHECK (hours_week BETWEEN 1 AND 80),
    CONSTRAINT profile_engagement_listed CHECK (jsonb_typeof(engagement) = 'array')
);
CREATE INDEX profile_listed ON profile (status, updated_at);
CREATE INDEX profile_place ON profile (country, region, city);

CREATE TABLE profile_skill (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE RESTRICT,
    code varchar(60) NOT NULL,
    level smallint NOT NULL,
    years smallint NOT NULL,
    CONSTRAINT profile_skill_once UNIQUE (profile_id, code),
    CONSTRAINT profile_skill_level CHECK (level BETWEEN 1 AND 3),
    CONSTRAINT profile_skill_years CHECK (years BETWEEN 0 AND 60)
);
CREATE INDEX profile_skill_code ON profile_skill (code);

CREATE TABLE profile_tool (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE RESTRICT,
    code varchar(60) NOT NULL,
    CONSTRAINT profile_tool_once UNIQUE (profile_id, code)
);
CREATE INDEX profile_tool_code ON profile_tool (code);

CREATE TABLE profile_language (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE RESTRICT,
    code varchar(8) NOT NULL,
    level varchar(2) NOT NULL,
    CONSTRAINT profile_language_once UNIQUE (profile_id, code),
    CONSTRAINT profile_language_level CHECK (level IN ('A1', 'A2', 'B1', 'B2', 'C1', 'C2'))
);

CREATE TABLE profile_package (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE RESTRICT,
    position smallint NOT NULL,
    name_fr varchar(80) NOT NULL,
    name_en varchar(80) NOT NULL,
    includes_fr varchar(600) NOT NULL,
    includes_en varchar(600) NOT NULL,
    price_minor bigint NOT NULL,
    CONSTRAINT profile_package_place UNIQUE (profile_id, position),
    CONSTRAINT profile_package_named CHECK (name_fr <> '' OR name_en <> ''),
    CONSTRAINT profile_package_price CHECK (price_minor > 0)
);

CREATE TABLE profile_coverage (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE RESTRICT,
    weekday smallint NOT NULL,
    start_minute smallint NOT NULL,
    end_minute smallint NOT NULL,
    CONSTRAINT profile_coverage_once UNIQUE (profile_id, weekday, start_minute),
    CONSTRAINT profile_coverage_weekday CHECK (weekday BETWEEN 0 AND 6),
    CONSTRAINT profile_coverage_within_day
        CHECK (start_minute >= 0 AND start_minute < end_minute AND end_minute <= 1440)
);
