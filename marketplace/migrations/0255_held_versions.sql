-- Money held before 0220 was asked for as its contract stands today, whatever is changed later.
UPDATE unit SET held_version = contract.version
FROM contract WHERE contract.id = unit.contract_id AND funded_at IS NOT NULL AND held_version IS NULL;
