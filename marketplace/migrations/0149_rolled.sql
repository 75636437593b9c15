-- A pack whose uses are paid while units of it are left: see 0120_packs.sql.
ALTER TABLE unit
    DROP CONSTRAINT unit_status,
    ADD CONSTRAINT unit_status CHECK (status IN
        ('planned', 'funding', 'funded', 'open', 'submitted', 'changes_requested', 'contested',
         'rolled', 'approved', 'cancelled'));
