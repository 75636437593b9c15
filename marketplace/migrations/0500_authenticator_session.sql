-- The secret of an app waits for its first code in the session that asked for it, and nowhere else.
-- Those that wait already belong to no session: their people begin again.
ALTER TABLE authenticator ADD COLUMN session_hash varchar(64) NOT NULL DEFAULT '';
