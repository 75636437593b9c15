-- The same guarantees with less work while the shared accounts are locked: lines are parsed once, balances move in one
-- statement, entries are written in another part of it, and the guards cost nothing on the one allowed path.

CREATE OR REPLACE FUNCTION ledger_write_entries() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    codes text[];
    currencies text[];
    amounts bigint[];
    uneven record;
BEGIN
    IF jsonb_typeof(new.lines) <> 'array' OR jsonb_array_length(new.lines) < 2 THEN
        RAISE EXCEPTION 'transaction % has fewer than two lines', new.key USING errcode = '23514';
    END IF;
    SELECT array_agg(x ->> 'code' ORDER BY position), array_agg(x ->> 'currency' ORDER BY position),
           array_agg((x ->> 'amount')::bigint ORDER BY position)
      INTO codes, currencies, amounts
      FROM jsonb_array_elements(new.lines) WITH ORDINALITY l (x, position);
    SELECT currency, sum(amount) AS total INTO uneven
      FROM unnest(currencies, amounts) l (currency, amount)
     GROUP BY 1 HAVING sum(amount) <> 0 OR count(*) < 2 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transaction % does not balance: % %', new.key, uneven.total, uneven.currency
              USING errcode = '23514';
    END IF;
    INSERT INTO ledger_account (code, currency, kind, sign, may_be_negative)
    SELECT DISTINCT l.code, l.currency, '', 0, false
      FROM unnest(codes, currencies) l (code, currency)
     WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.code = l.code AND a.currency = l.currency::char(3))
     ORDER BY 1, 2
        ON CONFLICT DO NOTHING;
    -- One lock order for everybody: two postings over the same accounts queue, they never deadlock.
    PERFORM FROM ledger_account a
      WHERE a.id = ANY (ARRAY(SELECT b.id FROM unnest(codes, currencies) l (code, currency)
                                JOIN ledger_account b ON b.code = l.code AND b.currency = l.currency::char(3)))
      ORDER BY a.id FOR NO KEY UPDATE;
    -- Each account moves once, by its total; its entries carry the running balance, increases first.
    WITH line AS (
        SELECT l.code, l.currency::char(3) AS currency, l.amount, l.position
          FROM unnest(codes, currencies, amounts) WITH ORDINALITY l (code, currency, amount, position)
    ), moved AS (
        UPDATE ledger_account a
           SET balance_minor = a.balance_minor + d.total, entries_count = a.entries_count + d.n
          FROM (SELECT code, currency, sum(amount)::bigint AS total, count(*) AS n FROM line GROUP BY 1, 2) d
         WHERE a.code = d.code AND a.currency = d.currency
        RETURNING a.id, a.code, a.currency, a.sign, a.balance_minor - d.total AS before
    )
    INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, balance_after_minor)
    SELECT new.id, m.id, l.amount,
           m.before + sum(l.amount) OVER (PARTITION BY m.id ORDER BY m.sign * l.amount DESC, l.position)
      FROM line l JOIN moved m ON m.code = l.code AND m.currency = l.currency
     ORDER BY m.sign * l.amount DESC, l.position;
    RETURN NULL;
END $$;

-- In a WHEN clause the depth is that of the statement: 0 is a plain statement, 1 is the trigger of a transaction.
DROP TRIGGER ledger_entry_apply ON ledger_entry;
CREATE TRIGGER ledger_entry_apply BEFORE INSERT ON ledger_entry
    FOR EACH ROW WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION ledger_refuse();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_apply;
DROP FUNCTION ledger_apply_entry();

DROP TRIGGER ledger_account_guard ON ledger_account;
CREATE TRIGGER ledger_account_guard BEFORE INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_account();
CREATE TRIGGER ledger_account_guard_update BEFORE UPDATE ON ledger_account
    FOR EACH ROW WHEN (
        pg_trigger_depth() < 1
        OR (new.id, new.code, new.currency, new.kind, new.sign, new.may_be_negative)
           IS DISTINCT FROM (old.id, old.code, old.currency, old.kind, old.sign, old.may_be_negative))
    EXECUTE FUNCTION ledger_refuse();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_guard;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_guard_update;
