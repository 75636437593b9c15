-- Quebec's tax has a number of its own, which stands on invoices beside that of the federal tax.
ALTER TABLE party ADD COLUMN qst_number text NOT NULL DEFAULT '';
