-- Every minute the clockwork asks which packs have units left that can no longer be used.
CREATE INDEX unit_rolled ON unit (contract_id) WHERE status = 'rolled';
