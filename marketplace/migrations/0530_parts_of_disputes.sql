-- A part may end while a bank disputes its held money: what of it is then the assistant's.
ALTER TABLE unit
  ADD COLUMN owed_minor bigint,
  ADD CONSTRAINT unit_owed CHECK (owed_minor BETWEEN 0 AND price_minor - paid_minor);
