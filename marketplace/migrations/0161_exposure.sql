-- How often each profile stood on a first page of results and was kept, by day: counts alone,
-- nothing of any visitor. `region` and `tax_status` are those of that day.
CREATE TABLE exposure_day (
    day date NOT NULL,
    profile_id uuid NOT NULL REFERENCES profile (id) ON DELETE RESTRICT,
    region varchar(8) NOT NULL,
    tax_status varchar(40) NOT NULL,
    shown int NOT NULL DEFAULT 0 CONSTRAINT exposure_day_shown CHECK (shown >= 0),
    listed int NOT NULL DEFAULT 0 CONSTRAINT exposure_day_listed CHECK (listed >= 0),
    PRIMARY KEY (day, profile_id)
);
CREATE INDEX exposure_day_profile ON exposure_day (profile_id);
