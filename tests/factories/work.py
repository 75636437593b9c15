"""Makes running contracts through the real services, and pays for them in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.rules.terms import FlatFeeTerms, HourlyTerms, Period, ProjectTerms
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import drafting, offers, signing
from marketplace.core import clock, outside
from marketplace.core.db import command
from marketplace.core.events import on_fact
from marketplace.core.settings import settings
from marketplace.demo.service.people import newest_code
from marketplace.parties import queries as parties
from marketplace.parties.models import Membership, Party
from marketplace.parties.rules import PartyKind, Role
from marketplace.web.sessions import Viewer
from marketplace.work.models import Unit
from marketplace.work.schemas import DeliveryDraft, EntryDraft
from marketplace.work.service import deliveries, timesheets, units
from payments import escrow
from payments.models import Funding
from tests.factories import accounts

ASKS_ALWAYS = "4000002760003184"
DECLINED = "4000000000000002"
DONE = DeliveryDraft.model_validate({"note": "All done.", "links": ["https://example.org/a"]})


@dataclass
class Pair:
    """A business and an assistant, each as the viewer of their session."""

    business: Viewer
    assistant: Viewer
    business_id: UUID
    assistant_id: UUID


async def _party(kind: PartyKind, name: str) -> tuple[Viewer, UUID]:
    person = await accounts.person(name=name)
    now = clock.now()
    party = await Party.create(
        kind=kind,
        display_name=name,
        legal_name=name,
        jurisdiction="FR",
        legal_form="sole_trader" if kind is PartyKind.ASSISTANT else "sas",
        registration_number="73282932000074",
        tax_status="franchise" if kind is PartyKind.ASSISTANT else "vat_registered",
        country="FR",
        created_at=now,
        updated_at=now,
    )
    await Membership.create(party_id=party.id, person_id=person.id, role=Role.OWNER, created_at=now)
    memberships = tuple(await parties.for_person(person.id))
    return Viewer(person, memberships, "fr", "session"), party.id


async def pair() -> Pair:
    """A French business and a French assistant in the small-business scheme."""
    business, business_id = await _party(PartyKind.BUSINESS, "Menuiserie Arnaud")
    assistant, assistant_id = await _party(PartyKind.ASSISTANT, "Léa Roussel")
    return Pair(business, assistant, business_id, assistant_id)


async def with_outsider(people: Pair) -> Pair:
    """The same business with an assistant in Madagascar, where Stripe pays nobody."""
    assistant, assistant_id = await _party(PartyKind.ASSISTANT, "Hery Rakoto")
    await Party.filter(pk=assistant_id).update(
        jurisdiction="MG", country="MG", legal_form="", tax_status=""
    )
    return replace(people, assistant=assistant, assistant_id=assistant_id)


def project(*prices: int) -> ProjectTerms:
    """Milestones of these prices, a week apart, with two criteria each."""
    today = clock.today()
    return ProjectTerms.model_validate(
        {
            "milestones": [
                {
                    "title": f"Part {number}",
                    "price_minor": price,
                    "due_on": today + timedelta(days=7 * number),
                    "criteria": ["In the shared folder", "Proofread"],
                }
                for number, price in enumerate(prices, start=1)
            ]
        }
    )


def hourly(rate_minor: int = 3000, hours: int = 10, **also: Any) -> HourlyTerms:
    """A weekly cap of `hours` from this week's Monday."""
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    return HourlyTerms(
        rate_minor=rate_minor, weekly_cap_minutes=hours * 60, first_week=monday, **also
    )


def flat(price_minor: int = 40000, periods: int = 1, **also: Any) -> FlatFeeTerms:
    """A weekly price; with `pack` and its other terms, a pack a week."""
    values = {
        "price_minor": price_minor,
        "period": Period.WEEK,
        "periods": periods,
        "includes": "Invoices and reminders",
    }
    return FlatFeeTerms.model_validate(values | also)


async def signed(
    people: Pair, terms: HourlyTerms | FlatFeeTerms | ProjectTerms, **also: Any
) -> Contract:
    """A contract that both have signed."""
    contract = await drafting.draft(
        people.business,
        business_id=people.business_id,
        assistant_id=people.assistant_id,
        kind=Kind(terms.kind),
    )
    values = {
        "title": "Invoices and reminders",
        "scope": "Prepare, send and follow up the invoices of the month.",
        "starts_on": clock.today(),
        "ends_on": None,
        "terms": terms,
        **also,
    }
    await drafting.edit(people.business, contract.id, values)
    await offers.send(people.business, contract.id)
    for who in (people.business, people.assistant):
        await consent(who, contract)
    return await Contract.get(pk=contract.id)


@command
async def code(who: Viewer, contract_id: UUID, file_sha256: str) -> str:
    """A fresh signing code of this person for this file."""
    await signing.request_code(who, contract_id, file_sha256)
    return await newest_code(who.person.email)


async def unit(contract: Contract, position: int = 1) -> Unit:
    """A contract's unit as it stands now."""
    found = await Unit.get(contract_id=contract.id, position=position)
    await found.fetch_related("contract")
    return found


async def pay(contract: Contract, position: int = 1, card: str = "4242424242424242") -> str:
    """Pay a unit on the sandbox's payment page; the funding's status."""
    return await pay_page(await open_page(contract, position), card)


async def open_page(contract: Contract, position: int = 1) -> UUID:
    """Open the payment page of a unit; the id of its funding."""
    found = await unit(contract, position)
    funding_id = await units.request_funding(found.id, "fr")
    base = settings().base_url
    await escrow.start_checkout(funding_id, f"{base}/ok", f"{base}/no")
    return funding_id


async def pay_page(funding_id: UUID, card: str = "4242424242424242") -> str:
    """Pay on a page that was opened; the funding's status."""
    funding = await Funding.get(id=funding_id)
    async with outside.client(base_url=settings().stripe_api_base, timeout=30) as stripe:
        paid = await stripe.post(f"/_sandbox/pay/{funding.session}", json={"number": card})
        session = paid.json()
        if card == ASKS_ALWAYS:  # the bank asks its customer, who is there and says yes
            asked = session["payment_intent"]
            await stripe.post(f"/_sandbox/3ds/{asked}", json={"result": "pass"})
    return str(await escrow.refresh(funding_id, on_fact))


async def consent(who: Viewer, contract: Contract) -> Contract:
    """This side's signature under what is on the table."""
    version = await queries.on_table(await queries.by_id(contract.id))
    assert version is not None
    draft = SignDraft(
        file_sha256=version.file_sha256,
        consent=True,
        typed_name=who.person.name,
        code=await code(who, contract.id, version.file_sha256),
    )
    return await signing.sign(who, contract.id, draft, locale="fr")


async def handed_in(*prices: int) -> tuple[Pair, Contract, Unit]:
    """A project whose first milestone is paid and handed in."""
    people = await pair()
    contract = await signed(people, project(*prices))
    assert await pay(contract) == "funded"
    first = await unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    return people, contract, first


async def running_week(card: str = "4242424242424242", **also: object) -> tuple[Pair, Contract]:
    """A contract of two hours a week whose first week is paid and holds three hours of work."""
    people = await pair()
    contract = await signed(people, hourly(hours=2), trial_days=0, **also)
    assert await pay(contract, card=card) == "funded"
    week = await unit(contract)
    entry = EntryDraft(worked_on=clock.today(), minutes=180, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, entry)
    return people, contract
