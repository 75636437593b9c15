-- What the clockwork asks every minute or quarter of an hour, measured on 30,000 contracts (5,000 by
-- the hour and running), 420,000 units and 700,000 lines of hours: weeks nobody paid, contracts to
-- follow with a week or at rest, and parts whose payment outside is still to come.
CREATE INDEX unit_lapsing ON unit (ends_on) WHERE kind = 'week' AND status IN ('planned', 'funding');
CREATE INDEX unit_contract_ends_on ON unit (contract_id, ends_on) INCLUDE (id);
CREATE INDEX contract_by_the_hour ON contract (id) WHERE kind = 'hourly' AND status = 'active';
CREATE INDEX unit_unpaid_outside ON unit (id)
    WHERE funded_at IS NULL AND paid_at IS NULL AND paid_minor > 0;
