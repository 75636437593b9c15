-- The fees and taxes of held money, so that each part that leaves is taxed on its own line (NULL: held before, by
-- proportion), and which release each part of a clawback takes back (NULL: before, of all of them at once).
ALTER TABLE payment_holding ADD COLUMN terms jsonb;
ALTER TABLE payment_clawback_part ADD COLUMN release text;
CREATE INDEX payment_clawback_part_release ON payment_clawback_part (release) WHERE release IS NOT NULL;
