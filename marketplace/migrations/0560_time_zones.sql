-- What the clock on the wall says in a zone: one that this server does not know (its own list may be
-- older than the programme's) counts as UTC. A row finds itself some hours early or late so, and the
-- step decides again by the programme's list; with an error nobody's row would be found.
CREATE FUNCTION wall_clock(at timestamptz, zone text) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN at AT TIME ZONE zone;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN at AT TIME ZONE 'UTC';
END $$;

-- These are files among the zones of a server and no zones of anywhere; what was sent or signed stays
-- as it was agreed.
UPDATE profile SET time_zone = 'Europe/Paris'
 WHERE time_zone IN ('localtime', 'Factory', 'posixrules');
UPDATE contract SET time_zone = 'Europe/Paris'
 WHERE version = 0 AND time_zone IN ('localtime', 'Factory', 'posixrules');
