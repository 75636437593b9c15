-- Another tax between two parties is proposed by the platform itself: such a version has no author.
ALTER TABLE contract_version
    ALTER COLUMN made_by_id DROP NOT NULL,
    DROP CONSTRAINT contract_version_side_known,
    ADD CONSTRAINT contract_version_side_known CHECK (side IN ('business', 'assistant', 'system'));
ALTER TABLE contract_change
    ALTER COLUMN proposed_by_id DROP NOT NULL,
    DROP CONSTRAINT contract_change_side,
    ADD CONSTRAINT contract_change_side CHECK (side IN ('business', 'assistant', 'system'));
