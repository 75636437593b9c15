"""Owns the two people of a demo contract and what they do to it; never how far a contract goes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from marketplace.billing.schemas.tips import TipDraft
from marketplace.billing.service import tips
from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import offers, signing
from marketplace.core import clock
from marketplace.core.db import command
from marketplace.core.ids import new_id
from marketplace.demo.service import money, papers, reviews
from marketplace.demo.service.people import newest_code
from marketplace.invoicing.queries import invoices
from marketplace.invoicing.schemas import MandateDraft
from marketplace.invoicing.service import mandates
from marketplace.parties import queries as parties
from marketplace.web.sessions import Viewer
from marketplace.work.models import Unit
from marketplace.work.schemas import ChangesDraft, DeliveryDraft, EndingDraft, EntryDraft, UseDraft
from marketplace.work.service import deliveries, endings, packs, timesheets


class Cast:
    """The two people of a contract, and what they do to it."""

    def __init__(self, business: Viewer, assistant: Viewer, contract_id: UUID, number: int) -> None:
        self.business, self.assistant, self.contract_id = business, assistant, contract_id
        self.number = number
        self.position = 1

    async def large(self) -> None:
        """Its prices are (see contracts)."""

    async def certificate(self) -> None:
        """Hand in a certificate that is good for months."""
        await papers.hand_in(self.assistant, self.contract_id, clock.today() - timedelta(days=20))

    async def old_certificate(self) -> None:
        """One that has to be renewed within weeks."""
        await papers.hand_in(self.assistant, self.contract_id, clock.today() - timedelta(days=165))

    async def check(self) -> None:
        """The business has looked at the certificate."""
        await papers.check(self.business, self.contract_id)

    async def draft(self) -> None:
        """Leave it as it is."""

    async def send(self) -> None:
        """The business sends the offer."""
        await offers.send(self.business, self.contract_id)

    async def decline(self) -> None:
        """The assistant says no."""
        await offers.decline(self.assistant, self.contract_id, "Agenda complet ce mois-ci.")

    async def withdraw(self) -> None:
        """The business takes the offer back."""
        await offers.withdraw(self.business, self.contract_id, "Le besoin a changé.")

    async def expire(self) -> None:
        """Let the offer's time be over, then end it as the clockwork does."""
        over = clock.now() - timedelta(minutes=1)
        await Contract.filter(pk=self.contract_id).update(expires_at=over)
        await offers.expire(str(self.contract_id))

    async def counter(self) -> None:
        """The assistant asks for a longer notice."""
        await offers.counter(self.assistant, self.contract_id, {"notice_days": 21})

    async def sign_business(self) -> None:
        """The business alone signs."""
        await self._sign(self.business)

    async def sign_assistant(self) -> None:
        """The assistant alone signs."""
        await self._sign(self.assistant)

    async def sign_both(self) -> None:
        """Both sign; two assistants of three let us write their invoices."""
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
        """The business pays for the part in hand."""
        await money.fund(self.business, (await self._unit()).id)

    async def work(self) -> None:
        """Enter hours, where the part is a week."""
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
        """Hand in the part."""
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
        """The business asks for changes."""
        unit = await self._unit()
        if unit.kind.value != "week":
            cited = [0] if unit.criteria else []
            note = "Il manque le second modèle de courrier."
            draft = ChangesDraft(delivery=1, criteria=cited, note=note)
            await deliveries.request_changes(self.business, unit.id, draft)

    async def approve(self) -> None:
        """The business is content."""
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
        """The assistant ends the contract at once."""
        draft = EndingDraft(reason="Je dois m'arrêter pour raison de santé.")
        await endings.propose(self.assistant, self.contract_id, draft)


@command
async def _code(who: Viewer, contract_id: UUID, file_sha256: str) -> str:
    await signing.request_code(who, contract_id, file_sha256)
    return await newest_code(who.person.email)
