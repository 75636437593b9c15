-- Of which age of its held money the two sides were told: 0 none, 1 warned, 2 it has to end.
ALTER TABLE unit ADD COLUMN hold_told int NOT NULL DEFAULT 0
    CONSTRAINT unit_hold_told CHECK (hold_told BETWEEN 0 AND 2);
