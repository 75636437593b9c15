-- The books. Signed minor units: debit > 0, credit < 0; every currency of a transaction sums to zero.
--
-- One write path: ledger_post() inserts a ledger_transaction that carries its lines; the AFTER INSERT trigger of that
-- row is the only thing that may write entries, and the trigger of an entry is the only thing that may move a balance.
-- "Only" is enforced by pg_trigger_depth(): a plain statement, even of the tables' owner, is at depth 0 and refused.
-- Deployments with a separate application role grant it SELECT on these tables and EXECUTE on ledger_post, no more.

CREATE TABLE ledger_family (
    prefix          text PRIMARY KEY,
    kind            text    NOT NULL,
    may_be_negative boolean NOT NULL,
    CONSTRAINT ledger_family_kind CHECK (kind IN ('asset', 'liability', 'revenue', 'expense', 'equity'))
);

INSERT INTO ledger_family (prefix, kind, may_be_negative) VALUES
    ('stripe',   'asset',     true),
    ('disp',     'asset',     false),
    ('recv',     'asset',     false),
    ('fx',       'asset',     true),
    ('escrow',   'liability', false),
    ('deferred', 'liability', false),
    ('payable',  'liability', false),
    ('credit',   'liability', false),
    ('tax',      'liability', true),
    ('rev',      'revenue',   true),
    ('exp',      'expense',   true),
    ('equity',   'equity',    true);

CREATE TABLE ledger_account (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code            text     NOT NULL,
    currency        char(3)  NOT NULL,
    kind            text     NOT NULL,
    sign            smallint NOT NULL,
    may_be_negative boolean  NOT NULL,
    balance_minor   bigint   NOT NULL DEFAULT 0,
    entries_count   bigint   NOT NULL DEFAULT 0,
    CONSTRAINT ledger_account_code UNIQUE (code, currency),
    CONSTRAINT ledger_account_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT ledger_account_overdraft CHECK (may_be_negative OR sign * balance_minor >= 0)
) WITH (fillfactor = 70);

CREATE TABLE ledger_transaction (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text        NOT NULL,
    kind       text        NOT NULL,
    digest     bytea       NOT NULL,
    lines      jsonb       NOT NULL,
    contract   text,
    holding    text,
    source     text,
    ref        jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT ledger_transaction_key UNIQUE (key),
    CONSTRAINT ledger_transaction_key_length CHECK (length(key) BETWEEN 3 AND 200)
);
CREATE INDEX ledger_transaction_contract ON ledger_transaction (contract, id) WHERE contract IS NOT NULL;
CREATE INDEX ledger_transaction_holding ON ledger_transaction (holding, id) WHERE holding IS NOT NULL;
CREATE INDEX ledger_transaction_source ON ledger_transaction (source) WHERE source IS NOT NULL;
CREATE INDEX ledger_transaction_created_at ON ledger_transaction (created_at);

CREATE TABLE ledger_entry (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id      bigint NOT NULL REFERENCES ledger_transaction (id) ON DELETE RESTRICT,
    account_id          bigint NOT NULL REFERENCES ledger_account (id) ON DELETE RESTRICT,
    amount_minor        bigint NOT NULL,
    balance_after_minor bigint NOT NULL,
    CONSTRAINT ledger_entry_amount CHECK (amount_minor <> 0 AND abs(amount_minor) < 10000000000000)
);
CREATE INDEX ledger_entry_transaction ON ledger_entry (transaction_id);
CREATE INDEX ledger_entry_account ON ledger_entry (account_id, id);

-- Refuses whatever would rewrite history.
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % is refused', tg_op, tg_table_name USING errcode = '23001';
END $$;

-- An account opens at zero, under the kind of its family, and afterwards only entries move its balance.
CREATE FUNCTION ledger_guard_account() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE family ledger_family;
BEGIN
    IF tg_op = 'INSERT' THEN
        SELECT * INTO family FROM ledger_family f WHERE f.prefix = split_part(new.code, ':', 1);
        IF family.prefix IS NULL OR split_part(new.code, ':', 2) = '' THEN
            RAISE EXCEPTION 'no account family for %', new.code USING errcode = '23514';
        END IF;
        new.kind := family.kind;
        new.may_be_negative := family.may_be_negative;
        new.sign := CASE WHEN family.kind IN ('asset', 'expense') THEN 1 ELSE -1 END;
        new.balance_minor := 0;
        new.entries_count := 0;
        RETURN new;
    END IF;
    IF pg_trigger_depth() < 3 THEN
        RAISE EXCEPTION 'the balance of % is moved by entries only', old.code USING errcode = '23001';
    END IF;
    IF (new.id, new.code, new.currency, new.kind, new.sign, new.may_be_negative)
       IS DISTINCT FROM (old.id, old.code, old.currency, old.kind, old.sign, old.may_be_negative) THEN
        RAISE EXCEPTION 'what account % is cannot change', old.code USING errcode = '23001';
    END IF;
    RETURN new;
END $$;

-- An entry is written only while its transaction is being inserted, and carries the running balance.
CREATE FUNCTION ledger_apply_entry() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'entries are written by ledger_post only' USING errcode = '23001';
    END IF;
    UPDATE ledger_account
       SET balance_minor = balance_minor + new.amount_minor, entries_count = entries_count + 1
     WHERE id = new.account_id
    RETURNING balance_minor INTO new.balance_after_minor;
    RETURN new;
END $$;

-- Turns the lines of a new transaction into entries: checked, locked in one order, increases first.
CREATE FUNCTION ledger_write_entries() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    uneven record;
BEGIN
    IF jsonb_typeof(new.lines) <> 'array' OR jsonb_array_length(new.lines) < 2 THEN
        RAISE EXCEPTION 'transaction % has fewer than two lines', new.key USING errcode = '23514';
    END IF;
    SELECT x ->> 'currency' AS currency, sum((x ->> 'amount')::bigint) AS total INTO uneven
      FROM jsonb_array_elements(new.lines) x
     GROUP BY 1 HAVING sum((x ->> 'amount')::bigint) <> 0 OR count(*) < 2 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transaction % does not balance: % %', new.key, uneven.total, uneven.currency
              USING errcode = '23514';
    END IF;
    INSERT INTO ledger_account (code, currency, kind, sign, may_be_negative)
    SELECT DISTINCT x ->> 'code', x ->> 'currency', '', 0, false
      FROM jsonb_array_elements(new.lines) x
     WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.code = x ->> 'code' AND a.currency = x ->> 'currency')
     ORDER BY 1, 2
        ON CONFLICT DO NOTHING;
    -- One lock order for everybody: two postings over the same accounts queue, they never deadlock.
    PERFORM FROM ledger_account a
      WHERE EXISTS (SELECT FROM jsonb_array_elements(new.lines) x
                     WHERE x ->> 'code' = a.code AND x ->> 'currency' = a.currency)
      ORDER BY a.id FOR NO KEY UPDATE;
    INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, balance_after_minor)
    SELECT new.id, a.id, (x ->> 'amount')::bigint, 0
      FROM jsonb_array_elements(new.lines) WITH ORDINALITY l (x, position)
      JOIN ledger_account a ON a.code = x ->> 'code' AND a.currency = x ->> 'currency'
     ORDER BY a.sign * (x ->> 'amount')::bigint DESC, l.position;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_transaction_write AFTER INSERT ON ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION ledger_write_entries();
CREATE TRIGGER ledger_transaction_keep BEFORE UPDATE OR DELETE ON ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_transaction_keep_all BEFORE TRUNCATE ON ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_entry_apply BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_apply_entry();
CREATE TRIGGER ledger_entry_keep BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_entry_keep_all BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_account_guard BEFORE INSERT OR UPDATE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_account();
CREATE TRIGGER ledger_account_keep BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_account_keep_all BEFORE TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_family_keep BEFORE UPDATE OR DELETE ON ledger_family
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_family_keep_all BEFORE TRUNCATE ON ledger_family
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- ENABLE ALWAYS: session_replication_role does not switch them off either.
ALTER TABLE ledger_transaction ENABLE ALWAYS TRIGGER ledger_transaction_write;
ALTER TABLE ledger_transaction ENABLE ALWAYS TRIGGER ledger_transaction_keep;
ALTER TABLE ledger_transaction ENABLE ALWAYS TRIGGER ledger_transaction_keep_all;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_apply;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_keep;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_keep_all;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_guard;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_keep;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_keep_all;
ALTER TABLE ledger_family ENABLE ALWAYS TRIGGER ledger_family_keep;
ALTER TABLE ledger_family ENABLE ALWAYS TRIGGER ledger_family_keep_all;

-- Posts once per key. Returns the transaction's id and whether this call created it.
-- The same key with other input raises 22023; an overdraft 23514; anything malformed 23514.
CREATE FUNCTION ledger_post(
    p_key text, p_kind text, p_lines jsonb,
    p_contract text DEFAULT NULL, p_holding text DEFAULT NULL, p_source text DEFAULT NULL,
    p_ref jsonb DEFAULT '{}', p_at timestamptz DEFAULT clock_timestamp()
) RETURNS TABLE (transaction_id bigint, created boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    input_digest bytea := sha256(convert_to(jsonb_build_array(
        p_kind, p_lines, p_contract, p_holding, p_source)::text, 'UTF8'));
    old_digest bytea;
BEGIN
    INSERT INTO ledger_transaction AS t (key, kind, digest, lines, contract, holding, source, ref, created_at)
    VALUES (p_key, p_kind, input_digest, p_lines, p_contract, p_holding, p_source, p_ref, p_at)
    ON CONFLICT (key) DO NOTHING
    RETURNING t.id INTO transaction_id;
    created := transaction_id IS NOT NULL;
    IF NOT created THEN
        SELECT t.id, t.digest INTO transaction_id, old_digest FROM ledger_transaction t WHERE t.key = p_key;
        IF old_digest IS DISTINCT FROM input_digest THEN
            RAISE EXCEPTION 'ledger key % was used with other postings', p_key USING errcode = '22023';
        END IF;
    END IF;
    RETURN NEXT;
END $$;

REVOKE ALL ON ledger_family, ledger_account, ledger_transaction, ledger_entry FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger_post(text, text, jsonb, text, text, text, jsonb, timestamptz) FROM PUBLIC;
