-- What is issued or signed stays, also where a server knows one role only, which might empty a whole table.
CREATE TRIGGER invoice_no_truncate BEFORE TRUNCATE ON invoice
    FOR EACH STATEMENT EXECUTE FUNCTION contracts_append_only();
CREATE TRIGGER invoice_series_no_truncate BEFORE TRUNCATE ON invoice_series
    FOR EACH STATEMENT EXECUTE FUNCTION contracts_append_only();
CREATE TRIGGER billing_mandate_no_truncate BEFORE TRUNCATE ON billing_mandate
    FOR EACH STATEMENT EXECUTE FUNCTION contracts_append_only();
