-- A saved search mails in the morning of its person's own time zone.
ALTER TABLE saved_search ADD COLUMN time_zone varchar(64) NOT NULL DEFAULT 'Europe/Paris';
