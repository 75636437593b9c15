-- Which job claimed a movement: the same job, run again after its worker was lost, may go on at
-- once instead of waiting until the claim is old.
ALTER TABLE payment_movement ADD COLUMN claimed_by text;
