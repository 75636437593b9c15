-- When a profile came back to the directory after a pause: news to searches that never told of it.
-- While it is away it looks like nothing, so that it looks otherwise when it is back.
ALTER TABLE profile_mark ADD COLUMN back_at timestamptz;
UPDATE profile_mark SET mark = ''
  FROM profile WHERE profile.id = profile_mark.profile_id AND profile.status = 'paused';
