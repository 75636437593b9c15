"""Asks for references and answers them through the services people use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.core import clock
from marketplace.core.settings import settings
from marketplace.references import queries, service
from marketplace.references.models import ClientReference
from marketplace.references.rules.links import Purpose, token
from marketplace.references.rules.states import WAITS, Relation, Status, counts_until
from marketplace.references.schemas import AnswerDraft, AskDraft
from marketplace.web.sessions import Viewer
from tests.factories import parties

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.accounts.models import Person
    from marketplace.profiles.models import Profile

SKILL = "virtual-receptionist"


def link(reference_id: UUID, purpose: Purpose = Purpose.ANSWER) -> str:
    """The secret in a link of this reference."""
    assert purpose is not Purpose.STOP, "that one is of a mailbox"
    return token(purpose, reference_id, settings().secret_key)


def stop_link(email: str = "ana@client.example") -> str:
    """The secret in the link that stops mails to this address."""
    return token(Purpose.STOP, queries.marks(email)[0], settings().secret_key)


def asking(email: str = "ana@client.example", **more: Any) -> dict[str, Any]:
    """The form of a request."""
    return {
        "name": "Ana Silva", "company": "Silva Conseil", "email": email, "relation": "client",
        "worked_from": "2024-03", "locale": "fr", **more,
    }  # fmt: skip


def answering(secret: str, **more: Any) -> dict[str, Any]:
    """The form of an answer."""
    return {
        "token": secret, "worked_from": "2024-03", "worked_to": "2025-06", "skills": [SKILL],
        "again": "1", "text": "Elle a tenu notre accueil.", "language": "fr", **more,
    }  # fmt: skip


async def asked(who: Person, email: str = "ana@client.example", **more: Any) -> ClientReference:
    """A request of the person's only published profile."""
    draft = AskDraft.model_validate(asking(email, **more))
    return await service.ask(await parties.viewer(who), draft)


async def given(who: Person, email: str = "ana@client.example", **more: Any) -> ClientReference:
    """A reference, asked for and answered."""
    row = await asked(who, email)
    draft = AnswerDraft.model_validate(answering(link(row.id), **more))
    return await service.answer(Viewer(), draft)


async def standing(
    profile: Profile, text: str, email: str = "ana@client.example"
) -> ClientReference:
    """A reference that was given to a profile, however bare it is."""
    now, today = clock.now(), clock.today()
    return await ClientReference.create(
        profile_id=profile.id, party_id=profile.party_id, email=email,
        mark=queries.marks(email)[0], domain="client.example", at_company=True,
        name="Ana Silva", company="Silva Conseil", relation=Relation.CLIENT,
        worked_from=today.replace(day=1), locale="fr", status=Status.CONFIRMED, created_at=now,
        expires_at=now + WAITS, closed_at=now, answered_on=today,
        counts_until=counts_until(today), skills=[SKILL], again=True, text=text,
        language="fr", show_company=True,
    )  # fmt: skip
