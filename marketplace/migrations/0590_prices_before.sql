-- What an hour of a profile cost and since when, so that a mail says from which price one came.
ALTER TABLE profile_mark ADD COLUMN prices jsonb NOT NULL DEFAULT '[]';
