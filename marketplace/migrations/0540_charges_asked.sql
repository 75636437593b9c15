-- Asking for the same money again gives the same request: the week need not remember it.
ALTER TABLE unit DROP COLUMN prefund_id;
