"""The invariants I1 to I10 of the books, asked of the database after every step of the machine.

What a step touched is looked at each time: the transactions that are new, the accounts and holdings
they moved, everything of the run's contract. Whole tables are looked at once, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from payments import escrow, statements
from payments.config import now
from payments.database import connection
from payments.ledger import book, chart
from payments.money import Money

# A refund that Stripe refuses because a bank has contested the charge meanwhile waits for a person.
# $1 the last transaction seen before, $2 the contract, $3 the time
_STEP = """
WITH fresh AS (SELECT e.*, a.currency FROM ledger_entry e JOIN ledger_account a
                   ON a.id = e.account_id WHERE e.transaction_id > $1),
     paid AS (SELECT f.* FROM payment_funding f JOIN payment_holding h ON h.id = f.holding_id
               WHERE h.contract = $2)
SELECT 'I1: does not sum to zero' AS what, transaction_id::text AS name FROM fresh
 GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0
UNION ALL SELECT 'I1: fewer than two lines', t.id::text FROM ledger_transaction t
 WHERE t.id > $1 AND (SELECT count(*) FROM fresh WHERE fresh.transaction_id = t.id) < 2
UNION ALL SELECT 'I3: running total broken', f.id::text FROM fresh f
  LEFT JOIN LATERAL (SELECT l.balance_after_minor AS after FROM ledger_entry l
                      WHERE l.account_id = f.account_id AND l.id < f.id
                      ORDER BY l.id DESC LIMIT 1) earlier ON true
 WHERE f.balance_after_minor <> coalesce(earlier.after, 0) + f.amount_minor
UNION ALL SELECT 'I3: stored balance is not the last total', a.code FROM ledger_account a
  JOIN LATERAL (SELECT l.balance_after_minor AS after FROM ledger_entry l
                 WHERE l.account_id = a.id ORDER BY l.id DESC LIMIT 1) newest ON true
 WHERE a.id IN (SELECT account_id FROM fresh) AND a.balance_minor <> newest.after
UNION ALL SELECT 'I4: on the wrong side', code FROM ledger_account
 WHERE id IN (SELECT account_id FROM fresh) AND NOT may_be_negative AND sign * balance_minor < 0
UNION ALL SELECT 'I6: more left than was paid', id::text FROM paid
 WHERE transferred_minor + refunded_minor > captured_minor
UNION ALL SELECT 'I8: what the rows hold is not in the books', h.id FROM payment_holding h
  LEFT JOIN ledger_account a ON a.code = 'escrow:' || h.id AND a.currency = h.currency
 WHERE h.contract = $2 AND h.price_minor + h.price_vat_minor <> -coalesce(a.balance_minor, 0)
UNION ALL SELECT 'I8: the fees of what the rows hold are not in the books', h.contract
  FROM payment_holding h
  LEFT JOIN ledger_account a ON a.code = 'deferred:' || h.contract AND a.currency = h.currency
 WHERE h.contract = $2 GROUP BY h.contract, a.balance_minor
HAVING sum(h.client_fee_minor + h.client_fee_vat_minor) <> -coalesce(a.balance_minor, 0)
UNION ALL SELECT 'I9: forgotten while it was sent', id::text FROM payment_movement
 WHERE contract = $2 AND status = 'sending' AND claimed_at < $3::timestamptz - interval '1 hour'
UNION ALL SELECT 'I9: given up', kind || ': ' || failure FROM payment_movement
 WHERE contract = $2 AND status = 'parked'
UNION ALL SELECT 'I9: news given up', type || ': ' || failure FROM stripe_event
 WHERE status = 'parked'
UNION ALL SELECT 'I10: closed, but not cleared', a.code FROM payment_dispute d
  JOIN paid ON paid.id = d.funding_id JOIN ledger_account a ON a.code = 'disp:' || d.id
 WHERE d.status <> 'open' AND a.balance_minor <> 0
UNION ALL SELECT 'I10: more than the loss came back', a.dispute FROM payment_dispute_account a
  JOIN payment_dispute d ON d.id = a.dispute JOIN payment_holding h ON h.id = d.holding_id
 WHERE h.contract = $2 AND a.loss_minor < 0
UNION ALL SELECT '=now', md5(string_agg(t.id || t.lines::text, ',' ORDER BY t.id))
  FROM ledger_transaction t WHERE t.contract = $2
UNION ALL SELECT '=before', md5(string_agg(t.id || t.lines::text, ',' ORDER BY t.id))
  FROM ledger_transaction t WHERE t.contract = $2 AND t.id <= $1
UNION ALL SELECT DISTINCT '=touched', name FROM ledger_transaction t,
       unnest(ARRAY[t.holding, t.ref ->> 'target']) name
 WHERE t.id > $1 AND t.contract = $2 AND name IS NOT NULL
UNION ALL SELECT '=last', coalesce(max(id), $1)::text FROM ledger_transaction WHERE id > $1
"""
_WHOLE = """
SELECT 'I3' AS what, a.code AS name FROM ledger_account a
  LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM ledger_entry GROUP BY 1) e
         ON e.account_id = a.id WHERE a.balance_minor <> coalesce(e.total, 0)
UNION ALL SELECT 'I4', code FROM ledger_balance
 WHERE NOT may_be_negative AND sign * balance_minor < 0
UNION ALL SELECT 'I5', min(key) FROM ledger_transaction GROUP BY key HAVING count(*) > 1
UNION ALL SELECT 'I6', id::text FROM payment_funding
 WHERE transferred_minor + refunded_minor > captured_minor
UNION ALL SELECT 'I10', a.code FROM ledger_balance a
 WHERE a.balance_minor <> 0 AND (a.code LIKE 'fx:%' OR (a.code LIKE 'disp:%' AND NOT EXISTS
       (SELECT FROM payment_dispute d WHERE d.status = 'open' AND a.code = 'disp:' || d.id)))
"""


@dataclass
class Checked:
    """What the last look found of one contract, to be compared with the next."""

    contract: str
    last: int = 0
    print: str | None = None
    held: dict[str, int] = field(default_factory=dict)
    """Releasable price of each holding, minor units."""
    released: dict[str, int] = field(default_factory=dict)

    async def step(self, at_stripe: int | None) -> None:
        """AssertionError or StatementMismatch names the invariant that does not hold.

        `at_stripe`: our balance there in minor units, None while news is on its way.
        """
        rows = await connection().execute_query_dict(_STEP, [self.last, self.contract, now()])
        wrong = [(row["what"], row["name"]) for row in rows if not row["what"].startswith("=")]
        assert not wrong, wrong
        said = {row["what"]: row["name"] for row in rows}
        assert said["=before"] == self.print, "I2: what stood in the books has changed"
        self.last, self.print = int(said["=last"]), said["=now"]
        touched = [row["name"] for row in rows if row["what"] == "=touched"]
        if touched:
            await self._held(touched)
        if at_stripe is not None:
            ours = await book.balance(chart.PLATFORM, "EUR")
            assert ours == Money(at_stripe, "EUR"), "I7: our balance is not Stripe's"

    async def _held(self, touched: list[str]) -> None:
        """I8, of the contract and of each holding; the statement raises when it does not agree."""
        await statements.contract_statement(self.contract)
        for holding in touched:
            balance = await escrow.balance(holding)
            came = balance.funded + balance.carried
            went = balance.released + balance.refunded + balance.held + balance.disputed
            assert came == went, f"I8: {holding}"
            self.held[holding] = balance.price.minor
            self.released[holding] = balance.released.minor


async def whole() -> None:
    """The same of every row there is."""
    assert await connection().execute_query_dict(_WHOLE) == []
