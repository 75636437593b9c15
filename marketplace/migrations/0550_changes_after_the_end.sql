-- Changes asked for after the end of a contract are handed in by a day, or the money goes back.
CREATE INDEX unit_changes_due ON unit (review_until) WHERE status = 'changes_requested';
