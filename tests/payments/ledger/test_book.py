"""The database alone keeps the books right: attacks are refused, concurrency cannot overdraw."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from marketplace.core import roles
from marketplace.core.settings import settings
from marketplace.runtime import postgres
from payments import errors
from payments.config import PaymentsConfig
from payments.fees import FeeTerms, Share, quote
from payments.ledger import balanced, book, postings
from tests.payments.conftest import eur

SHARE = Share.of(quote(eur(1_000), FeeTerms(0, 0)))
FUND = postings.fund(SHARE, holding="h", contract="c", stripe_fee=eur(0))


async def posted(key: str, posting: balanced.Posting = FUND) -> bool:
    async with in_transaction():
        return await book.post(posting, key=key)


@pytest.fixture
async def raw(offline: PaymentsConfig, database: str) -> asyncpg.Connection:
    """The owner's ordinary connection, past our code, with one transaction in the book."""
    await posted("fund:1")
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


def lines(*legs: tuple[str, str, int]) -> str:
    return json.dumps([{"code": a, "currency": b, "amount": c} for a, b, c in legs])


POST = "SELECT * FROM ledger_post($1, 'fund', $2::jsonb)"


WRONG: dict[str, list[tuple[str, str, int]]] = {
    "overdraw": [("escrow:h", "EUR", 1_001), ("payable:v", "EUR", -1_001)],
    "unbalanced": [("stripe:platform", "EUR", 10), ("escrow:h", "EUR", -9)],
    "across currencies": [("stripe:platform", "EUR", 10), ("escrow:h", "GBP", -10)],
    "one leg": [("stripe:platform", "EUR", 10)],
    "one leg of nothing": [("stripe:platform", "EUR", 0)],
    "no legs": [],
    "nothing twice": [("stripe:platform", "EUR", 0), ("escrow:h", "EUR", 0)],
    "an unknown family": [("gold:h", "EUR", 10), ("escrow:h", "EUR", -10)],
    "a family without a name": [("escrow:", "EUR", -10), ("stripe:platform", "EUR", 10)],
    "no currency": [("stripe:platform", "eur", 10), ("escrow:h", "eur", -10)],
    "too much": [("stripe:platform", "EUR", 10**13), ("escrow:h", "EUR", -(10**13))],
}


# One database for all of them: whatever is refused leaves it as it was.
async def test_a_wrong_posting_is_refused(raw: asyncpg.Connection) -> None:
    for attack, legs in WRONG.items():
        with pytest.raises(asyncpg.PostgresError) as refused:
            await raw.fetch(POST, attack, lines(*legs))
        assert refused.value.sqlstate[:2] in ("22", "23"), (attack, refused.value)
        assert await book.balance("escrow:h", "EUR") == eur(-1_000)


REWRITES = (
    "UPDATE ledger_entry SET amount_minor = 1",
    "UPDATE ledger_transaction SET kind = 'release'",
    "DELETE FROM ledger_entry",
    "DELETE FROM ledger_transaction",
    "DELETE FROM ledger_account",
    "TRUNCATE ledger_entry",
    "TRUNCATE ledger_transaction CASCADE",
    "TRUNCATE ledger_account CASCADE",
    "UPDATE ledger_account SET balance_minor = 0",
    "UPDATE ledger_account SET code = 'escrow:mine' WHERE code = 'escrow:h'",
    "UPDATE ledger_account SET may_be_negative = true",
    "UPDATE ledger_family SET may_be_negative = true",
    "DELETE FROM ledger_family",
    """INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, balance_after_minor)
           SELECT (SELECT min(id) FROM ledger_transaction), id, 5, 0 FROM ledger_account LIMIT 1""",
    """INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, balance_after_minor)
           SELECT (SELECT min(id) FROM ledger_transaction), id,
                  CASE code WHEN 'escrow:h' THEN -5 ELSE 5 END, 0 FROM ledger_account""",
    "SELECT set_config('ledger.apply', '1', true); UPDATE ledger_account SET balance_minor = 5",
    "SET session_replication_role = replica; DELETE FROM ledger_entry",
)


async def test_history_cannot_be_rewritten(raw: asyncpg.Connection) -> None:
    for statement in REWRITES:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await raw.execute(statement)
        assert refused.value.sqlstate.startswith("23"), (statement, refused.value)
        left = "SELECT count(*) AS n, sum(abs(amount_minor)) AS m FROM ledger_entry"
        assert tuple(await raw.fetchrow(left)) == (2, 2_000), statement


async def test_an_account_opens_at_zero_whatever_is_claimed(raw: asyncpg.Connection) -> None:
    await raw.execute(
        "INSERT INTO ledger_account (code, currency, kind, sign, may_be_negative, balance_minor)"
        " VALUES ('escrow:mine', 'EUR', 'asset', 1, true, 500)"
    )
    row = await raw.fetchrow("SELECT * FROM ledger_account WHERE code = 'escrow:mine'")
    assert (row["balance_minor"], row["kind"], row["sign"]) == (0, "liability", -1)
    assert not row["may_be_negative"]


async def test_the_applications_role_reads_and_posts_and_nothing_else(
    offline: PaymentsConfig,
) -> None:
    await posted("fund:1")  # as web and worker do
    application = await asyncpg.connect(settings().database_url)
    assert await application.fetchval("SELECT current_user") == postgres.APPLICATION
    for attack, wrong in WRONG.items():
        with pytest.raises(asyncpg.PostgresError) as refused:
            await application.fetch(POST, attack, lines(*wrong))
        assert refused.value.sqlstate[:2] in ("22", "23"), attack
    legs = lines(("stripe:platform", "EUR", 5), ("escrow:h", "EUR", -5))
    assert (await application.fetchrow(POST, "by:hand", legs))["created"]
    for statement in (
        *REWRITES,
        "INSERT INTO ledger_transaction (key) VALUES ('mine')",
        "INSERT INTO ledger_account (code, currency) VALUES ('escrow:mine', 'EUR')",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "DROP TABLE ledger_entry",
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
        "UPDATE schema_migration SET sha256 = ''",
    ):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await application.execute(statement)
        assert refused.value.sqlstate == "42501", (statement, refused.value)
    # Tables of its own with the same names do not stand in for the real ones.
    await application.execute("CREATE TEMP TABLE ledger_account (LIKE ledger_account)")
    await application.execute("CREATE TEMP TABLE ledger_family AS TABLE ledger_family")
    await application.execute("UPDATE pg_temp.ledger_family SET may_be_negative = true")
    over = lines(("escrow:h", "EUR", 9_999), ("payable:v", "EUR", -9_999))
    with pytest.raises(asyncpg.CheckViolationError):
        await application.fetch(POST, "overdraw", over)
    await application.close()
    assert await book.balance("escrow:h", "EUR") == eur(-1_005)


async def test_a_role_that_could_act_as_the_owner_is_refused(database: str) -> None:
    owner = await asyncpg.connect(database)
    with pytest.raises(roles.CannotGrant, match="no role nobody_here"):
        await roles.grant(owner, "nobody_here")
    await owner.execute("BEGIN; CREATE ROLE too_mighty SUPERUSER LOGIN")
    with pytest.raises(roles.CannotGrant, match="may act as the owner"):
        await roles.grant(owner, "too_mighty")
    await owner.execute("ROLLBACK")
    await roles.grant(owner, postgres.ROLE)  # one role for both: nothing to give
    await owner.close()


async def test_one_key_posts_once(offline: PaymentsConfig) -> None:
    assert await posted("fund:1") is True
    assert await posted("fund:1") is False
    other = postings.fund(SHARE, holding="h2", contract="c", stripe_fee=eur(0))
    with pytest.raises(errors.KeyReused):
        await posted("fund:1", other)
    assert await book.balance("stripe:platform", "EUR") == eur(1_000)


async def test_sixteen_identical_postings_at_once_are_one(offline: PaymentsConfig) -> None:
    created = await asyncio.gather(*(posted("fund:1") for _ in range(16)))
    assert Counter(created) == {True: 1, False: 15}


async def test_sixteen_spends_at_once_never_overdraw(offline: PaymentsConfig) -> None:
    await posted("fund:1")
    part = Share("EUR", price=300)

    async def spend(number: int) -> str:
        posting = postings.release(part, holding="h", contract="c", payee="v")
        try:
            await posted(f"release:{number}", posting)
        except errors.Overdraft:
            return "refused"
        return "accepted"

    outcomes = Counter(await asyncio.gather(*(spend(n) for n in range(16))))
    assert outcomes == {"accepted": 3, "refused": 13}
    assert await book.balance("escrow:h", "EUR") == eur(-100)


async def test_balances_are_the_running_sum_of_entries(
    offline: PaymentsConfig, database: str
) -> None:
    async def move(number: int) -> None:
        share = Share("EUR", price=number + 1)
        await posted(
            f"fund:{number}",
            postings.fund(
                share, holding=f"h{number % 3}", contract="c", stripe_fee=eur(number % 2)
            ),
        )

    await asyncio.gather(*(move(n) for n in range(40)))
    connection = await asyncpg.connect(database)
    wrong = await connection.fetch("""
        SELECT a.code FROM ledger_account a
          LEFT JOIN (SELECT account_id, sum(amount_minor) AS total, count(*) AS n,
                            (array_agg(balance_after_minor ORDER BY id DESC))[1] AS last
                       FROM ledger_entry GROUP BY 1) e ON e.account_id = a.id
         WHERE (a.balance_minor, a.entries_count) <> (coalesce(e.total, 0), coalesce(e.n, 0))
            OR a.balance_minor <> e.last""")
    assert wrong == []
    assert await connection.fetchval("SELECT sum(amount_minor) FROM ledger_entry") == 0
    await connection.close()


async def test_a_shared_account_is_no_queue(offline: PaymentsConfig, database: str) -> None:
    """A posting that has not committed yet makes no other wait, unless they spend the same money."""
    await posted("fund:first")  # the accounts are there
    async with in_transaction():
        await book.post(FUND, key="fund:open")
        other = await asyncpg.connect(database)
        await other.execute("SET lock_timeout = '3s'")
        legs = lines(("stripe:platform", "EUR", 5), ("escrow:h2", "EUR", -5))
        assert (await other.fetchrow(POST, "fund:other", legs))["created"]
        await other.execute("SET lock_timeout = '50ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            legs = lines(("stripe:platform", "EUR", 5), ("escrow:h", "EUR", -5))
            await other.fetch(POST, "fund:same", legs)
    assert await book.balance("stripe:platform", "EUR") == eur(2_005)
    used = (
        "SELECT count(*) FROM ledger_account WHERE code = 'stripe:platform' AND entries_count > 0"
    )
    assert await other.fetchval(used) == 2
    rows = await other.fetch("SELECT shard FROM ledger_account WHERE code LIKE 'escrow:%'")
    assert {row["shard"] for row in rows} == {0}
    with pytest.raises(asyncpg.CheckViolationError):
        await other.execute(
            "INSERT INTO ledger_account (code, currency, kind, sign, may_be_negative, shard)"
            " VALUES ('escrow:h', 'EUR', '', 0, true, 1)"
        )
    await other.close()


async def test_a_posting_outside_a_command_is_a_bug(offline: PaymentsConfig) -> None:
    with pytest.raises(errors.OutsideTransaction):
        await book.post(FUND, key="fund:1")


async def test_a_rolled_back_command_leaves_nothing(offline: PaymentsConfig) -> None:
    with pytest.raises(RuntimeError):
        async with in_transaction():
            await book.post(FUND, key="fund:1")
            raise RuntimeError
    assert not await book.is_posted("fund:1")
