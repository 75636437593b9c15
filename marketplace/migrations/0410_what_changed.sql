-- What of a profile looks how, and since when: {fact: [digest, Unix seconds or null]}. A mail says
-- what has changed. Empty for marks noted before; filled with the profile's next change.
ALTER TABLE profile_mark ADD COLUMN facts jsonb NOT NULL DEFAULT '{}';
