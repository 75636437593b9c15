-- A contract signed elsewhere and brought here: its file's hash, size, name, pages, day of signature.
ALTER TABLE contract ADD COLUMN imported jsonb;

-- One file, one contract: only a draft, or an import that came to nothing, leaves it free again.
CREATE UNIQUE INDEX contract_imported_file ON contract ((imported ->> 'file_sha256'))
    WHERE version > 0 AND (signed_at IS NOT NULL
                           OR status NOT IN ('cancelled', 'declined', 'expired'));
