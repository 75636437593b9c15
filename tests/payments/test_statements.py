"""A statement shows every step and equals the ledger to the cent, after any sequence of steps."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.transactions import in_transaction

from payments import errors, escrow, statements
from payments.config import PaymentsConfig
from payments.fees import FeeTerms
from payments.gateway.views import WrittenView
from payments.ledger import book, chart
from payments.ledger.balanced import Kind
from payments.models import Funding, FundingStatus, Movement, MovementKind
from payments.money import Money
from payments.movements import settle
from tests.factories.fees import fee_terms
from tests.payments.conftest import TERMS, Facts, eur, requested
from tests.payments.test_escrow import books_agree, charged, funded

steps = st.lists(
    st.tuples(
        st.sampled_from(["fund", "release", "refund", "carry", "send"]),
        st.integers(0, 2),
        st.integers(1, 300_000),
    ),
    min_size=3,
    max_size=12,
)


async def sent(movement: Movement, facts: Facts) -> None:
    """Stripe says that this movement was executed."""
    prefix = "re" if movement.kind is MovementKind.REFUND else "tr"
    view = WrittenView(
        f"{prefix}_{movement.id.hex}",
        movement.kind.value,
        "succeeded",
        movement.amount,
        {"movement": str(movement.id)},
    )
    async with in_transaction():
        await settle(view, facts)


async def step(kind: str, holding: str, other: str, minor: int, terms: FeeTerms, case: str) -> None:
    key, price, facts = uuid4().hex, eur(minor), Facts()
    people = {"payer": f"p{case}", "payee": f"v{case}"}
    if kind == "fund":
        funding_id = await requested(price, holding=holding, contract=case, terms=terms, **people)
        await charged(funding_id, facts)
    elif kind == "send":
        for movement in await Movement.filter(contract=case, settled_at=None):
            await sent(movement, facts)
    else:
        async with in_transaction():
            if kind == "release":
                await escrow.release(key=key, holding=holding, payee=people["payee"], price=price)
            elif kind == "refund":
                await escrow.refund(key=key, holding=holding, price=price)
            else:
                await escrow.carry_over(key=key, source=holding, target=other, price=price)


@given(steps, fee_terms)
@settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_sequence_of_steps_is_accounted_for(
    offline: PaymentsConfig, sequence: list[tuple[str, int, int]], terms: FeeTerms
) -> None:
    case = uuid4().hex
    for kind, index, minor in [("fund", 0, 250_000), *sequence]:
        holding, other = f"{case}:{index}", f"{case}:{(index + 1) % 3}"
        try:
            await step(kind, holding, other, minor, terms, case)
        except (errors.InsufficientFunds, errors.UnknownHolding):
            continue
        await books_agree(case)
    await step("send", "", "", 1, terms, case)
    statement = await statements.contract_statement(case)
    paid = [f.total for f in await Funding.filter(holding_id__startswith=case)]
    assert statement.charged == Money.sum(paid, "EUR")
    credit = await book.balance(chart.credit(f"p{case}"), "EUR")
    payable = await book.balance(chart.payable(f"v{case}"), "EUR")
    assert (credit, payable) == (eur(0), eur(0))
    owner = await statements.payee_statement(f"v{case}")
    assert owner.transferred.get("EUR", eur(0)) == statement.transferred
    fees = Money.sum((x.fees for x in statement.lines if x.what is Kind.RELEASE), "EUR")
    deferred = -(await book.balance(chart.deferred(case), "EUR"))
    assert statement.charged == (
        statement.held + deferred + statement.returned + statement.transferred + fees
    )


async def test_a_statement_reads_like_the_contract_went(
    offline: PaymentsConfig, facts: Facts
) -> None:
    await funded(eur(100_000), "m1", facts)
    async with in_transaction():
        await escrow.release(key="a", holding="m1", payee="assistant", price=eur(60_000))
        await escrow.refund(key="b", holding="m1")
    for movement in await Movement.all().order_by("created_at"):
        await sent(movement, facts)
    statement = await statements.contract_statement("c1")
    assert [(x.what, x.amount, x.held_after) for x in statement.lines] == [
        (Kind.FUND, eur(106_000), eur(100_000)),
        (Kind.RELEASE, eur(56_400), eur(40_000)),
        (Kind.REFUND_DUE, eur(42_400), eur(0)),
        (Kind.TRANSFER, eur(56_400), eur(0)),
        (Kind.REFUND, eur(42_400), eur(0)),
    ]
    assert statement.lines[1].fees == eur(3_600 + 3_600)
    assert (statement.charged, statement.transferred, statement.returned) == (
        eur(106_000),
        eur(56_400),
        eur(42_400),
    )


async def test_the_payee_sees_what_is_owed_and_what_came(
    offline: PaymentsConfig, facts: Facts
) -> None:
    await funded(eur(100_000), "m1", facts)
    async with in_transaction():
        await escrow.release(key="a", holding="m1", payee="assistant", price=eur(60_000))
    owed = await statements.payee_statement("assistant")
    assert (owed.owed, owed.transferred) == ({"EUR": eur(56_400)}, {})
    await sent(await Movement.get(), facts)
    paid = await statements.payee_statement("assistant")
    assert (paid.owed, paid.transferred) == ({"EUR": eur(0)}, {"EUR": eur(56_400)})
    assert [line.change for line in paid.lines] == [eur(56_400), eur(-56_400)]


async def test_before_any_payment_the_statement_is_empty(offline: PaymentsConfig) -> None:
    statement = await statements.contract_statement("nothing", "GBP")
    assert (statement.lines, statement.held) == ((), Money(0, "GBP"))


async def test_a_request_alone_moves_nothing(offline: PaymentsConfig) -> None:
    funding_id = await requested(eur(100_000), holding="m1", terms=TERMS)
    statement = await statements.contract_statement("c1")
    assert statement.lines == ()
    assert (await Funding.get(id=funding_id)).status is FundingStatus.REQUESTED
