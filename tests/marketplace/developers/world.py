"""A small lived-in marketplace: two sides, contracts of every kind and state, money held."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import typst

from marketplace.accounts.models import ApiToken, LoginSession, Person
from marketplace.accounts.rules import scopes_for
from marketplace.accounts.schemas import TokenDraft
from marketplace.accounts.service import suspending, tokens
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.schemas import BringStart
from marketplace.contracts.service import bringing, heads, imports, sealing
from marketplace.core import clock
from marketplace.core.grounds import Ground
from marketplace.core.settings import settings
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.service import collecting, issuing
from marketplace.my_data.service import exporting
from marketplace.parties import service as parties
from marketplace.parties.schemas import InvitationDraft
from marketplace.reviews.models import ContractReview
from marketplace.reviews.schemas import ReportDraft
from marketplace.reviews.service import judging, open_round
from marketplace.saved_searches import service as searches
from marketplace.saved_searches.schemas import SearchDraft
from marketplace.shortlists import service as shortlists
from marketplace.shortlists.models import Entry
from marketplace.shortlists.schemas import KeepDraft
from marketplace.work.models import TimeEntry, Unit
from marketplace.work.schemas import DeliveryDraft, EntryDraft
from marketplace.work.service import deliveries, timesheets
from tests.factories import accounts, invoicing, papers, references, reviews, work
from tests.factories import contracts as make

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.applications import Starlette
    from tortoise.models import Model

    from marketplace.web.sessions import Viewer

_addresses = itertools.count(1)


@dataclass(repr=False)
class World:
    """The application, its people with a token each, and what is there by parameter name."""

    app: Starlette
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)

    def client(self, who: str, *, session: str = "") -> httpx.AsyncClient:
        """A caller from an address of its own, so that rate limits hide nothing."""
        number = next(_addresses)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        transport = httpx.ASGITransport(app=self.app, client=(address, 1234))
        headers = {"Origin": settings().base_url, "Sec-Fetch-Site": "same-origin"}
        if not session:
            headers |= self.headers.get(who, {})
        client = httpx.AsyncClient(
            transport=transport, base_url=settings().base_url, headers=headers, timeout=60
        )
        if session:
            client.cookies.set("relais_session", session, domain="127.0.0.1")
        return client

    async def rejoin(self) -> None:
        """Let in again whom what was sent before put outside: suspended, or without a token."""
        for who, person in self.people.items():
            if await Person.exists(pk=person.id, suspended_at__not_isnull=True):
                await suspending.lift(person.id, "The next call is theirs")
            if not await ApiToken.filter(person_id=person.id, revoked_at=None).exists():
                self.headers[who] = await bearer(person)


async def bearer(person: Person) -> dict[str, str]:
    """The header of a token that may do everything."""
    scopes = scopes_for(is_operator=person.is_operator)
    _row, secret = await tokens.create_token(person.id, TokenDraft(name="t", scopes=scopes))
    return {"authorization": f"Bearer {secret}"}


async def _archive(who: Viewer) -> UUID:
    """An archive of somebody's data, made."""
    row = await exporting.ask(who.person_id, "fr")
    await exporting.make(str(row.id))
    return row.id


async def _ids(model: type[Model]) -> list[Any]:
    return list(await model.all().values_list("id", flat=True))


async def _done(sides: work.Pair) -> Contract:
    """A project delivered, approved and invoiced."""
    await invoicing.mandated(sides, "en")
    contract = await work.signed(sides, work.project(20_000))
    await work.pay(contract)
    part = await work.unit(contract)
    await deliveries.submit(sides.assistant, part.id, DeliveryDraft(note="All of it"))
    await deliveries.approve(sides.business, part.id)
    await collecting.of_contract(contract.id)
    for invoice in await _ids(Invoice):
        await issuing.issue(str(invoice))
    return contract


async def _reviewed(sides: work.Pair) -> Contract:
    """A project whose sides said of each other how it was; somebody reported one of the two."""
    contract = await reviews.paid(sides, 1_000)
    said = await reviews.by_business(sides, contract)
    await reviews.by_assistant(sides, contract)
    report = ReportDraft(ground=Ground.INSULT, said="An insult in every word")
    await judging.report(said.id, report, "en", "203.0.113.9")
    return contract


async def build(app: Starlette) -> World:
    """Claire's business and Camille's activity, with a contract of each kind and state."""
    two = await make.pair("en")
    sides = work.Pair(
        await two.as_business(), await two.as_assistant(), two.business.id, two.assistant.id
    )
    own = await make.drafted(two)
    await imports.attach(
        sides.business,
        own.id,
        typst.compile(b"Signed", format="pdf"),
        "ours.pdf",
        clock.today("UTC"),
    )
    told = BringStart(email=two.claire.email, kind=Kind.PROJECT, signed_on=clock.today("UTC"))
    paper = typst.compile(b"Signed by both", format="pdf")
    brought = await bringing.bring(sides.assistant, told, paper, "theirs.pdf")
    offers = [own, *[await make.sent(two, kind) for kind in Kind]]
    project = await work.signed(sides, work.project(40_000, 60_000))
    weeks = await work.signed(sides, work.hourly())
    flat = await work.signed(sides, work.flat())
    for contract in (project, weeks):
        await work.pay(contract)
    milestone, week = await work.unit(project), await work.unit(weeks)
    draft = DeliveryDraft(note="All of it", links=["https://example.org/a"])
    await deliveries.submit(sides.assistant, milestone.id, draft)
    for minutes in (30, 45):
        hours = EntryDraft(worked_on=clock.today(), minutes=minutes, task="Calls")
        await timesheets.add_entry(sides.assistant, week.id, hours)
    invited = await parties.invite(
        sides.business, two.business.id, InvitationDraft(email="sam@relais.example")
    )
    parts = [each.id for each in await Unit.all()]
    pack = await work.signed(sides, work.flat(pack="calls", pack_size=10))
    outside = await work.signed(await work.with_outsider(sides), work.project(20_000))
    kept, _entry = await shortlists.keep(sides.business, KeepDraft(slug=two.profile.slug))
    await sealing.finalise(contract=str(project.id), version=1)
    await heads._publish(clock.today("UTC"))
    done = await _done(sides)
    await open_round(done.id)  # to be written
    read = await _reviewed(sides)
    said = await _ids(ContractReview)
    given = await references.standing(two.profile, "She kept our front desk.")
    asked = await references.asked(two.camille, "tom@client.example")
    handed = await papers.hand_in(sides.assistant, project)
    contracts = [*offers, project, weeks, flat, done, pack, outside, read]
    found: dict[str, list[Any]] = {
        "contract_id": [each.id for each in contracts],
        "unit_id": [(await work.unit(outside)).id, (await work.unit(pack)).id, *parts],
        "entry_id": [*await _ids(TimeEntry), *await _ids(Entry)],
        "entry": await _ids(Entry),
        "shortlist_id": [kept.id],
        "id": [two.profile.id, two.business.id, two.assistant.id, kept.id, *said],
        "review_id": said,
        "export_id": [await _archive(sides.business)],
        "search_id": [(await searches.save(sides.business, SearchDraft(name="Calls"))).id],
        "party_id": [two.assistant.id, two.business.id],
        "person_id": [two.claire.id, two.camille.id],
        "invitation_id": [invited.id],
        "slug": [two.profile.slug],
        "code": ["FR", "CA-QC", "virtual-receptionist"],
        "number": ["1"],
        "page": ["1"],
        "day": [clock.today("UTC")],
        "document_id": [handed.id],
        "brought_id": [brought.id],
        "reference_id": [given.id, asked.id],
        "invoice_id": await _ids(Invoice),
        "year": [clock.today("UTC").year],
        "step": ["identity", "skills", "scope", "price", "check", "rates"],
        "session_id": [each.id for each in await LoginSession.all()],
    }
    operator = await accounts.person(name="Olive Durand", is_operator=True)
    people = {"business": two.claire, "assistant": two.camille, "operator": operator}
    return World(
        app,
        headers={name: await bearer(person) for name, person in people.items()},
        people=people,
        values={name: [str(each) for each in ids] for name, ids in found.items()},
    )
