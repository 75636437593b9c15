-- Units in work by their last day: what the clockwork asks every minute.
DROP INDEX unit_ends_on;
CREATE INDEX unit_ends_on ON unit (ends_on) WHERE status IN ('funded', 'open');
