"""Makes thousands of running hourly contracts whose week is worked and paid.

Rows are written as the services write them; the money really lies at the local Stripe (one charge
pays for SHARED weeks, to have it there sooner), so that a reconciliation afterwards must be clean.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, islice
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.states import Kind, Status
from marketplace.contracts.rules.terms import HourlyTerms
from marketplace.core import clock
from marketplace.core.events import on_fact
from marketplace.core.ids import new_id
from marketplace.parties.rules import PartyKind
from marketplace.work.models import TimeEntry, Unit
from marketplace.work.rules import Status as UnitStatus
from marketplace.work.rules import UnitKind
from payments import payouts
from payments.config import config
from payments.fees import FeeTerms, Share, quote
from payments.models import Payee
from payments.money import Money
from tests.factories.accounts import person
from tests.factories.contracts import party

TERMS: Final = FeeTerms(500, 500, (200_000,), (200_000,), ())
RATE, CAP = 3_000, 600
PRICE: Final = Money(RATE * CAP // 60, "EUR")
PEOPLE: Final = 100
"""Businesses, and as many assistants; the contracts spread over them."""
ZONE: Final = "Europe/Paris"
BATCH: Final = 500
SHARED: Final = 10

# What a charge that succeeded leaves behind: see payments.fundings and payments.holdings.
_PAID: Final = """
WITH paid AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[],
                                   $6::text[], $7::text[], $8::bigint[])
              p (holding, contract, payer, payee, funding, intent, charge, fee)),
holding AS (
  INSERT INTO payment_holding (id, contract, payer, payee, currency, created_at, price_minor,
      price_vat_minor, client_fee_minor, client_fee_vat_minor, assistant_fee_minor,
      assistant_fee_vat_minor)
  SELECT holding, contract, payer, payee, 'EUR', $9, $10, $11, $12, $13, $14, $15 FROM paid
  RETURNING id),
funding AS (
  INSERT INTO payment_funding (id, holding_id, status, currency, price_minor, price_vat_minor,
      client_fee_minor, client_fee_vat_minor, assistant_fee_minor, assistant_fee_vat_minor,
      description, locale, intent, charge, method, captured_minor, stripe_fee_minor, created_at,
      funded_at)
  SELECT funding, min(holding), 'funded', 'EUR', $10, $11, $12, $13, $14, $15, 'bench', 'fr',
         intent, charge, 'card', $16 * count(*), sum(fee), $9, $9 FROM paid
   GROUP BY funding, intent, charge
  RETURNING id),
lot AS (
  INSERT INTO payment_lot (id, holding_id, funding_id, left_minor, created_at)
  SELECT gen_random_uuid(), holding, funding, $16, $9 FROM paid RETURNING id)
SELECT (SELECT count(*) FROM holding) + (SELECT count(*) FROM lot)
"""
_POSTED: Final = """
SELECT count(*) FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
       p (holding, contract, intent, charge, fee),
  LATERAL ledger_post('fund:' || intent || ':' || holding, 'fund', jsonb_build_array(
    jsonb_build_object('code', 'stripe:platform', 'currency', 'EUR', 'amount', $6::bigint - fee),
    jsonb_build_object('code', 'exp:stripe_fee', 'currency', 'EUR', 'amount', fee),
    jsonb_build_object('code', 'escrow:' || holding, 'currency', 'EUR', 'amount', -$7::bigint),
    jsonb_build_object('code', 'deferred:' || contract, 'currency', 'EUR', 'amount', -$8::bigint)),
    contract, holding, charge, '{}'::jsonb, $9)
"""


@dataclass(frozen=True)
class Paid:
    """A week and the charge that pays for it."""

    unit: UUID
    contract: UUID
    business: UUID
    assistant: UUID
    funding: UUID
    intent: str
    charge: str
    fee: int


class Crowd:
    """Everything made so far."""

    def __init__(self, dsn: str, http: httpx.AsyncClient, monday: date) -> None:
        self.dsn, self.http, self.monday = dsn, http, monday
        self.owners: dict[UUID, UUID] = {}
        self.cards: dict[UUID, tuple[str, str]] = {}

    async def people(self) -> tuple[list[UUID], list[UUID]]:
        """Businesses with a card on file, assistants whose account may be paid."""
        sides: dict[PartyKind, list[UUID]] = {PartyKind.BUSINESS: [], PartyKind.ASSISTANT: []}
        for kind, ids in sides.items():
            for number in range(PEOPLE):
                owner = await person(name=f"{kind.value} {number}")
                made = await party(kind, owner, f"{kind.value} {number}")
                self.owners[made.id] = owner.id
                ids.append(made.id)
        await asyncio.gather(*(self._card(each) for each in sides[PartyKind.BUSINESS]))
        for each in sides[PartyKind.ASSISTANT]:
            await self._account(each)
        return sides[PartyKind.BUSINESS], sides[PartyKind.ASSISTANT]

    async def _stripe(self, path: str, **form: Any) -> Any:
        headers = {"Authorization": f"Bearer {config().secret_key}"}
        answer = await self.http.post(path, data=form, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def _card(self, business: UUID) -> None:
        customer = (await self._stripe("/v1/customers"))["id"]
        card = {"type": "card", "card[number]": "4242424242424242"}
        method = (await self._stripe("/v1/payment_methods", **card))["id"]
        await self._stripe(f"/v1/payment_methods/{method}/attach", customer=customer)
        self.cards[business] = customer, method

    async def _account(self, assistant: UUID) -> None:
        await payouts.ensure_payee(
            payee=str(assistant), email="a@example.org", name="A", country="FR", locale="fr"
        )
        await payouts.onboarding_link(str(assistant), "http://x/ok", "http://x/again")
        account = (await Payee.get(id=str(assistant))).account
        await self.http.post(f"/_sandbox/onboard/{account}", json={})
        await payouts.refresh_payee(str(assistant), on_fact)

    async def contracts(self, count: int) -> None:
        """So many contracts, each with a worked and paid week that begins on `monday`."""
        businesses, assistants = await self.people()
        share = Share.of(quote(PRICE, TERMS))
        numbers = iter(range(count))
        made = 0
        connection = await asyncpg.connect(self.dsn)
        while batch := list(islice(numbers, BATCH)):
            pairs = [(businesses[n // SHARED % PEOPLE], assistants[n * 7 % PEOPLE]) for n in batch]
            weeks = await self._weeks(batch, pairs)
            paid = await self._charges(weeks, share)
            await self._store(connection, paid, share)
            made += len(batch)
            print(f"  {made} contracts made", flush=True)
        await connection.execute("ANALYZE")
        await connection.close()

    async def _weeks(
        self, numbers: list[int], pairs: list[tuple[UUID, UUID]]
    ) -> list[tuple[Contract, Unit]]:
        now = clock.now()
        terms = HourlyTerms(rate_minor=RATE, weekly_cap_minutes=CAP, first_week=self.monday)
        clocks = Clocks(hold_days=0).model_dump(mode="json")  # the security hold would be all
        contracts = [
            Contract(
                id=new_id(), number=f"B-{number:06}", kind=Kind.HOURLY, status=Status.ACTIVE,
                business_id=business, assistant_id=assistant, created_by_id=self.owners[business],
                title="Accueil téléphonique", scope="Répondre au téléphone.", currency="EUR", language="fr",
                starts_on=self.monday, time_zone=ZONE, terms=terms.model_dump(mode="json"),
                fees=TERMS.as_json(), version=1, signed_at=now, active_at=now, created_at=now,
                updated_at=now, clocks=clocks,
            )
            for number, (business, assistant) in zip(numbers, pairs, strict=True)
        ]  # fmt: skip
        units = [self._unit(each, 1, status=UnitStatus.FUNDED, funded_at=now) for each in contracts]
        # The week after is open as always, its card was declined: it stays out of the measurement.
        following = [self._unit(each, 2, prefund_tried_at=now) for each in contracts]
        entries = [
            TimeEntry(
                id=new_id(), unit_id=unit.id, person_id=self.owners[each.assistant_id],
                worked_on=self.monday + timedelta(days=day), minutes=CAP // 5, task="Appels",
                created_at=now, updated_at=now,
            )
            for each, unit in zip(contracts, units, strict=True)
            for day in range(5)
        ]  # fmt: skip
        await Contract.bulk_create(contracts)
        await Unit.bulk_create([*units, *following])
        await TimeEntry.bulk_create(entries)
        return list(zip(contracts, units, strict=True))

    def _unit(self, contract: Contract, position: int, **more: Any) -> Unit:
        first = self.monday + timedelta(days=7 * (position - 1))
        return Unit(
            id=new_id(), contract_id=contract.id, kind=UnitKind.WEEK, position=position,
            price_minor=PRICE.minor, currency="EUR", starts_on=first,
            ends_on=first + timedelta(days=6), created_at=clock.now(), updated_at=clock.now(),
            **more,
        )  # fmt: skip

    async def _charges(self, weeks: list[tuple[Contract, Unit]], share: Share) -> list[Paid]:
        limit = asyncio.Semaphore(8)

        async def charge(part: list[tuple[Contract, Unit]]) -> list[Paid]:
            customer, method = self.cards[part[0][0].business_id]
            form = {
                "amount": share.total * len(part), "currency": "eur", "customer": customer,
                "payment_method": method, "confirm": "true", "off_session": "true",
                "expand[0]": "latest_charge.balance_transaction",
            }  # fmt: skip
            async with limit:
                intent = await self._stripe("/v1/payment_intents", **form)
            made, funding = intent["latest_charge"], uuid4()
            fee, cents = divmod(made["balance_transaction"]["fee"], len(part))
            return [
                Paid(
                    unit.id, contract.id, contract.business_id, contract.assistant_id, funding,
                    intent["id"], made["id"], fee + (number < cents),
                )
                for number, (contract, unit) in enumerate(part)
            ]  # fmt: skip

        parts = [weeks[start : start + SHARED] for start in range(0, len(weeks), SHARED)]
        return list(chain.from_iterable(await asyncio.gather(*(charge(part) for part in parts))))

    async def _store(self, connection: Any, paid: list[Paid], share: Share) -> None:
        now = clock.now()
        holdings, contracts = [str(p.unit) for p in paid], [str(p.contract) for p in paid]
        intents, charges = [p.intent for p in paid], [p.charge for p in paid]
        fees = [p.fee for p in paid]
        async with connection.transaction():
            kept = await connection.fetchval(
                _PAID, holdings, contracts, [str(p.business) for p in paid],
                [str(p.assistant) for p in paid], [p.funding for p in paid], intents, charges, fees,
                now, *share.amounts(), share.total,
            )  # fmt: skip
            posted = await connection.fetchval(
                _POSTED, holdings, contracts, intents, charges, fees, share.total, share.held,
                share.deferred, now,
            )  # fmt: skip
        assert (kept, posted) == (2 * len(paid), len(paid))
