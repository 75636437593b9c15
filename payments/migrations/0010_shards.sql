-- Accounts that every contract shares (our balance, revenue, expenses, VAT) stop being a queue.
--
-- Such an account may be negative anyway, so nobody needs its sum at once: it has SHARDS rows, its balance is their sum
-- (view ledger_balance), and a transaction moves the row of a lane that it holds alone until it ends. An account that
-- must not go negative keeps its single row, its row lock and its CHECK.

ALTER TABLE ledger_account
    ADD COLUMN shard smallint NOT NULL DEFAULT 0,
    DROP CONSTRAINT ledger_account_code,
    ADD CONSTRAINT ledger_account_code UNIQUE (code, currency, shard),
    ADD CONSTRAINT ledger_account_shard CHECK (shard BETWEEN 0 AND 15 AND (shard = 0 OR may_be_negative));

INSERT INTO ledger_account (code, currency, kind, sign, may_be_negative, shard)
SELECT code, currency, '', 0, false, n FROM ledger_account, generate_series(1, 15) n WHERE may_be_negative;

-- An account as people speak of it, whatever its number of rows.
CREATE VIEW ledger_balance AS
SELECT code, currency, kind, sign, may_be_negative,
       sum(balance_minor)::bigint AS balance_minor, sum(entries_count)::bigint AS entries_count
  FROM ledger_account
 GROUP BY code, currency, kind, sign, may_be_negative;

-- An entry with its account, and the balance of the whole account after it in the order of the book.
CREATE VIEW ledger_line AS
SELECT e.id, e.transaction_id, a.code, a.currency, a.kind, e.amount_minor,
       (SELECT sum(last.balance_after_minor)::bigint
          FROM ledger_account s
         CROSS JOIN LATERAL (SELECT x.balance_after_minor FROM ledger_entry x
                              WHERE x.account_id = s.id AND x.id <= e.id ORDER BY x.id DESC LIMIT 1) last
         WHERE s.code = a.code AND s.currency = a.currency) AS balance_after_minor
  FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id;

-- The lane of this transaction: one that nobody else holds, or after a wait when all are taken.
CREATE FUNCTION ledger_lane() RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
    class CONSTANT integer := 1279607879;  -- "LEDG"
    lane integer := pg_backend_pid() % 16;
BEGIN
    FOR i IN 1 .. 16 LOOP
        IF pg_try_advisory_xact_lock(class, lane) THEN
            RETURN lane;
        END IF;
        lane := (lane + 1) % 16;
    END LOOP;
    PERFORM pg_advisory_xact_lock(class, lane);
    RETURN lane;
END $$;

-- The planner's guesses are switched off: a plan made while the book was empty would scan it when it is not.
CREATE OR REPLACE FUNCTION ledger_write_entries() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    codes text[];
    currencies char(3)[];
    amounts bigint[];
    shared boolean[];
    lane smallint := 0;
    uneven record;
BEGIN
    IF jsonb_typeof(new.lines) <> 'array' OR jsonb_array_length(new.lines) < 2 THEN
        RAISE EXCEPTION 'transaction % has fewer than two lines', new.key USING errcode = '23514';
    END IF;
    SELECT array_agg(x ->> 'code' ORDER BY position), array_agg((x ->> 'currency')::char(3) ORDER BY position),
           array_agg((x ->> 'amount')::bigint ORDER BY position),
           array_agg(coalesce(f.may_be_negative, false) ORDER BY position)
      INTO codes, currencies, amounts, shared
      FROM jsonb_array_elements(new.lines) WITH ORDINALITY l (x, position)
      LEFT JOIN ledger_family f ON f.prefix = split_part(x ->> 'code', ':', 1);
    SELECT currency, sum(amount) AS total INTO uneven
      FROM unnest(currencies, amounts) l (currency, amount)
     GROUP BY 1 HAVING sum(amount) <> 0 OR count(*) < 2 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transaction % does not balance: % %', new.key, uneven.total, uneven.currency
              USING errcode = '23514';
    END IF;
    INSERT INTO ledger_account (code, currency, kind, sign, may_be_negative, shard)
    SELECT DISTINCT l.code, l.currency, '', 0, false, n
      FROM unnest(codes, currencies, shared) l (code, currency, shared)
     CROSS JOIN generate_series(0, CASE WHEN l.shared THEN 15 ELSE 0 END) n
     WHERE NOT EXISTS (SELECT FROM ledger_account a
                        WHERE a.code = l.code AND a.currency = l.currency AND a.shard = 0)
     ORDER BY 1, 2, 6
        ON CONFLICT DO NOTHING;
    -- One lock order for everybody: two postings over the same accounts queue, they never deadlock. The lane is last.
    PERFORM FROM ledger_account a
      WHERE a.id = ANY (ARRAY(SELECT b.id FROM unnest(codes, currencies, shared) l (code, currency, shared)
                                JOIN ledger_account b ON b.code = l.code AND b.currency = l.currency AND b.shard = 0
                               WHERE NOT l.shared))
      ORDER BY a.id FOR NO KEY UPDATE;
    IF true = ANY (shared) THEN
        lane := ledger_lane();
    END IF;
    -- Each account moves once, by its total; its entries carry the running balance, increases first.
    WITH line AS (
        SELECT l.code, l.currency, l.amount, CASE WHEN l.shared THEN lane ELSE 0 END AS shard, l.position
          FROM unnest(codes, currencies, amounts, shared) WITH ORDINALITY l (code, currency, amount, shared, position)
    ), moved AS (
        UPDATE ledger_account a
           SET balance_minor = a.balance_minor + d.total, entries_count = a.entries_count + d.n
          FROM (SELECT code, currency, shard, sum(amount)::bigint AS total, count(*) AS n
                  FROM line GROUP BY 1, 2, 3) d
         WHERE a.code = d.code AND a.currency = d.currency AND a.shard = d.shard
        RETURNING a.id, a.code, a.currency, a.sign, a.balance_minor - d.total AS before
    )
    INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, balance_after_minor)
    SELECT new.id, m.id, l.amount,
           m.before + sum(l.amount) OVER (PARTITION BY m.id ORDER BY m.sign * l.amount DESC, l.position)
      FROM line l JOIN moved m ON m.code = l.code AND m.currency = l.currency
     ORDER BY m.sign * l.amount DESC, l.position;
    RETURN NULL;
END $$;

DROP TRIGGER ledger_account_guard_update ON ledger_account;
CREATE TRIGGER ledger_account_guard_update BEFORE UPDATE ON ledger_account
    FOR EACH ROW WHEN (
        pg_trigger_depth() < 1
        OR (new.id, new.code, new.currency, new.shard, new.kind, new.sign, new.may_be_negative)
           IS DISTINCT FROM (old.id, old.code, old.currency, old.shard, old.kind, old.sign, old.may_be_negative))
    EXECUTE FUNCTION ledger_refuse();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_guard_update;

REVOKE ALL ON ledger_balance, ledger_line FROM PUBLIC;
