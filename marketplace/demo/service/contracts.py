"""Owns the demo's contracts: all three kinds in every state, made by the product's own services.

Each scenario is a list of steps; a contract whose steps were interrupted is left where it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from marketplace.billing.schemas.tips import TipDraft
from marketplace.billing.service import tips
from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.rules.terms import (
    FlatFeeTerms,
    HourlyTerms,
    PackUnit,
    Period,
    ProjectTerms,
    Unused,
)
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import offers, signing
from marketplace.core import clock, once
from marketplace.core.db import command
from marketplace.core.ids import new_id
from marketplace.demo.rules import CONTRACTED, STAR, draw_assistant, vat_number, words
from marketplace.demo.service import money, papers, reviews
from marketplace.demo.service.businesses import key
from marketplace.demo.service.people import acting, newest_code
from marketplace.invoicing.queries import invoices
from marketplace.invoicing.schemas import MandateDraft
from marketplace.invoicing.service import mandates
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties
from marketplace.web.sessions import Viewer
from marketplace.work.models import Unit
from marketplace.work.schemas import ChangesDraft, DeliveryDraft, EndingDraft, EntryDraft, UseDraft
from marketplace.work.service import deliveries, endings, packs, timesheets

# How far each contract of a kind goes; every state of a contract and of a unit is reached.
SCENARIOS: Final = (
    ("draft",),
    ("send",),
    ("send", "decline"),
    ("send", "withdraw"),
    ("send", "expire"),
    ("send", "counter"),
    ("send", "sign_business"),
    ("send", "sign_assistant"),
    ("send", "sign_both"),
    ("send", "sign_both", "fund"),
    ("send", "sign_both", "fund", "work"),
    ("send", "sign_both", "fund", "work", "submit"),
    ("send", "sign_both", "fund", "work", "submit", "changes"),
    ("send", "sign_both", "fund", "work", "submit", "approve"),
    ("send", "sign_both", "fund", "end"),
    ("send", "sign_both", "finish", "review"),
)
# Beside them: a pack of calls a month under way, a done project with a tip, and large projects of
# the demo's business whose assistant's certificate is checked, soon too old, and missing; one done
# project that both sides can still review, and some that they did.
MORE: Final = (
    (Kind.FLAT_FEE, ("send", "sign_both", "fund", "use")),
    (Kind.PROJECT, ("send", "sign_both", "finish", "tip", "review")),
    (Kind.PROJECT, ("large", "send", "sign_both", "certificate", "check", "fund")),
    (Kind.PROJECT, ("large", "send", "sign_both", "old_certificate", "fund")),
    (Kind.PROJECT, ("large", "send", "sign_both")),
    (Kind.PROJECT, ("send", "sign_both", "finish")),
    *((Kind.FLAT_FEE, ("send", "sign_both", "finish", "review")) for _ in range(4)),
)
LARGE_MINOR: Final = 280_000  # a first part that, with the second, calls for the certificate
KINDS: Final = (Kind.HOURLY, Kind.FLAT_FEE, Kind.PROJECT)


async def fill(progress: Callable[[int, int, str], None]) -> None:
    """Make every scenario of every kind that is not there yet."""
    plans = [(kind, steps) for steps in SCENARIOS for kind in KINDS] + list(MORE)
    assistants = _payable()
    for number, (kind, steps) in enumerate(plans):
        name = f"demo contract {number}"
        if not await once.is_done(name):
            await _play(number, kind, steps, assistants)
            await once.mark_done(name)
        progress(number + 1, len(plans), "Contracts")


def _payable() -> list[int]:
    """Numbers of drawn assistants who can be paid, the demo login's first."""
    found = [number for number in range(CONTRACTED) if _suits(number)]
    return sorted(found, key=lambda number: number != STAR)


def _suits(number: int) -> bool:
    sketch = draw_assistant(number)
    return jurisdictions.payable(sketch.jurisdiction) and sketch.currency == "EUR"


def _able(number: int, firm: dict[str, str], *, near: bool = False) -> bool:
    """Whether a drawn assistant can contract with a business: abroad in the EU by a VAT number.

    `near`: in the business's own jurisdiction alone.
    """
    sketch = draw_assistant(number)
    if near and sketch.jurisdiction != firm["jurisdiction"]:
        return False
    tokens = jurisdictions.contract_tokens(
        sketch.tax_status,
        sketch.jurisdiction,
        has_vat_number=bool(
            vat_number(sketch.jurisdiction, sketch.tax_status, sketch.registration)
        ),
    )
    return f"{firm['jurisdiction'][:2]}:business" in tokens


async def _play(number: int, kind: Kind, steps: tuple[str, ...], assistants: list[int]) -> None:
    firms = words("businesses")
    # The demo logins' own contracts come first in each list, so that they have something to do.
    large = "large" in steps
    firm = firms[0] if large or number % 5 in (0, 3) else firms[number % 12]
    first = 1 + 9 * (number % 5) if large else 0 if number % 4 == 0 else 1 + number % 40
    sketch = draw_assistant(next(one for one in assistants[first:] if _able(one, firm, near=large)))
    business = await acting(key("person", firm["name"]))
    assistant = await acting(sketch.key("person"))
    await money.ready(assistant, sketch.key("party"))
    jobs = [job for job in words("jobs") if job["kind"] == kind.value]
    job = jobs[number // len(KINDS) % len(jobs)]
    contract = await offers.draft(
        business,
        business_id=key("party", firm["name"]),
        assistant_id=sketch.key("party"),
        kind=kind,
        language=job["language"],
    )
    periods = 1 if "finish" in steps else 2  # a later one is not handed in before it has begun
    rate_minor = LARGE_MINOR // 10 if large else sketch.rate_minor
    agreed = _agreement(kind, job, rate_minor, periods)
    if "use" in steps:
        agreed["terms"] = _pack(job, sketch.rate_minor)
        agreed["title"] = {"fr": "Pack d’appels du standard", "en": "Switchboard call pack"}[
            job["language"]
        ]
    await offers.edit(business, contract.id, agreed)
    cast = _Cast(business, assistant, contract.id, number)
    for step in steps:
        await getattr(cast, step)()


def _agreement(kind: Kind, job: dict[str, str], rate_minor: int, periods: int) -> dict[str, Any]:
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    terms: HourlyTerms | FlatFeeTerms | ProjectTerms
    if kind is Kind.HOURLY:
        terms = HourlyTerms(rate_minor=rate_minor, weekly_cap_minutes=600, first_week=monday)
    elif kind is Kind.FLAT_FEE:
        terms = FlatFeeTerms(
            price_minor=rate_minor * 12,
            period=Period.MONTH,
            periods=periods,
            includes=job["scope"],
        )
    else:
        terms = ProjectTerms.model_validate({"milestones": _milestones(job, rate_minor)})
    return {
        "title": job["title"],
        "scope": job["scope"],
        "starts_on": today,
        "ends_on": None if kind is not Kind.PROJECT else today + timedelta(days=60),
        "notice_days": 14,
        "trial_days": 10,
        "terms": terms,
    }


def _pack(job: dict[str, str], rate_minor: int) -> FlatFeeTerms:
    """A month of calls, of which some roll over and the others expire after two notices."""
    return FlatFeeTerms(
        price_minor=rate_minor * 10,
        period=Period.MONTH,
        periods=2,
        includes=job["scope"],
        pack=PackUnit.CALLS,
        pack_size=60,
        rollover_units=20,
        rollover_periods=1,
        unused=Unused.EXPIRE,
    )


def _milestones(job: dict[str, str], rate_minor: int) -> list[dict[str, Any]]:
    today = clock.today()
    names = {
        "fr": ("Premier lot", "Second lot", "Remis dans le dossier partagé", "Relu, sans erreur"),
        "en": ("First part", "Second part", "In the shared folder", "Proofread, no mistakes"),
    }[job["language"]]
    return [
        {
            "title": names[position],
            "price_minor": rate_minor * (10 + 4 * position),
            "due_on": today + timedelta(days=14 * (position + 1)),
            "criteria": [names[2], names[3]],
        }
        for position in (0, 1)
    ]


class _Cast:
    """The two people of a contract, and what they do to it."""

    def __init__(self, business: Viewer, assistant: Viewer, contract_id: UUID, number: int) -> None:
        self.business, self.assistant, self.contract_id = business, assistant, contract_id
        self.number = number
        self.position = 1

    async def large(self) -> None:
        """Its prices are (see _play)."""

    async def certificate(self) -> None:
        await papers.hand_in(self.assistant, self.contract_id, clock.today() - timedelta(days=20))

    async def old_certificate(self) -> None:
        """One that has to be renewed within weeks."""
        await papers.hand_in(self.assistant, self.contract_id, clock.today() - timedelta(days=165))

    async def check(self) -> None:
        await papers.check(self.business, self.contract_id)

    async def draft(self) -> None:
        """Leave it as it is."""

    async def send(self) -> None:
        await offers.send(self.business, self.contract_id)

    async def decline(self) -> None:
        await offers.decline(self.assistant, self.contract_id, "Agenda complet ce mois-ci.")

    async def withdraw(self) -> None:
        await offers.withdraw(self.business, self.contract_id, "Le besoin a changé.")

    async def expire(self) -> None:
        """Let the offer's time be over, then end it as the clockwork does."""
        over = clock.now() - timedelta(minutes=1)
        await Contract.filter(pk=self.contract_id).update(expires_at=over)
        await offers.expire(str(self.contract_id))

    async def counter(self) -> None:
        await offers.counter(self.assistant, self.contract_id, {"notice_days": 21})

    async def sign_business(self) -> None:
        await self._sign(self.business)

    async def sign_assistant(self) -> None:
        await self._sign(self.assistant)

    async def sign_both(self) -> None:
        await self._sign(self.business)
        await self._sign(self.assistant)
        if self.number % 3:  # the others' invoices wait
            await self._mandate()

    async def _mandate(self) -> None:
        """The assistant lets us write its invoices."""
        contract = await Contract.get(pk=self.contract_id)
        if await invoices.mandate_of(contract.assistant_id) is not None:
            return
        party, locale = await parties.by_id(contract.assistant_id), self.assistant.locale
        text = await invoices.mandate_text(party, locale)
        draft = MandateDraft(sha256=text.sha256, agree=True)
        await mandates.sign(self.assistant, party.id, draft, locale=locale)

    async def _sign(self, who: Viewer) -> None:
        contract = await Contract.get(pk=self.contract_id)
        version = await queries.current_version(contract)
        assert version is not None
        code = await _code(who, self.contract_id, version.file_sha256)
        draft = SignDraft(
            file_sha256=version.file_sha256, consent=True, typed_name=who.person.name, code=code
        )
        await signing.sign(who, self.contract_id, draft, locale=who.locale)

    async def _unit(self) -> Unit:
        return await Unit.get(contract_id=self.contract_id, position=self.position)

    async def fund(self) -> None:
        await money.fund(self.business, (await self._unit()).id)

    async def work(self) -> None:
        unit = await self._unit()
        if unit.kind.value != "week":
            return
        for minutes, task in ((150, "Appels du matin"), (90, "Messages et rendez-vous")):
            entry = EntryDraft(worked_on=clock.today(), minutes=minutes, task=task)
            await timesheets.add_entry(self.assistant, unit.id, entry)

    async def use(self) -> None:
        """Record the first calls of a pack."""
        unit = await self._unit()
        for count, note, reason, outcome in (
            (1, "Nouveau client pour un devis", "Devis", "Rendez-vous mardi à 10 h"),
            (3, "Relances de factures", "Facturation", "Deux promesses de paiement"),
            (1, "Report d'une livraison", "Livraison", "Message transmis"),
        ):
            use = UseDraft(
                used_on=clock.today(), count=count, note=note, reason=reason, outcome=outcome
            )
            await packs.record(self.assistant, unit.id, use)

    async def tip(self) -> None:
        """Thank the assistant beside the price, with the saved card."""
        draft = TipDraft(
            request_id=new_id(), amount_minor=4000, note="Merci pour votre réactivité !"
        )
        given = await tips.ask(self.business, self.contract_id, draft)
        await tips.pay(self.business, given, self.business.locale, saved_card=True)

    async def review(self) -> None:
        """Both sides say how it was to work together."""
        await reviews.both(self.business, self.assistant, self.contract_id, self.number)

    async def submit(self) -> None:
        unit = await self._unit()
        if unit.kind.value == "week":
            await timesheets.submit_week(self.assistant, unit.id)
            return
        note = DeliveryDraft.model_validate(
            {
                "note": "Tout est dans le dossier partagé, relu.",
                "links": ["https://example.org/lot-1"],
            }
        )
        await deliveries.submit(self.assistant, unit.id, note)

    async def changes(self) -> None:
        unit = await self._unit()
        if unit.kind.value != "week":
            cited = [0] if unit.criteria else []
            note = "Il manque le second modèle de courrier."
            draft = ChangesDraft(delivery=1, criteria=cited, note=note)
            await deliveries.request_changes(self.business, unit.id, draft)

    async def approve(self) -> None:
        unit = await self._unit()
        if unit.kind.value == "week":
            await timesheets.approve_week(self.business, unit.id)
        else:
            await deliveries.approve(self.business, unit.id, "Merci, c'est clair.")

    async def finish(self) -> None:
        """Fund, deliver and approve every part; hours have no last week, so they end early."""
        for unit in await Unit.filter(contract_id=self.contract_id).order_by("position"):
            self.position = unit.position
            for step in (self.fund, self.work, self.submit, self.approve):
                await step()
        if unit.kind.value == "week":
            await self.end()

    async def end(self) -> None:
        draft = EndingDraft(reason="Je dois m'arrêter pour raison de santé.")
        await endings.propose(self.assistant, self.contract_id, draft)


@command
async def _code(who: Viewer, contract_id: UUID, file_sha256: str) -> str:
    await signing.request_code(who, contract_id, file_sha256)
    return await newest_code(who.person.email)
