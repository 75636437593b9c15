-- Whoever agrees to an early end names the very proposal that they read; and an end that is still
-- open when its contract has ended otherwise has nothing left to end.
ALTER TABLE ending ADD COLUMN proposal_id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE ending ALTER COLUMN proposal_id DROP DEFAULT;
DELETE FROM ending e USING contract c
 WHERE c.id = e.contract_id AND e.done_at IS NULL AND c.status NOT IN ('signed', 'active');
