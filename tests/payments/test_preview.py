"""The fee preview before signing is what the books say afterwards, to the cent."""

from __future__ import annotations

from itertools import count

from hypothesis import given, settings
from tortoise.transactions import in_transaction

from marketplace.contracts import queries as contracts
from marketplace.contracts.api.previews import preview
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.schemas import QuoteLine
from payments import escrow, fundings, statements
from payments.config import PaymentsConfig
from payments.facts import Fact
from payments.gateway.views import ChargeView, IntentView
from payments.ledger import book, chart
from payments.ledger.balanced import Kind
from payments.money import Money
from tests.marketplace.contracts.test_terms import agreements

CONTRACTS = 1_000


def generated() -> list[Agreement]:
    """A thousand agreements of every kind, the same ones each time."""
    made: list[Agreement] = []

    @given(agreements())
    @settings(max_examples=CONTRACTS, database=None, derandomize=True)
    def collect(agreement: Agreement) -> None:
        made.append(agreement)

    collect()
    return made


async def test_the_preview_of_a_thousand_contracts_is_what_the_books_say(
    offline: PaymentsConfig,
) -> None:
    """Of each contract one part is paid and released through the real commands.

    In turn the first, the second and so on; the total of the preview is the sum of its parts.
    """
    numbers = count()
    for agreement in generated():
        number = next(numbers)
        shown = preview(agreement, contracts.quoted(agreement))
        for name in ("client_total", "client_fee", "assistant_net", "assistant_fee"):
            parts = [getattr(line, name) for line in shown.parts]
            assert shown.open_ended or getattr(shown.total, name) == sum(parts)
        line = shown.parts[number % len(shown.parts)]
        await _paid_and_released(f"c{number}", agreement, line)
        await _as_shown(f"c{number}", line)
    assert next(numbers) >= CONTRACTS


async def _paid_and_released(contract: str, agreement: Agreement, line: QuoteLine) -> None:
    async with in_transaction():
        funding = await escrow.request_funding(
            holding=contract,
            contract=contract,
            payer="business",
            payee="assistant",
            price=Money(line.price, line.currency),
            terms=agreement.fees,
            description="preview",
            locale="fr",
        )
        fee = Money.zero(line.currency)  # Stripe's, which is nobody's line of the preview
        charge = ChargeView(f"ch_{contract}", funding.total, fee, funding.total)
        paid = IntentView(
            f"pi_{contract}", "succeeded", funding.total, {"funding": str(funding.id)}, None, charge
        )
        assert await fundings.settle_intent(paid, _nothing)
        await escrow.release(key=contract, holding=contract, payee="assistant")


async def _as_shown(contract: str, line: QuoteLine) -> None:
    statement = await statements.contract_statement(contract)
    assert statement.charged.minor == line.client_total
    assert statement.funded.minor == line.price + line.price_vat
    [release] = [each for each in await book.of_contract(contract) if each.kind is Kind.RELEASE]
    assert -release.amount(chart.payable("assistant")) == line.assistant_net
    assert -release.amount(chart.COMMISSION) == line.assistant_fee
    assert -release.amount(chart.CLIENT_FEE) == line.client_fee
    assert -release.amount(chart.VAT) == line.assistant_fee_vat + line.client_fee_vat


async def _nothing(fact: Fact) -> None:
    """Nobody listens here."""
